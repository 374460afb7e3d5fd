package catalog

import (
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
)

// link finds what a product's entries name by id.
func (p *product) link(ids map[string]*ca) error {
	if p.Name.value == "" || len(p.Issuers) == 0 {
		return p.Name.wrong("product %q needs a name and issuers", p.Name.value)
	}
	for _, h := range p.Leaf.Hash {
		if !knownHash(h.value) {
			return h.wrong("hash %q: type SHA-1, SHA-256, SHA-384 or SHA-512", h.value)
		}
	}
	for i := range p.Issuers {
		e := &p.Issuers[i]
		if e.ca = ids[e.CA.value]; e.ca == nil {
			return e.CA.wrong("ca %q: no CA with this id is in this file", e.CA.value)
		}
		e.ca.issues = true
		var err error
		if e.from, err = e.From.moment(); err != nil {
			return err
		}
		if e.until, err = e.Until.moment(); err != nil {
			return err
		}
	}
	for i := range p.Send {
		s := &p.Send[i]
		if s.CA.value != "issuer" {
			if s.ca = ids[s.CA.value]; s.ca == nil {
				return s.CA.wrong("ca %q: type issuer, or the id of a CA of this file", s.CA.value)
			}
		}
		if s.By.value != "" {
			if s.by = ids[s.By.value]; s.by == nil {
				return s.By.wrong("by %q: no CA with this id is in this file", s.By.value)
			}
		}
		if s.Hash.value != "" && !knownHash(s.Hash.value) {
			return s.Hash.wrong("hash %q: type SHA-1, SHA-256, SHA-384 or SHA-512", s.Hash.value)
		}
	}
	return nil
}

// sells reports whether the product is what c's leaf is, whatever its date, and
// which of the product's issuers c is.
func (p *product) sells(c *ca, leaf *cert.Certificate) (issuer int, ok bool) {
	if h := leaf.SignatureAlg.Hash; len(p.Leaf.Hash) > 0 &&
		(h == 0 || !slices.ContainsFunc(p.Leaf.Hash, func(t text) bool { return t.value == h.String() })) {
		return 0, false
	}
	if len(p.Leaf.Policies) > 0 && !slices.ContainsFunc(p.Leaf.Policies,
		func(t text) bool { return slices.Contains(leaf.Policies, t.value) }) {
		return 0, false
	}
	issuer = slices.IndexFunc(p.Issuers, func(e issuerEntry) bool { return e.ca == c })
	return issuer, issuer >= 0
}

// at reports whether the CA issued the product at t.
func (e issuerEntry) at(t time.Time) bool {
	return !t.Before(e.from) && (e.until.IsZero() || t.Before(e.until))
}

// issuerAt names the CA that issued the product at t.
func (p *product) issuerAt(t time.Time) string {
	for _, e := range p.Issuers {
		if e.at(t) {
			return e.ca.subject()
		}
	}
	return "none of its CAs"
}

// A glob is a pattern of names, ready to match: the literal parts between its
// wildcards, in lower case. A * stands for anything, also for nothing.
type glob []string

func newGlob(pattern string) glob { return strings.Split(strings.ToLower(pattern), "*") }

// match reports whether a name in lower case fits.
func (g glob) match(name string) bool {
	last := len(g) - 1
	if last == 0 {
		return name == g[0]
	}
	if !strings.HasPrefix(name, g[0]) || !strings.HasSuffix(name[len(g[0]):], g[last]) {
		return false
	}
	name = name[len(g[0]) : len(name)-len(g[last])]
	for _, part := range g[1:last] {
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name = name[i+len(part):]
	}
	return true
}

// fits reports whether a name, in lower case, is one of the CA's.
func (c *ca) fits(name string) bool {
	match := func(g glob) bool { return g.match(name) }
	return slices.ContainsFunc(c.names, match) && !slices.ContainsFunc(c.except, match)
}
