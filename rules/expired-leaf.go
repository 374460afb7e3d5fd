package rules

import "fmt"

var expiredLeaf = Rule{
	ID: "expired-leaf", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "The server's certificate has expired",
	Why:   "Every client refuses it, whatever the rest of the chain is worth.",
	Fix: "Renew it and reload the server. If it was renewed already, the server still holds the old one in memory: reload or restart it, " +
		"and look whether this address is a node that was left behind.",
	Refs: []string{"RFC 5280 section 4.1.2.5"},
	Check: func(s *Subject, report func(Finding)) {
		if c := s.leaf(); c != nil && s.At.After(c.NotAfter) {
			report(Finding{
				Positions: []int{s.Chain.Leaf},
				Message:   fmt.Sprintf("The certificate expired on %s.", date(c.NotAfter)),
				Fix:       "Get a new certificate from the CA, install it with its chain, and reload.",
			})
		}
	},
}
