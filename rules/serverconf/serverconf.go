// Package serverconf reads the configuration of TLS servers: which site presents
// which file, and where it says so. It opens no file itself.
package serverconf

import (
	"errors"
	"fmt"
	"path"
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
	Chain     string   // file of what is sent behind the first certificate of File; empty: what File has behind it
	Key       string   // file of the private key; empty: none is named that can be read
	Names     []string // that the site answers to, those that are neither patterns nor empty
	Listen    []Listener
	Why       string // what keeps the file from being known, such as a variable; empty: it is
}

// A Listener is where a site listens for TLS.
type Listener struct {
	Address  string // as it is written
	StartTLS string // protocol that a connection begins with, such as imap; empty: TLS
	Reader   string // name of the process that reads the certificates; empty: the one that listens
}

func (l Listener) String() string { return l.Address }

// listenersAt are those of addresses where connections begin with TLS.
func listenersAt(addresses ...string) (list []Listener) {
	for _, address := range addresses {
		list = append(list, Listener{Address: address})
	}
	return list
}

// A Server is a kind of server whose configuration can be read.
type Server struct {
	Name  string   // as of its flag
	Title string   // as people call it
	Main  []string // the main configuration in its folder, the first that there is; a pattern stands for all files that it matches
	Dump  string   // command whose output has the configuration
	read  func(Files, []string) ([]Use, error)
	parse func(text []byte) *dump // of the output of Dump; nil: it is the configuration in one piece
}

// Servers are all kinds, in the order of their flags.
func Servers() []*Server {
	return []*Server{
		{"nginx", "nginx", []string{"nginx.conf"}, "nginx -T", oneFile(nginx), nginxDump},
		{"apache", "Apache httpd", []string{"apache2.conf", "httpd.conf", "conf/httpd.conf"},
			"apachectl -t -D DUMP_CONFIG", oneFile(apache), apacheDump},
		{"haproxy", "HAProxy", []string{"haproxy.cfg", "*.cfg"}, "cat /etc/haproxy/haproxy.cfg", haproxy, nil},
		{"postfix", "Postfix", []string{"main.cf"}, "postconf -n; postconf -M; postconf -P", oneFile(postfix), nil},
		{"dovecot", "Dovecot", []string{"dovecot.conf"}, "doveconf -n", oneFile(dovecot), nil},
	}
}

// Find gives the kind of a name; nil if there is none.
func Find(name string) *Server {
	all := Servers()
	if i := slices.IndexFunc(all, func(s *Server) bool { return s.Name == name }); i >= 0 {
		return all[i]
	}
	return nil
}

// Read reads a configuration from its main files on.
func (s *Server) Read(files Files, mains []string) ([]Use, error) { return s.read(files, mains) }

// ReadOutput reads the output of the command Dump, or a configuration in one
// piece. ok is false if it is neither.
func (s *Server) ReadOutput(files Files, text []byte) (uses []Use, ok bool, err error) {
	if s.parse == nil {
		uses, err = s.read(overlay{files, "-", text}, []string{"-"})
		return uses, true, err
	}
	d := s.parse(text)
	if d == nil {
		return nil, false, nil
	}
	uses, err = s.read(d, []string{d.First})
	return uses, true, err
}

// IsOutput reports whether a text is certainly the output of the command Dump.
func (s *Server) IsOutput(text []byte) bool { return s.parse != nil && s.parse(text) != nil }

func oneFile(read func(Files, string) ([]Use, error)) func(Files, []string) ([]Use, error) {
	return func(files Files, mains []string) ([]Use, error) { return read(files, mains[0]) }
}

// The bounds of a configuration: includes may lead in circles.
const (
	maxFiles   = 5_000
	maxBytes   = 64 << 20
	maxNesting = 50
	maxUses    = 100_000
)

var errUnended = errors.New("the configuration ends within a directive or a block")

// A directive is one of a configuration that has blocks, with those of its block.
type directive struct {
	Place
	words []string
	block []directive
}

func (d *directive) name() string { return d.words[0] }

// A source opens the files of a configuration within the bounds.
type source struct {
	files  Files
	opened int
	bytes  int
}

// open reads one file. within are those that include it.
func (s *source) open(name string, within []string) ([]byte, error) {
	if slices.Contains(within, name) {
		return nil, fmt.Errorf("%s includes itself, by %s", name, within[len(within)-1])
	}
	if len(within) > maxNesting {
		return nil, fmt.Errorf("%s: files that include others, more than %d deep", name, maxNesting)
	}
	if s.opened++; s.opened > maxFiles {
		return nil, fmt.Errorf("%s: it is one of more than %d files that are included", name, maxFiles)
	}
	text, err := s.files.Read(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if s.bytes += len(text); s.bytes > maxBytes {
		return nil, fmt.Errorf("%s: with it the configuration is larger than %d MiB", name, maxBytes>>20)
	}
	return text, nil
}

// readIncluded reads files one after the other, each by read.
func readIncluded(names, within []string, read func(name string, within []string) ([]directive, error)) (list []directive, err error) {
	for _, name := range names {
		more, err := read(name, within)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// exists reports whether there is a file of a name.
func (s *source) exists(name string) bool { return len(s.files.Glob(QuoteMeta(name))) > 0 }

func inside(folder, name string) string {
	if path.IsAbs(name) {
		return name
	}
	return path.Join(folder, name)
}

// QuoteMeta has a name stand for itself in a pattern.
func QuoteMeta(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}

func tooMany(where Place) error {
	return fmt.Errorf("%v: there are more than %d certificates", where, maxUses)
}

// isPattern reports whether a name of a server is no name of one host.
func isPattern(name string) bool {
	return name == "" || name == "_" || strings.ContainsAny(name, "*~$?") || strings.HasPrefix(name, ".")
}
