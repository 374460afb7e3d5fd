package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// An output is where a report goes: standard output, or a file that shows
// nothing of the report until all of it is there.
type output struct {
	*bufio.Writer
	file *os.File       // nil: standard output, or a device or pipe that cannot be replaced
	path string         // what file becomes
	pack io.WriteCloser // what is written goes through it into file; nil: as it is
}

// openOutput begins a report in a file beside path, so that the report that
// stands there stays whole whatever happens. An empty path is stdout.
func openOutput(stdout io.Writer, path string) (*output, error) {
	if path == "" || path == "-" {
		return &output{Writer: bufio.NewWriter(stdout)}, nil
	}
	mode := fs.FileMode(0o666)
	if to, err := filepath.EvalSymlinks(path); err == nil {
		path = to // the link stays, and the file that it leads to is replaced
	}
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return nil, usagef("-o %s is a directory", path).hintf("name a file in it: -o %s", filepath.Join(path, "report"))
	case err == nil && !info.Mode().IsRegular():
		device, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("opening the report: %w", err)
		}
		return &output{Writer: bufio.NewWriter(device)}, nil
	case err == nil:
		mode = info.Mode().Perm()
	}
	hidden := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()[:8])
	file, err := os.OpenFile(hidden, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("-o %s: there is no folder %s", path, filepath.Dir(path)).
			hintf("make it first: mkdir -p %s", filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("-o %s: no file can be made in %s: %w", path, filepath.Dir(path), errors.Unwrap(err))
	}
	out := &output{file: file, path: path}
	if out.pack, err = packing(path, file); err != nil {
		return nil, errors.Join(err, out.discard())
	}
	if out.pack != nil {
		out.Writer = bufio.NewWriterSize(out.pack, 1<<16)
	} else {
		out.Writer = bufio.NewWriterSize(file, 1<<16)
	}
	return out, nil
}

// commit makes the report the file that was asked for, or, of an interrupted
// run, FILE.partial beside the old one.
func (o *output) commit(interrupted bool) error {
	err := o.Flush()
	if o.pack != nil {
		err = errors.Join(err, o.pack.Close())
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the report: %w", err), o.discard())
	}
	if o.file == nil {
		return nil
	}
	to := o.path
	if interrupted {
		to = partial(to)
	}
	err = o.file.Sync()
	if closeErr := o.file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(o.file.Name(), to)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the report: %w", err), o.discard())
	}
	o.file = nil
	return syncDir(filepath.Dir(to))
}

// discard leaves nothing of a report that could not be written. After a commit
// there is nothing to discard.
func (o *output) discard() error {
	if o.file == nil {
		return nil
	}
	o.file.Close()
	err := os.Remove(o.file.Name())
	o.file = nil
	return err
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
