package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/client"
)

var overlongLeaf = Rule{
	ID: "overlong-leaf", Class: ClassCertificate, Severity: Info, Since: "0.2",
	Title: "The server's certificate was issued for longer than public CAs may",
	Why: "" +
		"The Baseline Requirements bound how long a certificate under a public root may be valid, by the day of issue: 825 days " +
		"from 2018-03-01, 398 from 2020-09-01, 200 from 2026-03-15, 100 from 2027-03-15 and 47 from 2029-03-15. Both ends " +
		"count, so that a certificate of exactly 200 days with one second more is too long. Chrome and Apple's " +
		"systems refuse such certificates by the first two bounds, but for roots that users or companies have added. The " +
		"CA has to revoke a certificate that breaks it, usually within five days. Private CAs are not bound by it, and most " +
		"other clients do not look.",
	Fix: "Have the certificate issued again for a shorter time, before the CA revokes it. With lifetimes this short, renewal has to be " +
		"automatic: " +
		"ACME, which most CAs offer.",
	Refs: []string{
		"CA/Browser Forum: Baseline Requirements for TLS Server Certificates, section 6.3.2",
		"Chromium: HasTooLongValidity in net/cert/cert_verify_proc.cc; Apple: support.apple.com/102028 and 103769",
		"CA/Browser Forum ballots 193 (825 days), SC31 (398) and SC-081v3 (200, 100, 47)",
	},
	Japanese: Text{
		Title: "サーバー証明書の有効期間が、公的な CA に許される長さを超えている",
		Why: "Baseline Requirements は、公的なルートの下の証明書の有効期間を発行日ごとに制限しています。2018-03-01 からは 825 日、" +
			"2020-09-01 からは 398 日、2026-03-15 からは 200 日、2027-03-15 からは 100 日、2029-03-15 からは 47 日です。開始と終了の両端を含めて数えるため、" +
			"200 日より 1 秒でも長ければ超過です。Chrome と Apple のシステムは初めの 2 つの制限を超える証明書を拒否し (利用者や会社が追加したルートを除く)、CA は違反した証明書を通常 5 日以内に失効させなければなりません。" +
			"社内などの CA には適用されません。",
		Fix: "CA に失効される前に、より短い有効期間で発行し直してください。有効期間がここまで短いと更新の自動化が必要です。多くの CA が ACME に対応しています。",
		Says: map[string]string{
			"The certificate was issued on %s for %d days; from %s on, public CAs may issue for %d.": "" +
				"証明書は %[1]s に %[2]s 日間の有効期間で発行されました。%[3]s 以降、公的な CA に許されるのは %[4]s 日までです。",
			"For that it is refused by %s.":             "そのため %[1]s は拒否します。",
			"Have it issued again for at most %d days.": "有効期間を %[1]s 日以内にして発行し直してください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		c := s.leaf()
		if c == nil {
			return
		}
		bound, ok := boundOf(c.NotBefore)
		lifetime := c.NotAfter.Sub(c.NotBefore) + time.Second // both ends count (section 6.3.2)
		if !ok || lifetime <= time.Duration(bound.days)*day {
			return
		}
		refusing := s.refusingLifetime()
		if len(refusing) == 0 && !s.underPublicRoot() {
			return
		}
		f := Finding{
			Positions: []int{s.Chain.Leaf},
			// A day that has begun counts: what is one second too long is not "200 days".
			Message: fmt.Sprintf("The certificate was issued on %s for %d days; from %s on, public CAs may issue for %d.",
				c.NotBefore.UTC().Format(time.DateOnly), (lifetime+day-1)/day, bound.from.Format(time.DateOnly), bound.days),
			Fix: fmt.Sprintf("Have it issued again for at most %d days.", lifetimeBounds[latestBound(s.At)].days),
		}
		if len(refusing) > 0 {
			f.Clients, f.Severity = refusing, s.severityFor(refusing)
			f.Message += fmt.Sprintf(" For that it is refused by %s.", some(refusing))
		}
		report(f)
	},
}

// refusingLifetime gives the clients that refuse the leaf because it is valid
// for too long.
func (s *Subject) refusingLifetime() (clients []string) {
	for _, v := range s.Clients {
		if !v.Accepted && v.Problem.Code == client.CodeValidTooLong {
			clients = append(clients, v.Client)
		}
	}
	return clients
}

const day = 24 * time.Hour

// A lifetimeBound is how long what is issued from a day on may be valid.
type lifetimeBound struct {
	from time.Time
	days int
}

// lifetimeBounds are those of the Baseline Requirements, oldest first. Before
// the first they counted months, and all of that has long expired.
var lifetimeBounds = []lifetimeBound{
	{time.Date(2018, 3, 1, 0, 0, 0, 0, time.UTC), 825},
	{time.Date(2020, 9, 1, 0, 0, 0, 0, time.UTC), 398},
	{time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC), 200},
	{time.Date(2027, 3, 15, 0, 0, 0, 0, time.UTC), 100},
	{time.Date(2029, 3, 15, 0, 0, 0, 0, time.UTC), 47},
}

// latestBound is the place of the bound that holds for what is issued at a
// moment; before the first, of the first.
func latestBound(at time.Time) int {
	i := slices.IndexFunc(lifetimeBounds, func(b lifetimeBound) bool { return b.from.After(at) })
	if i < 0 {
		i = len(lifetimeBounds)
	}
	return max(i-1, 0)
}

// boundOf gives the bound for what is issued at a moment, if there was one.
func boundOf(issued time.Time) (lifetimeBound, bool) {
	b := lifetimeBounds[latestBound(issued)]
	return b, !b.from.After(issued)
}

// underPublicRoot reports whether some client accepts the chain by an anchor
// that the catalogue has: what a company adds to its machines is not bound.
func (s *Subject) underPublicRoot() bool {
	return slices.ContainsFunc(s.anchors(), s.Judge.inCatalog)
}

// anchors gives where the accepted paths end, each once.
func (s *Subject) anchors() (all []*cert.Certificate) {
	for _, v := range s.Clients {
		if !v.Accepted || len(v.Path) < 2 {
			continue
		}
		a := v.Path[len(v.Path)-1]
		if !slices.ContainsFunc(all, func(c *cert.Certificate) bool { return c.SHA256 == a.SHA256 }) {
			all = append(all, a)
		}
	}
	return all
}

// inCatalog reports whether a certificate is among those that come with the
// program, and not just the user's.
func (j *Judge) inCatalog(c *cert.Certificate) bool {
	return slices.ContainsFunc(j.Known, func(source Source) bool {
		same := func(k *cert.Certificate) bool { return k.SHA256 == c.SHA256 }
		return source.Name == "catalog" && slices.ContainsFunc(source.Set.BySPKI(c.Key.SPKI), same)
	})
}
