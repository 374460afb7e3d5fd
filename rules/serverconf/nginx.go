package serverconf

import (
	"path"
	"slices"
	"strings"
)

// nginx reads a configuration of nginx from its main file on: the certificates
// of each server block that listens for TLS, in their order. A server without
// certificates of its own has those of the block around it.
func nginx(files Files, main string) ([]Use, error) {
	r := &nginxReader{source: source{files: files}, prefix: path.Dir(main)}
	top, err := r.file(main, nil)
	if err != nil {
		return nil, err
	}
	s := &nginxSites{r: r}
	s.tls = make(map[string]bool)
	for _, d := range top {
		switch d.name() {
		case "http", "stream", "mail":
			if err := s.section(d); err != nil {
				return nil, err
			}
		}
	}
	return s.uses, nil
}

type nginxSites struct {
	r      *nginxReader
	tls    map[string]bool        // addresses on which some server listens for TLS: then all do
	around map[string][]directive // of the block that servers are in, by name
	uses   []Use
}

func (s *nginxSites) section(section directive) error {
	clear(s.tls)
	s.around = make(map[string][]directive)
	for _, d := range section.block {
		if d.name() != "server" {
			if len(d.words) == 2 {
				s.around[d.name()] = append(s.around[d.name()], d)
			}
			continue
		}
		on := slices.ContainsFunc(d.block, func(b directive) bool { // before nginx 1.25
			return b.name() == "ssl" && len(b.words) > 1 && b.words[1] == "on"
		})
		for _, l := range listens(d) {
			if on || slices.Contains(l.words[2:], "ssl") || slices.Contains(l.words[2:], "quic") {
				s.tls[addressOf(l.words[1])] = true
			}
		}
	}
	for _, d := range section.block {
		if d.name() == "server" {
			s.server(d, section)
		}
		if len(s.uses) > maxUses {
			return tooMany(d.Place)
		}
	}
	return nil
}

func listens(server directive) (list []directive) {
	for _, d := range server.block {
		if d.name() == "listen" && len(d.words) > 1 {
			list = append(list, d)
		}
	}
	return list
}

// addressOf writes the ways to say one address alike: 443, *:443 and 0.0.0.0:443.
func addressOf(listen string) string {
	if strings.HasPrefix(listen, "unix:") {
		return listen
	}
	host, port := listen, "80"
	if at := strings.LastIndexByte(listen, ':'); at >= 0 && !strings.HasSuffix(listen, "]") {
		host, port = listen[:at], listen[at+1:]
	} else if strings.Trim(listen, "0123456789") == "" {
		host, port = "*", listen
	}
	if host == "0.0.0.0" {
		host = "*"
	}
	return host + ":" + port
}

func (s *nginxSites) server(server, section directive) {
	var use Use
	starts := section.name() == "mail" && s.startsTLS(server)
	for _, l := range listens(server) {
		switch at := (Listener{Address: l.words[1]}); {
		case s.tls[addressOf(l.words[1])]:
			use.Listen = append(use.Listen, at)
		case starts:
			at.StartTLS = mailProtocol(server, l.words[1])
			if at.StartTLS == "" {
				use.Why = "it has starttls, no protocol, and a port that is that of none: nginx does not start"
			}
			use.Listen = append(use.Listen, at)
		}
	}
	if len(use.Listen) == 0 {
		return
	}
	for _, d := range server.block {
		if d.name() != "server_name" {
			continue
		}
		for _, name := range d.words[1:] {
			if !isPattern(name) {
				use.Names = append(use.Names, name)
			}
		}
	}
	certs, keys := s.inherited(server, "ssl_certificate"), s.inherited(server, "ssl_certificate_key")
	if len(certs) == 0 {
		use.Why = "it listens for TLS and has no ssl_certificate: nginx does not start, or ends each handshake with an alert"
	}
	if use.Why != "" {
		use.Place, use.Directive = server.Place, "server"
		s.uses = append(s.uses, use)
		return
	}
	for i, d := range certs {
		one := use
		one.Place, one.Directive = d.Place, d.name()
		switch value := d.words[1]; {
		case strings.Contains(value, "$"):
			one.Why = "its value has a variable: which file it is, only a request tells"
		case strings.HasPrefix(value, "data:"):
			one.Inline = []byte(strings.TrimPrefix(value, "data:"))
		default:
			one.File = inside(s.r.prefix, value)
		}
		if i < len(keys) && !strings.Contains(keys[i].words[1], "$") && !strings.Contains(keys[i].words[1], ":") {
			one.Key = inside(s.r.prefix, keys[i].words[1])
		}
		s.uses = append(s.uses, one)
	}
}

// startsTLS reports whether connections to a server of mail begin in the clear and
// may change to TLS.
func (s *nginxSites) startsTLS(server directive) bool {
	set := s.inherited(server, "starttls")
	return len(set) > 0 && (set[0].words[1] == "on" || set[0].words[1] == "only")
}

// mailProtocol is what a server of mail speaks at an address: what it names, or
// what belongs to the port; empty: nobody knows.
func mailProtocol(server directive, listen string) string {
	if set := own(server, "protocol"); len(set) > 0 {
		return set[0].words[1]
	}
	switch listen[strings.LastIndexByte(listen, ':')+1:] {
	case "25", "465", "587":
		return "smtp"
	case "110", "995":
		return "pop3"
	case "143", "993":
		return "imap"
	}
	return ""
}

// inherited are the directives of a server; without any, those around it.
func (s *nginxSites) inherited(server directive, name string) []directive {
	if list := own(server, name); len(list) > 0 {
		return list
	}
	return s.around[name]
}

// own are the directives of a server.
func own(server directive, name string) (list []directive) {
	for _, d := range server.block {
		if d.name() == name && len(d.words) == 2 {
			list = append(list, d)
		}
	}
	return list
}
