package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/client"
)

var distrustedRoot = Rule{
	ID: "distrusted-root", Class: ClassClient, Severity: Info, Since: "0.2",
	Title: "A client no longer trusts this root for new certificates",
	Why: "Browsers take a root out in two steps: first they stop trusting what it issues from a day on, and only later the root itself. " +
		"Certificates from before that day go on working, so the root still looks trusted in every list. Chrome goes by the dates in " +
		"certificate transparency (SCTs), Firefox and Java by the day on which the certificate became valid. The chain is whole, and " +
		"no intermediate or cross-certificate of the same root helps.",
	Fix: "Ask the CA for a certificate under one of its newer roots. Where the client named here does not matter to you, nothing is to be " +
		"done: " +
		"all others accept as before.",
	Refs: []string{
		"Chrome Root Program Policy: constraints in the Chrome Root Store (SCTNotAfter)",
		"Mozilla: CKA_NSS_SERVER_DISTRUST_AFTER", "OpenJDK: jdk.security.caDistrustPolicies",
	},
	Japanese: Text{
		Title: "このルートが新しく発行した証明書を信頼しないクライアントがある",
		Why: "ブラウザーがルートを外すときは、まずある日以降の発行分を信頼しなくなり、ルート自体は後で削除します。" +
			"それ以前の証明書は動き続けるため、一覧ではまだ信頼されているように見えます。Chrome は SCT の日付で、" +
			"Firefox と Java は証明書の有効期間の開始日で判断します。チェーンは完全であり、同じルートの中間 CA 証明書や" +
			"クロス証明書を送っても解決しません。",
		Fix: "CA に、新しいルートの下で発行するよう依頼してください。示されたクライアントが重要でなければ、対応は不要です。",
		Says: map[string]string{
			"%s ends at %q, and %s does not take that: it %s.": "%[1]s の経路は %[2]s で終わり、%[3]s は受け付けません: %[4]s。",
			"Ask the CA of %q for a certificate under a root that %s still trusts for new ones.": "%[1]s の CA に、%[2]s " +
				"が引き続き信頼するルートの下で発行するよう依頼してください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		type cause struct {
			root   cert.Hash
			reason string
		}
		var order []cause
		by := make(map[cause][]client.Verdict)
		for _, v := range s.Clients {
			if v.Accepted || v.Cause != client.Distrusted || v.Problem.At.Cert == nil || v.Problem.Code == client.CodeValidTooLong {
				continue
			}
			c := cause{v.Problem.At.Cert.SHA256, v.Reason}
			if by[c] == nil {
				order = append(order, c)
			}
			by[c] = append(by[c], v)
		}
		for _, c := range order {
			root := by[c][0].Problem.At.Cert
			f := Finding{}
			for _, v := range by[c] {
				f.Clients = append(f.Clients, v.Client)
			}
			f.Severity = s.severityFor(f.Clients)
			f.Message = fmt.Sprintf("%s ends at %q, and %s does not take that: it %s.",
				capital(s.at(s.Chain.Leaf)), title(root), some(f.Clients), c.reason)
			if f.Fix, f.Missing = s.adviceFor(*by[c][0].Problem, f.Clients); len(f.Missing) == 0 {
				f.Fix = fmt.Sprintf("Ask the CA of %q for a certificate under a root that %s still trusts for new ones.",
					title(s.leaf()), some(f.Clients))
			}
			if s.Chain.Leaf >= 0 {
				f.Positions = []int{s.Chain.Leaf}
			}
			report(f)
		}
	},
}
