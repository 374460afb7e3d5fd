package dataupdate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/scanner/wholefile"
)

// A Kept is where the newer facts of a user are.
type Kept struct {
	File string // of facts; empty: there is no folder for it
}

// Facts reads what an update has kept; nil if there is nothing.
func (k Kept) Facts() (*catalog.Facts, error) {
	if k.File == "" {
		return nil, nil
	}
	file, err := os.Open(k.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("reading updated facts: %w", err)
	}
	defer file.Close()
	facts, err := catalog.Read(file)
	if err != nil {
		return nil, fmt.Errorf("reading updated facts, %s: %w", k.File, err)
	}
	return facts, nil
}

// Newer is Facts, and nil also if those are older than the program's own.
func (k Kept) Newer() (*catalog.Facts, error) {
	kept, err := k.Facts()
	if kept == nil || kept.Updated().Before(catalog.EmbeddedUpdated()) {
		return nil, err
	}
	return kept, err
}

// State is what the last update left word of; the zero value if that is not known.
func (k Kept) State() State {
	facts, err := os.ReadFile(k.File)
	if err != nil {
		return State{}
	}
	text, err := os.ReadFile(k.state())
	if err != nil {
		return State{}
	}
	return readState(text, facts)
}

func (k Kept) state() string { return filepath.Join(filepath.Dir(k.File), "sources.json") }

// Keep keeps newer facts, and then what the next update is told; facts without
// that are asked for again.
func (k Kept) Keep(o *Outcome) error {
	if o.File == nil {
		return nil
	}
	if err := place(k.File, o.File); err != nil {
		return err
	}
	text, err := o.State.Encode(o.File)
	if err != nil {
		return err
	}
	return place(k.state(), text)
}

// place puts a file in its place, whole, and makes the folders above it.
func place(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("keeping the facts: %w", err)
	}
	out, err := wholefile.Create(path)
	if err != nil {
		return fmt.Errorf("keeping the facts, %s: %w", path, err)
	}
	if _, err := out.Write(data); err != nil {
		return errors.Join(err, out.Discard())
	}
	return out.Commit(false)
}

// AskFor is how long asking all publishers may take.
const AskFor = 10 * time.Minute

// Newer asks for newer facts, which keep puts in use; nil: there are none. The
// error is about those who could not be asked.
func (u *Updater) Newer(ctx context.Context, k Kept) (facts *catalog.Facts, keep func() error, err error) {
	ctx, cancel := context.WithTimeout(ctx, AskFor)
	defer cancel()
	o, err := u.Ask(ctx)
	if err != nil {
		return nil, nil, err
	}
	if o.File == nil {
		return nil, nil, o.Err()
	}
	return o.Facts, func() error { return k.Keep(o) }, o.Err()
}

// Ask is [Updater.Fetch] with a folder for what is on its way.
func (u *Updater) Ask(ctx context.Context) (*Outcome, error) {
	dir, remove, err := wholefile.TempFolder("data")
	if err != nil {
		return nil, err
	}
	defer remove()
	return u.Fetch(ctx, dir)
}
