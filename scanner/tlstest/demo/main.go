// Demo starts a dozen servers on loopback, each with a fault that
// administrators typically make, and scans them with the real program, built
// afresh. On a terminal the servers stay up until Enter is pressed, so that what
// the report says can be tried. What it starts and writes is gone when it ends.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// firstPort is that of the first server; the others follow. One that is taken
// is replaced by any other.
const firstPort = 14430

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := demo(ctx); err != nil && ctx.Err() == nil {
		fmt.Fprintf(os.Stderr, "demo: %v\n", err)
		os.Exit(1)
	}
}

func demo(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "tlschain-demo-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "tlschain")
	if err := build(ctx, program); err != nil {
		return fmt.Errorf("building: %w", err)
	}

	endpoints, err := tlstest.Demo(time.Now())
	if err != nil {
		return err
	}
	targets := bytes.NewBufferString("host,port,address\n")
	fmt.Println("The servers of the demo, and what is wrong with them:")
	for n, e := range endpoints {
		server, err := tlstest.Serve(tlstest.Behaviour{Default: e.Identity, Listen: fmt.Sprintf("127.0.0.1:%d", firstPort+n)})
		if err != nil {
			server, err = tlstest.Serve(tlstest.Behaviour{Default: e.Identity})
		}
		if err != nil {
			return fmt.Errorf("starting %s: %w", e.Name, err)
		}
		defer server.Close()
		fault := e.Fault
		if fault == "" {
			fault = "is as it should be"
		}
		fmt.Printf("  %s  %-28s %s\n", server.Addr(), e.Name, fault)
		fmt.Fprintf(targets, "%s,%d,%s\n", e.Name, server.Addr().Port(), server.Addr().Addr())
	}
	files := map[string][]byte{
		"targets.csv": targets.Bytes(),
		"roots.pem":   encode(endpoints[0].Anchors),
		"pool.pem":    encode(endpoints[0].Pool),
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}

	fmt.Printf("\n$ tlschain scan -f targets.csv --roots roots.pem --pool pool.pem\n\n")
	scan := exec.CommandContext(ctx, program, "scan", "-f", "targets.csv", "--roots", "roots.pem", "--pool", "pool.pem")
	scan.Dir, scan.Stdout, scan.Stderr = dir, os.Stdout, os.Stderr
	err = scan.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return errors.New("the program found no fault")
	case !errors.As(err, &exit) || exit.ExitCode() != 1: // faults are found, as they should be
		return err
	}
	fmt.Println("\nThe exit code was 1: there are findings at or above --fail-on error.")
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		fmt.Println("\nStandard input is no terminal, so the servers end here. On one they stay up until Enter is pressed.")
		return nil
	}
	fmt.Printf("\nThe servers stay up until you press Enter. To try what stands above, type in another terminal:\n"+
		"  cd %s; PATH=$PWD:$PATH\n", dir)
	entered(ctx)
	return nil
}

// build builds the program. The first time that takes minutes, so it shows how
// far it is.
func build(ctx context.Context, program string) error {
	fmt.Fprintln(os.Stderr, "Building tlschain; the first time, its libraries are downloaded and built, which takes some minutes.")
	cmd := exec.CommandContext(ctx, "go", "build", "-v", "-o", program, "github.com/tlschain/tlschain/cmd/tlschain")
	said, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	showProgress(said)
	return cmd.Wait()
}

// showProgress counts the packages that go build -v names, and passes on what
// else it says.
func showProgress(said io.Reader) {
	built := 0
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if line := lines.Text(); strings.ContainsAny(line, " :") {
			fmt.Fprintln(os.Stderr, line)
			continue
		}
		if built++; built%50 == 0 {
			fmt.Fprintf(os.Stderr, "%d packages are built\n", built)
		}
	}
}

// entered returns when Enter is pressed, or ctx ends.
func entered(ctx context.Context) {
	line := make(chan struct{})
	go func() {
		defer close(line)
		bufio.NewReader(os.Stdin).ReadString('\n')
	}()
	select {
	case <-line:
	case <-ctx.Done():
	}
}

func encode(certs [][]byte) (out []byte) {
	for _, der := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out
}
