package wholefile

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// ErrLocked means that another process has locked a file or a folder.
var ErrLocked = errors.New("another process is writing there")

// lookAgain is how long a lock is waited for before it is tried once more.
const lookAgain = 20 * time.Millisecond

// Lock keeps other processes that lock the same path from a file that this one
// appends to, or from a folder whose files belong together, until it is closed or
// the process ends. It waits for so long for another's lock. A file is made if it
// is not there. A file system without locks is used without.
func Lock(ctx context.Context, path string, wait time.Duration) (io.Closer, error) {
	info, err := os.Stat(path)
	folder := err == nil && info.IsDir()
	at, flag := path, os.O_RDWR|os.O_CREATE
	switch {
	case runtime.GOOS == "windows" && folder:
		at = filepath.Join(path, ".tlschain.lock")
	case runtime.GOOS == "windows":
		at += ".lock" // a lock there keeps its own process from reading, too
	case folder:
		flag = os.O_RDONLY
	}
	lock := flock.New(at, flock.SetFlag(flag), flock.SetPermissions(0o644))
	ours, err := lock.TryLock()
	if err == nil && !ours && wait > 0 {
		waiting, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		if ours, err = lock.TryLockContext(waiting, lookAgain); errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			err = nil
		}
	}
	switch {
	case err != nil && ctx.Err() == nil && (folder || withoutLocks(err)):
		return lock, nil // whoever cannot lock a folder can still write whole files into it
	case err != nil:
		return nil, err
	case !ours:
		return nil, ErrLocked
	}
	return lock, nil
}

// withoutLocks reports whether a file system has no locks: NFS says so by ENOLCK,
// where no lock manager answers.
func withoutLocks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOLCK)
}
