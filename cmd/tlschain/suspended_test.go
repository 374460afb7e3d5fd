package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// A scan that was frozen for longer than its time-out finds what it would have.
func TestSuspendedScan(t *testing.T) {
	t.Parallel() // it sleeps
	const targets = 3000
	list, dir := killList(t, targets), t.TempDir()
	journal, report := filepath.Join(dir, "journal"), filepath.Join(dir, "report.ndjson")
	cmd := exec.Command(builtBinary(t), "scan", "-f", list, "--resume", journal, "--format", "ndjson", "-o", report,
		"--fail-on", "never", "--concurrency", "64", "--timeout", "3s")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for size(journal) < 20_000 { // it is under way
		time.Sleep(time.Millisecond)
	}
	if err := system.Suspend(cmd.Process); err != nil {
		cmd.Process.Kill()
		t.Skip(err)
	}
	time.Sleep(4 * time.Second)
	if err := system.Resume(cmd.Process); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	if err != nil {
		t.Error(err)
	}
	data, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	ok := 0
	for line := range bytes.Lines(data) {
		var e struct{ Target, Status string }
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		if e.Status == "ok" {
			ok++
		} else {
			t.Logf("%.400s", line)
		}
	}
	if ok != targets {
		t.Errorf("%d of %d targets are ok", ok, targets)
	}
}
