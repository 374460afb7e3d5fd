package catalog

import (
	"crypto"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/yamlfile"
)

// A line is one file of the catalogue: the CAs and products of one vendor.
type line struct {
	name, vendor string
	cas          []*ca
	products     []*product
}

// The file, as it is written; in JSON without what is empty.
type lineFile struct {
	Line     text       `yaml:"line"`
	Vendor   string     `yaml:"vendor"`
	Sources  []string   `yaml:"sources" json:"-"`
	CAs      []caFile   `yaml:"cas"`
	Products []*product `yaml:"products"`
}

type caFile struct {
	ID           text         `yaml:"id"`
	Subjects     []text       `yaml:"subjects"`
	Except       []text       `yaml:"except" json:",omitzero"`
	Key          text         `yaml:"key" json:",omitzero"`
	KeyID        text         `yaml:"key_id" json:",omitzero"`
	Certificates []listedFile `yaml:"certificates" json:",omitzero"`
}

type listedFile struct {
	SHA256     text `yaml:"sha256"`
	From       text `yaml:"from" json:",omitzero"`
	Until      text `yaml:"until" json:",omitzero"`
	Hash       text `yaml:"hash" json:",omitzero"`
	By         text `yaml:"by" json:",omitzero"`
	ReplacedBy text `yaml:"replaced_by" json:",omitzero"`
}

type product struct {
	Name    text          `yaml:"name"`
	Leaf    leafFile      `yaml:"leaf"`
	Issuers []issuerEntry `yaml:"issuers"`
	Send    []sendEntry   `yaml:"send"`
}

type leafFile struct {
	Hash     []text `yaml:"hash" json:",omitzero"`
	Policies []text `yaml:"policies" json:",omitzero"`
}

type issuerEntry struct {
	CA    text `yaml:"ca"`
	From  text `yaml:"from" json:",omitzero"`  // issue dates from this moment on
	Until text `yaml:"until" json:",omitzero"` // issue dates before this moment

	ca          *ca
	from, until time.Time
}

type sendEntry struct {
	CA       text   `yaml:"ca"` // "issuer", or a CA of this file
	By       text   `yaml:"by" json:",omitzero"`
	Hash     text   `yaml:"hash" json:",omitzero"`
	Optional bool   `yaml:"optional" json:",omitzero"`
	For      string `yaml:"for" json:",omitzero"`

	ca, by *ca // ca is nil for the leaf's issuer
}

// A ca is one key of a vendor, or all CAs of a pattern of names.
type ca struct {
	line     *line
	id       string
	subjects []string // patterns, as written
	names    []glob   // the same
	except   []glob
	key      cert.Hash // zero: a pattern of names
	keyID    []byte
	certs    []Listed
	issues   bool // some product is issued by it
}

func (c *ca) subject() string {
	if len(c.subjects) == 0 {
		return c.id
	}
	return c.subjects[0]
}

// A text is a scalar of the file and where it stands.
type text struct {
	value        string
	line, column int
}

// UnmarshalYAML keeps a scalar as it is written, so that a date stays a date
// and a hash of digits a hash.
func (t *text) UnmarshalYAML(n ast.Node) error {
	value, err := yamlfile.Scalar(n)
	at := n.GetToken().Position
	t.value, t.line, t.column = value, at.Line, at.Column
	return err
}

// MarshalText and UnmarshalText are for the form in which the program has its own
// files, which is read without their library for YAML.
func (t text) MarshalText() ([]byte, error) { return []byte(t.value), nil }

func (t *text) UnmarshalText(value []byte) error {
	t.value = string(value)
	return nil
}

func (t text) wrong(format string, args ...any) error {
	return yamlfile.Errors{{Line: max(t.line, 1), Column: max(t.column, 1), Message: fmt.Sprintf(format, args...)}}
}

// parseLine reads one file. The error names the line and what to type.
func parseLine(data []byte) (*line, error) {
	var f lineFile
	if _, wrong := yamlfile.Read(data, &f); wrong != nil {
		return nil, wrong
	}
	return f.read()
}

