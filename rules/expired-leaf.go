package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/client"
)

var expiredLeaf = Rule{
	ID: "expired-leaf", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "The server's certificate has expired",
	Why:   "Every client refuses it, whatever the rest of the chain is worth.",
	Fix: "Renew it and reload the server. If it was renewed already, the server still holds the old one in memory: reload or restart " +
		"it, and look whether this address is a node that was left behind.",
	Refs:     []string{"RFC 5280 section 4.1.2.5"},
	Remark:   RemarkExpired,
	Explains: []client.Cause{client.Expired},
	Japanese: Text{
		Title: "サーバー証明書の有効期限が切れている",
		Why:   "チェーンの他の部分がどうであれ、すべてのクライアントが拒否します。",
		Fix: "更新してサーバーを再読み込みしてください。すでに更新済みなら、古いものがメモリーに残っています。" +
			"再読み込みまたは再起動し、このアドレスだけ取り残されていないかも確認します。",
		Says: map[string]string{
			"The new one is there: put %s first, in place of the old one, with its own key, and reload.": "" +
				"新しい証明書は送られています。%[1]s を古いものの代わりに先頭に置き、その鍵を使って再読み込みしてください。",
			"The certificate expired on %s.":                                            "証明書の有効期限は %[1]s に切れました。",
			"Get a new certificate from the CA, install it with its chain, and reload.": "CA から新しい証明書を取得し、チェーンと一緒に設置して再読み込みしてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if c := s.leaf(); c != nil && s.At.After(c.NotAfter) {
			f := Finding{
				Positions: []int{s.Chain.Leaf},
				Message:   fmt.Sprintf("The certificate expired on %s.", date(c.NotAfter)),
				Fix:       "Get a new certificate from the CA, install it with its chain, and reload.",
			}
			if i := s.betterLeaf(); i >= 0 {
				f.Fix = fmt.Sprintf("The new one is there: put %s first, in place of the old one, with its own key, and reload.", s.at(i))
			}
			report(f)
		}
	},
}
