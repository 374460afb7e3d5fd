// Demo starts a dozen servers on loopback, each with a fault that
// administrators typically make, and scans them with the real program, built
// afresh. What it starts and writes is gone when it ends.
package main

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

func main() {
	if err := demo(); err != nil {
		fmt.Fprintf(os.Stderr, "demo: %v\n", err)
		os.Exit(1)
	}
}

func demo() error {
	dir, err := os.MkdirTemp("", "tlschain-demo-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "tlschain")
	build := exec.Command("go", "build", "-o", program, "github.com/tlschain/tlschain/cmd/tlschain")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building: %w", err)
	}

	endpoints, err := tlstest.Demo(time.Now())
	if err != nil {
		return err
	}
	targets := bytes.NewBufferString("host,port,address\n")
	fmt.Println("The servers of the demo, and what is wrong with them:")
	for _, e := range endpoints {
		server, err := tlstest.Serve(tlstest.Behaviour{Default: e.Identity})
		if err != nil {
			return fmt.Errorf("starting %s: %w", e.Name, err)
		}
		defer server.Close()
		fault := e.Fault
		if fault == "" {
			fault = "is as it should be"
		}
		fmt.Printf("  %-28s %s\n", e.Name, fault)
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
	scan := exec.Command(program, "scan", "-f", "targets.csv", "--roots", "roots.pem", "--pool", "pool.pem")
	scan.Dir, scan.Stdout, scan.Stderr = dir, os.Stdout, os.Stderr
	err = scan.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 { // faults were found, as they should be
		fmt.Println("\nThe exit code was 1: there are findings at or above --fail-on error.")
		return nil
	}
	if err == nil {
		return errors.New("the program found no fault")
	}
	return err
}

func encode(certs [][]byte) (out []byte) {
	for _, der := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out
}