// read makes what a file says ready to use.
func (f *lineFile) read() (*line, error) {
	if f.Line.value == "" {
		return nil, f.Line.wrong("no name: begin the file with line: NAME")
	}
	l := &line{name: f.Line.value, vendor: f.Vendor, products: f.Products}
	ids := make(map[string]*ca)
	for _, c := range f.CAs {
		x, err := c.read(l)
		if err != nil {
			return nil, err
		}
		if c.ID.value == "" || c.ID.value == "issuer" || ids[c.ID.value] != nil {
			return nil, c.ID.wrong("id %q: each CA needs an id of its own, and %q means the leaf's", c.ID.value, "issuer")
		}
		ids[c.ID.value] = x
		l.cas = append(l.cas, x)
	}
	for i, c := range f.CAs {
		if err := c.linkCertificates(l.cas[i], ids); err != nil {
			return nil, err
		}
	}
	for i, p := range l.products {
		if p == nil {
			return nil, f.Line.wrong("line %q: product %d says nothing: type - name: NAME", l.name, i+1)
		}
		if err := p.link(ids); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (c caFile) read(l *line) (*ca, error) {
	x := &ca{line: l, id: c.ID.value}
	for _, s := range c.Subjects {
		x.subjects = append(x.subjects, s.value)
		x.names = append(x.names, newGlob(s.value))
	}
	for _, s := range c.Except {
		x.except = append(x.except, newGlob(s.value))
	}
	if len(x.subjects) == 0 {
		return nil, c.ID.wrong("CA %s has no subjects: type subjects: [\"CN=...,O=...\"]", c.ID.value)
	}
	var err error
	if c.Key.value != "" {
		if x.key, err = c.Key.hash(); err != nil {
			return nil, err
		}
	}
	if c.KeyID.value != "" {
		if x.keyID, err = hex.DecodeString(c.KeyID.value); err != nil || len(x.keyID) == 0 {
			return nil, c.KeyID.wrong("key_id %q is not hex", c.KeyID.value)
		}
	}
	return x, nil
}

func (c caFile) linkCertificates(x *ca, ids map[string]*ca) error {
	for _, f := range c.Certificates {
		var l Listed
		var err error
		if l.SHA256, err = f.SHA256.hash(); err != nil {
			return err
		}
		if l.From, err = f.From.day(); err != nil {
			return err
		}
		if l.Until, err = f.Until.day(); err != nil {
			return err
		}
		if l.Hash = f.Hash.value; !knownHash(l.Hash) {
			return f.Hash.wrong("hash %q: type SHA-1, SHA-256, SHA-384 or SHA-512", l.Hash)
		}
		if f.By.value != "" {
			by := ids[f.By.value]
			if by == nil || by.key == (cert.Hash{}) {
				return f.By.wrong("by %q: no CA with this id and a key is in this file", f.By.value)
			}
			l.SignedBy = by.key
		}
		if r := f.ReplacedBy; r.value != "" {
			for _, g := range c.Certificates {
				if strings.HasPrefix(g.SHA256.value, r.value) && g.SHA256.value != f.SHA256.value && len(r.value) >= 8 {
					l.ReplacedBy, _ = g.SHA256.hash()
				}
			}
			if l.ReplacedBy == (cert.Hash{}) {
				return r.wrong("replaced_by %q: type at least 8 digits of the SHA-256 of another certificate of %s", r.value, x.id)
			}
		}
		x.certs = append(x.certs, l)
	}
	return nil
}

func knownHash(name string) bool {
	for _, h := range []crypto.Hash{crypto.MD5, crypto.SHA1, crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		if h.String() == name {
			return true
		}
	}
	return false
}

func (t text) hash() (h cert.Hash, err error) {
	b, err := hex.DecodeString(t.value)
	if err != nil || len(b) != len(h) {
		return h, t.wrong("%q is not a SHA-256: type 64 hex digits", t.value)
	}
	return cert.Hash(b), nil
}

func (t text) day() (time.Time, error) {
	d, err := time.Parse(time.DateOnly, t.value)
	if err != nil {
		return d, t.wrong("%q is not a day: type 2013-08-02", t.value)
	}
	return d, nil
}

func (t text) moment() (time.Time, error) {
	if t.value == "" {
		return time.Time{}, nil
	}
	m, err := time.Parse(time.RFC3339, t.value)
	if err != nil {
		return m, t.wrong("%q is not a moment with its time zone: type 2013-08-02T21:00:00+09:00", t.value)
	}
	return m, nil
}
