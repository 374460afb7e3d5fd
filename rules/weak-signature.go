package rules

import (
	"fmt"
	"time"

	"github.com/tlschain/tlschain/rules/chain"
)

// sha1End is when browsers stopped taking SHA-1 (Chrome 56, Firefox 51, January
// 2017). Before, a SHA-1 signature was ordinary.
var sha1End = time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)

// weakness is the severity of a weak algorithm at a date.
func weakness(at time.Time) Severity {
	if at.Before(sha1End) {
		return Info
	}
	return Error
}

var weakSignature = Rule{
	ID: "weak-signature", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "A certificate is signed with SHA-1 or MD5",
	Why: "Two certificates with one signature can be made for these hashes, so a signature by them proves nothing. Browsers have refused them since 2017, " +
		"OpenSSL 3 and GnuTLS do by default. The signature of a root on itself is never checked and does not count.",
	Fix:  "Take the CA's SHA-256 certificate for the same key, if the weak one is an intermediate; have the server's certificate reissued, if it is that.",
	Refs: []string{"RFC 9155", "RFC 6194", "RFC 6151", "CA/Browser Forum Baseline Requirements section 7.1.3"},
	Check: func(s *Subject, report func(Finding)) {
		for _, step := range s.presented() {
			if s.Chain.Roles[step.Position] == chain.Root || !step.Cert.SignatureAlg.Weak() {
				continue
			}
			report(Finding{
				Severity: weakness(s.At), Positions: []int{step.Position},
				Message: fmt.Sprintf("%s is signed with %s.", capital(s.at(step.Position)), step.Cert.SignatureAlg.Name),
				Fix:     "Replace it by a certificate signed with SHA-256 or better.",
			})
		}
	},
}
