package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

func (p *process) auditRunCommand() *cli.Command {
	return &cli.Command{
		Name: "run", Usage: "audit groups now, all of them or those named, store what is seen and report what changed", ArgsUsage: "[GROUP...]",
		Description: `A group in a zone is audited by the workers of that zone, and waited for; when
this is interrupted, its job stays in their queue.

Exit code: 130 interrupted, 2 usage, configuration or history, or that nobody
could be told, 1 an endpoint with a finding at or above --fail-on, 3 an audit that
is not complete, skipped lines of its lists or reached nothing, 0 done.`,
		Flags: auditFlags(
			&cli.StringFlag{Name: "fail-on", Category: "Report", Value: "never", Usage: "lowest `SEVERITY` that makes the exit code 1: " +
				"error, warning, info or never (default)"},
		),
		Action: p.auditRun,
	}
}

func (p *process) auditRun(c *cli.Context) error {
	failOn, err := failOn(c, " (default)")
	if err != nil {
		return err
	}
	n, end, err := p.openZones(c)
	if err != nil {
		return err
	}
	defer end()
	groups := c.Args().Slice()
	if len(groups) == 0 {
		groups = n.config.GroupNames()
	}
	if err := checkGroups(n.config, groups...); err != nil {
		return err
	}
	runner := n.runner()
	runner.Asked = func(group, zone string, job int64) {
		fmt.Fprintf(p.stderr, "group %s: job %d for the workers of zone %s\n", group, job, zone)
	}
	runner.Stays = func(group string, job int64) {
		fmt.Fprintf(p.stderr, "%s: job %d of %s stays in the queue; %s audit list %s shows what comes of it\n", name, job, group, name, group)
	}
	var result reports.Outcome
	var failed []error
	for a, err := range runner.All(c.Context, groups) {
		if err != nil {
			failed = append(failed, err)
			continue
		}
		summary := audit.SummaryOf(a)
		if a.State != history.Complete || summary.Skipped > 0 || summary.Status[string(reports.OK)] == 0 {
			result.Unjudged++
		}
		for severity, count := range summary.Worst {
			result.Failing = result.Failing || failOn > rules.None && severity >= int(failOn) && count > 0
		}
		if err := n.config.Print(context.WithoutCancel(c.Context), p.stdout, n.db, a); err != nil { // also of a stopped run
			return err
		}
		if c.Context.Err() != nil {
			break
		}
	}
	if err := n.notifier().TellAll(c.Context); err != nil {
		failed = append(failed, err)
	}
	if len(failed) > 0 {
		return errors.Join(failed...)
	}
	return codeOf(result)
}
