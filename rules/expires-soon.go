package rules

import (
	"fmt"
	"time"
)

var expiresSoon = Rule{
	ID: "expires-soon", Class: ClassCertificate, Severity: Warning, Since: "0.1",
	Title: "The server's certificate is about to expire",
	Why: "Less than a third of its lifetime is left, and at most fourteen days: automatic renewal would have happened by now. " +
		"Certificates of six days are normal, so the warning follows the lifetime and not a fixed number of days.",
	Fix:  "Renew it. If renewal is automatic, look at its log: it has probably been failing for some time.",
	Refs: []string{"RFC 5280 section 4.1.2.5"},
	Japanese: Text{
		Title: "サーバー証明書の期限が近い",
		Why: "残りが有効期間の 3 分の 1 未満で、かつ 14 日以内です。自動更新ならすでに終わっているはずです。" +
			"数日しか有効でない証明書もあるため、固定の日数ではなく有効期間から判断します。",
		Fix: "更新してください。自動更新の場合は、しばらく失敗し続けている可能性が高いので、記録を確認します。",
		Says: map[string]string{
			"The certificate expires on %s.":  "証明書の有効期限は %[1]s です。",
			"Renew it and reload the server.": "更新して、サーバーを再読み込みしてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		c := s.leaf()
		if c == nil || !c.ValidAt(s.At) {
			return
		}
		left := c.NotAfter.Sub(s.At)
		if left*3 < c.NotAfter.Sub(c.NotBefore) && left <= 14*24*time.Hour {
			report(Finding{
				Positions: []int{s.Chain.Leaf},
				// Not how many days that is: audits keep what was said, and a saved
				// report is read on another day.
				Message: fmt.Sprintf("The certificate expires on %s.", date(c.NotAfter)),
				Fix:     "Renew it and reload the server.",
			})
		}
	},
}
