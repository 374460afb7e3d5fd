package rules

import "fmt"

var revokedByStaple = Rule{
	ID: "revoked-by-staple", Class: ClassCertificate, Severity: Error, Since: "1.0", Beyond: true,
	Title: "The server itself sends word that its certificate is revoked",
	Why: "The stapled OCSP response says that the CA has revoked the leaf. Browsers that look at it (Firefox, Safari) refuse the " +
		"connection, and the server goes on to send the proof. It means that the certificate was replaced, or its key was lost, and that " +
		"the new one " +
		"was not installed here.",
	Fix:    "Install the certificate that took its place, or have one issued for a new key, and reload the server.",
	Refs:   []string{"RFC 6960 section 2.2", "RFC 6066 section 8"},
	Remark: RemarkRevoked,
	Japanese: Text{
		Title: "失効の証明をサーバー自身が送っている",
		Why: "添付された OCSP 応答は、CA がサーバー証明書を失効させたと述べています。応答を見るブラウザー (Firefox、Safari) は接続を拒否します。" +
			"証明書が再発行されたか鍵が漏えいしたのに、新しいものがここに設置されていないことを意味します。",
		Fix: "置き換えられた証明書を設置するか、新しい鍵で発行を受け、サーバーを再読み込みしてください。",
		Says: map[string]string{
			"The stapled OCSP response says that %s was revoked on %s.":          "添付された OCSP 応答によると、%[1]s は %[2]s に失効しています。",
			"Install the certificate that took its place, or one for a new key.": "置き換えられた証明書か、新しい鍵の証明書を設置してください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		staple := s.readStaple()
		if staple == nil || staple.Status != StapleRevoked || staple.Fault != "" {
			return
		}
		report(Finding{
			Positions: []int{s.Chain.Leaf},
			Message:   fmt.Sprintf("The stapled OCSP response says that %s was revoked on %s.", s.at(s.Chain.Leaf), date(staple.RevokedAt)),
			Fix:       "Install the certificate that took its place, or one for a new key.",
		})
	},
}
