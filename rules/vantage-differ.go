package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A Vantage is what the same name presented where somebody else looked at it,
// such as from another network zone.
type Vantage struct {
	From   string        // who looked
	Seen   time.Time     // when
	Chains [][]cert.Hash // SHA-256s as sent, one list for each address that answered
}

var vantageDiffer = Rule{
	ID: "vantage-differ", Class: ClassComparison, Severity: Warning, Since: "1.0",
	Title: "Another network is shown another chain",
	Why: "From another network zone the same name presents a different list of certificates. Either the name leads to different servers " +
		"(split DNS, a content delivery network), of which one was left behind at the last change, or something between opens the " +
		"connection and presents a certificate of its own. Who tests from one side only never sees it.",
	Fix: "Look up the name in both networks. Where servers differ, install the same certificate and chain on both, or compare them no " +
		"longer if they are meant to differ. Where it is the same server, find the proxy or firewall between.",
	Refs: []string{"RFC 8446 section 4.4.2"},
	Japanese: Text{
		Title: "別のネットワークでは異なるチェーンが返る",
		Why: "同じ名前が、別のネットワークゾーンからは異なる証明書を返しています。名前が別のサーバーにつながっていて (スプリット DNS、CDN) " +
			"一方だけ更新が漏れているか、途中の機器が接続を開いて独自の証明書を返しています。片側からの試験では見つかりません。",
		Fix: "両方のネットワークで名前を引いてください。サーバーが違う場合は両方に同じ証明書とチェーンを設置し、意図した違いであれば比較をやめます。" +
			"同じサーバーであれば、間にあるプロキシーやファイアウォールを調べてください。",
		Says: map[string]string{
			"%s was shown another leaf on %s, with SHA-256 %s.":                        "%[1]s には %[2]s に別のサーバー証明書 (SHA-256 %[3]s) が返りました。",
			"%s was shown the same leaf on %s with other certificates after it.":       "%[1]s には %[2]s に同じサーバー証明書の後に別の証明書が続いて返りました。",
			"Find out why the two differ, and install the right certificates on both.": "違いの理由を調べ、両方に正しい証明書を設置してください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		c := s.leaf()
		if c == nil {
			return
		}
		for _, v := range s.Elsewhere {
			if c.NotBefore.After(v.Seen) || len(v.Chains) == 0 {
				continue // this leaf is newer than that look
			}
			if slices.ContainsFunc(v.Chains, s.presents) {
				continue
			}
			message := fmt.Sprintf("%s was shown another leaf on %s, with SHA-256 %s.", v.From, date(v.Seen), v.Chains[0][0])
			if slices.ContainsFunc(v.Chains, func(hashes []cert.Hash) bool { return hashes[0] == s.Entries[0].SHA256 }) {
				message = fmt.Sprintf("%s was shown the same leaf on %s with other certificates after it.", v.From, date(v.Seen))
			}
			report(Finding{Message: message, Fix: "Find out why the two differ, and install the right certificates on both."})
		}
	},
}

// presents reports whether the list of certificates is that of the hashes.
func (s *Subject) presents(hashes []cert.Hash) bool {
	return slices.EqualFunc(hashes, s.Entries, func(h cert.Hash, e chain.Entry) bool { return h == e.SHA256 })
}
