package client

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
)

// subtrees is the subtrees of one certificate's name constraints, permitted or
// excluded, such that a name is looked up and not compared with each: whoever
// makes certificates may put ten thousand of either into them.
type subtrees struct {
	dns, emails, uris domains
	mailboxes         map[string]bool
	ips               map[netip.Prefix]bool
	lengths           []int // of the prefixes in ips, each once
	directories       map[string]bool
	has               NameForms
	count             int
}

// domains is a set of domains. A domain covers itself and what is below, with a
// dot in front only what is below.
type domains struct {
	exact, below map[string]bool
	parents      map[string]bool // what remains of each without its first label
	dotted       map[string]bool // those that end in a dot, without it
}

func newDomains(bases []string) domains {
	d := domains{exact: map[string]bool{}, below: map[string]bool{}, parents: map[string]bool{}, dotted: map[string]bool{}}
	for _, base := range bases {
		if rest, ok := strings.CutPrefix(base, "."); ok { // all clients that read constraints agree [c-p-dot-host]
			d.below[rest] = true
			continue
		}
		d.exact[base] = true
		if short, ok := strings.CutSuffix(base, "."); ok {
			d.dotted[short] = true
		}
		if _, parent, ok := strings.Cut(base, "."); ok {
			d.parents[parent] = true
		}
	}
	return d
}

func newSubtrees(dns, emails, uris []string, ips []netip.Prefix, directories [][]byte) *subtrees {
	s := &subtrees{
		dns: newDomains(dns), uris: newDomains(uris), mailboxes: map[string]bool{},
		ips: map[netip.Prefix]bool{}, directories: map[string]bool{},
		count: len(dns) + len(emails) + len(uris) + len(ips) + len(directories),
	}
	var hosts []string
	for _, e := range emails {
		if strings.Contains(e, "@") {
			s.mailboxes[e] = true
		} else {
			hosts = append(hosts, e)
		}
	}
	s.emails = newDomains(hosts)
	seen := map[int]bool{}
	for _, p := range ips {
		s.ips[p.Masked()] = true
		if !seen[p.Bits()] {
			seen[p.Bits()] = true
			s.lengths = append(s.lengths, p.Bits())
		}
	}
	for _, der := range directories {
		if n, _, ok := cert.ParseName(der); ok {
			s.directories[n.Canon] = true
		}
	}
	for form, there := range map[NameForms]bool{
		FormDNS: len(dns) > 0, FormEmail: len(emails) > 0, FormURI: len(uris) > 0, FormIP: len(ips) > 0, FormDirectory: len(directories) > 0,
	} {
		if there {
			s.has |= form
		}
	}
	return s
}

// A lookup is one name among subtrees, for one client; it counts what it costs.
type lookup struct {
	rules *ConstraintRules
	cost  *int
}

func (l lookup) in(set map[string]bool, name string) bool {
	*l.cost++
	return set[name]
}

// dns reports whether a DNS name is covered. A wildcard is covered, where it
// stands for excluded names, if it could be one that is.
func (l lookup) dns(d domains, name string, excluded bool) bool {
	name = strings.ToLower(name)
	if l.rules.DropNameDot {
		name = strings.TrimSuffix(name, ".")
	}
	if l.rules.NoFirstDot && strings.HasPrefix(name, ".") {
		return false
	}
	if !l.rules.EmptyNone && l.in(d.exact, "") {
		return true
	}
	if l.host(d, name, true) {
		return true
	}
	parent, wild := strings.CutPrefix(name, "*.")
	return wild && excluded && l.rules.Wildcards && l.in(d.parents, parent)
}

// host reports whether a host is covered; whole: also by a domain that it is below.
func (l lookup) host(d domains, name string, whole bool) bool {
	if name == "" || l.in(d.exact, name) {
		return name != "" || l.in(d.exact, "")
	}
	for at := 0; ; {
		if l.rules.DropDot && (at == 0 || whole) && l.in(d.dotted, name[at:]) {
			return true
		}
		dot := strings.IndexByte(name[at:], '.')
		if dot < 0 {
			return false
		}
		at += dot + 1
		if l.in(d.below, name[at:]) || whole && l.in(d.exact, name[at:]) {
			return true
		}
	}
}

// email applies subtrees of mail addresses (RFC 5280 section 4.2.1.10): a mailbox,
// all mailboxes of a host, or those of all hosts below a domain.
func (l lookup) email(s *subtrees, email string) bool {
	email = strings.ToLower(email)
	return l.in(s.mailboxes, email) || l.in(s.emails.exact, "") || l.host(s.emails, email[strings.LastIndexByte(email, '@')+1:], false)
}

// uri applies subtrees of URIs to the host of one; without a host it is covered by
// none, and none excludes it.
func (l lookup) uri(s *subtrees, text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Hostname() != "" && (l.in(s.uris.exact, "") || l.host(s.uris, strings.ToLower(u.Hostname()), false))
}

func (l lookup) ip(s *subtrees, ip netip.Addr) bool {
	for _, bits := range s.lengths {
		*l.cost++
		if p, err := ip.Prefix(bits); err == nil && s.ips[p] {
			return true
		}
	}
	return false
}

// directory compares whole relative names from the top.
func (l lookup) directory(s *subtrees, name string) bool {
	if l.in(s.directories, "") {
		return true
	}
	for at := 0; ; {
		end := strings.IndexByte(name[at:], 1) // as cert.Name.Canon ends relative names
		if end < 0 {
			return false
		}
		at += end + 1
		if l.in(s.directories, name[:at]) {
			return true
		}
	}
}

// intersect gives what two sets of domains permit in the manner of a client that
// looks only which of two lies below the other.
func (l lookup) intersect(a, b map[string]bool) map[string]bool {
	out := map[string]bool{}
	for _, sets := range [][2]map[string]bool{{a, b}, {b, a}} {
		for name := range sets[0] {
			if l.properlyBelow(sets[1], name) {
				out[name] = true
			}
		}
	}
	return out
}

// properlyBelow reports whether a name is below one of the domains, with or without
// a dot in front, but none of them itself.
func (l lookup) properlyBelow(bases map[string]bool, name string) bool {
	for at := 0; ; {
		dot := strings.IndexByte(name[at:], '.')
		if dot < 0 {
			return false
		}
		if at += dot + 1; at > 1 && (l.in(bases, name[at:]) || l.in(bases, name[at-1:])) {
			return true
		}
	}
}

// likeHost reports whether a common name could be a host: letters, digits,
// hyphens and underscores, with a dot between.
func likeHost(name string) bool {
	return strings.Contains(name, ".") && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".") &&
		!strings.Contains(name, "..") && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '.' && r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
