package rules

import (
	"fmt"
	"strings"
)

var addressesDiffer = Rule{
	ID: "addresses-differ", Class: ClassComparison, Severity: Warning, Since: "0.1",
	Title: "The addresses of one name present different chains",
	Why: "One node was left behind when the others got the new certificate or chain. Users meet it at random, and a monitor that asks " +
		"one address sees nothing. The comparison is by the whole chain, not just by the leaf.",
	Fix: "Install the same certificate and chain on the odd node and reload it. For several IIS: export once as PFX, with the key, and " +
		"import it on each.",
	Refs: []string{"SureServer FAQ: [IIS] copying one certificate to several servers"},
	Japanese: Text{
		Title: "1 つの名前の各アドレスが異なるチェーンを返す",
		Why: "他の機器に新しい証明書やチェーンを設置したとき、1 台が取り残されています。" +
			"利用者によって現れたり現れなかったりし、1 つのアドレスだけの監視では見えません。サーバー証明書だけでなく、" +
			"チェーン全体で比べています。",
		Fix: "取り残された機器に同じ証明書とチェーンを設置し、再読み込みしてください。IIS が複数ある場合は、鍵と一緒に PFX " +
			"でエクスポートし、それぞれにインポートします。",
		Says: map[string]string{
			"%s presents %s than %s.": "%[1]s は、%[3]s と比べて%[2]sを返します。",
			"Bring %s to the certificate and chain of the others, and reload it.": "%[1]s に他と同じ証明書とチェーンを設置し、再読み込みしてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		same, all := 0, 0
		var most []string // addresses that agree on the commonest chain
		var majority Presentation
		for _, p := range s.Siblings {
			if len(p.Entries) == 0 {
				continue
			}
			all++
			var agree []string
			for _, q := range s.Siblings {
				if len(q.Entries) > 0 && sameChain(p.Entries, q.Entries) {
					agree = append(agree, q.Addr)
				}
			}
			if len(agree) > len(most) {
				most, majority = agree, p
			}
			if len(s.Entries) > 0 && sameChain(p.Entries, s.Entries) {
				same++
			}
		}
		if len(s.Entries) == 0 || same == all {
			return
		}
		if sameChain(majority.Entries, s.Entries) && 2*len(most) > all {
			return // it is the others that are odd
		}
		report(Finding{
			Message: fmt.Sprintf("%s presents %s than %s.", s.Addr, difference(majority.Entries, s.Entries), strings.Join(s.others(most), ", ")),
			Fix:     fmt.Sprintf("Bring %s to the certificate and chain of the others, and reload it.", s.Addr),
		})
	},
}

// others gives some addresses but this one: of those that agree, or of all.
func (s *Subject) others(agree []string) (out []string) {
	for _, a := range agree {
		if a != s.Addr && len(out) < 5 {
			out = append(out, a)
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, p := range s.Siblings {
		if p.Addr != s.Addr && len(p.Entries) > 0 && len(out) < 5 {
			out = append(out, p.Addr)
		}
	}
	return out
}
