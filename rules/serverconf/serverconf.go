// Package serverconf reads the configuration of TLS servers: which site presents
// which file, and where it says so. It opens no file itself.
package serverconf

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Files are what a configuration is made of.
type Files interface {
	Read(name string) ([]byte, error)
	Glob(pattern string) []string // in the order of their names
}

// A Place is a line of a configuration.
type Place struct {
	File string
	Line int // from 1
}

func (p Place) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// A Use is one certificate file of one site.
type Use struct {
	Place              // of the directive that names the file
	Directive string   // such as ssl_certificate
	File      string   // empty: see Inline and Why
	Inline    []byte   // the PEM text stands in the configuration
	Key       string   // file of the private key; empty: none is named that can be read
	Names     []string // that the site answers to, those that are neither patterns nor empty
	Listen    []string // where it listens for TLS, as it is written
	Why       string   // what keeps the file from being known, such as a variable; empty: it is
}

// The bounds of a configuration: includes may lead in circles.
const (
	maxFiles   = 5_000
	maxBytes   = 64 << 20
	maxNesting = 50
	maxUses    = 100_000
)

var errUnended = errors.New("the configuration ends within a directive or a block")

// dumped begins each file in what nginx -T prints.
var dumped = regexp.MustCompile(`(?m)^# configuration file (.+):\r?$`)

// A Dump is the output of nginx -T: all files one after the other.
type Dump struct {
	First string // the main configuration
	files map[string][]byte
}

// ParseDump takes the output of nginx -T apart. ok is false if it is none.
func ParseDump(text []byte) (d *Dump, ok bool) {
	heads := dumped.FindAllSubmatchIndex(text, -1)
	d = &Dump{files: make(map[string][]byte)}
	for i, h := range heads {
		name, end := string(text[h[2]:h[3]]), len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		if i == 0 {
			d.First = name
		}
		body := text[h[1]:end]
		if len(body) > 0 && body[0] == '\n' { // the end of the line that names it
			body = body[1:]
		}
		if _, twice := d.files[name]; !twice {
			d.files[name] = body
		}
	}
	return d, len(heads) > 0
}

// Read gives one of the files.
func (d *Dump) Read(name string) ([]byte, error) {
	text, ok := d.files[name]
	if !ok {
		return nil, errors.New("it is not in the output of nginx -T")
	}
	return text, nil
}

// Glob lists the files of a pattern.
func (d *Dump) Glob(pattern string) (names []string) {
	for name := range d.files {
		if ok, err := path.Match(pattern, name); err == nil && ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// isPattern reports whether a name of a server is no name of one host.
func isPattern(name string) bool {
	return name == "" || name == "_" || strings.ContainsAny(name, "*~$") || strings.HasPrefix(name, ".")
}
