package rules

import (
	"github.com/tlschain/tlschain/rules/cert"
)

// betterLeaf is the position of another server's certificate in the list that is for
// the name, and valid, where the leaf is not; -1: there is none.
func (s *Subject) betterLeaf() int {
	leaf := s.leaf()
	if leaf == nil || s.Judge.Client != nil {
		return -1
	}
	name := s.Name
	if names := leaf.Names(); name == "" && len(names) > 0 {
		name = names[0]
	}
	fits := func(c *cert.Certificate) bool {
		return c != nil && !c.IsCA && name != "" && c.MatchesName(name) && !s.At.Before(c.NotBefore) && !s.At.After(c.NotAfter)
	}
	if fits(leaf) {
		return -1
	}
	for i, e := range s.Entries {
		if i != s.Chain.Leaf && fits(e.Cert) {
			return i
		}
	}
	return -1
}
