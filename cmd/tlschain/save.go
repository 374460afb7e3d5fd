package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/install"
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
	var chain strings.Builder
	for i := range e.Chain {
		chain.WriteString(e.Chain[i].PEM)
	}
	if chain.Len() == 0 {
		return nil
	}
	content := []byte(chain.String())
	sum := sha256.Sum256(content)
	host := e.Host
	if _, err := netip.ParseAddr(host); err == nil && e.ServerName != "" {
		host = e.ServerName // NAME@ADDRESS
	}
	name := install.SafeName(host) + "-" + hex.EncodeToString(sum[:8]) + ".pem"
	if info, err := os.Lstat(filepath.Join(c.folder.path, name)); err == nil && info.Mode().IsRegular() && info.Size() == int64(len(content)) {
		return nil
	}
	return c.folder.replace(name, content, fs.FileMode(0o644), false)
}
