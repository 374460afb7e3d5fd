package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/dataupdate"
	"github.com/tlschain/tlschain/rules/catalog"
)

// keptFacts is where data update keeps newer facts.
func (p *process) keptFacts() dataupdate.Kept {
	return dataupdate.Kept{File: p.cacheFolder(dataupdate.FactsFile)}
}

// cacheFolder is a place in the folder for caches of the user (XDG Base Directory
// Specification, 2021), empty where there is none.
func (p *process) cacheFolder(place string) string {
	dir := p.getenv("XDG_CACHE_HOME")
	if !filepath.IsAbs(dir) {
		home := p.getenv("HOME")
		if home == "" {
			return ""
		}
		dir = filepath.Join(home, ".cache")
	}
	return filepath.Join(dir, name, place)
}

// facts are the newer of the embedded ones and those of data update.
func (p *process) facts() *catalog.Facts {
	if kept := p.newerKeptFacts(); kept != nil {
		return kept
	}
	return catalog.Embedded()
}

// factsUpdated is when the facts in use were made.
func (p *process) factsUpdated() time.Time {
	if kept := p.newerKeptFacts(); kept != nil {
		return kept.Updated()
	}
	return catalog.EmbeddedUpdated()
}

// newerKeptFacts gives those of data update, nil if they are older than the embedded
// ones. What cannot be read is said, and then the embedded ones do.
func (p *process) newerKeptFacts() *catalog.Facts {
	kept, err := p.keptFacts().Newer()
	if err != nil {
		fmt.Fprintf(p.stderr, "%s: %v; using the facts that came with the program\n", name, err)
	}
	return kept
}
