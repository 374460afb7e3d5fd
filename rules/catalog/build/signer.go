package build

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// signers finds the key that signed a certificate, among all keys read.
type signers struct {
	byName map[string][]*cert.Certificate // one certificate a key
	bySKI  map[string][]*cert.Certificate
}

func newSigners(items []*item) *signers {
	s := &signers{
		byName: make(map[string][]*cert.Certificate),
		bySKI:  make(map[string][]*cert.Certificate),
	}
	for _, it := range items {
		c := it.cert
		s.byName[c.Subject.Canon] = addKey(s.byName[c.Subject.Canon], c)
		if len(c.SKI) > 0 {
			s.bySKI[string(c.SKI)] = addKey(s.bySKI[string(c.SKI)], c)
		}
	}
	return s
}

func addKey(list []*cert.Certificate, c *cert.Certificate) []*cert.Certificate {
	for _, x := range list {
		if x.Key.SPKI == c.Key.SPKI {
			return list
		}
	}
	return append(list, c)
}

// of returns the SPKI hash of the key that made c's signature: proven, or zero.
// Candidates are the keys that its key identifier names, then those of its
// issuer's name: neither alone finds them all.
func (s *signers) of(c *cert.Certificate) cert.Hash {
	candidates := s.byName[c.Issuer.Canon]
	if len(c.AKI) > 0 {
		candidates = slices.Concat(s.bySKI[string(c.AKI)], candidates)
	}
	for _, issuer := range candidates {
		// A judgement of its own each time: the budget is for one hostile chain.
		if (*chain.Verifier)(nil).Begin().Signed(c, issuer) == chain.Yes {
			return issuer.Key.SPKI
		}
	}
	return cert.Hash{}
}
