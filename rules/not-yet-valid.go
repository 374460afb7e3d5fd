package rules

import (
	"fmt"
	"time"

	"github.com/tlschain/tlschain/rules/client"
)

var notYetValid = Rule{
	ID: "not-yet-valid", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "A certificate of the path is not valid yet",
	Why: "Clients refuse a certificate before its first day as they do after its last. A leaf installed within the hour of its " +
		"issuance also fails on clients whose clock is slow.",
	Fix:      "Wait, or take a certificate that is valid now. If the date looks right, check the clock of the machine that issued it.",
	Refs:     []string{"RFC 5280 section 4.1.2.5"},
	Remark:   RemarkNotYet,
	Explains: []client.Cause{client.Expired},
	Japanese: Text{
		Title: "証明書の有効期間がまだ始まっていない",
		Why:   "開始日前の証明書も、期限切れと同様に拒否されます。発行直後に設置した場合、時計の遅れた端末でも失敗します。",
		Fix:   "開始を待つか、現在有効な証明書を使ってください。日付が正しく見える場合は、発行した機器の時計を確認します。",
		Says: map[string]string{
			"%s is valid only from %s.":            "%[1]s の有効期間は %[2]s からです。",
			"Replace it by one that is valid now.": "現在有効な証明書に置き換えてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, step := range s.presented() {
			if s.At.Before(step.Cert.NotBefore) {
				report(Finding{
					Positions: []int{step.Position},
					Message:   fmt.Sprintf("%s is valid only from %s.", capital(s.at(step.Position)), date(step.Cert.NotBefore)),
					Fix:       "Replace it by one that is valid now.",
				})
			}
		}
	},
}

func date(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
