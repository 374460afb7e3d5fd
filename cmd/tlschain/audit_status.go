package main

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/reports"
)

func (p *process) auditStatusCommand() *cli.Command {
	return &cli.Command{
		Name: "status", Usage: "show what runs and what waits, and which workers are alive, by network zone",
		Description: `The pace is that of the last five minutes. Audits in no zone tell only that they
run: they may have been killed as well, which the next one of the group tells.

Exit code: 3 an audit waits in a zone without a worker, 2 usage, configuration
or history, 0 else.`,
		Flags: auditFlags(&cli.StringFlag{Name: "format", Category: "Report", Value: "table", Usage: "`FORMAT`: table or json (default table)"}),
		Action: func(c *cli.Context) error {
			format, err := formatOf(c, "table", "json")
			if err != nil {
				return err
			}
			n, end, err := p.openZones(c)
			if err != nil {
				return err
			}
			defer end()
			var waiting map[string]time.Time
			if n.queue != nil {
				if waiting, err = n.queue.Waiting(c.Context); err != nil {
					return err
				}
			}
			zones, err := audit.Status(c.Context, n.config, n.db, waiting)
			if err != nil {
				return err
			}
			if format == "json" {
				err = audit.StatusJSON(p.stdout, zones)
			} else {
				audit.StatusTable(p.stdout, zones, n.db.Now())
			}
			var result reports.Outcome
			for _, z := range zones {
				if z.Unattended() {
					result.Unjudged++
				}
			}
			return errors.Join(err, codeOf(result))
		},
	}
}

func (p *process) auditCancelCommand() *cli.Command {
	return &cli.Command{
		Name: "cancel", Usage: "end the audits of groups that run or wait for a worker", ArgsUsage: "GROUP...",
		Description: `What they saw until now is kept, as a partial audit. Workers stop within
seconds; audit run and audit serve when they store what they saw next.`,
		Flags: auditFlags(),
		Action: takes(math.MaxInt, "which group?", "audit status shows what runs", func(c *cli.Context) error {
			config, err := p.auditConfig(c)
			if err != nil {
				return err
			}
			if err := checkGroups(config, c.Args().Slice()...); err != nil {
				return err
			}
			n, end, err := p.openZones(c)
			if err != nil {
				return err
			}
			defer end()
			for _, group := range c.Args().Slice() {
				ended, waited, err := n.runner().Cancel(c.Context, group)
				if err != nil {
					return err
				}
				for _, a := range ended {
					fmt.Fprintf(p.stdout, "audit %d of %s: canceled, with %s seen\n",
						a.ID, reports.Clean(a.Group), reports.Plural(a.Endpoints, "endpoint"))
				}
				if waited > 0 {
					fmt.Fprintf(p.stdout, "%s of %s waits no more\n", reports.Plural(waited, "audit"), reports.Clean(group))
				}
				if len(ended)+waited == 0 {
					fmt.Fprintf(p.stdout, "no audit of %s runs or waits\n", reports.Clean(group))
				}
			}
			return nil
		}),
	}
}
