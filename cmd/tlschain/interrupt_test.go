package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// Ctrl-C closes the report properly, says so in it, and ends with 130; so does a
// terminal that is closed. A report of a former run stays as it is.
func TestInterrupt(t *testing.T) {
	// Where the tests run under nohup, the program would do without SIGHUP too; what
	// is caught here has its default there.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	reached := make(chan struct{}, 1)
	silent := tlstest.For(t).Script(func(conn net.Conn) {
		reached <- struct{}{}
		io.Copy(io.Discard, conn) // for as long as the other side has patience
	})
	for _, toFile := range []bool{false, true} {
		dir := t.TempDir()
		file := write(t, dir, "report.json", []byte("the old report"))
		var stdout, stderr bytes.Buffer
		args := []string{"scan", "--format", "json", "--timeout", "1h", silent.Addr().String()}
		if toFile {
			args = append(args, "-o", file)
		}
		scan := exec.Command(builtBinary(t), args...)
		scan.Stdout, scan.Stderr = &stdout, &stderr
		if err := scan.Start(); err != nil {
			t.Fatal(err)
		}
		<-reached
		var by os.Signal = os.Interrupt
		if toFile {
			by = syscall.SIGHUP
		}
		scan.Process.Signal(by)
		err := scan.Wait()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
			t.Errorf("%v, want exit code %d\n%s", err, exitInterrupted, stderr.String())
		}
		report := stdout.Bytes()
		if toFile {
			if report, err = os.ReadFile(file + ".partial"); err != nil {
				t.Fatal(err)
			}
		}
		saved := readReport(t, report)
		if !saved.Summary.Interrupted || len(saved.Endpoints) != 1 || saved.Endpoints[0].Error.Code != "canceled" {
			t.Errorf("summary %+v of %d endpoints", saved.Summary, len(saved.Endpoints))
		}
		if old, err := os.ReadFile(file); err != nil || string(old) != "the old report" {
			t.Errorf("the old report is now %q, %v", old, err)
		}
		left, _ := filepath.Glob(filepath.Join(dir, ".*"))
		if len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// Under nohup a scan outlives its terminal.
func TestNohup(t *testing.T) {
	reached, answer := make(chan struct{}, 10), make(chan struct{})
	server := tlstest.For(t).Script(func(net.Conn) {
		reached <- struct{}{}
		<-answer
	})
	scan := exec.Command("sh", "-c", `trap "" HUP; exec "$@"`, "sh", builtBinary(t), "scan", "--timeout", "1h", server.Addr().String())
	if err := scan.Start(); err != nil {
		t.Fatal(err)
	}
	<-reached
	scan.Process.Signal(syscall.SIGHUP)
	close(answer)
	var exit *exec.ExitError
	if err := scan.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitUnjudged {
		t.Errorf("%v, want exit code %d", err, exitUnjudged)
	}
}
