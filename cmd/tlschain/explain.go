package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/commandline"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/nearest"
)

func (p *process) explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "say what a rule means, why it matters and how to fix it",
		ArgsUsage: "[RULE]",
		Description: `Without RULE: the list of all rules.

  tlschain explain
  tlschain explain missing-intermediate`,
		Flags: []cli.Flag{langFlag("")},
		Action: func(c *cli.Context) error {
			lang, err := p.lang(c)
			if err != nil {
				return err
			}
			if c.NArg() == 0 {
				return p.listRules(lang)
			}
			return p.explainRule(c.Args().First(), lang)
		},
	}
}

func (p *process) listRules(lang string) error {
	var b strings.Builder
	h := headings(lang)
	b.WriteString(h.usual + "\n")
	for _, class := range []rules.Class{rules.ClassPresentation, rules.ClassCertificate, rules.ClassClient, rules.ClassComparison} {
		fmt.Fprintf(&b, "\n%s: %s\n", class, h.classes[class])
		for _, r := range rules.All() {
			if r.Class == class {
				commandline.WriteColumns(&b, fmt.Sprintf("%-8s %s", r.Severity, r.ID), r.Text(lang).Title, 38)
			}
		}
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

func (p *process) explainRule(id, lang string) error {
	r := rules.Lookup(id)
	if r == nil {
		return unknownRule(id)
	}
	text, heading := r.Text(lang), headings(lang)
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.ID, text.Title)
	fmt.Fprintf(&b, heading.about+"\n", r.Severity, r.Class, r.Since)
	section(&b, heading.why, text.Why)
	section(&b, heading.fix, text.Fix)
	if len(r.Refs) > 0 {
		fmt.Fprintf(&b, "\n%s\n", heading.references)
		for _, ref := range r.Refs {
			fmt.Fprintf(&b, "  %s\n", ref)
		}
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

// ruleHeadings are the words around the rules' texts, in one language.
type ruleHeadings struct {
	why, fix, references string
	about                string // severity, class and release
	usual                string // about the severities of the list
	classes              map[rules.Class]string
}

func headings(lang string) ruleHeadings {
	if lang == japanese {
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

// section writes a heading and its text, a paragraph a line: lines that are
// indented (commands, configuration) stay as they are.
func section(b *strings.Builder, heading, text string) {
	fmt.Fprintf(b, "\n%s\n", heading)
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		switch {
		case strings.TrimSpace(line) == "":
			b.WriteString("\n")
		case line[0] == ' ' || line[0] == '\t':
			b.WriteString("  " + strings.ReplaceAll(line, "\t", "    ") + "\n")
		default:
			b.WriteString(commandline.Wrap(line, "  ") + "\n")
		}
	}
}

func unknownRule(id string) error {
	var ids []string
	for _, r := range rules.All() {
		ids = append(ids, r.ID)
	}
	err := usagef("there is no rule %q", id)
	if near := nearest.Word(id, ids); near != "" {
		return err.hintf("did you mean %s explain %s?", name, near)
	}
	return err.hintf("%s explain lists them", name)
}
