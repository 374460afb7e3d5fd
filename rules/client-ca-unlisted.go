package rules

import (
	"fmt"
	"slices"

	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

var clientCAUnlisted = Rule{
	ID: "client-ca-unlisted", Class: ClassClient, Severity: Error, Since: "1.0",
	Title: "A client certificate is of a CA that the server does not name",
	Why: "A server that asks for a client certificate names the CAs that it takes. Java, Go, Windows and browsers look for a certificate " +
		"of theirs that leads to one of these names, and send an empty list where there is none: the server then reports that no " +
		"certificate was sent, and nobody suspects the name. Clients that send theirs regardless, such as curl with OpenSSL, are refused, " +
		"since servers name what they trust.",
	Fix: "Take a client certificate of a CA that the server names: `tlschain scan` lists them as handshake.client_ca. Or have its operator add " +
		"the CA: nginx `ssl_client_certificate`, Apache `SSLCACertificateFile` or `SSLCADNRequestFile`, HAProxy `ca-file`, Go " +
		"tls.Config.ClientCAs, Java the trust store.",
	Refs:     []string{"RFC 8446 section 4.2.4", "RFC 5246 section 7.4.4"},
	Explains: []client.Cause{client.Incomplete, client.Untrusted},
	Japanese: Text{
		Title: "クライアント証明書が、サーバーの示した CA のものではない",
		Why: "クライアント証明書を要求するサーバーは、受け付ける CA の名前を示します。Java、Go、Windows、ブラウザーは、その名前に届く証明書を探し、" +
			"なければ空の一覧を送ります。サーバーは証明書が送られなかったと報告し、名前が原因とは気づかれません。構わず送るクライアント " +
			"(OpenSSL を使う curl など) は拒否されます。サーバーは信頼する CA を示しているからです。",
		Fix: "サーバーの示した CA のクライアント証明書を使ってください (`tlschain scan` の handshake.client_ca にあります)。または運用者に CA を追加してもらいます: nginx は " +
			"`ssl_client_certificate`、Apache は `SSLCACertificateFile` か `SSLCADNRequestFile`、HAProxy は `ca-file`、Go は " +
			"tls.Config.ClientCAs、Java はトラストストア。",
		Says: map[string]string{
			"The chain leads to %q, which is none of the %d CAs that the server names.": "チェーンは %[1]s に至りますが、サーバーの示す %[2]s 個の CA のどれでもありません。",
			"The chain leads to %q, which is not the CA that the server names.":         "チェーンは %[1]s に至りますが、サーバーの示す CA ではありません。",
			"Take a client certificate of a CA that the server names, or have it added there.": "サーバーの示す CA のクライアント証明書を使うか、" +
				"この CA を追加してもらってください。",
			"If a CA that it names issued the certificate of %q, append that certificate (give it to this program by `--pool`).": "示された CA が %[1]s の証明書を発行している場合は、" +
				"その証明書を追加してください (このプログラムには `--pool` で渡せます)。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if s.Judge.Client == nil || len(s.Judge.Client.Names) == 0 || len(s.Chain.Path) == 0 || s.Judge.Client.names(s.Chain.Path) {
			return
		}
		top := s.Chain.Path[len(s.Chain.Path)-1].Cert
		if s.Chain.Anchor != nil {
			top = s.Chain.Anchor
		}
		f := Finding{Positions: []int{s.Chain.Leaf}, Clients: s.rejecting(client.Incomplete, client.Untrusted)}
		f.Message = fmt.Sprintf("The chain leads to %q, which is none of the %d CAs that the server names.",
			top.Issuer.Common, len(s.Judge.Client.Names))
		if len(s.Judge.Client.Names) == 1 {
			f.Message = fmt.Sprintf("The chain leads to %q, which is not the CA that the server names.", top.Issuer.Common)
		}
		f.Fix = "Take a client certificate of a CA that the server names, or have it added there."
		if !top.SelfIssued() {
			f.Fix += fmt.Sprintf(" If a CA that it names issued the certificate of %q, append that certificate "+
				"(give it to this program by `--pool`).", top.Issuer.Common)
		}
		report(f)
	},
}

// names reports whether one of the CAs on a path is named, or the one above it.
func (a *Acceptance) names(path []chain.Step) bool {
	return slices.ContainsFunc(path, func(step chain.Step) bool {
		return a.named(step.Cert.Issuer) || step.Cert.IsCA && a.named(step.Cert.Subject)
	})
}
