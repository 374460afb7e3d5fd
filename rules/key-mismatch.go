package rules

import "github.com/tlschain/tlschain/rules/cert"

var keyMismatch = Rule{
	ID: "key-mismatch", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "The private key does not belong to the certificate",
	Why: "The server cannot prove that the certificate is its own, so it either does not start or fails every handshake. It happens " +
		"when a new CSR was made after the one that the certificate answers.",
	Fix:  "Find the key that the CSR was made with, or make a new CSR with this key and have the certificate reissued.",
	Refs: []string{"RFC 5280 section 4.1.2.7"},
	Japanese: Text{
		Title: "秘密鍵が証明書と一致しない",
		Why: "サーバーは証明書が自分のものだと証明できず、起動しないか、すべての接続に失敗します。証明書の元になった CSR " +
			"の後で、別の CSR を作ったときに起こります。",
		Fix: "その CSR を作ったときの鍵を探すか、この鍵で CSR を作り直して再発行してもらってください。",
		Says: map[string]string{
			"The private key for it has another public key than the certificate.": "対応する秘密鍵は、証明書の公開鍵と対になっていません。",
			"Use the key that this certificate was issued for, or have the certificate reissued for this " +
				"key.": "この証明書の発行に使った鍵を使うか、この鍵で証明書を再発行してもらってください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if c := s.leaf(); c != nil && s.ServerKey != (cert.Hash{}) && s.ServerKey != c.Key.SPKI {
			report(Finding{
				Positions: []int{s.Chain.Leaf},
				Message:   "The private key for it has another public key than the certificate.",
				Fix:       "Use the key that this certificate was issued for, or have the certificate reissued for this key.",
			})
		}
	},
}
