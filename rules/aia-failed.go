package rules

import "fmt"

var aiaFailed = Rule{
	ID: "aia-failed", Class: ClassClient, Severity: Info, Since: "0.1",
	Title: "The issuer could not be fetched from the URL in the certificate",
	Why: "Certificates may name a URL of their issuer's certificate (authority information access). Chrome, Windows and Apple's clients fetch it to complete a chain. " +
		"Where it fails, those clients fail too, and this program could not look further.",
	Fix:  "Send the whole chain, then nobody needs the URL. A CA of your own should keep the URL alive, as plain http with a DER certificate or a PKCS #7 bundle behind it.",
	Refs: []string{"RFC 5280 section 4.2.2.1"},
	Check: func(s *Subject, report func(Finding)) {
		for _, f := range s.AIA {
			report(Finding{
				Message: fmt.Sprintf("Fetching %s failed: %s.", f.URL, f.Message),
				Fix:     "Send the missing intermediates, or fix the URL.",
			})
		}
	},
}
