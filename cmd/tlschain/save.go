package main

import (
	"os"
	"path/filepath"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner/wholefile"
)

// A chainFolder is where scan --save writes chains. Two endpoints of one name
// that sent the same share a file; each chain that differs has its own.
type chainFolder struct{ folder folder }

// openChains makes the folder; nil where none is asked for.
func openChains(path string) (*chainFolder, error) {
	if path == "" {
		return nil, nil
	}
	f, err := openFolder("--save", path)
	return &chainFolder{f}, err
}

// save writes an endpoint's chain, unless it is there already.
func (c *chainFolder) save(e *reports.Endpoint) error {
	if c == nil {
		return nil
	}
	name, content := e.ChainFile()
	if len(content) == 0 {
		return nil
	}
	path := filepath.Join(c.folder.path, name)
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.Size() == int64(len(content)) {
		return nil
	}
	return wholefile.Write(path, content, 0o644, false)
}
