package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A scan of 2,000 targets does with 256 MB of memory, and with less than Go would
// like to have. Where memory ends in its midst, the old report stays, and the
// journal has what the next run goes on with.
func TestLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("what memory is meant is that of the program as its users get it")
	}
	const targets = 2000
	list, dir := killList(t, targets), t.TempDir()
	report, journal := filepath.Join(dir, "report.json"), filepath.Join(dir, "journal")
	scan := func(megabytes int, environ ...string) *exec.Cmd {
		cmd := exec.Command("sh", "-c", fmt.Sprintf(`ulimit -d %d; exec "$@"`, megabytes<<10), "sh", builtBinary(t), "scan", "-f", list,
			"--fail-on", "never", "--format", "json", "--resume", journal, "-o", report)
		cmd.Env = append(os.Environ(), environ...)
		return cmd
	}
	works := func(cmd *exec.Cmd) {
		t.Helper()
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		peak, err := runPeak(cmd)
		if err != nil {
			t.Fatalf("%v\n%.2000s", err, out.String())
		}
		if n := endpointsIn(read(t, report)); n != targets {
			t.Errorf("%d endpoints in the report", n)
		}
		t.Logf("%s: %d MiB at most", cmd.Args[2], peak>>20)
	}
	works(scan(256))
	os.Remove(journal)
	works(scan(256, "GOMEMLIMIT=48MiB"))
	died, begun := 0, 0
	for _, megabytes := range []int{48, 88, 104, 112, 120, 136} {
		os.Remove(journal)
		write(t, dir, "report.json", []byte("old"))
		out, err := scan(megabytes).CombinedOutput()
		if got := read(t, report); string(got) != "old" && endpointsIn(got) != targets {
			t.Errorf("with %d MB: a report of %d bytes", megabytes, len(got))
		}
		before, _ := os.ReadFile(journal)
		before = before[:bytes.LastIndexByte(before, '\n')+1]
		if err != nil {
			died++
			if lines := bytes.Count(before, []byte("\n")); lines > 1 {
				begun++
				t.Logf("with %d MB it died after %d targets: %.80s", megabytes, lines-1, out)
			}
		}
		works(scan(256))
		if after := read(t, journal); !bytes.HasPrefix(after, before) {
			t.Errorf("after one that had %d MB: lines of the journal are gone", megabytes)
		}
	}
	t.Logf("%d died, %d of them in mid-scan", died, begun)
	if died == 0 {
		t.Error("no scan had too little, so nothing was tried")
	}
}

// endpointsIn counts the endpoints of a whole report; -1: it is not whole.
func endpointsIn(data []byte) int {
	var report struct{ Endpoints []struct{ Status string } }
	if json.Unmarshal(data, &report) != nil {
		return -1
	}
	return len(report.Endpoints)
}
