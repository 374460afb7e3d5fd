package rules

var chainTooComplex = Rule{
	ID: "chain-too-complex", Class: ClassPresentation, Severity: Warning, Since: "0.1",
	Title: "The chain is too complex to judge in full",
	Why: "So many certificates fit each other by name, or their keys are so large, that checking every combination would cost more " +
		"than a scan can spend on one host. No honest server needs this. Clients have limits of their own, and most refuse long " +
		"before.",
	Fix:  "Send the leaf and the few certificates that lead to the root, one for each key.",
	Refs: []string{"RFC 5280 section 6.1"},
	Japanese: Text{
		Title: "チェーンが複雑すぎて最後まで判定できない",
		Why: "同じ名前の証明書が多すぎるか、鍵が大きすぎて、すべての組合せを調べきれません。通常のサーバーにはあり得ず、" +
			"多くのクライアントはもっと早く拒否します。",
		Fix: "サーバー証明書と、ルートまでの証明書だけを、鍵ごとに 1 枚ずつ送ってください。",
		Says: map[string]string{
			"The search for paths was ended at its budget; the other findings and the clients' verdicts may be " +
				"incomplete.": "経路の探索を上限で打ち切りました。他の指摘とクライアントの判定は不完全な場合があります。",
			"Reduce the list to the certificates of one path.": "1 つの経路の証明書だけにしてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if s.Chain.TooComplex || s.session.Starved {
			report(Finding{
				Message: "The search for paths was ended at its budget; the other findings and the clients' verdicts may be incomplete.",
				Fix:     "Reduce the list to the certificates of one path.",
			})
		}
	},
}
