package rules

import (
	"fmt"
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

var staleCrossRoot = Rule{
	ID: "stale-cross-root", Class: ClassPresentation, Severity: Warning, Since: "0.1",
	Title: "An expired cross-certificate is still sent",
	Why: "It leads nobody to an anchor any more, but clients that try what the server sends first still walk into it and stop: OpenSSL " +
		"up to 1.0.2 and others did, on 30 May 2020 (AddTrust) and on 30 September 2021 (DST Root CA X3). Monitors that look at the " +
		"earliest date of the list raise false alarms because of it.",
	Fix:    "Delete it from the chain file. If old clients depended on it, look for a newer cross-certificate of the same key.",
	Refs:   []string{"RFC 4158", "RFC 5280 section 6.1.3"},
	Remark: RemarkExpired,
	Japanese: Text{
		Title: "期限切れのクロスルート証明書が送られ続けている",
		Why: "もうどのルートにもつながりませんが、送られたものを先に試すクライアントはそこで止まります。OpenSSL 1.0.2 " +
			"以前などで、2020 年 5 月 30 日 (AddTrust) と 2021 年 9 月 30 日 (DST Root CA X3) に実際に起こりました。" +
			"最も早い期限を見る監視では誤報の原因になります。",
		Fix: "チェーンファイルから削除してください。古い端末に必要な場合は、" +
			"同じ鍵に対する新しいクロスルート証明書を探します。",
		Says: map[string]string{
			"The cross-certificate %s expired on %s.": "クロスルート証明書 (%[1]s) の有効期限は %[2]s に切れました。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, i := range s.with(chain.Cross) {
			c := s.Entries[i].Cert
			if !s.At.After(c.NotAfter) {
				continue
			}
			broken := s.newlyAccepting(s.without(i))
			for _, v := range s.Clients {
				if !v.Accepted && v.Cause == client.Expired && goesThrough(v, c) && !slices.Contains(broken, v.Client) {
					broken = append(broken, v.Client)
				}
			}
			report(Finding{
				Severity: max(Warning, s.severityFor(broken)), Positions: []int{i}, Clients: broken,
				Message: fmt.Sprintf("The cross-certificate %s expired on %s.", s.at(i), date(c.NotAfter)),
				Fix:     s.leaveOut(i),
			})
		}
	},
}

func goesThrough(v client.Verdict, c *cert.Certificate) bool {
	return slices.ContainsFunc(v.Path, func(p *cert.Certificate) bool { return p.SHA256 == c.SHA256 })
}
