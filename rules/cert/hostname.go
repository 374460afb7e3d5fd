package cert

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// HasNames reports whether the subject alternative names hold anything that a TLS
// client compares: a DNS name or an IP address.
func (c *Certificate) HasNames() bool { return len(c.DNSNames) > 0 || len(c.IPs) > 0 }

// Names gives the DNS names and addresses of the certificate for people.
func (c *Certificate) Names() []string {
	names := append([]string{}, c.DNSNames...)
	for _, ip := range c.IPs {
		names = append(names, ip.String())
	}
	return names
}

// MatchesName reports whether the certificate is for a host name (A-labels) or
// an address literal, by RFC 9525 (section 6); a dot at the end does not count.
func (c *Certificate) MatchesName(name string) bool {
	return c.MatchesHost(name, HostRules{Dot: DotNone, Address: MappedAddress})
}

// MatchesHost reports whether a client with these rules takes the certificate for
// that of a host name (A-labels) or an address literal, with or without brackets.
func (c *Certificate) MatchesHost(host string, r HostRules) bool {
	if ip, ok := parseAddress(host); ok {
		return c.matchesAddress(ip, r)
	}
	host = lower(host)
	if dotless, dotted := strings.CutSuffix(host, "."); dotted {
		switch {
		case r.Dot == DotSent:
			return false
		case r.Dot == DotKept && c.matchesDNS(host, r):
			return true
		}
		host = dotless
	}
	if r.Underscore && strings.Contains(host, "_") || r.Numeric && isNumeric(host[strings.LastIndexByte(host, '.')+1:]) {
		return false
	}
	return c.matchesDNS(host, r)
}

func (c *Certificate) matchesDNS(host string, r HostRules) bool {
	for _, pattern := range c.DNSNames {
		if r.covers(pattern, host) {
			return true
		}
	}
	for _, text := range c.URIs {
		if u, err := url.Parse(text); r.URI && err == nil && u.Host == host {
			return true
		}
	}
	return c.commonCounts(r) && r.covers(c.Subject.CommonName(), host)
}

// commonCounts reports whether the common name is looked at.
func (c *Certificate) commonCounts(r HostRules) bool {
	switch {
	case r.Common && (!c.HasSAN || c.Traits.Has(EmptySAN)):
		return true
	case c.Traits.Has(BadSAN) || len(c.DNSNames) > 0:
		return false
	}
	switch r.CommonName {
	case CommonNoDNS:
		return true
	case CommonNoHost:
		return len(c.IPs) == 0
	case CommonOnlyOdd:
		return len(c.IPs) == 0 && len(c.URIs) == 0
	}
	return false
}

// NearMiss tells what keeps a name of the certificate from being that of the
// host although people would call it the same; empty if there is none.
func (c *Certificate) NearMiss(host string) string {
	ip, isAddress := parseAddress(host)
	host = strings.TrimSuffix(lower(host), ".")
	for _, name := range c.DNSNames {
		switch loose := lower(name); {
		case isAddress && loose == ip.String():
			return "it holds the address as a DNS name and not as an IP address"
		case isAddress:
		case strings.TrimSuffix(loose, ".") == host:
			return "its name " + strconv.Quote(name) + " ends in a dot"
		case HostRules{Wildcard: AnyLabel, TopLevel: true}.covers(loose, host):
			return "its name " + strconv.Quote(name) + " has a wildcard where none may stand: it must be the whole first label, with two " +
				"labels behind it"
		}
	}
	for _, a := range c.IPs {
		if isAddress && a.Unmap() == ip.Unmap() && a != ip.Unmap() {
			return "it holds the address as an IPv6 address, " + a.String()
		}
	}
	return ""
}

// RefusesHost tells what in the host itself a client with these rules refuses,
// whatever the certificate says; empty if there is nothing.
func (r HostRules) RefusesHost(host string) string {
	if _, ok := parseAddress(host); ok {
		if r.Address == NoAddress {
			return "it connects to names only, not to addresses"
		}
		return ""
	}
	name := strings.TrimSuffix(host, ".")
	switch {
	case name != host && r.Dot == DotSent:
		return "it sends the dot at the end of the name to the server, and servers may break off for it"
	case r.Underscore && strings.Contains(name, "_"):
		return "it takes no host name with an underscore"
	case r.Numeric && isNumeric(name[strings.LastIndexByte(name, '.')+1:]):
		return "it takes no host name that ends in a number"
	}
	return ""
}

