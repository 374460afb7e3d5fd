package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

var clientChainIncomplete = Rule{
	ID: "client-chain-incomplete", Class: ClassPresentation, Severity: Error, Since: "1.0",
	Title: "A client certificate's chain does not reach a CA that the server trusts",
	Why: "A client has to send what stands between its certificate and a CA of the server's, as a server does for its clients. Servers " +
		"fetch nothing: nginx answers \"400 The SSL certificate error\", Apache and HAProxy end the handshake, Go says \"certificate signed " +
		"by unknown authority\". And a client that goes by the names in the server's request (Java, Go, browsers) may find that no " +
		"certificate of its own leads to one of them, and send none at all.",
	Fix: "Append the named certificates to the file of the client's certificate (`--cert` of curl takes such a file, `keytool -importcert` " +
		"links them in a key store), or have the server trust the intermediate too: nginx `ssl_trusted_certificate`, Apache " +
		"`SSLCACertificateFile`, HAProxy `ca-verify-file`.",
	Refs:         []string{"RFC 8446 section 4.4.2", "RFC 5246 section 7.4.6"},
	Gap:          true,
	NamesMissing: true,
	Explains:     []client.Cause{client.Incomplete},
	Japanese: Text{
		Title: "クライアント証明書のチェーンが、サーバーの信頼する CA まで届かない",
		Why: "クライアントは、自分の証明書とサーバーが信頼する CA の間にある証明書を送らなければなりません。サーバーは取得しません。nginx は " +
			"\"400 The SSL certificate error\" を返し、Apache と HAProxy はハンドシェイクを終了し、Go は \"certificate signed by unknown " +
			"authority\" と報告します。サーバーが要求で示した CA 名に従うクライアント (Java、Go、ブラウザー) は、" +
			"そこに届く証明書がないと判断し、何も送らないこともあります。",
		Fix: "示された証明書を、クライアント証明書のファイルの後ろに追加してください (curl の `--cert` はそのようなファイルを受け付け、" +
			"キーストアでは `keytool -importcert` で連結します)。またはサーバーに中間 CA も信頼させてください: nginx は " +
			"`ssl_trusted_certificate`、Apache は `SSLCACertificateFile`、HAProxy は `ca-verify-file`。",
		Says: map[string]string{
			"%s is issued by %q, which is not sent with it, and the server trusts %q.": "%[1]s の発行者 %[2]s が送られていません。サーバーが信頼するのは %[3]s です。",
			"%s is issued by %q, which is not sent with it and not known here.":        "%[1]s の発行者 %[2]s は送られておらず、ここでは未知です。",
			"If that is an intermediate, append its certificate to the client's file; if it is the CA that the server trusts, " +
				"all is well.": "それが中間 CA なら、" +
				"その証明書をクライアントのファイルに追加してください。サーバーが信頼する CA であれば問題ありません。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		switch {
		case s.Judge.Client == nil:
		case s.Chain.State == chain.Incomplete:
			refs := s.missing()
			fix, clients := s.send(refs)
			report(Finding{
				Positions: []int{refs[0].After}, Missing: refs, Clients: clients, Fix: fix,
				Message: fmt.Sprintf("%s is issued by %q, which is not sent with it, and the server trusts %q.",
					capital(s.at(refs[0].After)), title(refs[0].Cert), title(s.Chain.Anchor)),
			})
		case s.Chain.State == chain.Untrusted && len(s.Chain.Path) == 1 && !s.Judge.Client.known():
			report(Finding{
				Positions: []int{s.Chain.Leaf}, Severity: Info,
				Message: fmt.Sprintf("%s is issued by %q, which is not sent with it and not known here.",
					capital(s.at(s.Chain.Leaf)), s.leaf().Issuer.Common),
				Fix: "If that is an intermediate, append its certificate to the client's file; if it is the CA that the server trusts, " +
					"all is well.",
			})
		}
	},
}
