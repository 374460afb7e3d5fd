package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/tlschain/tlschain/rules/certfile"
)

// finish runs the program to its end, which is to be a good one.
func finish(t *testing.T, at string, args ...string) {
	t.Helper()
	if out, err := exec.Command(builtBinary(t), args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: the next run: %v\n%s", at, err, out)
	}
}

// alone holds that nothing of a killed run is left beside what is meant to be there.
func alone(t *testing.T, at, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(want, e.Name()) {
			t.Errorf("%s: after the next run %s is left", at, e.Name())
		}
	}
}

// endpointsOf counts the endpoints of a whole report; -1: it is not whole.
func endpointsOf(path string, data []byte) int {
	if strings.HasSuffix(path, ".gz") {
		plain, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return -1
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(plain); err != nil {
			return -1
		}
		data = b.Bytes()
	}
	return endpointsIn(data)
}

const inReport = 40 // endpoints of a scan

// Whenever scan -o is killed, the report is the whole old one or the whole new
// one, and the next run makes the new one and leaves nothing else.
func TestKillReport(t *testing.T) {
	list := killList(t, inReport)
	for _, file := range []string{"report.json", "report.json.gz"} {
		t.Run(file, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, file)
			args := []string{"scan", "-f", list, "--fail-on", "never", "--format", "json", "-o", path}
			everywhere(t, nil, args, 0, func() { write(t, dir, file, []byte("old")) }, func(at string, o tracedRun) {
				if got := read(t, path); string(got) != "old" && endpointsOf(path, got) != inReport {
					t.Errorf("%s: a report of %d bytes", at, len(got))
				}
				finish(t, at, args...)
				if n := endpointsOf(path, read(t, path)); n != inReport {
					t.Errorf("%s: %d endpoints in the next report", at, n)
				}
				alone(t, at, dir, file)
			})
		})
	}
}

// The same of what an interrupted scan leaves, whose old report stays.
func TestKillPartial(t *testing.T) {
	list, dir := killList(t, 400), t.TempDir()
	path := filepath.Join(dir, "report.json")
	args := []string{"scan", "-f", list, "--fail-on", "never", "--format", "json", "--concurrency", "8", "-o", path}
	const begun = 3 // steps: the file is made and locked, and something is written
	everywhere(t, nil, args, begun, func() {
		write(t, dir, "report.json", []byte("old"))
		os.Remove(path + ".partial")
	}, func(at string, o tracedRun) {
		if got := read(t, path); string(got) != "old" && endpointsOf(path, got) != 400 {
			t.Errorf("%s: a report of %d bytes", at, len(got))
		}
		if got, err := os.ReadFile(path + ".partial"); err == nil && endpointsOf(path, got) < 0 {
			t.Errorf("%s: a partial report of %d bytes is not whole", at, len(got))
		} else if err != nil && !o.killed {
			t.Errorf("%s: %v", at, err)
		}
		finish(t, at, "check", "--fail-on", "never", "--format", "json", "-o", path, writtenChain(t))
		alone(t, at, dir, "report.json", "report.json.partial")
	})
}

// writtenChain is a file with some chain.
func writtenChain(t *testing.T) string {
	t.Helper()
	p := newPatient(t, "present L I")
	return p.file
}

// Whenever scan --resume is killed, what stands in the journal stays, and the
// next run reports every target once.
func TestKillJournal(t *testing.T) {
	list, dir := killList(t, inReport), t.TempDir()
	journal, report := filepath.Join(dir, "journal"), filepath.Join(dir, "report.json")
	args := []string{"scan", "-f", list, "--fail-on", "never", "--format", "json", "--resume", journal, "-o", report}
	everywhere(t, nil, args, 0, func() {
		os.Remove(journal)
		os.Remove(report)
	}, func(at string, o tracedRun) {
		before, _ := os.ReadFile(journal)
		before = before[:bytes.LastIndexByte(before, '\n')+1]
		if got, err := os.ReadFile(report); err == nil && endpointsOf(report, got) != inReport {
			t.Errorf("%s: a report of %d bytes", at, len(got))
		}
		finish(t, at, args...)
		if after := read(t, journal); !bytes.HasPrefix(after, before) {
			t.Errorf("%s: lines of the journal are gone", at)
		}
		if n := endpointsOf(report, read(t, report)); n != inReport {
			t.Errorf("%s: %d endpoints in the report", at, n)
		}
		alone(t, at, dir, "journal", "report.json")
	})
}

