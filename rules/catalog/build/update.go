package build

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
)

// An Update is newer facts, in the form in which they are kept.
type Update struct {
	Facts   *catalog.Facts
	File    []byte   // what catalog.Read reads
	Changes Changes  // from the facts it began with
	Skipped []string // certificates that could not be read, with place and reason

	base    *catalog.Facts
	missing []Loss // what reports lack that stays known
}

// Renew adds what is in a directory to base (see readDir), as of now.
// The result has been read back: it is safe to keep.
func Renew(base *catalog.Facts, fsys fs.FS, now time.Time) (*Update, error) {
	return renew(base, fsys, nil, now)
}

// Renew adds the feed's files in a directory to base, as of now.
func (f Feed) Renew(base *catalog.Facts, fsys fs.FS, now time.Time) (*Update, error) {
	return renew(base, fsys, f.owns, now)
}

func renew(base *catalog.Facts, fsys fs.FS, wants func(string) bool, now time.Time) (*Update, error) {
	now = now.UTC()
	b := newBuilder(base, func(name string) catalog.Source {
		if strings.EqualFold(path.Ext(name), ".csv") {
			return ccadbSource(now.Format(time.DateOnly))
		}
		return catalog.Source{Name: "files given to data update", Date: now.Format(time.DateOnly), Terms: "as their publishers say"}
	})
	b.wants = wants
	b.StoreFrom = func(string, string) string { return "stores.tsv given to data update" }
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	b.StoreOf = func(name string) catalog.Store {
		client := storeClient(name)
		return catalog.Store{ID: client + "-" + today.Format(time.DateOnly), Client: client, Version: "list of " + today.Format(time.DateOnly),
			Date:   today,
			Source: path.Base(name) + " by data update"}
	}
	if err := b.readDir(fsys); err != nil {
		return nil, err
	}
	if err := b.dropRepeated(today); err != nil {
		return nil, err
	}
	return b.finish(now)
}

// Confirm gives the same facts with another date: those who publish them were
// asked, and have nothing else.
func Confirm(base *catalog.Facts, now time.Time) (*Update, error) {
	return newBuilder(base, nil).finish(now.UTC())
}

// Replace gives the update that facts are which were made elsewhere, and the
// file that they were read from.
func Replace(base, facts *catalog.Facts, file []byte) *Update {
	u := &Update{Facts: facts, File: file, Changes: Compare(base, facts), base: base}
	if n := len(u.Changes.Removed); n > 0 {
		u.missing = []Loss{{Of: "CA certificates", Lost: n, Known: len(base.All()), Examples: u.Changes.Removed[:min(n, 3)]}}
	}
	return u
}

// finish makes the facts of what was read, and their file.
func (b *builder) finish(now time.Time) (*Update, error) {
	made, err := b.makeFacts(now)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	if err := made.Write(&file); err != nil {
		return nil, err
	}
	facts, err := catalog.Read(bytes.NewReader(file.Bytes()))
	if err != nil {
		return nil, fmt.Errorf("reading back the new facts: %w", err)
	}
	if !Compare(made, facts).Empty() {
		return nil, fmt.Errorf("reading back the new facts: they are not what was written")
	}
	return &Update{Facts: facts, File: file.Bytes(), Changes: Compare(b.base, facts), Skipped: b.Skipped,
		base: b.base, missing: b.reported.missing(b.base)}, nil
}

// dropRepeated forgets the stores of today that hold what their client's newest
// one before holds: a list that did not change is no new snapshot. It fails where
// the facts have a younger one, for which today's would never be looked at.
func (b *builder) dropRepeated(today time.Time) error {
	kept := b.store[:0:0]
	for _, l := range b.store {
		if !l.Date.Equal(today) || l.place == "" { // a place means that it was read now
			kept = append(kept, l)
			continue
		}
		var newest *list
		for _, old := range b.store {
			if old != l && old.Client == l.Client && (newest == nil || old.Date.After(newest.Date)) {
				newest = old
			}
		}
		switch {
		case newest == nil || !newest.Date.After(today) && !newest.sameAs(l):
			kept = append(kept, l)
		case newest.Date.After(today):
			return fmt.Errorf("%s: it is %s by this machine's clock, but %s of the facts is of %s",
				l.place, today.Format(time.DateOnly), newest.ID, newest.Date.Format(time.DateOnly))
		}
	}
	b.store = kept
	return nil
}

// sameAs reports whether two lists trust the same, on the same conditions.
func (l *list) sameAs(m *list) bool {
	sorted := func(hashes []cert.Hash) []cert.Hash {
		return slices.SortedFunc(slices.Values(hashes), func(a, b cert.Hash) int { return bytes.Compare(a[:], b[:]) })
	}
	return slices.Equal(sorted(l.anchors), sorted(m.anchors)) &&
		maps.EqualFunc(l.Constraints, m.Constraints, catalog.Constraint.Same)
}
