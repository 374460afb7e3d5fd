package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// Products are what CAs sell: how a product is recognised by its leaf, which
// certificates it needs in which order, and what superseded what. They do not
// change once made, and are safe for concurrent use. A nil Products knows
// nothing.
type Products struct {
	lines   []*line
	byKeyID map[string][]*ca
	byKey   map[cert.Hash][]*ca
	byName  []*ca // without a key: recognised by name alone
	named   *chain.Cache[string, []*ca]
}

// A Product is one that a leaf was recognised as.
type Product struct {
	Line     string // such as "SureServer"
	Vendor   string
	Name     string // such as "SureServer EV [2048bit]"
	Issuer   string // subject of the CA that the leaf is from, as the catalogue writes it
	Needs    []Need // behind the leaf, in order
	Mismatch string // how issue date, issuer and key disagree; empty: they agree
}

// A Need is one place in a product's chain.
type Need struct {
	Subject  string // of the CA
	Key      cert.Hash
	Certs    []Listed // that fill the place, newest first; empty: whatever certifies the leaf's issuer
	Optional bool     // a cross-certificate that only some clients need
	For      string   // whom an optional one serves; empty: everybody, or not said
}

// A Listed certificate is one that the catalogue names.
type Listed struct {
	SHA256      cert.Hash
	From, Until time.Time // days, UTC
	Hash        string    // of its signature, such as "SHA-256"
	SignedBy    cert.Hash // key of the CA that signed it, where that is in the catalogue
	ReplacedBy  cert.Hash // zero: by none
}

// Recognise says which product a leaf is. The issuer is decided by the leaf's
// authority key identifier; where there is none, by the issuer's name; and
// where several of a product's CAs bear that name, by the issue date. Where
// these disagree, Mismatch says how.
func (p *Products) Recognise(leaf *cert.Certificate) (Product, bool) {
	if p == nil || leaf == nil || leaf.IsCA {
		return Product{}, false
	}
	for _, c := range p.issuersOf(leaf) {
		for _, product := range c.line.products {
			if i, ok := product.sells(c, leaf); ok {
				return p.recognised(leaf, c, product, product.Issuers[i]), true
			}
		}
	}
	return Product{}, false
}

// issuersOf gives the CAs that the leaf may be from, best evidence first.
func (p *Products) issuersOf(leaf *cert.Certificate) []*ca {
	if len(leaf.AKI) > 0 {
		if found := p.byKeyID[string(leaf.AKI)]; found != nil {
			return found
		}
	}
	var found []*ca
	for _, c := range p.issuersNamed(leaf.Issuer.Text) {
		if len(leaf.AKI) == 0 || c.keyID == nil {
			found = append(found, c)
		}
	}
	if len(found) < 2 {
		return found
	}
	// Several CAs of the name: the one whose time it was comes first.
	slices.SortStableFunc(found, func(a, b *ca) int { return a.timely(leaf.NotBefore) - b.timely(leaf.NotBefore) })
	return found
}

// rememberedNames is how many issuers' names are remembered, and as many older
// ones: public CAs have some hundreds.
const rememberedNames = 1 << 10

// issuersNamed gives the issuing CAs whose patterns fit a name.
func (p *Products) issuersNamed(name string) []*ca {
	found, ok := p.named.Get(name)
	if ok {
		return found
	}
	lower := strings.ToLower(name)
	for _, l := range p.lines {
		for _, c := range l.cas {
			if c.issues && c.fits(lower) {
				found = append(found, c)
			}
		}
	}
	p.named.Put(name, found, rememberedNames)
	return found
}

// timely is 0 for a CA that issued some product at t, else 1.
func (c *ca) timely(t time.Time) int {
	for _, p := range c.line.products {
		for _, i := range p.Issuers {
			if i.ca == c && i.at(t) {
				return 0
			}
		}
	}
	return 1
}

func (p *Products) recognised(leaf *cert.Certificate, c *ca, sold *product, by issuerEntry) Product {
	out := Product{Line: c.line.name, Vendor: c.line.vendor, Name: sold.Name.value, Issuer: c.subject()}
	for _, s := range sold.Send {
		from := s.ca
		if from == nil {
			from = c
		}
		n := Need{Subject: from.subject(), Key: from.key, Optional: s.Optional, For: s.For}
		for _, l := range from.certs {
			if (s.Hash.value == "" || l.Hash == s.Hash.value) && (s.by == nil || l.SignedBy == s.by.key) {
				n.Certs = append(n.Certs, l)
			}
		}
		out.Needs = append(out.Needs, n)
	}
	switch {
	case !c.fits(strings.ToLower(leaf.Issuer.Text)):
		out.Mismatch = fmt.Sprintf("its issuer's key is that of %s, and its issuer's name is another", c.subject())
	case !by.at(leaf.NotBefore):
		out.Mismatch = fmt.Sprintf("it is from %s, and at its issue date (%s) %s was issued by %s",
			c.subject(), leaf.NotBefore.UTC().Format(time.RFC3339), sold.Name.value, sold.issuerAt(leaf.NotBefore))
	}
	return out
}

// SameLine reports whether two CA certificates are issuing CAs of one product
// line, so that one may have been installed where the other is needed: Public
// CA G2 for a leaf of G3.
func (p *Products) SameLine(a, b *cert.Certificate) bool {
	x, y := p.issuing(a), p.issuing(b)
	return x != nil && y != nil && x.line == y.line && a.Key.SPKI != b.Key.SPKI
}

// issuing gives the CA that c certifies, if that issues leaves.
func (p *Products) issuing(c *cert.Certificate) *ca {
	if p == nil {
		return nil
	}
	for _, x := range p.byKey[c.Key.SPKI] {
		if x.issues {
			return x
		}
	}
	name := strings.ToLower(c.Subject.Text)
	for _, x := range p.byName {
		if x.issues && !c.SelfIssued() && x.fits(name) {
			return x
		}
	}
	return nil
}

// Superseded gives the certificate of the same name, key, issuer and hash that
// is due in place of c at the time at. Following what replaced what, it is the
// newest that was valid by then.
func (p *Products) Superseded(c *cert.Certificate, at time.Time) (newer Listed, ok bool) {
	if p == nil {
		return newer, false
	}
	for _, x := range p.byKey[c.Key.SPKI] {
		for _, l := range x.certs {
			if l.SHA256 == c.SHA256 && l.ReplacedBy != (cert.Hash{}) {
				for _, r := range x.certs {
					if r.SHA256 == l.ReplacedBy && !at.Before(r.From) && at.Before(r.Until.AddDate(0, 0, 1)) {
						return r, true
					}
				}
			}
		}
	}
	return newer, false
}

// Fills reports whether the certificate fills the place.
func (n Need) Fills(c *cert.Certificate) bool {
	if len(n.Certs) == 0 {
		return n.Key != (cert.Hash{}) && c.Key.SPKI == n.Key
	}
	return slices.ContainsFunc(n.Certs, func(l Listed) bool { return l.SHA256 == c.SHA256 })
}

// At gives the newest certificate for the place that is valid at t.
func (n Need) At(t time.Time) (Listed, bool) {
	for _, l := range n.Certs {
		if !t.Before(l.From) && t.Before(l.Until.AddDate(0, 0, 1)) {
			return l, true
		}
	}
	return Listed{}, false
}
