package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/revocation"
)

// A RevocationAnswer is what a CA says of the certificate at a position.
type RevocationAnswer struct {
	Position int
	revocation.Answer
}

var revokedByCA = Rule{
	ID: "revoked-by-ca", Class: ClassCertificate, Severity: Error, Since: "1.0", Beyond: true,
	Title: "The CA says that the certificate is revoked",
	Why: "The CA lists the certificate in its CRL, or its OCSP responder says so: the certificate was replaced, its owner left, or its key " +
		"was lost. What clients make of it differs. Firefox knows leaves by CRLite, which is made of the CAs' CRLs, and intermediates by " +
		"OneCRL; Chrome and Edge know a selection (CRLSets); Safari and Windows ask, and go on where nobody answers. OpenSSL, GnuTLS, Go, " +
		"Java, Python, Node.js and curl do not look unless they are told to. So the site breaks for some visitors, and goes on with " +
		"a key for which the CA no longer stands for the others. Verdicts of clients in this report leave revocation out.",
	Fix: "Install the certificate that took its place, or have one issued for a new key; after keyCompromise never for the old one. " +
		"In the place of a revoked intermediate send the one that the CA gives now.",
	Refs:   []string{"RFC 5280 section 5", "RFC 6960 section 2.2", "CA/Browser Forum Baseline Requirements section 4.9"},
	Remark: RemarkRevoked,
	Japanese: Text{
		Title: "CA が証明書の失効を公表している",
		Why: "CA の CRL に証明書が載っているか、OCSP レスポンダーが失効と答えています。再発行、利用終了、鍵の漏えいなどが理由です。" +
			"クライアントの扱いは異なります。Firefox は、サーバー証明書を CRLite (CA の CRL から作られる)、中間 CA を OneCRL で調べます。" +
			"Chrome と Edge は一部だけを知り (CRLSet)、Safari と Windows は問い合わせますが、応答がなければ続行します。" +
			"OpenSSL、GnuTLS、Go、Java、Python、Node.js、curl は、設定しない限り調べません。そのため一部の利用者にだけ障害が出て、" +
			"他の利用者は CA が保証しなくなった鍵を使い続けます。この報告のクライアントの判定に失効は含まれません。",
		Fix: "置き換えられた証明書を設置するか、新しい鍵で発行を受けてください。keyCompromise の場合、元の鍵は使えません。" +
			"失効した中間 CA 証明書の代わりに、CA が現在配布しているものを送ってください。",
		Says: map[string]string{
			"%s is revoked: the CRL at %s lists it%s.":           "%[1]s は失効しています: %[2]s の CRL に掲載%[3]s。",
			"%s is revoked: the OCSP responder at %s says so%s.": "%[1]s は失効しています: %[2]s の OCSP レスポンダーの応答%[3]s。",
			" since %s":      " (%[1]s から)",
			" since %s (%s)": " (%[1]s から、%[2]s)",
			"Install the certificate that took its place, or have one issued for a new key.": "" +
				"置き換えられた証明書を設置するか、新しい鍵で発行を受けてください。",
			"Send the certificate of this intermediate that the CA gives now, or take a server certificate from another one.": "" +
				"CA が現在配布している中間 CA 証明書を送るか、別の中間 CA からサーバー証明書の発行を受けてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, a := range s.Revocation {
			if a.Status != revocation.Revoked {
				continue
			}
			since := ""
			switch {
			case !a.RevokedAt.IsZero() && a.Reason != "":
				since = fmt.Sprintf(" since %s (%s)", date(a.RevokedAt), a.Reason)
			case !a.RevokedAt.IsZero():
				since = fmt.Sprintf(" since %s", date(a.RevokedAt))
			}
			text := "%s is revoked: the CRL at %s lists it%s."
			if a.Source == revocation.OCSP {
				text = "%s is revoked: the OCSP responder at %s says so%s."
			}
			f := Finding{
				Positions: []int{a.Position}, Message: fmt.Sprintf(text, capital(s.at(a.Position)), a.URL, since),
				Fix: "Install the certificate that took its place, or have one issued for a new key.",
			}
			if a.Position != s.Chain.Leaf {
				f.Fix = "Send the certificate of this intermediate that the CA gives now, or take a server certificate from another one."
			}
			report(f)
		}
	},
}
