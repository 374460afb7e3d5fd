package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

var weakKey = Rule{
	ID: "weak-key", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "An RSA key of the path is shorter than 2048 bits",
	Why: "Keys of 512 and 768 bits have been factored in public, 1024 bits are within reach of a state. " +
		"CAs have not issued such certificates since 2014; OpenSSL at security level 2, mbedTLS and rustls refuse them.",
	Fix:  "Make a new key of 2048 bits, or an ECDSA key, and have a certificate issued for it.",
	Refs: []string{"CA/Browser Forum Baseline Requirements section 6.1.5", "NIST SP 800-131A"},
	Check: func(s *Subject, report func(Finding)) {
		for _, step := range s.presented() {
			k := step.Cert.Key
			if s.Chain.Roles[step.Position] == chain.Root || k.Kind != cert.RSA && k.Kind != cert.RSAPSS || k.Bits >= 2048 {
				continue
			}
			report(Finding{
				Severity: weakness(s.At), Positions: []int{step.Position},
				Message: fmt.Sprintf("%s has an RSA key of %d bits.", capital(s.at(step.Position)), k.Bits),
				Fix:     "Replace it by a certificate for a key of 2048 bits or more.",
			})
		}
	},
}
