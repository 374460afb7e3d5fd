package queue

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// startInMidst starts this test program as a worker process, and waits until it
// is in the midst of an audit, where it stays.
func startInMidst(t *testing.T, where string) *os.Process {
	t.Helper()
	return startWorker(t, where, farm/4, true)
}

// startWorker starts this test program as a worker process, and waits until it
// has looked at so many targets. Then it stays there, or goes on.
func startWorker(t *testing.T, where string, looks int, stays bool) *os.Process {
	t.Helper()
	process := exec.Command(os.Args[0], "-test.run=^TestWorkerProcess$", "-test.v")
	process.Env = append(os.Environ(), fmt.Sprintf("QUEUE_TEST_WORK=%d %t %s", looks, stays, where),
		"TMPDIR="+t.TempDir()) // whose files a killed one cannot remove
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
	var looks int
	var stays bool
	var where string
	if _, err := fmt.Sscan(os.Getenv("QUEUE_TEST_WORK"), &looks, &stays, &where); err != nil {
		return
	}
	m := newMachine(t, where)
	var seen atomic.Int32
	m.works(t, "dmz", m.auditor(t, "dmz", farm, func(ctx context.Context, host string) {
		if int(seen.Add(1)) == looks {
			fmt.Println("in the midst")
			if stays {
				<-ctx.Done()
			}
		}
	}))
	<-t.Context().Done()
}
