package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

var supersededIntermediate = Rule{
	ID: "superseded-intermediate", Class: ClassPresentation, Severity: Info, Since: "0.1",
	Title: "The CA has a newer certificate for this intermediate's key",
	Why: "CAs certify an intermediate's key again: with a later end, or signed with SHA-256 in place of SHA-1. " +
		"The old certificate still makes a path, so nothing breaks today; it does on the day it ends, or when clients stop taking its signature. " +
		"Servers whose chain file is never looked at keep the old one for years.",
	Fix:  "Replace it by the newer certificate of the same name and key. The server's own certificate and key stay.",
	Refs: []string{"SureServer FAQ: is an intermediate to be installed at each renewal"},
	Check: func(s *Subject, report func(Finding)) {
		if s.Judge == nil || s.Chain.State != chain.Complete {
			return
		}
		product := s.Product
		for n, step := range s.presented() {
			if n == 0 || !step.Cert.ValidAt(s.At) {
				continue // an expired one has a finding of its own
			}
			newer, ok := s.Judge.Products.Superseded(step.Cert, s.At)
			why := "which ends later"
			if n-1 < len(product.Needs) {
				if due, found := otherHash(product.Needs[n-1], step.Cert, s); found {
					newer, ok, why = due, true, "signed with "+due.Hash+" as "+product.Name+" needs it"
				}
			}
			if !ok {
				continue
			}
			report(Finding{
				Positions: []int{step.Position},
				Message: fmt.Sprintf("%s was replaced by the CA: there is another of the same name and key (SHA-256 %s), %s.",
					capital(s.at(step.Position)), newer.SHA256, why),
				Fix: fmt.Sprintf("Send the certificate with SHA-256 %s in place of %s.", newer.SHA256, s.at(step.Position)),
			})
		}
	},
}

// otherHash gives the certificate that a product needs in place of c, which is
// of the same key and issuer and signed with another hash: SureServer [SHA-2]
// with the SHA-1 certificate of Public CA G3.
func otherHash(need catalog.Need, c *cert.Certificate, s *Subject) (catalog.Listed, bool) {
	due, ok := need.At(s.At)
	if !ok || need.Key != c.Key.SPKI || need.Fills(c) || due.Hash == c.SignatureAlg.Hash.String() {
		return due, false
	}
	return due, true
}
