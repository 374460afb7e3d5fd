package serverconf

import (
	"path"
	"slices"
	"strings"
)

// apache reads a configuration of Apache httpd from its main file on: the
// certificates of each virtual host that speaks TLS, in their order.
func apache(files Files, main string) ([]Use, error) {
	r := &apacheReader{source: source{files: files}, root: path.Dir(main),
		defines: make(map[string]string), modules: make(map[string]bool), macros: make(map[string]*apacheMacro)}
	top, err := r.main(main)
	if err != nil {
		return nil, err
	}
	s := &apacheSites{r: r, main: top, outer: make(map[string][]directive)}
	covered := make(map[string]bool) // ports of virtual hosts
	for _, d := range top {
		if d.name() == "<virtualhost>" {
			s.host(d.Place, d.block, d.words[1:])
			for _, address := range d.words[1:] {
				covered[portOf(address)] = true
			}
		}
		if len(s.uses) > maxUses {
			return nil, tooMany(d.Place)
		}
	}
	for _, l := range s.all(top, "listen") {
		if !covered[portOf(l.words[1])] { // no virtual host answers there
			s.host(l.Place, nil, l.words[1:2])
		}
	}
	return s.uses, nil
}

// main reads the main file. That of a dump is read already.
func (r *apacheReader) main(name string) ([]directive, error) {
	if d, ok := r.files.(*dump); ok && d.lines != nil {
		return r.block(&lineCursor{lines: d.lines, within: []string{name}}, "")
	}
	return r.file(name, nil)
}

type apacheSites struct {
	r     *apacheReader
	main  []directive            // outside of virtual hosts
	outer map[string][]directive // those of them that were looked for, by name
	uses  []Use
}

// ofMain are the directives of a name outside of virtual hosts.
func (s *apacheSites) ofMain(name string) []directive {
	list, known := s.outer[name]
	if !known {
		list = s.all(s.main, name)
		s.outer[name] = list
	}
	return list
}

// all are the directives of a name that have an argument.
func (s *apacheSites) all(block []directive, name string) (list []directive) {
	for _, d := range block {
		if d.name() == name && len(d.words) > 1 {
			list = append(list, d)
		}
	}
	return list
}

// last is the directive that holds for a host: its own, or the server's.
func (s *apacheSites) last(host []directive, name string) (d directive, ok bool) {
	for _, list := range [][]directive{s.all(host, name), s.ofMain(name)} {
		if len(list) > 0 {
			return list[len(list)-1], true
		}
	}
	return d, false
}

// merged are the directives that hold for a host, which has its own in the place
// of as many of the server's.
func (s *apacheSites) merged(host []directive, name string) []directive {
	own, outer := s.all(host, name), s.ofMain(name)
	if len(own) < len(outer) {
		own = append(own, outer[len(own):]...)
	}
	return own
}

// enabled reports whether a host speaks TLS: where SSLEngine does not say, by
// the protocol of its port.
func (s *apacheSites) enabled(host []directive, addresses []string) bool {
	if engine, ok := s.last(host, "sslengine"); ok {
		return !strings.EqualFold(engine.words[1], "off")
	}
	return slices.ContainsFunc(s.ofMain("listen"), func(l directive) bool {
		port := portOf(l.words[1])
		secure := port == "443"
		if len(l.words) > 2 {
			secure = strings.EqualFold(l.words[2], "https")
		}
		return secure && slices.ContainsFunc(addresses, func(a string) bool { return portOf(a) == port })
	})
}

func portOf(address string) string {
	if at := strings.LastIndexByte(address, ':'); at >= 0 && !strings.HasSuffix(address, "]") {
		return address[at+1:]
	}
	return address
}

func (s *apacheSites) host(at Place, block []directive, addresses []string) {
	if !s.enabled(block, addresses) {
		return
	}
	use := Use{Listen: listenersAt(addresses...), Names: apacheNames(s.all(block, "servername"), s.all(block, "serveralias"))}
	certs, keys := s.merged(block, "sslcertificatefile"), s.merged(block, "sslcertificatekeyfile")
	if len(certs) == 0 {
		use.Place, use.Directive = at, "VirtualHost"
		use.Why = "it speaks TLS and has no SSLCertificateFile: Apache does not start, unless mod_md has a certificate for it"
		s.uses = append(s.uses, use)
		return
	}
	for i, d := range certs {
		one := use
		one.Place, one.Directive = d.Place, "SSLCertificateFile"
		one.File, one.Why = s.known(d)
		if chain, ok := s.last(block, "sslcertificatechainfile"); ok {
			one.Chain, _ = s.known(chain)
		}
		one.Key = one.File
		if i < len(keys) {
			one.Key, _ = s.known(keys[i])
		}
		s.uses = append(s.uses, one)
	}
}

// known is the file that a directive names, or why nobody can tell from here.
func (s *apacheSites) known(d directive) (file, why string) {
	switch value := d.words[1]; {
	case strings.Contains(value, "${"):
		return "", "its value has a variable of the environment that Apache is started in: the output of apachectl -t -D DUMP_CONFIG has it"
	case strings.HasPrefix(value, "pkcs11:"):
		return "", "the certificate is in a PKCS #11 token"
	default:
		return inside(s.r.root, value), ""
	}
}

func apacheNames(lists ...[]directive) (names []string) {
	known := make(map[string]bool)
	for _, d := range slices.Concat(lists...) {
		for _, name := range d.words[1:] {
			if _, rest, ok := strings.Cut(name, "://"); ok {
				name = rest
			}
			if host, _, ok := strings.Cut(name, ":"); ok && !strings.HasPrefix(name, "[") {
				name = host
			}
			if !isPattern(name) && !known[name] {
				known[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}
