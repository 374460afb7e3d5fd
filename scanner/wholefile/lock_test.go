package wholefile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// One holds a file or a folder; the next gets it when the first lets go, or
// waits for as long as it is told.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "file")} {
		first, err := Lock(t.Context(), path, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, wait := range []time.Duration{0, 2 * lookAgain} {
			if _, err := Lock(t.Context(), path, wait); !errors.Is(err, ErrLocked) {
				t.Errorf("%s, after %v: %v", path, wait, err)
			}
		}
		ended, end := context.WithCancel(t.Context())
		end()
		if _, err := Lock(ended, path, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", path, err)
		}
		time.AfterFunc(lookAgain, func() { first.Close() })
		second, err := Lock(t.Context(), path, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if err := second.Close(); err != nil {
			t.Error(err)
		}
	}
}

// NFS without a lock manager is a file system without locks; what is forbidden is
// not.
func TestWithoutLocks(t *testing.T) {
	for err, want := range map[error]bool{
		&os.PathError{Op: "flock", Err: syscall.ENOLCK}: true, errors.ErrUnsupported: true, syscall.ENOSYS: true,
		syscall.EACCES: false, os.ErrNotExist: false,
	} {
		if withoutLocks(err) != want {
			t.Errorf("%v: %v", err, !want)
		}
	}
}
