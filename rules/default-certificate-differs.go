package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/scanner"
)

var defaultCertificateDiffers = Rule{
	ID: "default-certificate-differs", Class: ClassComparison, Severity: Warning, Since: "0.1",
	Title: "Clients that send no name get another certificate",
	Why: "A server with several certificates on one address picks by the name that the client sends (SNI). Old phones, some monitors " +
		"and some mail servers send none, and get the default certificate. If that one is for another name, they refuse.",
	Fix: "Make this site the default of the address, put all names into one multi-domain or wildcard certificate, or give the site an " +
		"address of its own. If all your clients send SNI, accept the finding by a waiver.",
	Refs: []string{"RFC 6066 section 3", "SureServer FAQ: several certificates on one server"},
	Japanese: Text{
		Title: "名前を送らないクライアントには別の証明書が返る",
		Why: "1 つのアドレスに複数の証明書がある場合、サーバーはクライアントの送る名前 (SNI) で選びます。古い携帯端末、" +
			"一部の監視やメールサーバーは名前を送らず、既定の証明書を受け取ります。それが別の名前なら拒否します。",
		Fix: "このサイトを既定にする、マルチドメインかワイルドカードの証明書にまとめる、または専用のアドレスを割り当てます。" +
			"すべてのクライアントが SNI を送るなら、除外の設定で受け入れてください。",
		Says: map[string]string{
			"Without SNI the server presents %s, which is OK by itself.":                            "SNI がない場合、サーバーは%[1]sを返します。それ自体は正常です。",
			"Without SNI the server presents %s, which has %s.":                                     "SNI がない場合、サーバーは%[1]sを返し、そこに %[2]s があります。",
			"Make this site the default for its address, or use one certificate for all its names.": "このサイトをアドレスの既定にするか、すべての名前を 1 つの証明書にまとめてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		p, ok := s.variant(scanner.NoSNI)
		if !ok || len(s.Entries) == 0 || sameChain(s.Entries, p.Entries) {
			return
		}
		report(Finding{
			Message: fmt.Sprintf("Without SNI the server presents %s%s.", difference(s.Entries, p.Entries), verdictOf(s.worse(p))),
			Fix:     "Make this site the default for its address, or use one certificate for all its names.",
		})
	},
}
