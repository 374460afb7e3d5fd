package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
	"github.com/tlschain/tlschain/scanner/wholefile"
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

// Of two fixes that write into one folder at once, one comes after the other: its
// files, a certificate here and its issuers there, are all of the later one.
func TestTwoFixesInOneFolder(t *testing.T) {
	dir := t.TempDir()
	patients := []*patient{newPatient(t, "present L"), patientOf(t, strings.NewReplacer("R ", "RR ", "R\n", "RR\n", "I ", "II ", "OLD", "OLDER",
		"L ", "LL ").Replace(crossed+"present L "))}
	command := func(p *patient, into string) *exec.Cmd {
		return exec.Command(builtBinary(t), "fix", "--at", "2026-11-22", "--clients", "go", "--roots", p.roots, "--pool", p.pool,
			"--key", p.key, "--server", "exchange", "--password-file", p.word, "-d", into, p.file)
	}
	whole := []string{t.TempDir(), t.TempDir()}
	for i, p := range patients {
		if out, err := command(p, whole[i]).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	files := visible(t, whole[0])
	files = slices.DeleteFunc(files, func(file string) bool { return strings.HasSuffix(file, ".pfx") }) // with a fresh salt each time
	for _, file := range files {
		if bytes.Equal(read(t, filepath.Join(whole[0], file)), read(t, filepath.Join(whole[1], file))) || len(files) < 2 {
			t.Fatalf("of %s, %s is the same in both", files, file)
		}
	}
	for range 10 {
		running := []*exec.Cmd{command(patients[0], dir), command(patients[1], dir)}
		for _, cmd := range running {
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
		}
		for _, cmd := range running {
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		}
		of := make(map[int][]string)
		for _, file := range files {
			for i := range patients {
				if bytes.Equal(read(t, filepath.Join(dir, file)), read(t, filepath.Join(whole[i], file))) {
					of[i] = append(of[i], file)
				}
			}
		}
		if len(of[0]) != len(files) && len(of[1]) != len(files) {
			t.Errorf("%s are of the first, %s of the second", of[0], of[1])
		}
	}
}

// A fix that another keeps waiting for too long says which folder it is.
func TestFixWaitsForFolder(t *testing.T) {
	p := newPatient(t, "present L")
	if err := os.MkdirAll(p.fixes, 0o755); err != nil {
		t.Fatal(err)
	}
	lock, err := wholefile.Lock(t.Context(), p.fixes, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func(old time.Duration) { folderPatience = old }(folderPatience)
	folderPatience = 100 * time.Millisecond
	if code, out := p.fix(); code != exitUsage || !strings.Contains(out, "-d "+p.fixes+": another process is writing there") || !strings.Contains(out, "hint:") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if files := p.files(); len(files) > 0 {
		t.Errorf("it wrote %s", files)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if code, out := p.fix(); code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// Two scans that save chains into one folder save those of both: a chain's file
// is called by what is in it.
func TestTwoScansSaveInOneFolder(t *testing.T) {
	dir, lists := t.TempDir(), []string{killList(t, 60), killList(t, 60)}
	want := make(map[string]string)
	for _, list := range lists {
		alone := t.TempDir()
		if out, err := saving(t, list, alone).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, file := range visible(t, alone) {
			want[file] = string(read(t, filepath.Join(alone, file)))
		}
	}
	running := []*exec.Cmd{saving(t, lists[0], dir), saving(t, lists[1], dir), saving(t, lists[0], dir)}
	for _, cmd := range running {
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}
	for _, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	if got := visible(t, dir); len(got) != len(want) {
		t.Errorf("%d chains, want %d", len(got), len(want))
	}
	for file, content := range want {
		if got := read(t, filepath.Join(dir, file)); string(got) != content {
			t.Errorf("%s has %d bytes, not %d", file, len(got), len(content))
		}
	}
}

func saving(t *testing.T, list, into string) *exec.Cmd {
	t.Helper()
	return exec.Command(builtBinary(t), "scan", "-f", list, "--fail-on", "never", "-o", filepath.Join(t.TempDir(), "report"), "--save", into)
}

// Of two audit runs on one SQLite history one audits the group, and the other says
// that it is being audited.
func TestTwoAuditRunsOnOneHistory(t *testing.T) {
	w, where := newWatch(t, 20, ""), filepath.Join(t.TempDir(), "history.db")
	w.gate.hold(0)
	first := w.start(t, where, "run")
	await(t, func() bool {
		if _, err := os.Stat(where); err != nil {
			return false
		}
		db, err := history.Open(t.Context(), where)
		if err != nil {
			return false
		}
		defer db.Close()
		list, err := db.Audits(t.Context(), "web", 0, 10)
		return err == nil && len(list) == 1
	}, func() string { return "no audit begins" })
	code, out := audited(t, "run", "--config", w.config, "--db", where)
	if code != exitUsage || !strings.Contains(out, "auditing web: another audit of this group is running") {
		t.Errorf("the second run: exit %d\n%s", code, out)
	}
	w.gate.open()
	if err := first.Wait(); err != nil {
		t.Error(err)
	}
	if complete, partial := w.holds(t, where); complete != 1 || partial != 0 {
		t.Errorf("%d complete audits, %d partial", complete, partial)
	}
}
