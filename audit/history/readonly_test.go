//go:build linux

package history_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A file that nobody here may write is read, in a folder that may not be
// written either, too.
func TestReadOnlyFile(t *testing.T) {
	dir := t.TempDir()
	where := filepath.Join(dir, "history.db")
	db := open(t, where)
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	readable(t, where) // while it may be written
	makeReadOnly(t, dir)
	readable(t, where)
}

// makeReadOnly takes the right to write to a folder and its files away until
// the test ends. Root writes whatever the rights, so it gets a mount instead.
func makeReadOnly(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() == 0 {
		if err := syscall.Mount(dir, dir, "", syscall.MS_BIND, ""); err != nil {
			t.Skipf("this machine lets nobody mount a file system: %v", err)
		}
		t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
		if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
		return
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if err := os.Chmod(file, 0o400); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o700) })
}
