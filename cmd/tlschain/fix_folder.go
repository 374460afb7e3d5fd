package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner/wholefile"
)

// A folder is where fix writes. A file in it is either whole or not there,
// whenever the program ends.
type folder struct{ path string }

func openFolder(flag, path string) (folder, error) {
	if err := checkPasted(flag, path); err != nil {
		return folder{}, err
	}
	if wholefile.Planted(path) {
		return folder{}, planted(flag, path)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return folder{}, fmt.Errorf("finding the folder: %w", err)
	}
	if err := os.MkdirAll(absolute, 0o755); err != nil {
		if at := (*fs.PathError)(nil); errors.As(err, &at) {
			err = at.Err
		}
		return folder{}, usagef("%s %s: %w", flag, path, err).hintf("name a folder, which is made if it is not there, and in which you may write")
	}
	wholefile.Sweep(absolute)
	return folder{absolute}, nil
}

// folderPatience is how long a fix waits for another one that writes into the same
// folder. That takes moments, unless it asks many servers what they are.
var folderPatience = 30 * time.Second

// lock keeps other fixes from the folder, so that its files are of one of them.
func (f folder) lock(ctx context.Context) (io.Closer, error) {
	lock, err := wholefile.Lock(ctx, f.path, folderPatience)
	if errors.Is(err, wholefile.ErrLocked) {
		return nil, usagef("-d %s: %w", reports.Clean(f.path), err).hintf("wait until it has ended, or name another folder: -d FOLDER")
	}
	return lock, err
}

// checkPasted refuses a path with what cannot be seen: paths go into configurations
// and commands that people paste.
func checkPasted(flag, path string) error {
	if strings.ContainsFunc(path, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }) {
		return usagef("%s %q has control characters in it", flag, path).hintf("choose another name")
	}
	return nil
}

// write makes a file whole: beside it, then in its place. A file that holds a
// private key is for its owner only, and is never replaced by one that does not.
func (f folder) write(name string, content []byte, private bool) error {
	to := filepath.Join(f.path, name)
	mode := fs.FileMode(0o644)
	if private {
		mode = 0o600
	} else if bytes.Contains(f.old(name), []byte("PRIVATE KEY-----")) {
		return usagef("%s holds a private key and will not be written over", to).hintf("choose another folder with -d")
	}
	return wholefile.Write(to, content, mode, true)
}

// old is what a file has that is to be replaced; nil if it is none, or larger
// than a file that a key stands in.
func (f folder) old(name string) []byte {
	path := filepath.Join(f.path, name)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	data, err := (&tlschain.Env{}).ReadFile(path)
	if err != nil {
		return nil
	}
	return data
}
