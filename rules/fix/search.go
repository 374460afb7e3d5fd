package fix

import (
	"cmp"
	"slices"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A search looks for the paths from one leaf to the anchors of all profiles.
type search struct {
	planner *Planner
	verdict *rules.Verdict
	leaf    *cert.Certificate
	session *chain.Session
	product catalog.Product
	sold    bool
	paths   [][]Certificate
}

func (pl *Planner) search(v *rules.Verdict) *search {
	s := &search{planner: pl, verdict: v, leaf: v.Entries[v.Leaf].Cert, session: pl.verifier.Begin()}
	s.product, s.sold = pl.judge.Products.Recognise(s.leaf)
	for _, steps := range chain.Paths(s.session, v.Entries, v.Leaf, pl.judge.World(), true) {
		path := make([]Certificate, len(steps))
		for i, step := range steps {
			path[i] = Certificate{Cert: step.Cert, Source: "presented", Position: step.Position}
			if step.Position < 0 {
				path[i].Source = pl.judge.Known[step.Source].Name
			}
		}
		s.paths = append(s.paths, path)
	}
	slices.SortStableFunc(s.paths, s.compare)
	return s
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
		if _, ok := s.planner.judge.Products.Superseded(c.Cert, s.planner.judge.At); ok {
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
