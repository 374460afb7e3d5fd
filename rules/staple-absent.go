package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/cert"
)

var stapleAbsent = Rule{
	ID: "staple-absent", Class: ClassPresentation, Severity: Warning, Since: "1.0", Beyond: true,
	Title: "The certificate demands a stapled OCSP response, and none is sent",
	Why: "The leaf has the TLS feature status_request (\"must-staple\"): its owner promised that the server staples an OCSP response to it. " +
		"Firefox and GnuTLS hold it to that and refuse the connection; the others do not ask. CAs that end their OCSP service, as " +
		"Let's Encrypt did in 2025, leave such certificates without a way to keep the promise.",
	Fix:  "Switch stapling on (nginx `ssl_stapling on`, Apache `SSLUseStapling on`), or have the certificate reissued without the feature.",
	Refs: []string{"RFC 7633 section 4.2.2", "RFC 6066 section 8"},
	Japanese: Text{
		Title: "証明書が要求する OCSP 応答が添付されていない",
		Why: "サーバー証明書に TLS 機能 status_request (must-staple) があり、OCSP 応答の添付を約束しています。Firefox と GnuTLS は約束どおりでなければ接続を拒否し、" +
			"他は確認しません。OCSP を終了した CA (2025 年の Let's Encrypt など) の証明書では、約束を守れません。",
		Fix: "添付を有効にするか (nginx は `ssl_stapling on`、Apache は `SSLUseStapling on`)、この機能のない証明書に再発行してもらってください。",
		Says: map[string]string{
			"%s demands a stapled OCSP response, and none was sent.":                    "%[1]s は OCSP 応答の添付を要求していますが、送られていません。",
			"Switch stapling on, or have the certificate reissued without the feature.": "添付を有効にするか、この機能のない証明書に再発行してもらってください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		c := s.leaf()
		if c == nil || !s.Unstapled || !c.Traits.Has(cert.MustStaple) {
			return
		}
		f := Finding{
			Positions: []int{s.Chain.Leaf},
			Message:   fmt.Sprintf("%s demands a stapled OCSP response, and none was sent.", capital(s.at(s.Chain.Leaf))),
			Fix:       "Switch stapling on, or have the certificate reissued without the feature.",
		}
		for _, v := range s.Clients {
			if !v.Accepted && v.Problem.At.Cert == c && v.Problem.Trait == cert.MustStaple {
				f.Clients = append(f.Clients, v.Client)
			}
		}
		f.Severity = max(Warning, s.severityFor(f.Clients))
		report(f)
	},
}
