package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/chain"
)

var intermediateExpiresFirst = Rule{
	ID: "intermediate-expires-first", Class: ClassCertificate, Severity: Warning, Since: "0.1",
	Title: "An intermediate expires before the server's certificate",
	Why: "On the intermediate's last day the site breaks, with a certificate that looks good for months to come. Expiry monitors that " +
		"watch only the leaf say nothing.",
	Fix: "Install the CA's newer certificate for the same key before that day, or have the server's certificate reissued under the " +
		"current intermediate.",
	Refs: []string{"RFC 5280 section 6.1.3"},
	Japanese: Text{
		Title: "中間 CA 証明書がサーバー証明書より先に切れる",
		Why:   "中間 CA 証明書の期限の日にサイトが使えなくなります。サーバー証明書だけを見る監視では気づけません。",
		Fix: "その日までに同じ鍵に対する新しい証明書を設置するか、現行の中間 CA " +
			"からサーバー証明書を再発行してもらってください。",
		Says: map[string]string{
			"%s expires on %s, before the server's certificate (%s).": "%[1]s の有効期限は %[2]s で、サーバー証明書 (%[3]s) より先に切れます。",
			"Replace the intermediate before that day.":               "その日までに中間 CA 証明書を置き換えてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		leaf := s.leaf()
		if leaf == nil || s.At.After(leaf.NotAfter) {
			return
		}
		for _, step := range s.presented() {
			c := step.Cert
			if s.Chain.Roles[step.Position] != chain.Intermediate || s.At.After(c.NotAfter) || !c.NotAfter.Before(leaf.NotAfter) {
				continue
			}
			if twin := s.liveTwin(step.Position); twin >= 0 && !s.Entries[twin].Cert.NotAfter.Before(leaf.NotAfter) {
				continue
			}
			report(Finding{
				Positions: []int{step.Position},
				Message: fmt.Sprintf("%s expires on %s, before the server's certificate (%s).",
					capital(s.at(step.Position)), date(c.NotAfter), date(leaf.NotAfter)),
				Fix: "Replace the intermediate before that day.",
			})
		}
	},
}
