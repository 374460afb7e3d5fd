//go:build unix

// Command bench measures what a scan costs beside the least that it could
// cost: in one run, on one machine, against one farm of servers on loopback.
//
//	bench [-targets 10000] [-rounds 3] [-distinct | -mixed] [-latency 50ms] [-dead 30] -tlschain ./tlschain
//
// The farm, the floors and the scanner are processes of their own, so that each
// one's CPU time and peak memory are the system's account of it. The floors are
// programs of a few lines that judge nothing: a complete handshake by
// crypto/tls, and a ClientHello that reads until the Certificate message.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	flag.IntVar(&o.rounds, "rounds", 3, "how often each program runs, in turn: figures are medians")
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
	renewed, rounds            int
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
	if o.rounds < 1 {
		return errors.New("-rounds takes a number from 1 on")
	}
	return o.measure()
}

// A program is what is measured, with what it took, a round each.
type program struct {
	name  string
	floor string // name of the program that its cost is compared with; empty: none
	args  []string
	costs []cost
}

// A cost is what one process took, by the system's account.
type cost struct {
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
	floor := []string{"-port", port, "-targets", strconv.Itoa(o.targets), "-concurrency", strconv.Itoa(o.concurrency),
		"-timeout", o.timeout.String()}
	programs := []*program{
		{name: "floor-complete", args: append([]string{os.Args[0], "-role", "floor-complete"}, floor...)},
		{name: "complete", floor: "floor-complete", args: append([]string{o.program}, scan...)},
		{name: "floor-hello", args: append([]string{os.Args[0], "-role", "floor-hello"}, floor...)},
		{name: "fast", floor: "floor-hello", args: append([]string{o.program}, append(scan, "--fast")...)},
	}
	if o.only != "" {
		programs = slices.DeleteFunc(programs, func(p *program) bool { return p.name != o.only })
	}
	for range o.rounds {
		for _, p := range programs {
			c, err := timed(p.args)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			p.costs = append(p.costs, c)
		}
	}
	o.print(programs)
	return nil
}

func timed(args []string) (cost, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	began := time.Now()
	err := cmd.Run()
	wall := time.Since(began)
	if exit, ok := err.(*exec.ExitError); ok && exit.ExitCode() == 3 {
		err = nil // some targets did not answer, as they were told to
	}
	if err != nil {
		return cost{}, err
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return cost{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), usage.Maxrss / 1024}, nil
}

func (o options) print(programs []*program) {
	leaves := "256 leaves in turn"
	switch {
	case o.mixed:
		leaves = "RSA and ECDSA leaves, 90% distinct, in RSA chains of three"
	case o.distinct:
		leaves = "all leaves distinct"
	}
	fmt.Printf("%d endpoints, %s, %d in flight, latency %v, %d%% silent, time-out %v, medians of %d rounds\n", o.targets, leaves,
		o.concurrency, o.latency, o.dead, o.timeout, o.rounds)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "what\tCPU/endpoint\tratio to floor\twall\tpeak memory\t")
	for _, p := range programs {
		ratio := ""
		if i := slices.IndexFunc(programs, func(q *program) bool { return q.name == p.floor }); i >= 0 {
			ratio = fmt.Sprintf("%.2f", median(len(p.costs), func(round int) float64 {
				return float64(p.costs[round].cpu) / float64(programs[i].costs[round].cpu)
			}))
		}
		of := func(figure func(cost) float64) float64 {
			return median(len(p.costs), func(round int) float64 { return figure(p.costs[round]) })
		}
		cpu := of(func(c cost) float64 { return c.cpu.Seconds() }) * 1000 / float64(o.targets)
		wall, peak := of(func(c cost) float64 { return c.wall.Seconds() }), of(func(c cost) float64 { return float64(c.peakMB) })
		fmt.Fprintf(w, "%s\t%.3f ms\t%s\t%.2f s\t%.0f MB\t\n", p.name, cpu, ratio, wall, peak)
	}
	w.Flush()
}

// median is that of n figures; of an even number the upper one of the two.
func median(n int, figure func(int) float64) float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = figure(i)
	}
	slices.Sort(all)
	return all[n/2]
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
