package rules

import (
	"fmt"
	"time"
)

var notYetValid = Rule{
	ID: "not-yet-valid", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "A certificate of the path is not valid yet",
	Why:   "Clients refuse a certificate before its first day as they do after its last. A leaf installed within the hour of its issuance also fails on clients whose clock is slow.",
	Fix:   "Wait, or take a certificate that is valid now. If the date looks right, check the clock of the machine that issued it.",
	Refs:  []string{"RFC 5280 section 4.1.2.5"},
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
