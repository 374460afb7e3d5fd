package wholefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// TempFolder makes a folder for files on their way, called after what they are,
// and removes those that killed processes of the same user left. remove removes it.
func TempFolder(what string) (path string, remove func(), err error) {
	prefix := "tlschain-" + what + "-"
	sweepFolders(os.TempDir(), prefix)
	for range maxTaken {
		dir, err := os.MkdirTemp("", prefix+"*")
		if err != nil {
			return "", nil, fmt.Errorf("making a folder for %s: %w", what, err)
		}
		lock, err := holdFolder(dir)
		if err == nil {
			return dir, func() {
				os.RemoveAll(dir)
				lock.Close()
			}, nil
		}
		os.Remove(dir)
		if !errors.Is(err, errTaken) {
			return "", nil, fmt.Errorf("making a folder for %s: %w", what, err)
		}
	}
	return "", nil, fmt.Errorf("making a folder for %s: %w", what, errTaken)
}

// sweepFolders removes the folders that begin so, end in digits, and that nobody holds.
func sweepFolders(in, prefix string) {
	each(in, func(e fs.DirEntry) {
		number, begins := strings.CutPrefix(e.Name(), prefix)
		if !begins || number == "" || strings.Trim(number, "0123456789") != "" || !e.IsDir() {
			return
		}
		path := filepath.Join(in, e.Name())
		if lock, left := holdDead(path); left {
			os.RemoveAll(path)
			lock.Close()
		}
	})
}
