package serverconf

import (
	"maps"
	"slices"
	"strings"
)

// dovecot reads a configuration of Dovecot from its main file on, or the output
// of doveconf -n: the certificates of each block that names some. Of a setting
// that is given twice the last one holds.
func dovecot(files Files, main string) ([]Use, error) {
	r := &dovecotReader{source: source{files: files}, values: make(map[string]string)}
	top, err := r.file(main, nil)
	if err != nil {
		return nil, err
	}
	s := &dovecotSites{listening: dovecotListening(top)}
	if err := s.block(top, dovecotScope{certs: make(map[string]directive), keys: make(map[string]string)}); err != nil {
		return nil, err
	}
	if len(s.uses) == 0 && !s.off {
		s.uses = []Use{{Place: Place{File: main, Line: 1}, Directive: "ssl_cert",
			Why: "it is not set: without it Dovecot offers TLS to nobody, unless ssl = no is meant"}}
	}
	return s.uses, nil
}

// dovecotCerts are the settings that name a certificate, up to version 2.3 and
// from 2.4 on, with those of their keys.
var dovecotCerts = [][2]string{
	{"ssl_cert", "ssl_key"}, {"ssl_alt_cert", "ssl_alt_key"},
	{"ssl_server_cert_file", "ssl_server_key_file"}, {"ssl_server_alt_cert_file", "ssl_server_alt_key_file"},
}

// A dovecotScope is what holds where a block begins.
type dovecotScope struct {
	names    []string
	local    []string // addresses that a client comes to; empty: all
	protocol string   // empty: all
	certs    map[string]directive
	keys     map[string]string // file names of keys, by setting
	off      bool              // ssl = no
	depth    int
}

type dovecotSites struct {
	uses      []Use
	off       bool
	listening []dovecotListener
}

func (s *dovecotSites) block(list []directive, in dovecotScope) error {
	in.certs, in.keys = maps.Clone(in.certs), maps.Clone(in.keys)
	last := make(map[string]directive)
	for _, d := range list {
		if d.block == nil {
			last[d.name()] = d
		}
	}
	if d, ok := last["ssl"]; ok {
		in.off = d.value() == "no"
		s.off = s.off || in.off && in.depth == 0
	}
	own := false
	for _, pair := range dovecotCerts {
		if d, ok := last[pair[0]]; ok {
			in.certs[pair[0]], own = d, true
		}
		if d, ok := last[pair[1]]; ok {
			in.keys[pair[1]] = dovecotFile(pair[1], d.value())
		}
	}
	if own && !in.off { // others are presented as the block around says
		s.present(in, dovecotOwn(list))
	}
	for _, d := range list {
		if d.block == nil {
			continue
		}
		inner := in
		inner.depth++
		switch d.name() {
		case "local_name":
			inner.names = nil
			for _, name := range d.words[1:] {
				for _, one := range strings.FieldsFunc(name, isPostfixSpace) {
					if !isPattern(one) {
						inner.names = append(inner.names, one)
					}
				}
			}
		case "local":
			inner.local = nil
			for _, host := range d.words[1:] {
				if strings.Contains(host, ":") {
					host = "[" + host + "]"
				}
				inner.local = append(inner.local, host)
			}
		case "protocol":
			inner.protocol = strings.Join(d.words[1:], " ")
		case "remote":
		default:
			continue
		}
		if err := s.block(d.block, inner); err != nil {
			return err
		}
		if len(s.uses) > maxUses {
			return tooMany(d.Place)
		}
	}
	return nil
}

// dovecotOwn are the protocols that have certificates of their own within a block.
func dovecotOwn(list []directive) (protocols []string) {
	for _, d := range list {
		if d.block == nil || d.name() != "protocol" {
			continue
		}
		if slices.ContainsFunc(d.block, func(b directive) bool {
			return b.block == nil && b.name() == "ssl_cert" || b.name() == "ssl_server_cert_file"
		}) {
			protocols = append(protocols, strings.Join(d.words[1:], " "))
		}
	}
	return protocols
}

// present adds the certificates that hold in a block.
func (s *dovecotSites) present(in dovecotScope, own []string) {
	listen := in.listeners(s.listening, own)
	for _, pair := range dovecotCerts {
		d := in.certs[pair[0]]
		if len(d.words) == 0 || d.value() == "" {
			continue
		}
		use := Use{Place: d.Place, Directive: pair[0], Names: in.names, Listen: listen,
			File: dovecotFile(pair[0], d.value()), Key: in.keys[pair[1]]}
		switch {
		case strings.Contains(d.value(), "BEGIN CERT"):
			use.File, use.Inline = "", []byte(d.value())
		case use.File == "":
			use.Why = "its value is no file: before the name there must be <"
		}
		s.uses = append(s.uses, use)
	}
}

// value is what stands behind the equals sign.
func (d *directive) value() string { return strings.Join(d.words[1:], " ") }

// dovecotFile is the file that a value names; empty: none.
func dovecotFile(name, value string) string {
	if strings.HasSuffix(name, "_file") {
		return value
	}
	if file, ok := strings.CutPrefix(value, "<"); ok {
		return strings.TrimSpace(file)
	}
	return ""
}
