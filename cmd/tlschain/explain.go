package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"tlschain/rules"
)

func (p *process) explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "say what a rule means, why it matters and how to mend it",
		ArgsUsage: "[RULE]",
		Description: `Without RULE: the list of all rules.

  tlschain explain
  tlschain explain missing-intermediate`,
		Action: func(c *cli.Context) error {
			switch c.NArg() {
			case 0:
				return p.listRules()
			case 1:
				return p.explainRule(c.Args().First())
			}
			return usagef("explain takes one rule at a time").hintf("tlschain explain %s", c.Args().First())
		},
	}
}

func (p *process) listRules() error {
	var b strings.Builder
	b.WriteString("Severity is the usual one; what breaks a client counts by that client.\n")
	for _, class := range []rules.Class{rules.ClassPresentation, rules.ClassCertificate, rules.ClassClient, rules.ClassComparison} {
		fmt.Fprintf(&b, "\n%s: %s\n", class, classText(class))
		for _, r := range rules.All() {
			if r.Class == class {
				writeColumns(&b, fmt.Sprintf("%-8s %s", r.Severity, r.ID), r.Title, 38)
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

func (p *process) explainRule(id string) error {
	r := rules.Lookup(id)
	if r == nil {
		return unknownRule(id)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.ID, r.Title)
	fmt.Fprintf(&b, "%s, %s rule, since %s\n", r.Severity, r.Class, r.Since)
	section(&b, "Why it matters", r.Why)
	section(&b, "How to mend it", r.Fix)
	if len(r.Refs) > 0 {
		b.WriteString("\nReferences\n")
		for _, ref := range r.Refs {
			fmt.Fprintf(&b, "  %s\n", ref)
		}
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

// section writes a heading and its text: paragraphs are wrapped, lines that are
// indented (commands, configuration) stay as they are.
func section(b *strings.Builder, heading, text string) {
	fmt.Fprintf(b, "\n%s\n", heading)
	var paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			b.WriteString(wrap(strings.Join(paragraph, " "), helpWidth, "  ") + "\n")
			paragraph = nil
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		switch {
		case strings.TrimSpace(line) == "":
			flush()
			b.WriteString("\n")
		case line[0] == ' ' || line[0] == '\t':
			flush()
			b.WriteString("  " + strings.ReplaceAll(line, "\t", "    ") + "\n")
		default:
			paragraph = append(paragraph, line)
		}
	}
	flush()
}

func unknownRule(id string) error {
	var ids []string
	for _, r := range rules.All() {
		ids = append(ids, r.ID)
	}
	err := usagef("there is no rule %q", id)
	if near := nearest(id, ids); near != "" {
		return err.hintf("did you mean %s explain %s?", name, near)
	}
	return err.hintf("%s explain lists them", name)
}
