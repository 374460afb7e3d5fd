package rules

import (
	"fmt"
	"strings"

	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

var missingIntermediate = Rule{
	ID: "missing-intermediate", Class: ClassPresentation, Severity: Error, Since: "0.1",
	Title: "A certificate between the leaf and the root is not sent",
	Why: "Clients trust roots, and a root rarely signs a server's certificate itself: one or more intermediates stand between them. " +
		"The server has to send those along (RFC 5246 section 7.4.2), because most clients have no other way to come by them. It is " +
		"the most common fault of all and the easiest to overlook: desktop browsers hide it, since they fetch a missing intermediate " +
		"by the URL in the certificate, ship it with the browser, or still have it from another site. Then curl, Java, Python, Go, " +
		"mobile apps and other servers fail with \"unable to get local issuer certificate\" or \"PKIX path building failed\", and it " +
		"looks as if only they were broken.",
	Fix: "Install the named certificate after the server's own; the private key and the server's certificate stay as they are. `tlschain " +
		"fix` writes the file.\nnginx: `ssl_certificate` names one file, the server's certificate first and the intermediates after it: `cat " +
		"server.crt intermediate.crt > fullchain.crt`, then `nginx -s reload`.\nApache httpd 2.4.8 and later: the same one file in " +
		"`SSLCertificateFile`. Before 2.4.8: the intermediates alone in `SSLCertificateChainFile`. Then `apachectl graceful`.\nIIS: import " +
		"the intermediate into Intermediate Certification Authorities of the computer account (`certutil -addstore CA intermediate.crt`), " +
		"then bind the site's certificate again. IIS builds what it sends from that store, for all sites at once.\nTomcat: import root and " +
		"intermediates under an alias of their own, then the server's certificate under the alias of its key, which links them (`keytool " +
		"-importcert -trustcacerts -alias intermediate -file intermediate.crt -keystore ...`), or name the PEM file in " +
		"`certificateChainFile`; then restart.",
	Refs: []string{"RFC 5246 section 7.4.2", "RFC 8446 section 4.4.2", "SureServer FAQ: which intermediate CA certificate to " +
		"download"},
	Gap:          true,
	Explains:     []client.Cause{client.Incomplete},
	NamesMissing: true,
	Japanese: Text{
		Title: "サーバー証明書とルートの間の証明書が送られていない",
		Why: "クライアントが信頼するのはルートで、ルートがサーバー証明書に直接署名することはまれです。間にある中間 CA " +
			"証明書は、サーバーが送らなければなりません (RFC 5246 7.4.2)。最も多く、最も見落とされやすい誤りです。PC " +
			"のブラウザーは証明書内の URL から取得したり、あらかじめ持っていたりするため気づかず、curl、Java、Python、Go、" +
			"スマートフォンのアプリ、他のサーバーだけが失敗します。",
		Fix: "示された証明書をサーバー証明書の後ろに追加してください。秘密鍵とサーバー証明書はそのままで構いません。`tlschain fix` がファイルを作成します。\nnginx: `ssl_certificate` には、サーバー証明書、中間 CA " +
			"証明書の順に連結した 1 つのファイルを指定し、`nginx -s reload` を実行します。\nApache httpd 2.4.8 以降: 同じ 1 つのファイルを `SSLCertificateFile` に指定します。2.4.8 より前は、中間 " +
			"CA 証明書だけを `SSLCertificateChainFile` に指定します。その後 `apachectl graceful` を実行します。\nIIS: コンピューター アカウントの「中間証明機関」に取り込み (`certutil -addstore " +
			"CA intermediate.crt`)、サイトのバインドを再設定します。IIS はこのストアから全サイト共通で送る証明書を選びます。\nTomcat: ルートと中間 CA 証明書をそれぞれ別名で取り込んだ後 (`keytool -importcert " +
			"-trustcacerts`)、サーバー証明書を鍵と同じ別名で取り込み、再起動します。",
		Says: map[string]string{
			"%s is issued by %q, which the server does not send.":                       "%[1]s の発行者 %[2]s を、サーバーが送っていません。",
			"%s is issued by %q, which the server does not send, nor the one above it.": "%[1]s の発行者 %[2]s と、その上の 1 枚を、サーバーが送っていません。",
			"%s is issued by %q, which the server does not send, nor the %d above it.":  "%[1]s の発行者 %[2]s と、その上の %[3]s 枚を、サーバーが送っていません。",
			"The issuer of the first is published at %s.":                               "1 枚目の発行者は %[1]s で公開されています。",
			"The CA publishes the first at %s.":                                         "CA は 1 枚目を %[1]s で公開しています。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if s.Chain.State != chain.Incomplete {
			return
		}
		refs := s.missing()
		if s.otherSent(refs[0].Cert) >= 0 {
			return // wrong-cross-root or expired-intermediate says what to send instead
		}
		absent := 0
		for _, r := range refs {
			if s.otherSent(r.Cert) < 0 {
				absent++
			}
		}
		fix, clients := s.send(refs)
		if urls := refs[0].Cert.FetchableIssuers(); len(refs) > 1 && len(urls) > 0 {
			fix += " The issuer of the first is published at " + urls[0] + "."
		}
		below := s.Entries[refs[0].After].Cert
		if urls := below.FetchableIssuers(); len(urls) > 0 {
			fix += " The CA publishes the first at " + urls[0] + "."
		}
		report(Finding{
			Positions: []int{refs[0].After},
			Missing:   refs,
			Message: fmt.Sprintf("%s is issued by %q, which the server does not send%s.", capital(s.at(refs[0].After)), title(refs[0].Cert),
				further(absent-1)),
			Fix:     fix,
			Clients: clients,
		})
	},
}

func further(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return ", nor the one above it"
	}
	return fmt.Sprintf(", nor the %d above it", n)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
