package fix

import (
	"cmp"
	"slices"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// Bounds of the search. Honest hierarchies have at most a dozen ways from a
// leaf to the anchors of all clients, and at most four certificates on one.
const (
	maxPaths = 48   // ways that are looked at
	maxDepth = 6    // certificates behind the leaf
	maxSteps = 1024 // certificates that are tried
)

// A search looks for the ways from one leaf to the anchors of all profiles.
type search struct {
	mender  *Mender
	verdict *rules.Verdict
	leaf    *cert.Certificate
	session *chain.Session
	product catalog.Product
	sold    bool
	paths   [][]Certificate
}

func (m *Mender) search(v *rules.Verdict) *search {
	s := &search{mender: m, verdict: v, leaf: v.Entries[v.Leaf].Cert, session: m.verifier.Begin()}
	s.product, s.sold = m.judge.Products.Recognise(s.leaf)
	s.climb()
	slices.SortStableFunc(s.paths, s.compare)
	return s
}

// climb finds the ways, short ones first: a list that is made to lead astray
// hides no short way behind long ones.
func (s *search) climb() {
	type way struct {
		top  *cert.Certificate
		path []Certificate
	}
	open := []way{{top: s.leaf}}
	for steps := 0; steps < len(open) && steps < maxSteps && len(s.paths) < maxPaths; steps++ {
		w := open[steps]
		if s.anchored(w.top) {
			s.paths = append(s.paths, w.path)
		}
		if len(w.path) == maxDepth {
			continue
		}
		for _, issuer := range s.issuers(w.top) {
			again := func(c Certificate) bool { return c.Cert.Key.SPKI == issuer.Cert.Key.SPKI }
			if len(open) < maxSteps && issuer.Cert.Key.SPKI != s.leaf.Key.SPKI && !slices.ContainsFunc(w.path, again) {
				open = append(open, way{issuer.Cert, append(slices.Clip(w.path), issuer)})
			}
		}
	}
}

// anchored reports whether some client trusts c, or the key that signed it.
func (s *search) anchored(c *cert.Certificate) bool {
	if c != s.leaf && s.mender.anchors.Anchors(c) {
		return true
	}
	return slices.ContainsFunc(s.mender.anchors.Named(c.Issuer), func(a *cert.Certificate) bool {
		return chain.Certifies(s.session, a, c)
	})
}

// issuers gives the certificates that can stand above c in a list, those at
// hand first: valid at the date, of a CA, for TLS, and neither self-signed nor
// revoked.
func (s *search) issuers(c *cert.Certificate) (out []Certificate) {
	seen := make(map[cert.Hash]bool)
	add := func(k *cert.Certificate, source string, position int) {
		if k == nil || seen[k.SHA256] || k.SHA256 == c.SHA256 || !k.ValidAt(s.mender.judge.At) || !k.ForTLS() ||
			!k.IsCA || s.mender.judge.IsRevoked(k) || !chain.Certifies(s.session, k, c) || chain.SelfSigned(s.session, k) {
			return
		}
		seen[k.SHA256] = true
		out = append(out, Certificate{Cert: k, Source: source, Position: position})
	}
	for i, e := range s.verdict.Entries {
		add(e.Cert, "presented", i)
	}
	for _, source := range s.mender.judge.Known {
		for _, k := range source.Set.Named(c.Issuer) {
			add(k, source.Name, -1)
		}
	}
	return out
}

// compare ranks paths by what they are, before any client is asked: what the
// CA says that the product needs, no weak signature above a sound leaf, nothing
// superseded, nothing that ends before the leaf does; then bytes at hand and few bytes.
func (s *search) compare(a, b []Certificate) int {
	return cmp.Or(
		slices.Compare(s.faults(a), s.faults(b)),
		cmp.Compare(size(a), size(b)),
		slices.CompareFunc(a, b, func(x, y Certificate) int { return -x.Cert.NotAfter.Compare(y.Cert.NotAfter) }),
	)
}

func (s *search) faults(path []Certificate) []int {
	var other, weak, old, short, lacking int
	for i, c := range path {
		if s.sold && i < len(s.product.Needs) && !s.product.Needs[i].Fills(c.Cert) && len(s.product.Needs[i].Certs) > 0 {
			other++
		}
		if c.Cert.SignatureAlg.Weak() && !s.leaf.SignatureAlg.Weak() {
			weak++
		}
		if _, ok := s.mender.judge.Products.Superseded(c.Cert, s.mender.judge.At); ok {
			old++
		}
		if c.Cert.NotAfter.Before(s.leaf.NotAfter) {
			short++
		}
		if c.Cert.Raw == nil {
			lacking++
		}
	}
	return []int{weak, other, old, short, lacking}
}

// size estimates the bytes that a path costs on the wire. Facts have no bytes:
// a certificate of a key is about as long as the key and a kilobyte.
func size(path []Certificate) (n int) {
	for _, c := range path {
		if n += len(c.Cert.Raw); c.Cert.Raw == nil {
			n += 1000 + c.Cert.Key.Bits/8
		}
	}
	return n
}
