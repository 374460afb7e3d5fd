package rules

import (
	"fmt"
	"slices"

	"github.com/tlschain/tlschain/scanner"
)

var transportsDiffer = Rule{
	ID: "transports-differ", Class: ClassComparison, Severity: Warning, Since: "0.2",
	Title: "TCP and QUIC clients get different chains",
	Why: "HTTP/3 is often served by another program, or by another listener of the same one, with certificate files of its own. A renewal " +
		"that reloads just one of them leaves browsers, which change over to QUIC by themselves, with the other chain.",
	Fix:  "Find what listens on the UDP port, give it the same certificate and chain, and reload it in the same renewal hook.",
	Refs: []string{"RFC 9001 section 4.4", "RFC 9114 section 3.1"},
	Japanese: Text{
		Title: "TCP と QUIC で異なるチェーンが返る",
		Why: "HTTP/3 は別のプログラムや別のリスナーが、専用の証明書ファイルで応答していることがよくあります。" +
			"更新時に片方だけ再読み込みすると、自動的に QUIC に切り替わるブラウザーには別のチェーンが返ります。",
		Fix: "UDP ポートで待ち受けているものを見つけ、同じ証明書とチェーンを設置し、更新時に両方を再読み込みしてください。",
		Says: map[string]string{
			"Over QUIC the server presents %s than over TCP, which is OK by itself.": "QUIC では、TCP と比べて%[1]sが返ります。それ自体は正常です。",
			"Over QUIC the server presents %s than over TCP, which has %s.":          "QUIC では、TCP と比べて%[1]sが返り、そこに %[2]s があります。",
			"Bring TCP and UDP to the same chain.":                                   "TCP と UDP を同じチェーンにしてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		over, ok := s.variant(scanner.OverQUIC)
		if !ok || len(s.Entries) == 0 || s.Variant == scanner.OverQUIC || sameChain(s.Entries, over.Entries) {
			return
		}
		// A server with a certificate for each type of key may choose another one
		// for a hello that offers less.
		if slices.ContainsFunc(s.Variants, func(p Presentation) bool {
			return p.Variant != scanner.OverQUIC && p.Variant != scanner.NoSNI && sameChain(p.Entries, over.Entries)
		}) {
			return
		}
		report(Finding{
			Message: fmt.Sprintf("Over QUIC the server presents %s than over TCP%s.", difference(s.Entries, over.Entries),
				verdictOf(s.worse(over))),
			Fix: "Bring TCP and UDP to the same chain.",
		})
	},
}
