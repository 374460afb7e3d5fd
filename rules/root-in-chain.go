package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/chain"
)

var rootInChain = Rule{
	ID: "root-in-chain", Class: ClassPresentation, Severity: Info, Since: "0.1",
	Title: "A self-signed root is sent",
	Why: "A client trusts a root because it has it already; one that arrives over the network proves nothing and costs a kilobyte in " +
		"every handshake. It is harmless for nearly all clients. A cross-certificate of a root's key is another matter: that one may " +
		"be needed, and this rule leaves it alone. Mail servers that publish DANE records of usage 2 may have to send their anchor " +
		"(RFC 7671 section 5.2.2).",
	Fix:    "Leave the root out of the file. Keep it if a TLSA record of usage 2 points to it.",
	Refs:   []string{"RFC 8446 section 4.4.2", "RFC 5246 section 7.4.2", "RFC 7671 section 5.2.2", "RFC 7672 section 3.1.2"},
	Remark: RemarkRootSent,
	Japanese: Text{
		Title: "自己署名のルート証明書が送られている",
		Why: "クライアントは、すでに持っているルートだけを信頼します。通信で届いたルートには意味がなく、接続のたびに 1 " +
			"キロバイトほど無駄になります。ほとんどのクライアントには無害です。" +
			"ルートの鍵に対するクロスルート証明書は別のもので、この規則の対象ではありません。DANE (用途 2) " +
			"を使うメールサーバーでは必要な場合があります (RFC 7671 5.2.2)。",
		Fix: "ファイルからルート証明書を外してください。用途 2 の TLSA レコードが指している場合は残します。",
		Says: map[string]string{
			"The root %s is sent; %s.":             "ルート (%[1]s) が送られています。%[2]s。",
			"%d roots are sent, the first %s; %s.": "%[1]s 枚のルート (最初は %[2]s) が送られています。%[3]s。",
			"no client needs it":                   "必要とするクライアントはありません",
			"no client needs them":                 "必要とするクライアントはありません",
			"%s would refuse without":              "ないと %[1]s が接続できません",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		var roots []int
		for i, e := range s.Entries {
			if s.daneNeeds(i) {
				continue
			}
			if i != s.Chain.Leaf && s.Chain.Roles[i] != chain.Duplicate && e.Cert != nil &&
				(e.Cert.IsCA || e.Cert.Version == 1) && chain.SelfSigned(s.session, e.Cert) {
				roots = append(roots, i)
			}
		}
		if len(roots) == 0 {
			return
		}
		f := Finding{
			Positions: roots, Severity: Info, Clients: s.newlyAccepting(s.without(roots...)),
			Message: fmt.Sprintf("The root %s is sent; %s.", s.at(roots[0]), s.needing(roots)),
			Fix:     s.leaveOut(roots...),
		}
		if len(roots) > 1 {
			f.Severity = Warning
			f.Message = fmt.Sprintf("%d roots are sent, the first %s; %s.", len(roots), s.at(roots[0]), s.needing(roots))
		}
		f.Severity = max(f.Severity, s.severityFor(f.Clients))
		report(f)
	},
}

// needing says who needs the roots at some positions.
func (s *Subject) needing(roots []int) string {
	switch _, lost := s.changes(s.without(roots...)); {
	case len(lost) > 0:
		return some(lost) + " would refuse without"
	case len(roots) > 1:
		return "no client needs them"
	}
	return "no client needs it"
}
