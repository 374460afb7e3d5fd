package main

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

func (p *process) auditListCommand() *cli.Command {
	return &cli.Command{
		Name: "list", Usage: "list audits, newest first", ArgsUsage: "[GROUP]",
		Flags: auditFlags(&cli.IntFlag{Name: "limit", Category: "Report", Value: 30, Usage: "at most `N` (default 30)"}),
		Action: func(c *cli.Context) error {
			n, end, err := p.openAudit(c)
			if errors.Is(err, history.ErrNone) && !c.IsSet("db") {
				_, err = fmt.Fprintln(p.stdout, "no audits yet")
				return err
			}
			if err != nil {
				return err
			}
			defer end()
			list, err := n.db.Audits(c.Context, c.Args().First(), 0, max(c.Int("limit"), 1))
			if err != nil {
				return err
			}
			audit.ListTable(p.stdout, list)
			if group := c.Args().First(); len(list) == 0 && group != "" && n.config.Groups[group] == nil {
				return usagef("there is no group %q", reports.Clean(group)).hintf("%s audit list without a group lists all audits", name)
			}
			if len(list) == 0 {
				fmt.Fprintln(p.stdout, "no audits yet")
			}
			return nil
		},
	}
}

func (p *process) auditShowCommand() *cli.Command {
	return &cli.Command{
		Name: "show", Usage: "show one audit: by its id, or the newest complete one of a group", ArgsUsage: "AUDIT|GROUP",
		Flags: auditFlags(),
		Action: takes(1, "which audit?", "audit list shows them", p.reads(func(c *cli.Context, n *auditEnv) error {
			a, err := n.find(c.Context, c.Args().First())
			if err != nil {
				return err
			}
			return n.config.Print(c.Context, p.stdout, n.db, a)
		})),
	}
}

func (p *process) auditDiffCommand() *cli.Command {
	return &cli.Command{
		Name: "diff", Usage: "compare two audits of a group; given one or a group, with the complete one before",
		ArgsUsage: "AUDIT [AUDIT] | GROUP",
		Flags:     auditFlags(),
		Action: takes(2, "which audits?", "audit diff 12 15, or tlschain audit diff GROUP", p.reads(func(c *cli.Context, n *auditEnv) error {
			from, to, err := n.two(c)
			if err != nil {
				return err
			}
			if err := n.config.PrintDiff(c.Context, p.stdout, n.db, from, to); err != nil {
				return usagef("%w", err)
			}
			return nil
		})),
	}
}

// two are the audits that diff compares.
func (n *auditEnv) two(c *cli.Context) (from, to history.Audit, err error) {
	last, err := n.find(c.Context, c.Args().Get(c.Args().Len()-1))
	if err != nil {
		return from, to, err
	}
	if c.Args().Len() == 2 {
		first, err := n.find(c.Context, c.Args().First())
		return first, last, err
	}
	before, err := n.db.LastComplete(c.Context, last.Group, last.ID)
	if errors.Is(err, history.ErrNotFound) {
		return from, to, usagef("audit %d is the first complete one of %s: there is nothing to compare it with", last.ID, last.Group)
	}
	return before, last, err
}
