package tlschain

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/policy"
)

// ReadSearch makes a search of what a person gives: the SHA-256 of a certificate
// or of a key, in hex with or without colons; a file of certificates, or one of
// what is distrusted, as --distrust takes it; or else a name. A key is found in
// whatever certificate has it.
func (v *Env) ReadSearch(text string) (*reports.Search, error) {
	var s reports.Search
	if h, err := hex.DecodeString(strings.ReplaceAll(text, ":", "")); err == nil && len(h) > 16 {
		if len(h) != len(reports.Hash{}) {
			return nil, fmt.Errorf("%q has %d bytes: a SHA-256 has 32", text, len(h))
		}
		s.Certificate(reports.Hash(h))
		s.Key(reports.Hash(h))
		return &s, nil
	}
	if _, err := os.Stat(text); err == nil || text == "-" || looksLikeFile(text) {
		return &s, v.readSearchFile(text, &s)
	}
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("it is empty: type the SHA-256 of a certificate or key, a name, or a file")
	}
	s.Name(text)
	return &s, nil
}

// searchFiles are what the names of files end in that people search by.
var searchFiles = []string{".pem", ".crt", ".cer", ".der", ".p7b", ".yaml", ".yml"}

func looksLikeFile(text string) bool {
	return slices.Contains(searchFiles, strings.ToLower(filepath.Ext(text)))
}

func (v *Env) readSearchFile(file string, s *reports.Search) error {
	data, err := v.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if ext := strings.ToLower(filepath.Ext(file)); ext == ".yaml" || ext == ".yml" {
		list, err := policy.ParseDistrust(file, data)
		if err != nil {
			return err
		}
		for _, e := range list.Entries {
			switch {
			case e.SHA256 != cert.Hash{}:
				s.Certificate(e.SHA256)
			case e.SPKI != cert.Hash{}:
				s.Key(e.SPKI)
			default:
				s.Name(e.Name)
			}
		}
		return nil
	}
	certs, err := certfile.Certificates(data)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, der := range certs {
		s.Certificate(sha256.Sum256(der))
	}
	return nil
}
