package rules

import "fmt"

var daneAnchorNotSent = Rule{
	ID: "dane-anchor-not-sent", Class: ClassPresentation, Severity: Error, Since: "1.0", Beyond: true,
	Title: "The CA that a TLSA record of usage 2 names is not sent",
	Why: "A client that goes by DANE needs no root of its own, and has none: the CA that a record of usage 2 names must be in the list, a " +
		"root too. Guides that tell to leave the root out are about browsers. Mail servers that validate refuse the connection.",
	Fix: "Append the named certificate to the file that the server presents: `tlschain fix --with-root` does so for a root. Or publish a " +
		"record for the intermediate that is sent, or `3 1 1` for the leaf's key.",
	Refs: []string{"RFC 7671 section 5.2.2", "RFC 7672 section 3.1.2"},
	Gap:  true, NamesMissing: true,
	Japanese: Text{
		Title: "用途 2 の TLSA レコードが指す CA 証明書が送られていない",
		Why: "DANE に従う相手は自分のルートを使いません。用途 2 のレコードが指す CA 証明書は、ルートであっても一覧に含める必要があります。" +
			"ルートを外すという案内はブラウザー向けのものです。検証するメールサーバーは接続を拒否します。",
		Fix: "示された証明書を、サーバーが提示するファイルに追加してください (ルートは `tlschain fix --with-root` が追加します)。" +
			"または、送っている中間 CA 証明書のレコードか、サーバー証明書の鍵の `3 1 1` を公開してください。",
		Says: map[string]string{
			"The TLSA record %s names %q, which is not sent.": "TLSA レコード %[1]s は %[2]s を指していますが、送られていません。",
			"Append %s to the list.":                          "%[1]s を一覧に追加してください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		var absent *DANEMatch
		all := s.daneMatches()
		for i := range all {
			if all[i].State == DANEMatches {
				return // one is enough
			}
			if all[i].State == DANENotSent && absent == nil {
				absent = &all[i]
			}
		}
		if absent == nil {
			return
		}
		c, after := absent.Unsent, len(s.Entries)-1
		f := Finding{
			Positions: []int{after}, Missing: []CertRef{{After: after, Cert: c, Name: c.Subject}},
			Message: fmt.Sprintf("The TLSA record %s names %q, which is not sent.", absent.Record, title(c)),
			Fix:     fmt.Sprintf("Append %s to the list.", byHash(c)),
		}
		if !s.DANE.Authenticated {
			f.Severity = Warning
		}
		report(f)
	},
}
