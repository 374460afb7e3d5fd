//go:build unix

// Command bench measures what a scan costs beside the least that it could
// cost: in one run, on one machine, against one farm of servers on loopback.
//
//	bench [-targets 10000] [-distinct | -mixed] [-latency 50ms] [-dead 30] -tlschain ./tlschain
//
// The farm, the floors and the scanner are processes of their own, so that each
// one's CPU time and peak memory are the system's account of it. The floors are
// programs of a few lines that judge nothing: a complete handshake by
// crypto/tls, and a ClientHello that reads until the Certificate message.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

func main() {
	var o options
	flag.IntVar(&o.targets, "targets", 10_000, "how many endpoints")
	flag.BoolVar(&o.distinct, "distinct", false, "give every endpoint a leaf of its own, else 256 in turn")
	flag.BoolVar(&o.mixed, "mixed", false, "nine of ten leaves distinct, half of them RSA, in chains of three below ten CAs with RSA keys")
	flag.DurationVar(&o.latency, "latency", 0, "how long the farm waits before each answer")
	flag.IntVar(&o.dead, "dead", 0, "percentage of endpoints that accept and never answer")
	flag.DurationVar(&o.timeout, "timeout", 10*time.Second, "time-out of the scan")
	flag.IntVar(&o.concurrency, "concurrency", 100, "endpoints in flight")
	flag.StringVar(&o.program, "tlschain", "./tlschain", "the scanner to measure")
	flag.StringVar(&o.only, "only", "", "measure only this: complete, fast, floor-complete or floor-hello")
	flag.IntVar(&o.renewed, "renewed", 0, "percentage of endpoints that show another leaf than without this")
	flag.StringVar(&o.role, "role", "", "what this process is: farm serves until it is killed; the others are for its own use")
	flag.StringVar(&o.port, "port", "0", "the farm's port")
	flag.Parse()
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	targets, dead, concurrency int
	renewed                    int
	distinct, mixed            bool
	latency, timeout           time.Duration
	program, only, role, port  string
}

func (o options) run() error {
	switch o.role {
	case "farm":
		return serveFarm(o)
	case "floor-complete":
		return floor(o, completeHandshake)
	case "floor-hello":
		return floor(o, bareHello)
	}
	return o.measure()
}

// A cost is what one process took, by the system's account.
type cost struct {
	name   string
	wall   time.Duration
	cpu    time.Duration
	peakMB int64
}

func (o options) measure() error {
	dir, err := os.MkdirTemp("", "tlschain-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	farm, port, err := o.startFarm()
	if err != nil {
		return err
	}
	defer func() {
		farm.Process.Kill()
		farm.Wait()
	}()
	o.port = port
	list := filepath.Join(dir, "targets.txt")
	if err := o.writeTargets(list); err != nil {
		return err
	}
	roots, err := writeRoots(dir)
	if err != nil {
		return err
	}
	scan := []string{"scan", "-f", list, "--roots", roots, "--format", "ndjson", "-o", filepath.Join(dir, "report.ndjson"),
		"--fail-on", "never",
		"--retries", "0", "--timeout", o.timeout.String(), "--concurrency", strconv.Itoa(o.concurrency)}
	runs := []struct {
		name string
		args []string
	}{
		{"floor-complete", []string{os.Args[0], "-role", "floor-complete"}},
		{"complete", append([]string{o.program}, scan...)},
		{"floor-hello", []string{os.Args[0], "-role", "floor-hello"}},
		{"fast", append([]string{o.program}, append(scan, "--fast")...)},
	}
	var costs []cost
	for _, r := range runs {
		if o.only != "" && o.only != r.name {
			continue
		}
		args := r.args
		if args[0] == os.Args[0] {
			args = append(args, "-port", port, "-targets", strconv.Itoa(o.targets), "-concurrency", strconv.Itoa(o.concurrency),
				"-timeout", o.timeout.String())
		}
		c, err := timed(r.name, args)
		if err != nil {
			return err
		}
		costs = append(costs, c)
	}
	o.print(costs)
	return nil
}

func timed(name string, args []string) (cost, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	began := time.Now()
	err := cmd.Run()
	wall := time.Since(began)
	if exit, ok := err.(*exec.ExitError); ok && exit.ExitCode() == 3 {
		err = nil // some targets did not answer, as they were told to
	}
	if err != nil {
		return cost{}, fmt.Errorf("%s: %w", name, err)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return cost{name, wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), usage.Maxrss / 1024}, nil
}

func (o options) print(costs []cost) {
	floors := make(map[string]time.Duration)
	for _, c := range costs {
		floors[c.name] = c.cpu
	}
	under := map[string]string{"complete": "floor-complete", "fast": "floor-hello"}
	leaves := "256 leaves in turn"
	switch {
	case o.mixed:
		leaves = "RSA and ECDSA leaves, 90% distinct, in RSA chains of three"
	case o.distinct:
		leaves = "all leaves distinct"
	}
	fmt.Printf("%d endpoints, %s, %d in flight, latency %v, %d%% silent, time-out %v\n", o.targets, leaves, o.concurrency, o.latency,
		o.dead, o.timeout)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "what\tCPU/endpoint\tratio to floor\twall\tpeak memory\t")
	for _, c := range costs {
		ratio := ""
		if base := floors[under[c.name]]; base > 0 {
			ratio = fmt.Sprintf("%.2f", float64(c.cpu)/float64(base))
		}
		fmt.Fprintf(w, "%s\t%.3f ms\t%s\t%.2f s\t%d MB\t\n", c.name, c.cpu.Seconds()*1000/float64(o.targets), ratio, c.wall.Seconds(), c.peakMB)
	}
	w.Flush()
}

// startFarm starts the servers and waits for the line with their port.
func (o options) startFarm() (*exec.Cmd, string, error) {
	cmd := exec.Command(os.Args[0], "-role", "farm", "-latency", o.latency.String(), "-dead", strconv.Itoa(o.dead),
		"-distinct="+strconv.FormatBool(o.distinct), "-mixed="+strconv.FormatBool(o.mixed))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, "", fmt.Errorf("the farm did not start: %w", err)
	}
	go io.Copy(io.Discard, out)
	return cmd, line[:len(line)-1], nil
}

func (o options) writeTargets(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for i := range o.targets {
		fmt.Fprintf(w, "%s:%s\n", address(i), o.port)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// writeRoots writes the farm's root, which is the same in every process.
func writeRoots(dir string) (path string, err error) {
	root, err := tlstest.Root(rootLabel)
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, "roots.pem")
	return path, os.WriteFile(path, root.PEM(), 0o644)
}

// address is the i-th endpoint's: all of 127.0.0.0/8 is this machine.
func address(i int) string {
	return fmt.Sprintf("127.%d.%d.%d", 1+i/(250*250), i/250%250, 1+i%250)
}
