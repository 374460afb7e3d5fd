package rules

import (
	"fmt"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/client"
)

var rootPhaseOut = Rule{
	ID: "root-phase-out", Class: ClassClient, Severity: Info, Since: "0.2",
	Title: "The next certificate under this root will be refused",
	Why: "A client has set a day after which it trusts nothing new under this root. The certificate that is served now is from before " +
		"that day and " +
		"goes on working to its end. Its usual renewal, after two thirds of its lifetime, comes after the day: the same order at the same CA " +
		"then gives a certificate that this client refuses, on the day on which it is installed, with a chain that looks the same as ever. " +
		"It is a warning from 60 days before that renewal.",
	Fix: "Before renewing, ask the CA which of its roots the next certificate will be under, and for one that the client named here goes " +
		"on trusting. " +
		"The new certificate needs a new intermediate, too: install the whole file that the CA gives. The certificate that is served now can " +
		"stay.",
	Refs: []string{
		"Chrome Root Program Policy: constraints in the Chrome Root Store (SCTNotAfter)",
		"Mozilla: CKA_NSS_SERVER_DISTRUST_AFTER", "OpenJDK: jdk.security.caDistrustPolicies",
	},
	Japanese: Text{
		Title: "このルートの下の次の証明書は拒否される",
		Why: "あるクライアントが、ある日より後にこのルートの下で発行されたものを信頼しないと決めています。現在の証明書はその日より前のものなので、" +
			"期限まで使えます。しかし通常の更新 (有効期間の 3 分の 2 が過ぎたころ) はその日より後です。同じ CA に同じ注文をすると、" +
			"チェーンは従来と同じに見えても、設置した日からこのクライアントに拒否される証明書が届きます。更新の 60 日前から警告になります。",
		Fix: "更新の前に、次の証明書がどのルートの下になるかを CA に確認し、示されたクライアントが引き続き信頼するルートの証明書を依頼してください。" +
			"中間 CA 証明書も変わるため、CA から受け取ったファイル全体を設置します。現在の証明書はそのままで構いません。",
		Says: map[string]string{
			"This certificate is fine, but %s will refuse the next one under %q: what is issued after %s is not trusted there, and the usual " +
				"renewal is on %s.": "" +
				"この証明書に問題はありませんが、%[1]s は %[2]s の下の次の証明書を拒否します。%[3]s より後に発行されたものは信頼されず、通常の更新日は %[4]s です。",
			"Ask the CA of %q for the next certificate under another root than %q.": "次の証明書は %[2]s 以外のルートの下で発行するよう、%[1]s の CA に依頼してください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		c := s.leaf()
		if c == nil || !c.ValidAt(s.At) {
			return
		}
		renewal := usualRenewal(c.NotBefore, c.NotAfter)
		for _, p := range s.phaseOuts(renewal) {
			f := Finding{
				Positions: []int{s.Chain.Leaf}, Clients: p.clients,
				Message: fmt.Sprintf("This certificate is fine, but %s will refuse the next one under %q: what is issued after %s is not trusted "+
					"there, "+
					"and the usual renewal is on %s.", some(p.clients), title(p.root),
					p.until.UTC().Format(time.DateOnly), renewal.UTC().Format(time.DateOnly)),
				Fix: fmt.Sprintf("Ask the CA of %q for the next certificate under another root than %q.", title(c), title(p.root)),
			}
			if !s.At.Before(renewal.Add(-60 * day)) {
				f.Severity = Warning
			}
			report(f)
		}
	},
}

// A phaseOut is a root whose next leaves some clients refuse.
type phaseOut struct {
	root    *cert.Certificate
	until   time.Time // last moment at which they trust what it issues
	clients []string
}

// phaseOuts gives the roots that clients accept this chain by, and would not
// accept a leaf of the renewal by.
func (s *Subject) phaseOuts(renewal time.Time) (all []*phaseOut) {
	next := renewal
	if s.At.After(next) {
		next = s.At // late: it comes at any moment
	}
	for i, v := range s.Clients {
		p := s.Judge.Profiles[i]
		if !v.Accepted || len(v.Path) < 2 || p.Conditions == nil {
			continue
		}
		root := v.Path[len(v.Path)-1]
		until := p.Conditions.Until(v.Path)
		if until.IsZero() || !next.After(until) || s.issuedLater(p, next).Accepted {
			continue
		}
		all = addPhaseOut(all, root, until, v.Client)
	}
	return all
}

// issuedLater is what a client makes of this chain if its leaf were issued at a
// moment: where a root takes no leaves of then, there may be another root for
// it, by a cross-certificate.
func (s *Subject) issuedLater(p *client.Profile, issued time.Time) client.Verdict {
	q := s.Question(s.At)
	q.Known = s.Judge.world.Known
	later := *p
	later.Conditions = p.Conditions.After(issued)
	return later.Judge(s.session, s.Entries, q)
}

// usualRenewal is when a leaf is usually replaced: after two thirds of its
// lifetime, as ACME clients do.
func usualRenewal(issued, end time.Time) time.Time { return issued.Add(end.Sub(issued) / 3 * 2) }
