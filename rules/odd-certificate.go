package rules

import (
	"fmt"
	"strings"

	"github.com/tlschain/tlschain/rules/client"
)

var oddCertificate = Rule{
	ID: "odd-certificate", Class: ClassClient, Severity: Info, Since: "0.1",
	Title: "A certificate departs from the standard in a way that some clients refuse",
	Why: "Negative serial numbers, bytes after the end, an extension that stands there twice: some clients never look, others refuse " +
		"to read such a certificate, and some then end the connection even if they did not need it.",
	Fix:      "Have the certificate issued again by a CA that keeps to RFC 5280; if no client needs it, delete it from the file.",
	Refs:     []string{"RFC 5280 section 4.1"},
	Explains: []client.Cause{client.Odd},
	Japanese: Text{
		Title: "標準から外れた証明書で、一部のクライアントが拒否する",
		Why: "負のシリアル番号、末尾の余分なデータ、重複した拡張などです。気にしないクライアントもありますが、" +
			"読むことを拒否し、不要な証明書でも接続を切るものがあります。",
		Fix: "RFC 5280 に従う CA で再発行してもらってください。どのクライアントにも不要なら、ファイルから削除します。",
		Says: map[string]string{
			"Some clients refuse to read %s.": "一部のクライアントが読むことを拒否します: %[1]s。",
			"%s (%s) and %s":                  "%[1]s (%[2]s) と %[3]s",
			"%q at position %d (%s)":          "位置 %[2]s の %[1]s (%[3]s)",
			"Have it reissued without the deviation; delete it if it is not needed.": "標準に従って再発行してもらってください。不要な場合は削除します。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		refusing := s.rejecting(client.Odd)
		if len(refusing) == 0 {
			return
		}
		f := Finding{Severity: s.severityFor(refusing), Clients: refusing}
		var what []string
		for i, e := range s.Entries {
			if e.Cert == nil || len(e.Cert.Deviations) == 0 {
				continue
			}
			f.Positions = append(f.Positions, i)
			words := make([]string, len(e.Cert.Deviations))
			for j, d := range e.Cert.Deviations {
				words[j] = string(d)
			}
			what = append(what, fmt.Sprintf("%s (%s)", s.at(i), strings.Join(words, ", ")))
		}
		if len(what) == 0 {
			return
		}
		f.Message = "Some clients refuse to read " + strings.Join(what, " and ") + "."
		f.Fix = "Have it reissued without the deviation; delete it if it is not needed."
		report(f)
	},
}
