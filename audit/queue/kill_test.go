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

// killedInMidst starts this test program as a worker process, waits until it is
// in the midst of an audit, and kills it.
func killedInMidst(t *testing.T, where string) {
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
	lines, seen := bufio.NewScanner(out), ""
	for lines.Scan() && !strings.Contains(lines.Text(), "in the midst") {
		seen += lines.Text() + "\n"
	}
	process.Process.Kill()
	process.Wait()
	if !strings.Contains(lines.Text(), "in the midst") {
		t.Fatalf("the worker never began:\n%s", seen)
	}
}

// TestWorkerProcess is the process that is killed; by itself it does nothing.
func TestWorkerProcess(t *testing.T) {
	where := os.Getenv("QUEUE_TEST_WORK_AT")
	if where == "" {
		return
	}
	m := newMachine(t, where)
	m.works(t, "dmz", m.audits(func(ctx context.Context) error {
		fmt.Println("in the midst")
		select {}
	}))
	<-t.Context().Done()
}
