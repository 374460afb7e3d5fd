package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// TestKilledScanGoesOn kills a scan at random moments, lets it go on each time,
// and holds that the last report has every target once.
func TestKilledScanGoesOn(t *testing.T) {
	targets, kills := 8_000, 20
	if testing.Short() {
		targets, kills = 400, 4
	}
	list, dir := killList(t, targets), t.TempDir()
	journal, report := filepath.Join(dir, "journal"), filepath.Join(dir, "report.ndjson")
	args := []string{"scan", "-f", list, "--resume", journal, "--format", "ndjson", "-o", report, "--fail-on", "never", "--concurrency", "64"}
	random := rand.New(rand.NewPCG(2026, 11))
	for range kills {
		killAfter(t, args, journal, 1+random.Int64N(int64(targets/kills)*bytesPerLine))
	}
	if out, err := exec.Command(builtBinary(t), args...).CombinedOutput(); err != nil {
		t.Fatalf("the last run: %v\n%s", err, out)
	}
	data, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]int)
	for line := range bytes.Lines(data) {
		var e struct{ Target, Status string }
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		if e.Status != "ok" {
			t.Errorf("%s: %s", e.Target, line)
		}
		seen[e.Target]++
	}
	if len(seen) != targets {
		t.Errorf("%d targets reported, want %d", len(seen), targets)
	}
	for target, n := range seen {
		if n != 1 {
			t.Errorf("%s is reported %d times", target, n)
		}
	}
}

// bytesPerLine is about what one target takes in the journal.
const bytesPerLine = 5000

// killList writes a list of targets that are all served: one port on as many
// loopback addresses.
func killList(t *testing.T, n int) string {
	t.Helper()
	r, err := tlstest.ParseRecipe("kill", "root R\nca I by R\nleaf L by I\npresent L I\n")
	if err != nil {
		t.Fatal(err)
	}
	server, err := tlstest.Serve(tlstest.Behaviour{Default: r.Identity(), Listen: "0.0.0.0:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	port := server.Addr().Port()
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "127.%d.%d.%d:%d\n", 1+i/62500, i/250%250, 1+i%250, port)
	}
	path := filepath.Join(t.TempDir(), "targets.txt")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// killAfter runs the program and kills it, unasked and without warning, when
// the journal has grown by so many bytes.
func killAfter(t *testing.T, args []string, journal string, grown int64) {
	t.Helper()
	cmd := exec.Command(builtBinary(t), args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	for until := size(journal) + grown; size(journal) < until; {
		select {
		case <-ended:
			return
		case <-time.After(time.Millisecond):
		}
	}
	cmd.Process.Kill()
	<-ended
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// TestJournalOfAnotherScan holds that a journal is not continued by a scan whose
// verdicts would not fit, and that no other file is taken for one.
func TestJournalOfAnotherScan(t *testing.T) {
	dir := t.TempDir()
	journal := filepath.Join(dir, "journal")
	run := func(args ...string) (string, int) {
		cmd := exec.Command(builtBinary(t), append([]string{"scan", "--resume", journal, "--timeout", "1s", "127.0.0.1:1"}, args...)...)
		out, _ := cmd.CombinedOutput()
		return string(out), cmd.ProcessState.ExitCode()
	}
	if out, code := run(); code != 3 {
		t.Fatalf("first run: exit %d\n%s", code, out)
	}
	if out, code := run("--clients", "go"); code != 2 || !strings.Contains(out, "other settings") {
		t.Errorf("other clients: exit %d\n%s", code, out)
	}
	if err := os.WriteFile(journal, []byte("my thesis\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, code := run(); code != 2 || !strings.Contains(out, "no journal") {
		t.Errorf("some other file: exit %d\n%s", code, out)
	}
	if kept, _ := os.ReadFile(journal); string(kept) != "my thesis\n" {
		t.Errorf("the other file was changed: %q", kept)
	}
}
