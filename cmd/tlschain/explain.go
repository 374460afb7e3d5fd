package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/rules"
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
			switch c.NArg() {
			case 0:
				return p.listRules(lang)
			case 1:
				return p.explainRule(c.Args().First(), lang)
			}
			return usagef("explain takes one rule at a time").hintf("tlschain explain %s", c.Args().First())
		},
	}
}

func (p *process) listRules(lang string) error {
	var b strings.Builder
	b.WriteString("Severity is the usual one; what breaks a client counts by that client.\n")
	for _, class := range []rules.Class{rules.ClassPresentation, rules.ClassCertificate, rules.ClassClient, rules.ClassComparison} {
		fmt.Fprintf(&b, "\n%s: %s\n", class, classText(class))
		for _, r := range rules.All() {
			if r.Class == class {
				writeColumns(&b, fmt.Sprintf("%-8s %s", r.Severity, r.ID), r.Text(lang).Title, 38)
			}
		}
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

func classText(c rules.Class) string {
	switch c {
	case rules.ClassPresentation:
		return "what the server sends, in which order"
	case rules.ClassCertificate:
		return "what a certificate says"
	case rules.ClassClient:
		return "what clients make of it"
	case rules.ClassComparison:
		return "between addresses, handshakes, and what was expected"
	}
	return ""
}

func (p *process) explainRule(id, lang string) error {
	r := rules.Lookup(id)
	if r == nil {
		return unknownRule(id)
	}
	text, heading := r.Text(lang), headings(lang)
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.ID, text.Title)
	fmt.Fprintf(&b, "%s, %s rule, since %s\n", r.Severity, r.Class, r.Since)
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

type ruleHeadings struct{ why, fix, references string }

func headings(lang string) ruleHeadings {
	if lang == japanese {
		return ruleHeadings{"なぜ問題か", "直し方", "参考"}
	}
	return ruleHeadings{"Why it matters", "How to fix it", "References"}
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
			b.WriteString(wrap(line, helpWidth, "  ") + "\n")
		}
	}
}

func unknownRule(id string) error {
	var ids []string
	for _, r := range rules.All() {
		ids = append(ids, r.ID)
	}
	err := usagef("there is no rule %q", id)
	if near := tlschain.Nearest(id, ids); near != "" {
		return err.hintf("did you mean %s explain %s?", name, near)
	}
	return err.hintf("%s explain lists them", name)
}
