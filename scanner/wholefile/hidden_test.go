package wholefile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// What a dead process left goes at the next write. What a living one writes, and
// what is not called as only we call files, stays.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	dead := []string{".report.json.ABCDEFGH.tlschain", ".x.234567AB.tlschain"}
	foreign := []string{
		".report.json.ABCDEFGH", "report.json.ABCDEFGH.tlschain", ".report.json.abcdefgh.tlschain", ".report.json.ABCDEFG1.tlschain",
		".ABCDEFGH.tlschain", "..ABCDEFGH.tlschain", ".report.json.ABCDEFG.tlschain", ".tlschain", "report.json",
	}
	for _, name := range append(dead, foreign...) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	link := ".link.ABCDEFGH.tlschain"
	if err := os.Symlink(outside, filepath.Join(dir, link)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, ".folder.ABCDEFGH.tlschain"), 0o700); err != nil {
		t.Fatal(err)
	}
	living, err := Create(filepath.Join(dir, "living"))
	if err != nil {
		t.Fatal(err)
	}
	Sweep(dir)
	left := names(t, dir)
	if want := len(foreign) + len([]string{link, "folder", "living"}); len(left) != want {
		t.Errorf("%d files are left, not %d: %s", len(left), want, left)
	}
	if left := strings.Join(left, " "); strings.Contains(left, dead[0]) || strings.Contains(left, dead[1]) {
		t.Errorf("a dead one is left: %s", left)
	}
	living.WriteString("whole")
	if err := living.Commit(false); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "living")); string(got) != "whole" {
		t.Errorf("%q, %v", got, err)
	}
	Sweep(filepath.Join(dir, "not there"))
}

// However many write and sweep one folder at once, every file is whole, and
// nothing is left beside it.
func TestSweepBesideWriters(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 200 {
				if err := Write(filepath.Join(dir, "file"), bytes.Repeat([]byte{byte('a' + i)}, 100+i), 0o600, false); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for range 400 {
				Sweep(dir)
			}
		})
	}
	all.Wait()
	got, err := os.ReadFile(filepath.Join(dir, "file"))
	if err != nil || len(got) < 100 || len(got) != 100+int(got[0]-'a') || len(bytes.Trim(got, string(got[:1]))) > 0 {
		t.Errorf("%q, %v", got, err)
	}
	if left := names(t, dir); len(left) != 1 {
		t.Errorf("%s", left)
	}
}

// A name may be as long as a file system takes it.
func TestLongNames(t *testing.T) {
	for _, name := range []string{strings.Repeat("n", maxName), strings.Repeat("ü", maxName/2)} {
		dir := t.TempDir()
		if err := Write(filepath.Join(dir, name), []byte("x"), 0o600, true); err != nil {
			t.Error(err)
		}
		if left := names(t, dir); len(left) != 1 || left[0] != name {
			t.Errorf("%s", left)
		}
	}
}

// Folders that a dead process left go when the next is made; those that are in use,
// and those that are called otherwise, stay.
func TestTempFolder(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	living, remove, err := TempFolder("data")
	if err != nil || filepath.Dir(living) != tmp {
		t.Fatalf("%s, %v", living, err)
	}
	for _, name := range []string{"tlschain-data-123", "tlschain-data-", "tlschain-data-12x", "tlschain-demo-123", "other"} {
		if err := os.MkdirAll(filepath.Join(tmp, name, "within"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(tmp, "other"), filepath.Join(tmp, "tlschain-data-456")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(tmp, "tlschain-data-2026"), 0o755); err != nil { // somebody's own
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				dir, remove, err := TempFolder("data")
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, "file"), nil, 0o600)
				}
				if err != nil {
					t.Error(err)
					return
				}
				remove()
			}
		})
	}
	all.Wait()
	if left := names(t, tmp); len(left) != 7 || strings.Contains(strings.Join(left, " "), "123 tlschain-data-12x") {
		t.Errorf("%s are left", left)
	}
	remove()
	if _, err := os.Stat(living); err == nil {
		t.Error("it is not removed")
	}
}
