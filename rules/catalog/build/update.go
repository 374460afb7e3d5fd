package build

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
)

// An Update is newer facts, in the form in which they are kept.
type Update struct {
	Facts   *catalog.Facts
	File    []byte   // what catalog.Read reads
	Changes Changes  // from the facts it began with
	Skipped []string // certificates that could not be read, with place and reason
}

// Renew adds what is in a directory to base (see readDir), as of now.
// The result has been read back: it is safe to keep.
func Renew(base *catalog.Facts, fsys fs.FS, now time.Time) (*Update, error) {
	b := newBuilder(base, func(name string) catalog.Source {
		if strings.EqualFold(path.Ext(name), ".csv") {
			return ccadbSource(now.UTC().Format(time.DateOnly))
		}
		return catalog.Source{Name: "files given to data update", Date: now.UTC().Format(time.DateOnly), Terms: "as their publishers say"}
	})
	b.StoreFrom = func(string, string) string { return "stores.tsv given to data update" }
	if err := b.readDir(fsys); err != nil {
		return nil, err
	}
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
	return &Update{Facts: facts, File: file.Bytes(), Changes: Compare(base, facts), Skipped: b.Skipped}, nil
}
