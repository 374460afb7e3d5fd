//go:build linux

package history_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/tlschain/tlschain/audit/history"
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

// Who opens a history to write it and may not is told which file it is and what
// is missing, for the file and for the folder that SQLite makes its log in.
func TestUnwritableFileSaysWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	where := filepath.Join(dir, "history.db")
	db := open(t, where)
	night(t, db, "web", 0, seen("a", "A"))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	refused := func(what, want string) {
		t.Helper()
		db, err := history.Open(t.Context(), where)
		if err == nil {
			db.Close()
			t.Fatalf("%s: it opens", what)
		}
		if !errors.Is(err, history.ErrUnwritable) || err.Error() != "the history "+where+" cannot be written: "+want {
			t.Errorf("%s: %v", what, err)
		}
	}
	asNobody(t, dir, func() {
		refused("a file of another account", "the file may only be read: permission denied")
	})
	if err := os.Chmod(where, 0o666); err != nil {
		t.Fatal(err)
	}
	asNobody(t, dir, func() {
		refused("a folder of another account", "SQLite keeps its log beside it, and no file can be made there: permission denied")
	})
	makeReadOnly(t, dir)
	refused("a file system that is read", "the file may only be read: read-only file system")
}

// asNobody does something with the rights that an account without any has to the
// files of a folder.
func asNobody(t *testing.T, dir string, do func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may take the rights of another account")
	}
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // testing makes it for one account alone
		t.Fatal(err)
	}
	const nobody = 65534
	runtime.LockOSThread() // the rights are a thread's
	defer runtime.UnlockOSThread()
	if err := syscall.Setfsuid(nobody); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setfsuid(0)
	do()
}
