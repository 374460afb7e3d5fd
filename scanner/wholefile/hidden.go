package wholefile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A hidden file becomes the file beside it. It is locked for as long as its
// writer lives, so that it can be told from one that a killed process left.
type hidden struct {
	*os.File
	lock *os.File // shares the lock with the file, and outlives its Close
}

// The name of a hidden file is .NAME.TEXT.tlschain, within what file systems take.
const (
	hiddenEnds = ".tlschain"
	textLength = 8
	maxName    = 255
)

// beside makes a hidden file beside a path.
func beside(path string, mode fs.FileMode) (*hidden, error) {
	dir, base := filepath.Split(path)
	if most := maxName - textLength - len(hiddenEnds) - 2; len(base) > most {
		base = strings.ToValidUTF8(base[:most], "")
	}
	for range maxTaken {
		name := dir + "." + base + "." + rand.Text()[:textLength] + hiddenEnds
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err != nil {
			return nil, err
		}
		lock, ours := hold(file)
		h := &hidden{file, lock}
		if _, err := os.Lstat(name); ours && err == nil {
			return h, nil
		}
		_ = h.discard() // another process took it for a dead one's before it was locked
	}
	return nil, &fs.PathError{Op: "lock", Path: path, Err: errTaken}
}

// maxTaken is how often a file or a folder is made anew because another process
// locked it first. Where that goes on, it is no process that sweeps.
const maxTaken = 100

var errTaken = errors.New("other processes lock whatever is made there")

// isAt reports whether a path still leads to a file that was opened by it.
func isAt(file *os.File, path string) bool {
	there, err := os.Lstat(path)
	if err != nil {
		return false
	}
	opened, err := file.Stat()
	return err == nil && os.SameFile(there, opened)
}

// place closes the file and puts it in a place. On an error nothing is left of it.
func (h *hidden) place(path string, lasting bool) (err error) {
	if lasting {
		err = h.Sync()
	}
	if closeErr := h.File.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(h.Name(), path)
	}
	if err != nil {
		return errors.Join(err, h.discard())
	}
	h.close()
	if !lasting {
		return nil
	}
	return syncDir(filepath.Dir(path))
}

func (h *hidden) discard() error {
	defer h.close()
	return os.Remove(h.Name())
}

func (h *hidden) close() {
	h.File.Close()
	if h.lock != nil {
		h.lock.Close()
	}
}

// maxListed bounds how many names of a folder are looked at for what was left.
const maxListed = 100_000

// Sweep removes what killed processes of the same user left of files that they
// were writing into a folder. What is still being written stays, and so does
// whatever is not called as only this package calls its files.
func Sweep(dir string) {
	each(dir, func(e fs.DirEntry) {
		if e.Type().IsRegular() && isHidden(e.Name()) {
			removeDead(filepath.Join(dir, e.Name()))
		}
	})
}

// each calls do with what is in a folder, up to maxListed names.
func each(dir string, do func(fs.DirEntry)) {
	folder, err := os.Open(dir)
	if err != nil {
		return
	}
	defer folder.Close()
	const some = 1000
	for range maxListed / some {
		entries, err := folder.ReadDir(some)
		for _, e := range entries {
			do(e)
		}
		if err != nil {
			return
		}
	}
}

func isHidden(name string) bool {
	name, ends := strings.CutSuffix(name, hiddenEnds)
	at := len(name) - textLength
	if !ends || at < 3 || name[0] != '.' || name[at-1] != '.' {
		return false
	}
	return strings.Trim(name[at:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == "" // what [rand.Text] is made of
}

// syncDir makes a rename last through a power cut. Where directories cannot be
// synced there is nothing to be done about it.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	_ = d.Sync()
	return d.Close()
}

// Write puts content in the place of a file. A lasting one is there after a power
// cut, which costs a wait for the disk.
func Write(path string, content []byte, mode fs.FileMode, lasting bool) error {
	file, err := beside(path, mode)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if _, err = file.Write(content); err != nil {
		err = errors.Join(err, file.discard())
	} else {
		err = file.place(path, lasting)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
