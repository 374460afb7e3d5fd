package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// Of two scans on one journal one goes on, and the other says why it does not:
// with two writers a line would stand within another, and all be lost.
func TestTwoScansOnOneJournal(t *testing.T) {
	const targets = 300
	list, dir := killList(t, targets), t.TempDir()
	journal, report := filepath.Join(dir, "journal"), filepath.Join(dir, "report.ndjson")
	args := []string{"scan", "-f", list, "--resume", journal, "--format", "ndjson", "--fail-on", "never", "--concurrency", "4"}
	first := exec.Command(builtBinary(t), append(args, "-o", report)...)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	for size(journal) == 0 && first.ProcessState == nil { // it has begun
	}
	if err := system.Suspend(first.Process); err != nil { // and does not end before the second is there
		first.Process.Kill()
		t.Skip(err)
	}
	before := size(journal)
	second := exec.Command(builtBinary(t), append(args, "-o", filepath.Join(dir, "second"))...)
	out, _ := second.CombinedOutput()
	if code := second.ProcessState.ExitCode(); code != exitUsage || !strings.Contains(string(out), "is being written by another scan") {
		t.Errorf("the second scan: exit %d\n%.2000s", code, out)
	}
	if size(journal) != before {
		t.Errorf("the second scan wrote into the journal of the first")
	}
	if err := system.Resume(first.Process); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err != nil {
		t.Fatal(err)
	}
	// The lock is no file that stays, and a scan that ended holds none.
	out, err := exec.Command(builtBinary(t), append(args, "-o", report)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	seen := make(map[string]int)
	data, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		var e struct{ Target string }
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		seen[e.Target]++
	}
	if len(seen) != targets {
		t.Errorf("%d targets reported, want %d", len(seen), targets)
	}
}
