package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
)

var expiresSoon = Rule{
	ID: "expires-soon", Class: ClassCertificate, Severity: Warning, Since: "0.1",
	Title: "The server's certificate is about to expire",
	Why: "Less than a third of its lifetime is left, and at most fourteen days: automatic renewal would have happened by now. " +
		"Certificates of six days are normal, so the warning follows the lifetime and not a fixed number of days. " +
		"A policy may say otherwise: expires_soon: {days: 21, fraction: 0.25}.",
	Fix:  "Renew it. If renewal is automatic, look at its log: it has probably been failing for some time.",
	Refs: []string{"RFC 5280 section 4.1.2.5"},
	Japanese: Text{
		Title: "サーバー証明書の期限が近い",
		Why: "残りが有効期間の 3 分の 1 未満で、かつ 14 日以内です。自動更新ならすでに終わっているはずです。" +
			"数日しか有効でない証明書もあるため、固定の日数ではなく有効期間から判断します。" +
			"ポリシーで変更できます: expires_soon: {days: 21, fraction: 0.25}",
		Fix: "更新してください。自動更新の場合は、しばらく失敗し続けている可能性が高いので、記録を確認します。",
		Says: map[string]string{
			"The certificate expires on %s.":  "証明書の有効期限は %[1]s です。",
			"Renew it and reload the server.": "更新して、サーバーを再読み込みしてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if f := DefaultExpiry.find(s.leaf(), s.Chain.Leaf, s.At); f != nil {
			report(*f)
		}
	},
}

// An Expiry says from when on a leaf expires soon: when less than Fraction of
// its lifetime is left, and at most Days.
type Expiry struct {
	Days     int
	Fraction float64
}

// DefaultExpiry is what counts where no policy says otherwise.
var DefaultExpiry = Expiry{Days: 14, Fraction: 1.0 / 3}

// find gives what there is to say of a leaf, which may be nil, at its position.
func (e Expiry) find(c *cert.Certificate, position int, at time.Time) *Finding {
	if c == nil || !c.ValidAt(at) {
		return nil
	}
	left, lifetime := c.NotAfter.Sub(at), c.NotAfter.Sub(c.NotBefore)
	if left.Seconds() >= lifetime.Seconds()*e.Fraction || left > time.Duration(e.Days)*24*time.Hour {
		return nil
	}
	return &Finding{
		Positions: []int{position},
		// Not how many days that is: audits keep what was said, and a saved
		// report is read on another day.
		Message: fmt.Sprintf("The certificate expires on %s.", date(c.NotAfter)),
		Fix:     "Renew it and reload the server.",
	}
}

// SetExpiry asks again whether the leaf, and those that other handshakes showed,
// expire soon: by other limits than [DefaultExpiry].
func (v *Verdict) SetExpiry(e Expiry) {
	findings := slices.DeleteFunc(slices.Clone(v.Findings), func(f Finding) bool { return f.Rule == expiresSoon.ID })
	for _, seen := range append([]*Verdict{v}, v.Others...) {
		f := e.find(seen.leaf(), seen.Leaf, v.At)
		if f == nil {
			continue
		}
		f.Rule, f.rule, f.Severity = expiresSoon.ID, &expiresSoon, expiresSoon.Severity
		if seen != v {
			f.name(seen.Variant)
		}
		findings = append(findings, *f)
	}
	v.Findings = findings
	v.sort()
}

func (v *Verdict) leaf() *cert.Certificate {
	if v.Leaf < 0 || v.Leaf >= len(v.Entries) {
		return nil
	}
	return v.Entries[v.Leaf].Cert
}
