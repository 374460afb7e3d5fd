package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/scanner"
)

var versionsDiffer = Rule{
	ID: "versions-differ", Class: ClassComparison, Severity: Warning, Since: "0.1",
	Title: "TLS 1.2 and TLS 1.3 clients get different chains",
	Why: "Usually two machines answer for one address: a load balancer or CDN ends TLS 1.3, and an older box behind it the rest. Only " +
		"one of them got the new chain.",
	Fix:  "Find the part that answers for the odd version and give it the same certificate and chain.",
	Refs: []string{"RFC 8446 section 4.4.2"},
	Japanese: Text{
		Title: "TLS 1.2 と TLS 1.3 で異なるチェーンが返る",
		Why: "多くの場合、1 つのアドレスに 2 つの機器が答えています。TLS 1.3 はロードバランサーや CDN、" +
			"それ以外は後ろの古い機器です。新しいチェーンは片方にしか入っていません。",
		Fix: "異なる方の機器を見つけ、同じ証明書とチェーンを設置してください。",
		Says: map[string]string{
			"Under TLS 1.2 the server presents %s than under TLS 1.3, which is OK by itself.": "TLS 1.2 では、TLS 1.3 と比べて%[1]sが返ります。それ自体は正常です。",
			"Under TLS 1.2 the server presents %s than under TLS 1.3, which has %s.":          "TLS 1.2 では、TLS 1.3 と比べて%[1]sが返り、そこに %[2]s があります。",
			"Bring both to the same chain.":                                                   "両方を同じチェーンにしてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		old, ok12 := s.variant(scanner.TLS12)
		young, ok13 := s.variant(scanner.TLS13)
		if !ok12 || !ok13 || sameChain(old.Entries, young.Entries) {
			return
		}
		report(Finding{
			Message: fmt.Sprintf("Under TLS 1.2 the server presents %s than under TLS 1.3%s.", difference(young.Entries, old.Entries),
				verdictOf(s.worse(old))),
			Fix: "Bring both to the same chain.",
		})
	},
}
