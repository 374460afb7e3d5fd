package main

import (
	"errors"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

func (p *process) waiversCommand() *cli.Command {
	return &cli.Command{
		Name: "waivers", Usage: "list waivers: who accepted what, why, until when, and what each is for now", ArgsUsage: "[FILE...]",
		Description: `Without FILE it lists the waivers of all groups of tlschain.yaml, and what each is
for by the last audit of its group. A waivers file alone is listed as it is; with
--report, what each is for in a saved report.

Examples:
  tlschain waivers
  tlschain waivers waivers.yaml --report report.json

Exit code: 2 usage, 1 a waiver has ended, 0 none has.`,
		Flags: auditFlags(
			&cli.StringFlag{Name: "report", Category: "Report", Usage: "what they are for in this saved report, a `FILE` of JSON or NDJSON"},
			&cli.StringFlag{Name: "at", Category: "Report", Usage: "which have ended at `TIME` (default now)"},
			&cli.StringFlag{Name: "format", Category: "Report", Value: "table", Usage: "`FORMAT`: table or json (default table)"},
		),
		Action: p.waivers,
	}
}

func (p *process) waivers(c *cli.Context) error {
	at, err := parseTime(c.String("at"), time.Now())
	if err != nil {
		return err
	}
	write := audit.WaiversTable
	format, err := formatOf(c, "table", "json")
	if err != nil {
		return err
	}
	if format == "json" {
		write = audit.WaiversJSON
	}
	uses, known, err := p.waiverUses(c)
	if err != nil {
		return err
	}
	all := make([]audit.ListedWaiver, len(uses))
	ended := false
	for i := range uses {
		all[i] = uses[i].Listed(known, at)
		ended = ended || all[i].Ended
	}
	if err := write(p.stdout, all); err != nil {
		return err
	}
	return codeOf(reports.Outcome{Failing: ended})
}

// waiverUses reads the waivers that are asked for, and what they are for, if
// that is known.
func (p *process) waiverUses(c *cli.Context) (uses []audit.WaiverUse, known bool, err error) {
	if c.Args().Len() == 0 {
		if c.IsSet("report") {
			return nil, false, usagef("--report goes with a waivers file").hintf("%s waivers FILE --report %s", name, c.String("report"))
		}
		n, end, err := p.openAudit(c)
		if errors.Is(err, history.ErrNone) && !c.IsSet("db") {
			return nil, false, usagef("%w", err).hintf("%s waivers FILE lists a file without a history", name)
		}
		if err != nil {
			return nil, false, err
		}
		defer end()
		uses, err = n.config.Waivers(c.Context, n.db)
		if err != nil {
			return nil, false, usagef("%w", err)
		}
		return uses, true, nil
	}
	for _, file := range c.Args().Slice() {
		some, err := audit.ReadWaivers("", file)
		if err != nil {
			return nil, false, usagef("%w", err).hintf("give a waivers file, or none for those of tlschain.yaml")
		}
		uses = append(uses, some...)
	}
	report := c.String("report")
	if report == "" {
		return uses, false, nil
	}
	in, closeFile, err := p.readReport(c.Context, report)
	if err != nil {
		return nil, false, err
	}
	defer closeFile()
	return uses, true, audit.SeeReport(uses, in)
}
