package main

import (
	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/nearest"
)

func (p *process) explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "explain a rule: what it means, why it matters and how to fix it",
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
				return reports.ListRules(p.stdout, lang)
			}
			r := rules.Lookup(c.Args().First())
			if r == nil {
				return unknownRule(c.Args().First())
			}
			return reports.ExplainRule(p.stdout, r, lang)
		},
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
