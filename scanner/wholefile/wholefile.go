// Package wholefile writes files that are whole or not there, whenever the
// program ends: beside their place, then into it. By the endings of their names
// they are packed, and read again.
package wholefile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Why a file cannot be made.
var (
	ErrFolder   = errors.New("it is a directory")
	ErrNoFolder = errors.New("there is no such folder")
	ErrPlanted  = errors.New("it is a link that another user has put into a folder for all")
)

// A File is being written. Until it is committed, what stood in its place stays.
type File struct {
	*bufio.Writer
	file *hidden        // nil: a stream, or a device or pipe that cannot be replaced
	path string         // what file becomes
	pack io.WriteCloser // what is written goes through it into file; nil: as it is
}

// Stream is a [File] that is not: what is written goes to w, at the latest when it
// is committed.
func Stream(w io.Writer) *File { return &File{Writer: bufio.NewWriter(w)} }

// Create begins a file beside path. A link in its place stays, and the file that
// it leads to is replaced.
func Create(path string) (*File, error) {
	mode := fs.FileMode(0o666)
	if Planted(path) {
		return nil, ErrPlanted
	}
	if to, err := filepath.EvalSymlinks(path); err == nil {
		path = to
	}
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return nil, ErrFolder
	case err == nil && !info.Mode().IsRegular():
		device, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return Stream(device), nil
	case err == nil:
		mode = info.Mode().Perm()
	}
	Sweep(filepath.Dir(path))
	file, err := beside(path, mode)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoFolder
	}
	if err != nil {
		return nil, fmt.Errorf("no file can be made in %s: %w", filepath.Dir(path), errors.Unwrap(err))
	}
	out := &File{file: file, path: path}
	if out.pack, err = packing(path, file); err != nil {
		return nil, errors.Join(err, out.Discard())
	}
	if out.pack != nil {
		out.Writer = bufio.NewWriterSize(out.pack, 1<<16)
	} else {
		out.Writer = bufio.NewWriterSize(file, 1<<16)
	}
	return out, nil
}

// Commit puts what was written in the place that was asked for, or, of an
// interrupted run, in FILE.partial beside the old one.
func (o *File) Commit(interrupted bool) error {
	err := o.Flush()
	if o.pack != nil {
		err = errors.Join(err, o.pack.Close())
	}
	if err != nil {
		return errors.Join(err, o.Discard())
	}
	if o.file == nil {
		return nil
	}
	to := o.path
	if interrupted {
		to = partial(to)
	}
	file := o.file
	o.file = nil
	return file.place(to, true)
}

// Discard leaves nothing of what could not be written. After a commit
// there is nothing to discard.
func (o *File) Discard() error {
	if o.file == nil {
		return nil
	}
	file := o.file
	o.file = nil
	return file.discard()
}
