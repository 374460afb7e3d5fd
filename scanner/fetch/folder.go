package fetch

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/scanner/wholefile"
)

// A Folder keeps what was fetched from one run of the program to the next, a file
// for each URL, called by the URL's hash. What is out of date, damaged or not of
// ours is as if it were not there. It is safe for concurrent use, of several
// processes too.
type Folder struct {
	Path  string // made when there is something to keep; empty: nothing is kept
	Bytes int64  // of all files; 0: 256 MiB
	Files int    // 0: 1,000
}

const (
	folderBytes = 256 << 20
	folderFiles = 1000
	folderHead  = 2 * MaxURL // bytes of the line before what was fetched
	folderEnds  = ".fetched"
)

// A folderLine stands before what was fetched.
type folderLine struct {
	URL    string    `json:"url"`
	Until  time.Time `json:"until"`
	SHA256 string    `json:"sha256"` // of what follows
}

func (f *Folder) file(url string) string {
	sum := sha256.Sum256([]byte(url))
	return filepath.Join(f.Path, hex.EncodeToString(sum[:])+folderEnds)
}

// Get gives what was kept of a request's URL and is not out of date, within its
// Limit; before much is read, it waits for Large.
func (f *Folder) Get(ctx context.Context, r Request) (body []byte, ok bool) {
	if f.Path == "" {
		return nil, false
	}
	name := f.file(r.URL)
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return nil, false
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, false
	}
	defer file.Close()
	info, err := file.Stat() // of what was opened: another may have taken its place by now
	if err != nil || !info.Mode().IsRegular() || info.Size() > r.Limit+folderHead {
		return nil, false
	}
	if info.ModTime().After(time.Now()) { // the clock was ahead when it was kept, and then until when, too
		return nil, false
	}
	if info.Size() > small && r.Large != nil && r.Large(ctx) != nil {
		return nil, false
	}
	all := make([]byte, info.Size())
	if _, err := io.ReadFull(file, all); err != nil {
		return nil, false
	}
	head, body, _ := bytes.Cut(all, []byte("\n"))
	var line folderLine
	if json.Unmarshal(head, &line) != nil || line.URL != r.URL || !time.Now().Before(line.Until) {
		return nil, false
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != line.SHA256 || int64(len(body)) > r.Limit {
		return nil, false
	}
	return body, true
}

// Put keeps what a URL gave until a moment, and lets go of the oldest of all if
// the folder is full. A file is in its place whole or not at all.
func (f *Folder) Put(url string, body []byte, until time.Time) error {
	if f.Path == "" || !time.Now().Before(until) {
		return nil
	}
	sum := sha256.Sum256(body)
	head, err := json.Marshal(folderLine{url, until.UTC(), hex.EncodeToString(sum[:])})
	if err != nil || len(head) >= folderHead {
		return fmt.Errorf("keeping what %.100q gave: %w", url, cmp.Or(err, errors.New("the URL is too long")))
	}
	if err := os.MkdirAll(f.Path, 0o700); err != nil {
		return fmt.Errorf("keeping what was fetched: %w", err)
	}
	f.makeRoom(int64(len(head)+1+len(body)), f.file(url))
	if err := wholefile.Write(f.file(url), slices.Concat(head, []byte("\n"), body), 0o600, false); err != nil {
		return fmt.Errorf("keeping what was fetched: %w", err)
	}
	return nil
}

// makeRoom removes the oldest files until size more bytes have room, but for the
// file that is about to be replaced. What is not called as ours is let alone.
func (f *Folder) makeRoom(size int64, replaced string) {
	wholefile.Sweep(f.Path)
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return
	}
	var ours []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil || !info.Mode().IsRegular():
		case isFolderName(e.Name()) && e.Name() != filepath.Base(replaced):
			ours = append(ours, info)
			size += info.Size()
		}
	}
	slices.SortFunc(ours, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	most, files := cmp.Or(f.Bytes, folderBytes), cmp.Or(f.Files, folderFiles)
	for i, info := range ours {
		if size <= most && len(ours)-i < files {
			return
		}
		if os.Remove(filepath.Join(f.Path, info.Name())) == nil {
			size -= info.Size()
		}
	}
}

func isFolderName(name string) bool {
	hash, ours := strings.CutSuffix(name, folderEnds)
	_, err := hex.DecodeString(hash)
	return ours && err == nil && len(hash) == 2*sha256.Size
}
