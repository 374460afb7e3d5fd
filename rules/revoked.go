package rules

import (
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// IsRevoked reports whether some list that the judge has names the certificate.
func (j *Judge) IsRevoked(c *cert.Certificate) bool {
	_, e := catalog.FindRevoked(j.Revoked, c, j.At)
	return e != nil
}

// living gives the certificates of a set that may be advised: what is revoked
// is left out. Self-signed ones stay, which nobody is told to send.
func (j *Judge) living(set *chain.Set) *chain.Set {
	if len(j.Revoked) == 0 {
		return set
	}
	dead := func(c *cert.Certificate) bool { return !c.SelfIssued() && j.IsRevoked(c) }
	return set.Without(dead)
}
