package rules

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
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
	return slices.IndexFunc(s.Entries, func(e chain.Entry) bool { return fits(e.Cert) })
}
