package queue

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// startInMidst starts this test program as a worker process, and waits until it
// is in the midst of an audit, where it stays.
func startInMidst(t *testing.T, where string) *os.Process {
	t.Helper()
	process := exec.Command(os.Args[0], "-test.run=^TestWorkerProcess$", "-test.v")
	process.Env = append(os.Environ(), "QUEUE_TEST_WORK_AT="+where)
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		process.Process.Kill()
		process.Wait()
	})
	lines, seen := bufio.NewScanner(out), ""
	for lines.Scan() && !strings.Contains(lines.Text(), "in the midst") {
		seen += lines.Text() + "\n"
	}
	if !strings.Contains(lines.Text(), "in the midst") {
		t.Fatalf("the worker never began:\n%s", seen)
	}
	go func() { // it may write more
		for lines.Scan() {
		}
	}()
	return process.Process
}

// TestWorkerProcess is that process; by itself it does nothing.
func TestWorkerProcess(t *testing.T) {
	where := os.Getenv("QUEUE_TEST_WORK_AT")
	if where == "" {
		return
	}
	m := newMachine(t, where)
	seen := 0
	m.works(t, "dmz", m.auditor(t, "dmz", farm, func(ctx context.Context, host string) {
		if seen++; seen == farm/4 {
			fmt.Println("in the midst")
			<-ctx.Done()
		}
	}))
	<-t.Context().Done()
}
