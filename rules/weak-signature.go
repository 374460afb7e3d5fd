package rules

import (
	"fmt"
	"time"

	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

// sha1End is when browsers stopped taking SHA-1 (Chrome 56, Firefox 51, January
// 2017). Before, a SHA-1 signature was ordinary.
var sha1End = time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)

var weakSignature = Rule{
	ID: "weak-signature", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "A certificate is signed with SHA-1 or MD5",
	Why: "Two certificates with one signature can be made for these hashes, so a signature by them proves nothing. Browsers have " +
		"refused them since 2017, OpenSSL 3 and GnuTLS do by default. The signature of a root on itself is never checked and does not " +
		"count.",
	Fix: "Take the CA's SHA-256 certificate for the same key, if the weak one is an intermediate; have the server's certificate " +
		"reissued, if it is that.",
	Refs:      []string{"RFC 9155", "RFC 6194", "RFC 6151", "CA/Browser Forum Baseline Requirements section 7.1.3"},
	Remark:    RemarkWeak,
	Explains:  []client.Cause{client.Algorithm},
	Effective: sha1End,
	Japanese: Text{
		Title: "SHA-1 または MD5 で署名されている",
		Why: "これらのハッシュでは同じ署名を持つ証明書を 2 つ作れるため、署名に意味がありません。ブラウザーは 2017 " +
			"年から拒否し、OpenSSL 3 と GnuTLS も既定で拒否します。ルートの自己署名は検証されないので対象外です。",
		Fix: "中間 CA 証明書なら、同じ鍵に対する SHA-256 の証明書に置き換えてください。" +
			"サーバー証明書なら再発行してもらいます。",
		Says: map[string]string{
			"%s is signed with %s.": "%[1]s の署名は %[2]s です。",
			"Replace it by a certificate signed with SHA-256 or better.": "SHA-256 以上で署名された証明書に置き換えてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, step := range s.presented() {
			if s.Chain.Roles[step.Position] == chain.Root || !step.Cert.SignatureAlg.Weak() {
				continue
			}
			report(Finding{
				Positions: []int{step.Position},
				Message:   fmt.Sprintf("%s is signed with %s.", capital(s.at(step.Position)), step.Cert.SignatureAlg.Name),
				Fix:       "Replace it by a certificate signed with SHA-256 or better.",
			})
		}
	},
}
