package dataupdate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/catalog/build"
)

// What an export consists of.
const (
	FactsFile    = "facts.bin"
	manifestFile = "facts.json"
)

// A manifest says what stands beside it, so that a file that was cut on its way
// is found out, and people can look.
type manifest struct {
	Facts   string    `json:"facts_sha256"`
	Updated time.Time `json:"updated"`
	Size    int       `json:"size"`
	CAs     int       `json:"ca_certificates"`
	Sources []string  `json:"sources"`
}

// Export writes facts to a folder, for another machine. The manifest comes last: it
// says that all of it is there.
func Export(facts *catalog.Facts, dir string) error {
	files, err := exported(facts)
	if err != nil {
		return err
	}
	for _, file := range []string{FactsFile, manifestFile} {
		if err := place(filepath.Join(dir, file), files[file]); err != nil {
			return err
		}
	}
	return nil
}

// exported are facts as files.
func exported(facts *catalog.Facts) (map[string][]byte, error) {
	var table bytes.Buffer
	if err := facts.Write(&table); err != nil {
		return nil, err
	}
	info := facts.Info()
	m := manifest{Facts: sum(table.Bytes()), Updated: info.Updated, Size: table.Len(), CAs: info.CAs, Sources: []string{}}
	for _, s := range info.Sources {
		m.Sources = append(m.Sources, s.String())
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the manifest: %w", err)
	}
	return map[string][]byte{FactsFile: table.Bytes(), manifestFile: append(text, '\n')}, nil
}

// maxFacts bounds an export: ten times what there is.
const maxFacts = 64 * mega

// takeExported takes what Export wrote, if it is there.
func (u *Updater) takeExported(o *Outcome, fsys fs.FS) (found bool) {
	data, err := readBounded(fsys, FactsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	feed := build.Feed{ID: FactsFile, Title: "facts of another machine"}
	var facts *catalog.Facts
	if err == nil {
		err = checkManifest(fsys, data)
	}
	if err == nil {
		facts, err = catalog.Read(bytes.NewReader(data))
	}
	if err == nil {
		err = u.checkAge(facts.Updated())
	}
	if err != nil {
		o.Feeds = append(o.Feeds, Result{Feed: feed, Err: err})
		return true
	}
	if u.accept(o, feed, build.Replace(u.Facts, facts, data)) {
		o.State.Sources = make(map[string]Source)
	}
	return true
}

// checkAge refuses facts that are older than those in use, or from days to come.
func (u *Updater) checkAge(updated time.Time) error {
	switch known := u.Facts.Updated(); {
	case updated.After(u.Now().Add(patience)):
		return fmt.Errorf("they are of %s, but it is %s by this machine's clock: set the clock",
			updated.Format(time.DateOnly), u.Now().UTC().Format(time.DateOnly))
	case updated.Before(known) && !u.Force:
		return fmt.Errorf("they are of %s, older than those in use, which are of %s; --force takes them all the same",
			updated.Format(time.DateOnly), known.Format(time.DateOnly))
	}
	return nil
}

func checkManifest(fsys fs.FS, data []byte) error {
	text, err := readBounded(fsys, manifestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the table has a checksum of its own
	}
	var m manifest
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", manifestFile, err)
	}
	if m.Facts != sum(data) {
		return fmt.Errorf("%s says %d bytes with SHA-256 %.16s, but %s has %d with %.16s: copy both again",
			manifestFile, m.Size, m.Facts, FactsFile, len(data), sum(data))
	}
	return nil
}

func readBounded(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFacts+1))
	if err == nil && len(data) > maxFacts {
		err = tooLarge(maxFacts)
	}
	return data, err
}
