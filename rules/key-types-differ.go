package rules

import (
	"fmt"
	"slices"

	"github.com/tlschain/tlschain/scanner"
)

var keyTypesDiffer = Rule{
	ID: "key-types-differ", Class: ClassComparison, Severity: Warning, Since: "0.1",
	Title: "The chains for RSA and for ECDSA are not equally good",
	Why: "A server can hold two certificates and pick by what the client can verify. Each has a chain file of its own; after a renewal " +
		"often just one of them is right, and only some of the clients notice.",
	Fix:  "Fix the chain file of the other key type in the same way.",
	Refs: []string{"RFC 8446 section 4.2.3"},
	Japanese: Text{
		Title: "RSA と ECDSA でチェーンの良否が異なる",
		Why: "サーバーは 2 種類の証明書を持ち、クライアントに合わせて選べます。チェーンファイルは別々なので、" +
			"更新後に片方だけ正しいことがよくあり、一部のクライアントだけが気づきます。",
		Fix: "もう一方の鍵のチェーンファイルも同様に直してください。",
		Says: map[string]string{
			"A client that wants RSA gets a chain%s; one that wants ECDSA gets a chain%s.": "RSA を求めるクライアントにはチェーン%[1]sが返り、" +
				"ECDSA を求めるクライアントにはチェーン%[2]sが返ります。",
			", which is OK by itself":               " (正常)",
			", which has %s":                        " (%[1]s あり)",
			"Fix the worse of the two chain files.": "悪い方のチェーンファイルを直してください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		rsa, okRSA := s.variant(scanner.RSA)
		ec, okEC := s.variant(scanner.ECDSA)
		if !okRSA || !okEC || sameChain(rsa.Entries, ec.Entries) {
			return
		}
		a, b := s.worse(rsa), s.worse(ec)
		if slices.Equal(a, b) {
			return
		}
		report(Finding{
			Message: fmt.Sprintf("A client that wants RSA gets a chain%s; one that wants ECDSA gets a chain%s.", verdictOf(a), verdictOf(b)),
			Fix:     "Fix the worse of the two chain files.",
		})
	},
}