// parseAddress reads an address literal, without a zone: a zone is the matter of
// one machine.
func parseAddress(host string) (netip.Addr, bool) {
	if host == "" || strings.IndexByte(host, ':') < 0 && (host[len(host)-1] < '0' || host[len(host)-1] > '9') && host[0] != '[' {
		return netip.Addr{}, false // as nearly always, and told without an error
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	ip, err := netip.ParseAddr(host)
	return ip.WithZone(""), err == nil
}

func (c *Certificate) matchesAddress(ip netip.Addr, r HostRules) bool {
	switch {
	case r.Address == AnyAddress:
		return true
	case r.Address == NoAddress:
		return false
	case r.CommonIPBeside && c.HasSAN && len(c.IPs) == 0 && c.Subject.CommonName() == ip.String():
		return true
	}
	if r.Address != AddressAsName {
		for _, a := range c.IPs {
			if r.Address == MappedAddress {
				a = a.Unmap()
			}
			if a == ip.Unmap() || a == ip {
				return true
			}
		}
	}
	if r.CommonIP && r.Common && !c.HasSAN && c.Subject.CommonName() == ip.String() {
		return true
	}
	return (r.Address == AddressOrName || r.Address == AddressAsName) && c.matchesDNS(ip.String(), r)
}

// covers reports whether one name of the certificate is, or stands for, the host.
func (r HostRules) covers(pattern, host string) bool {
	pattern = lower(pattern)
	if r.Dot == DotNone || r.NameDot {
		pattern = strings.TrimSuffix(pattern, ".")
	}
	if pattern == "" || strings.ContainsAny(pattern, "\x00 ") {
		return false
	}
	if pattern == host {
		return true
	}
	star := strings.IndexByte(pattern, '*')
	if star < 0 {
		return false
	}
	if r.Wildcard == Greedless {
		return greedless(pattern, host)
	}
	if strings.Count(pattern, ".") != strings.Count(host, ".") || pattern == "*" && !r.Bare ||
		!r.TopLevel && strings.Count(pattern[star:], ".") < 2 {
		return false
	}
	if r.Wildcard == AnyLabel {
		for {
			p, more, again := strings.Cut(pattern, ".")
			h, rest, _ := strings.Cut(host, ".")
			if !r.label(p, h) {
				return false
			}
			if !again {
				return true
			}
			pattern, host = more, rest
		}
	}
	first, parents, _ := strings.Cut(pattern, ".")
	label, parent, _ := strings.Cut(host, ".")
	return parents == parent && r.label(first, label)
}

// label reports whether a label with or without a wildcard stands for another.
func (r HostRules) label(pattern, label string) bool {
	before, after, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == label
	}
	if label == "" || before+after != "" && !r.ALabels && strings.HasPrefix(label, "xn--") {
		return false
	}
	if strings.Contains(after, "*") {
		return r.Wildcard == AnyLabel && pieces(strings.Split(pattern, "*"), label)
	}
	if r.LDH && strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return false
	}
	switch r.Wildcard {
	case WholeLabel:
		if before+after != "" {
			return false
		}
	case LabelStart:
		if before != "" {
			return false
		}
	case LabelEnd:
		if after != "" {
			return false
		}
	case LabelEdge:
		if before != "" && after != "" {
			return false
		}
	}
	return len(label) >= len(before)+len(after) && strings.HasPrefix(label, before) && strings.HasSuffix(label, after)
}

// pieces reports whether a label begins with the first piece, ends with the last and
// has the others in between, in order.
func pieces(p []string, label string) bool {
	first, last := p[0], p[len(p)-1]
	if !strings.HasPrefix(label, first) {
		return false
	}
	label = label[len(first):]
	for _, piece := range p[1 : len(p)-1] {
		at := strings.Index(label, piece)
		if at < 0 {
			return false
		}
		label = label[at+len(piece):]
	}
	return strings.HasSuffix(label, last)
}

// greedless matches as wolfSSL does: a wildcard ends at the first character that
// is the next one of the pattern, or at a dot.
func greedless(pattern, host string) bool {
	for pattern != "" && host != "" {
		if pattern[0] != '*' {
			if pattern[0] != host[0] {
				return false
			}
			pattern, host = pattern[1:], host[1:]
			continue
		}
		pattern = strings.TrimLeft(pattern, "*")
		for host != "" && host[0] != '.' && (pattern == "" || host[0] != pattern[0]) {
			host = host[1:]
		}
	}
	return strings.Trim(pattern, "*") == "" && host == ""
}

func isNumeric(label string) bool { return label != "" && strings.Trim(label, "0123456789") == "" }

// lower folds ASCII letters only: other bytes of a name have no case.
func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				if c := b[j]; 'A' <= c && c <= 'Z' {
					b[j] = c + 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