// Whenever fix -d is killed, each file is the whole old one or the whole new one,
// and none that holds a key was ever wider than 0600.
func TestKillFix(t *testing.T) {
	p := newPatient(t, "present L")
	for _, server := range []string{"haproxy", "iis"} {
		t.Run(server, func(t *testing.T) {
			args := func(dir string) []string {
				return []string{"fix", "--at", "2026-11-22", "--clients", "go,openssl-3.0", "--roots", p.roots, "--pool", p.pool,
					"--key", p.key, "--password-file", p.word, "--server", server, "-d", dir, p.file}
			}
			whole, dir := t.TempDir(), t.TempDir()
			finish(t, "at first", args(whole)...)
			names, keys := visible(t, whole), 0
			holds := func(at, dir, file string, old bool) {
				t.Helper()
				path := filepath.Join(dir, file)
				got, want := read(t, path), read(t, filepath.Join(whole, file))
				if bytes.Contains(got, []byte("PRIVATE KEY")) || strings.HasSuffix(file, ".pfx") {
					if info, err := os.Stat(path); err != nil || info.Mode().Perm()&^0o600 != 0 {
						t.Errorf("%s: %s may be read by others: %v", at, file, info.Mode())
					}
					keys++
				}
				if old && string(got) == "old" || bytes.Equal(got, want) {
					return
				}
				certs, err := certfile.Certificates(got, "secret") // made with a fresh salt each time
				if all, _ := certfile.Certificates(want, "secret"); !strings.HasSuffix(file, ".pfx") || err != nil || len(certs) != len(all) {
					t.Errorf("%s: %s has %d bytes, not %d: %v", at, file, len(got), len(want), err)
				}
			}
			everywhere(t, nil, args(dir), 0, func() {
				for _, file := range names {
					write(t, dir, file, []byte("old"))
					os.Chmod(filepath.Join(dir, file), 0o644) // as wide as it may have been
				}
			}, func(at string, o tracedRun) {
				entries, err := os.ReadDir(dir)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range entries {
					switch info, err := e.Info(); {
					case slices.Contains(names, e.Name()):
						if string(read(t, filepath.Join(dir, e.Name()))) != "old" {
							holds(at, dir, e.Name(), true)
						}
					case err == nil && info.Mode().Perm()&^0o600 != 0 && bytes.Contains(read(t, filepath.Join(dir, e.Name())), []byte("PRIVATE KEY")):
						t.Errorf("%s: %s may be read by others: %v", at, e.Name(), info.Mode())
					}
				}
				finish(t, at, args(dir)...)
				for _, file := range names {
					holds(at, dir, file, false)
				}
				alone(t, at, dir, names...)
			})
			if keys == 0 {
				t.Error("no file holds a key, so nothing was tried")
			}
		})
	}
}

// Whenever scan --save is killed, each chain is whole or not there.
func TestKillSave(t *testing.T) {
	list, whole, dir := killList(t, inReport), t.TempDir(), t.TempDir()
	args := func(dir string) []string {
		return []string{"scan", "-f", list, "--fail-on", "never", "--format", "csv", "-o", filepath.Join(t.TempDir(), "report"), "--save", dir}
	}
	finish(t, "at first", args(whole)...)
	names := visible(t, whole)
	if len(names) != inReport {
		t.Fatalf("%d chains", len(names))
	}
	everywhere(t, nil, args(dir), 0, func() {
		for _, file := range visible(t, dir) {
			os.Remove(filepath.Join(dir, file))
		}
	}, func(at string, o tracedRun) {
		for _, file := range visible(t, dir) {
			if !bytes.Equal(read(t, filepath.Join(dir, file)), read(t, filepath.Join(whole, file))) {
				t.Errorf("%s: %s is half", at, file)
			}
		}
		finish(t, at, args(dir)...)
		if got := visible(t, dir); !slices.Equal(got, names) {
			t.Errorf("%s: %d chains after the next run", at, len(got))
		}
		alone(t, at, dir, names...)
	})
}
