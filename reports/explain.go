package reports

import (
	"fmt"
	"io"

	"github.com/tlschain/tlschain/rules"
)

// ListRules writes all rules, by class, in a language.
func ListRules(w io.Writer, lang string) error {
	var p Page
	h := ruleHeadingsFor(lang)
	p.WriteString(h.usual + "\n")
	for _, class := range []rules.Class{rules.ClassPresentation, rules.ClassCertificate, rules.ClassClient, rules.ClassComparison} {
		fmt.Fprintf(&p, "\n%s: %s\n", class, h.classes[class])
		for _, r := range rules.All() {
			if r.Class == class {
				p.Term(fmt.Sprintf("%-8s %s", r.Severity, r.ID), r.Text(lang).Title, 38)
			}
		}
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// ExplainRule writes what a rule means, why it matters and how to fix what it
// finds, in a language.
func ExplainRule(w io.Writer, r *rules.Rule, lang string) error {
	text, heading := r.Text(lang), ruleHeadingsFor(lang)
	var p Page
	fmt.Fprintf(&p, "%s: %s\n", r.ID, text.Title)
	fmt.Fprintf(&p, heading.about+"\n", r.Severity, r.Class, r.Since)
	p.section(heading.why, text.Why)
	p.section(heading.fix, text.Fix)
	if len(r.Refs) > 0 {
		fmt.Fprintf(&p, "\n%s\n", heading.references)
		for _, ref := range r.Refs {
			fmt.Fprintf(&p, "  %s\n", ref)
		}
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// ruleHeadings are the words around the rules' texts, in one language.
type ruleHeadings struct {
	why, fix, references string
	about                string // severity, class and release
	usual                string // about the severities of the list
	classes              map[rules.Class]string
}

func ruleHeadingsFor(lang string) ruleHeadings {
	if labelsFor(lang).lang == "ja" {
		return ruleHeadings{
			why: "なぜ問題か", fix: "直し方", references: "参考",
			about: "%[1]s、種別 %[2]s、バージョン %[3]s から",
			usual: "重大度は通常のものです。クライアントに影響する指摘は、そのクライアントにより変わります。",
			classes: map[rules.Class]string{
				rules.ClassPresentation: "サーバーが何をどの順に送るか",
				rules.ClassCertificate:  "証明書の内容",
				rules.ClassClient:       "クライアントの判定",
				rules.ClassComparison:   "アドレス間、ハンドシェイク間、期待との違い",
			},
		}
	}
	return ruleHeadings{
		why: "Why it matters", fix: "How to fix it", references: "References",
		about: "%s, %s rule, since %s",
		usual: "Severity is the usual one; what breaks a client counts by that client.",
		classes: map[rules.Class]string{
			rules.ClassPresentation: "what the server sends, in which order",
			rules.ClassCertificate:  "what a certificate says",
			rules.ClassClient:       "what clients make of it",
			rules.ClassComparison:   "between addresses, handshakes, and what was expected",
		},
	}
}
