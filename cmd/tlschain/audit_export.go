package main

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// rangeFormats can say from when to when something was so.
var rangeFormats = [...]string{"json", "ndjson", "csv", "parquet"}

func (p *process) auditExportCommand() *cli.Command {
	return &cli.Command{
		Name: "export", Usage: "write what one audit saw as a report in any format, or what several saw as json, ndjson, csv or parquet",
		ArgsUsage: "AUDIT|GROUP [AUDIT]",
		Description: `Of several audits, each endpoint appears once for each state that it was in,
with the times of the first and the last audit that found it so.

Examples:
  tlschain audit export websites --format html -o chains.html
  tlschain audit export 12 40 --format csv -o may.csv
  tlschain audit export websites --since 2026-05-01 --until 2026-05-31 --format ndjson
  tlschain audit export websites --since 2026-01-01 --format parquet -o chains.parquet`,
		Flags: auditFlags(append(reportFlags(),
			&cli.StringFlag{Name: "since", Category: "Report", Usage: "all audits of the group that began at `TIME` or later: " +
				"2026-05-01, or 2026-05-01T12:00:00Z"},
			&cli.StringFlag{Name: "until", Category: "Report", Usage: "all audits of the group that began before `TIME`; a date's own day counts"},
		)...),
		Action: func(c *cli.Context) error {
			if c.Args().Len() == 0 && (c.IsSet("since") || c.IsSet("until")) {
				flags := typedFlags(c, "since", "until", "format")
				if !c.IsSet("format") {
					flags = append(flags, "--format", rangeFormats[1])
				}
				return usagef("of which group? --since and --until go with one").
					hintf("type %s; %s audit list names the groups", reports.Command("audit export", "GROUP", flags...), name)
			}
			if c.Args().Len() < 1 || c.Args().Len() > 2 {
				return usagef("which audit?").hintf("%s audit list shows them", name)
			}
			plan, err := p.planReport(c)
			if err != nil {
				return err
			}
			since, until, err := rangeOf(c)
			if err != nil {
				return err
			}
			several := c.Args().Len() == 2 || c.IsSet("since") || c.IsSet("until")
			if several && !slices.Contains(rangeFormats[:], plan.format) {
				return usagef("several audits are written as %s", strings.Join(rangeFormats[:], ", ")).hintf("add --format %s", rangeFormats[1])
			}
			n, end, err := p.openAudit(c)
			if err != nil {
				return err
			}
			defer end()
			switch {
			case c.Args().Len() == 2:
				return n.exportBetween(c, plan)
			case several:
				return n.exportTime(c, since, until, plan)
			}
			a, err := n.find(c.Context, c.Args().First())
			if err != nil {
				return err
			}
			return n.export(c, plan, a, a, audit.Saw(c.Context, n.db, a))
		},
	}
}

// typedFlags are those of some flags that were typed, as they were.
func typedFlags(c *cli.Context, flags ...string) (args []string) {
	for _, flag := range flags {
		if c.IsSet(flag) {
			args = append(args, "--"+flag, c.String(flag))
		}
	}
	return args
}

// rangeOf reads --since and --until; zero: not given.
func rangeOf(c *cli.Context) (since, until time.Time, err error) {
	if since, err = parseTime(c.String("since"), since); err != nil {
		return since, until, err
	}
	if until, err = parseTime(c.String("until"), until); err != nil {
		return since, until, err
	}
	if _, err := time.Parse(time.DateOnly, c.String("until")); err == nil {
		until = until.AddDate(0, 0, 1)
	}
	switch {
	case c.Args().Len() == 2 && (c.IsSet("since") || c.IsSet("until")):
		return since, until, usagef("--since and --until go with a group, not with two audits")
	case !since.IsZero() && !until.IsZero() && !since.Before(until):
		return since, until, usagef("--since %s is not before --until %s", c.String("since"), c.String("until"))
	}
	return since, until, nil
}

// exportBetween writes what two audits of a group and those between them saw.
func (n *auditEnv) exportBetween(c *cli.Context, plan reportPlan) error {
	first, err := n.find(c.Context, c.Args().First())
	if err != nil {
		return err
	}
	last, err := n.find(c.Context, c.Args().Get(1))
	if err != nil {
		return err
	}
	if first.ID > last.ID {
		first, last = last, first
	}
	if err := audit.CheckRange(first, last); err != nil {
		return usagef("%w", err)
	}
	return n.export(c, plan, first, last, audit.SawBetween(c.Context, n.db, first, last))
}

// exportTime writes what the audits of a group saw that began in a time.
func (n *auditEnv) exportTime(c *cli.Context, since, until time.Time, plan reportPlan) error {
	group := c.Args().First()
	first, last, err := n.db.Span(c.Context, group, since, until)
	if errors.Is(err, history.ErrNotFound) {
		return usagef("there is no audit of a group %q in that time", reports.Clean(group)).hintf("%s audit list shows the audits", name)
	}
	if err != nil {
		return err
	}
	return n.export(c, plan, first, last, audit.SawBetween(c.Context, n.db, first, last))
}

// export writes endpoints as they are read.
func (n *auditEnv) export(c *cli.Context, plan reportPlan, first, last history.Audit, endpoints iter.Seq2[reports.Endpoint, error]) error {
	header := n.config.Header(tool(), first, last)
	var report *reporting // begun with the first endpoint: a history that cannot be read leaves no file
	for e, err := range endpoints {
		if err == nil && report == nil {
			report, err = n.beginReport(plan, header)
		}
		if err == nil {
			err = report.Endpoint(&e)
		}
		if err != nil {
			if report != nil {
				err = errors.Join(err, report.out.Discard())
			}
			return err
		}
	}
	if report == nil {
		var err error
		if report, err = n.beginReport(plan, header); err != nil {
			return err
		}
	}
	if err := report.end(first.ID == last.ID && first.State != history.Complete, ""); err != nil {
		return err
	}
	if _, own := report.To.(reports.ExitCoder); !own && !c.IsSet("fail-on") {
		return nil // an old report is no new verdict
	}
	return report.err()
}
