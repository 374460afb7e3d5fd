package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

var weakKey = Rule{
	ID: "weak-key", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "An RSA key of the path is shorter than 2048 bits",
	Why: "Keys of 512 and 768 bits have been factored in public, 1024 bits are within reach of a state. CAs have not issued such " +
		"certificates since 2014; OpenSSL at security level 2, mbedTLS and rustls refuse them.",
	Fix:       "Make a new key of 2048 bits, or an ECDSA key, and have a certificate issued for it.",
	Refs:      []string{"CA/Browser Forum Baseline Requirements section 6.1.5", "NIST SP 800-131A"},
	Remark:    RemarkWeak,
	Explains:  []client.Cause{client.Algorithm},
	Effective: sha1End,
	Japanese: Text{
		Title: "RSA 鍵が 2048 ビットより短い",
		Why: "512 ビットと 768 ビットの鍵はすでに解読され、1024 ビットも国家規模なら可能です。CA は 2014 " +
			"年以降発行していません。OpenSSL のセキュリティ レベル 2、mbedTLS、rustls は拒否します。",
		Fix: "2048 ビット以上、または ECDSA の新しい鍵を作り、証明書を発行してもらってください。",
		Says: map[string]string{
			"%s has an RSA key of %d bits.": "%[1]s の RSA 鍵は %[2]s ビットです。",
			"Have the server's certificate issued by an intermediate with a key of 2048 bits or more: no other key has signed it.": "" +
				"2048 ビット以上の鍵を持つ中間 CA からサーバー証明書を発行してもらってください。別の鍵は署名していません。",
			"Replace it by a certificate for a key of 2048 bits or more.": "2048 ビット以上の鍵の証明書に置き換えてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, step := range s.presented() {
			k := step.Cert.Key
			if s.Chain.Roles[step.Position] == chain.Root || k.Kind != cert.RSA && k.Kind != cert.RSAPSS || k.Bits >= 2048 {
				continue
			}
			f := Finding{
				Positions: []int{step.Position},
				Message:   fmt.Sprintf("%s has an RSA key of %d bits.", capital(s.at(step.Position)), k.Bits),
				Fix:       "Replace it by a certificate for a key of 2048 bits or more.",
			}
			if step.Position != s.Chain.Leaf {
				f.Fix = "Have the server's certificate issued by an intermediate with a key of 2048 bits or more: no other key has signed it."
			}
			report(f)
		}
	},
}
