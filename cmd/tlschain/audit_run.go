package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

func (p *process) auditRunCommand() *cli.Command {
	return &cli.Command{
		Name: "run", Usage: "audit groups now, all of them or those named, store what is seen and tell what changed", ArgsUsage: "[GROUP...]",
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
	failOn, err := rules.None, error(nil)
	if text := c.String("fail-on"); text != "never" {
		if failOn, err = rules.ParseSeverity(text); err != nil {
			return usagef("--fail-on: %w", err).hintf("or never (default)")
		}
	}
	n, end, err := p.openZones(c)
	if err != nil {
		return err
	}
	defer end()
	groups := c.Args().Slice()
	if len(groups) == 0 {
		for _, g := range groupsIn(n.config) {
			groups = append(groups, g.Name)
		}
	}
	if err := checkGroups(n.config, groups...); err != nil {
		return err
	}
	auditor, notifier := n.auditor(), n.notifier()
	var result outcome
	var failed []error
	jobs, err := n.askZones(c.Context, groups)
	if err != nil {
		failed = append(failed, err)
	}
	slices.SortStableFunc(groups, func(a, b string) int { return cmp.Compare(jobs[a], jobs[b]) }) // zones work meanwhile
	for _, group := range groups {
		job, asked := jobs[group]
		if n.inZone(group) && !asked {
			continue
		}
		var a history.Audit
		if asked {
			a, err = n.waitZone(c.Context, group, job)
		} else {
			a, err = auditor.Run(c.Context, group)
		}
		if asked && c.Context.Err() != nil {
			fmt.Fprintf(p.stderr, "%s: job %d of %s stays in the queue; %s audit list %s shows what comes of it\n", name, job, group, name, group)
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		summary := audit.SummaryOf(a)
		if a.State != history.Complete || summary.Skipped > 0 || summary.Status[string(reports.OK)] == 0 {
			result.unjudged++
		}
		for severity, count := range summary.Worst {
			result.failing = result.failing || failOn > rules.None && severity >= int(failOn) && count > 0
		}
		if err := n.printAudit(context.WithoutCancel(c.Context), a); err != nil { // also of a stopped run
			return err
		}
		if c.Context.Err() != nil {
			break
		}
	}
	if err := notifier.TellAll(c.Context); err != nil {
		failed = append(failed, err)
	}
	if len(failed) > 0 {
		return errors.Join(failed...)
	}
	return result.err()
}

// printAudit tells of an audit in a line, and of what changed in one each.
func (n *auditEnv) printAudit(ctx context.Context, a history.Audit) error {
	s := audit.SummaryOf(a)
	fmt.Fprintf(n.stdout, "audit %d of %s: %s, %s: %d with errors, %d with warnings, %d unreachable%s\n", a.ID,
		reports.Clean(a.Group), a.State, reports.Plural(a.Endpoints, "endpoint"), s.Worst[rules.Error], s.Worst[rules.Warning],
		s.Status["failed"], s.SkippedText())
	for _, line := range s.SkippedLines {
		fmt.Fprintf(n.stdout, "  skipped: %s\n", reports.Clean(line))
	}
	for _, trouble := range s.Troubles {
		fmt.Fprintf(n.stdout, "  not complete: %s\n", reports.Clean(trouble))
	}
	if a.Pruned {
		fmt.Fprintln(n.stdout, "  past retention: what it saw is no longer known")
		return nil
	}
	changes, err := n.db.Changes(ctx, a.ID)
	if err != nil {
		return err
	}
	n.printChanges(audit.Classify(changes))
	return nil
}

// printChanges leaves out noise, and counts it.
func (n *auditEnv) printChanges(changes []audit.Change) {
	io.WriteString(n.stdout, n.config.Digest(changes, 0, (*audit.Change).String))
	noise := 0
	for _, c := range changes {
		if !c.Material() {
			noise++
		}
	}
	if noise > 0 {
		fmt.Fprintf(n.stdout, "%d more changed without consequence, such as renewals\n", noise)
	}
}
