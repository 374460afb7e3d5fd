package rules

import "fmt"

var badStaple = Rule{
	ID: "bad-staple", Class: ClassPresentation, Severity: Warning, Since: "1.0", Beyond: true,
	Title: "The stapled OCSP response is not one to go by",
	Why: "A server that staples has to renew the response before it runs out, and to send the one for the certificate that it shows. One " +
		"that is out of date or of the certificate before makes Firefox refuse the connection, while most other clients look past it; where " +
		"the certificate demands a staple, all that check it refuse.",
	Fix: "Reload the server, so that it fetches a new response; see that it reaches the responder (nginx needs `resolver`, and " +
		"`ssl_trusted_certificate` for `ssl_stapling_verify`). With `ssl_stapling_file`, renew the file when the certificate is renewed.",
	Refs: []string{"RFC 6960 section 3.2", "RFC 6066 section 8"},
	Japanese: Text{
		Title: "添付された OCSP 応答が使えない",
		Why: "OCSP 応答を添付するサーバーは、期限前に応答を更新し、提示する証明書のものを送らなければなりません。期限切れや以前の証明書のものでは、" +
			"Firefox は接続を拒否し、他の多くのクライアントは無視します。証明書が添付を要求している場合は、確認するすべてのクライアントが拒否します。",
		Fix: "サーバーを再読み込みして新しい応答を取得させ、レスポンダーに届くことを確認してください (nginx には `resolver` と、`ssl_stapling_verify` には " +
			"`ssl_trusted_certificate` が必要です)。`ssl_stapling_file` を使う場合は、証明書の更新時にファイルも更新します。",
		Says: map[string]string{
			"The OCSP response stapled to %s is not one to go by: %s.": "%[1]s に添付された OCSP 応答は使えません: %[2]s。",
			"it cannot be read":                                        "読めません",
			"it is about another certificate":                          "別の証明書のものです",
			"it is not signed by the certificate's issuer, nor for it": "サーバー証明書の発行者か、その委任を受けた者の署名ではありません",
			"it is of a later time":                                    "未来のものです",
			"it is out of date":                                        "期限が切れています",
			"Reload the server, so that it fetches a new response.":    "サーバーを再読み込みして、新しい応答を取得させてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		staple := s.readStaple()
		if staple == nil || staple.Fault == "" {
			return
		}
		report(Finding{
			Positions: []int{s.Chain.Leaf},
			Message:   fmt.Sprintf("The OCSP response stapled to %s is not one to go by: %s.", s.at(s.Chain.Leaf), staple.Fault),
			Fix:       "Reload the server, so that it fetches a new response.",
		})
	},
}
