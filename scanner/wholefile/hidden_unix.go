//go:build unix

package wholefile

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// hold locks a file that was just made; ours is false where another process did
// so before. A file system without locks is used without: then [removeDead] gets
// none either, and removes nothing.
func hold(file *os.File) (lock *os.File, ours bool) {
	syscall.ForkLock.RLock()
	fd, err := syscall.Dup(int(file.Fd()))
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, true
	}
	err = syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB)
	return os.NewFile(uintptr(fd), file.Name()), !errors.Is(err, syscall.EWOULDBLOCK)
}

// removeDead removes a file that nobody holds.
func removeDead(path string) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	defer file.Close()
	found, err := file.Stat()
	if err != nil || !found.Mode().IsRegular() {
		return
	}
	if of, known := found.Sys().(*syscall.Stat_t); !known || int(of.Uid) != os.Geteuid() {
		return
	}
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return
	}
	if isAt(file, path) {
		_ = os.Remove(path)
	}
}

// holdFolder locks a folder that was just made. The error is errTaken where another
// process did so before, and removes it.
func holdFolder(dir string) (lock *os.File, err error) {
	lock, err = os.OpenFile(dir, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errTaken
	}
	if err != nil {
		return nil, err
	}
	locked := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if _, err := os.Lstat(dir); errors.Is(locked, syscall.EWOULDBLOCK) || err != nil {
		lock.Close()
		return nil, errTaken
	}
	return lock, nil
}

// holdDead locks a folder that this program made for this user, and that nobody holds.
func holdDead(dir string) (lock *os.File, left bool) {
	lock, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, false
	}
	found, err := lock.Stat()
	if err == nil && found.IsDir() && found.Mode().Perm() == 0o700 { // as [os.MkdirTemp] makes them, and hardly anybody else
		of, known := found.Sys().(*syscall.Stat_t)
		if known && int(of.Uid) == os.Geteuid() && syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil && isAt(lock, dir) {
			return lock, true
		}
	}
	lock.Close()
	return nil, false
}
