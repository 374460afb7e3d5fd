package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/scanner"
)

var defaultCertificateDiffers = Rule{
	ID: "default-certificate-differs", Class: ClassComparison, Severity: Warning, Since: "0.1",
	Title: "Clients that send no name get another certificate",
	Why: "A server with several certificates on one address picks by the name that the client sends (SNI). Old phones, some monitors and some mail servers send none, " +
		"and get the default certificate. If that one is for another name, they refuse.",
	Fix: "Make this site the default of the address, put all names into one multi-domain or wildcard certificate, or give the site an address of its own. " +
		"If all your clients send SNI, accept the finding by a waiver.",
	Refs: []string{"RFC 6066 section 3", "SureServer FAQ: several certificates on one server"},
	Check: func(s *Subject, report func(Finding)) {
		p, ok := s.variant(scanner.NoSNI)
		if !ok || len(s.Entries) == 0 || sameChain(s.Entries, p.Entries) {
			return
		}
		report(Finding{
			Message: fmt.Sprintf("Without SNI the server presents %s%s.", difference(s.Entries, p.Entries), verdictOf(s.worse(p))),
			Fix:     "Make this site the default for its address, or use one certificate for all its names.",
		})
	},
}
