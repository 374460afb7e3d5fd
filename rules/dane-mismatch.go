package rules

import (
	"fmt"
	"strings"

	"github.com/tlschain/tlschain/scanner/tlsa"
)

var daneMismatch = Rule{
	ID: "dane-mismatch", Class: ClassComparison, Severity: Error, Since: "1.0", Beyond: true,
	Title: "No TLSA record names a certificate that is sent",
	Why: "Whoever goes by DANE takes the certificates that DNS names and no others: mail servers keep the mail in their queue until it " +
		"comes back, days later. It happens at a renewal with a new key, or when the CA changes its intermediate under a record of the " +
		"kind 2 1 1. Records for certificates to come stand beside those in use, so one that fits is enough.",
	Fix: "Publish a record for the certificate that is served beside the old ones, wait for their time to live, and take the old ones out " +
		"then. Keep the key at renewals (certbot `--reuse-key`), or publish the next key's record before it is used. Two records, `3 1 1` " +
		"for the key in use and one for the next, or `3 1 1` and `2 1 1`, survive a change.",
	Refs: []string{"RFC 7671 section 8", "RFC 7672 section 2.2", "RFC 6698 section 2.1"},
	Japanese: Text{
		Title: "送られた証明書を指す TLSA レコードがない",
		Why: "DANE に従う相手は、DNS が指す証明書だけを受け入れます。メールサーバーはメールをキューに留め、数日後に差出人に返します。新しい鍵での更新や、" +
			"2 1 1 のレコードのまま CA が中間 CA 証明書を変えたときに起こります。次の証明書のレコードは現在のものと並べて置くものなので、1 つでも合えば十分です。",
		Fix: "提示している証明書のレコードを古いものと並べて公開し、TTL を待ってから古いものを削除してください。更新時に鍵を保つか (certbot の " +
			"`--reuse-key`)、次の鍵のレコードを使用前に公開します。使用中の鍵と次の鍵の `3 1 1`、または `3 1 1` と `2 1 1` の 2 つを置くと、変更時も途切れません。",
		Says: map[string]string{
			"The TLSA record names no certificate that is sent.":                      "TLSA レコードは、送られたどの証明書も指していません。",
			"None of the %d TLSA records names a certificate that is sent.":           "%[1]s 件の TLSA レコードのどれも、送られた証明書を指していません。",
			"None of the %d TLSA records is of a kind that clients can use.":          "%[1]s 件の TLSA レコードは、どれも使えない種類です。",
			"The TLSA record is of a kind that clients cannot use.":                   "TLSA レコードは使えない種類です。",
			"A TLSA record names a certificate that is sent, which leads to no root.": "TLSA レコードの指す証明書は送られていますが、ルートに届きません。",
			"Publish this: %s.":         "次を公開してください: %[1]s。",
			"Publish one of these: %s.": "次のどれかを公開してください: %[1]s。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		counts := make(map[DANEState]int)
		all := s.daneMatches()
		for _, m := range all {
			counts[m.State]++
		}
		if len(all) == 0 || len(s.Entries) == 0 || counts[DANEMatches]+counts[DANENotSent] > 0 {
			return
		}
		f := Finding{Fix: s.publish()}
		switch n := len(all); {
		case counts[DANEUntrusted] > 0:
			f.Message = "A TLSA record names a certificate that is sent, which leads to no root."
		case counts[DANEUnusable] == n && n == 1:
			f.Severity, f.Message = Warning, "The TLSA record is of a kind that clients cannot use."
		case counts[DANEUnusable] == n:
			f.Severity, f.Message = Warning, fmt.Sprintf("None of the %d TLSA records is of a kind that clients can use.", n)
		case n == 1:
			f.Message = "The TLSA record names no certificate that is sent."
		default:
			f.Message = fmt.Sprintf("None of the %d TLSA records names a certificate that is sent.", n)
		}
		if !s.DANE.Authenticated {
			f.Severity = Warning // nobody goes by it, yet
		}
		report(f)
	},
}

// publish says which records would be right.
func (s *Subject) publish() string {
	var texts []string
	for _, r := range s.daneFitting() {
		texts = append(texts, fmt.Sprintf("%s IN TLSA %s", daneOwner(s.DANE), r))
	}
	switch len(texts) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("Publish this: %s.", texts[0])
	}
	return fmt.Sprintf("Publish one of these: %s.", strings.Join(texts, ", "))
}

// daneOwner is the name of the records, without its last dot: what follows it is
// no end of a sentence.
func daneOwner(a *tlsa.Answer) string { return fmt.Sprintf("%q", a.Name) }
