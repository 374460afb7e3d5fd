package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/cert"
)

var danePointsToRevoked = Rule{
	ID: "dane-points-to-revoked", Class: ClassComparison, Severity: Warning, Since: "1.0", Beyond: true,
	Title: "A TLSA record names a revoked certificate",
	Why: "A record is a promise that its certificate is the right one. Those who go by DANE look at no list of revoked certificates (RFC " +
		"7671 section 5.1 even tells them not to), so that whoever holds the key of a revoked one is still believed, until the record is gone.",
	Fix:  "Take the record out, once another one names what is served.",
	Refs: []string{"RFC 7671 section 5.1", "RFC 7671 section 8"},
	Japanese: Text{
		Title: "TLSA レコードが失効した証明書を指している",
		Why: "レコードは、その証明書が正しいという宣言です。DANE に従う相手は失効リストを見ないため (RFC 7671 5.1)、" +
			"失効した証明書の鍵を持つ者は、レコードが消えるまで信用され続けます。",
		Fix: "提示している証明書のレコードを公開したうえで、このレコードを削除してください。",
		Says: map[string]string{
			"The TLSA record %s names %q, which is revoked.":           "TLSA レコード %[1]s は、失効した %[2]s を指しています。",
			"Take that record out, once another names what is served.": "提示している証明書のレコードを公開したうえで、このレコードを削除してください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, m := range s.daneMatches() {
			c := s.daneRevoked(&m)
			if c == nil {
				continue
			}
			f := Finding{
				Message: fmt.Sprintf("The TLSA record %s names %q, which is revoked.", m.Record, title(c)),
				Fix:     "Take that record out, once another names what is served.",
			}
			if m.Position >= 0 {
				f.Positions = []int{m.Position}
			}
			report(f)
		}
	},
}

// daneRevoked gives the revoked certificate that a record names, of those that
// were sent and those that are known; nil: none.
func (s *Subject) daneRevoked(m *DANEMatch) *cert.Certificate {
	if m.State == DANEUnusable || len(s.Judge.Revoked) == 0 {
		return nil
	}
	for _, e := range s.Entries {
		if names(m.Record, e.Cert) && s.Judge.IsRevoked(e.Cert) {
			return e.Cert
		}
	}
	for _, set := range s.Judge.dead.Known {
		for _, c := range set.All() {
			if c.IsCA && names(m.Record, c) && s.Judge.IsRevoked(c) {
				return c
			}
		}
	}
	return nil
}
