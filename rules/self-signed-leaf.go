package rules

import (
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

var selfSignedLeaf = Rule{
	ID: "self-signed-leaf", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "The server's certificate is signed by its own key",
	Why: "Nobody vouches for it, so no client can tell it from that of an impostor. It is what servers, appliances and panels install " +
		"at first, and what a web server falls back on when the configured certificate could not be loaded.",
	Fix: "Install a certificate of a CA. If a certificate was installed already, the server is not using it: look at its error log and " +
		"at which site answers for this name.",
	Refs:     []string{"RFC 5280 section 3.2"},
	Remark:   RemarkSelfSigned,
	Explains: []client.Cause{client.Incomplete, client.Untrusted},
	Japanese: Text{
		Title: "サーバー証明書が自己署名である",
		Why: "誰も保証していないので、クライアントは偽物と区別できません。サーバーや機器の初期状態の証明書か、" +
			"設定した証明書を読み込めなかったときの代わりの証明書であることが多いです。",
		Fix: "CA の証明書を設置してください。設置済みの場合は使われていません。エラーログと、" +
			"この名前に答えているサイトを確認します。",
		Says: map[string]string{
			"The certificate is self-signed, and no chosen client has it as a trust anchor.": "証明書は自己署名で、選んだどのクライアントも信頼していません。",
			"Install a certificate of a CA, or give the clients this one as an anchor (`--add-roots` judges as " +
				"if they had it).": "CA の証明書を設置するか、" +
				"この証明書をクライアントに信頼させてください (`--add-roots` でその場合を判定できます)。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if s.Chain.State == chain.SelfSignedLeaf {
			report(Finding{
				Positions: []int{s.Chain.Leaf},
				Message:   "The certificate is self-signed, and no chosen client has it as a trust anchor.",
				Fix:       "Install a certificate of a CA, or give the clients this one as an anchor (`--add-roots` judges as if they had it).",
				Clients:   s.rejecting(client.Incomplete, client.Untrusted),
			})
		}
	},
}
