package audit

import (
	"context"
	"fmt"
	"io"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

// ListTable writes a line about each of some audits.
func ListTable(w io.Writer, audits []history.Audit) {
	for _, a := range audits {
		s := SummaryOf(a)
		took := "?"
		if a.Ended.After(a.Started) || a.State == history.Complete {
			took = Took(a).String()
		}
		fmt.Fprintf(w, "%6d  %-16s  %s  %-8s  took %-8s  %s, %s, %s, %d unreachable%s\n",
			a.ID, reports.Clean(a.Group), a.Started.Format("2006-01-02 15:04:05Z"), a.State, took, reports.Plural(a.Endpoints, "endpoint"),
			reports.Plural(s.Worst[rules.Error], "error"), reports.Plural(s.Worst[rules.Warning], "warning"), s.Status["failed"], s.skippedText())
	}
}

// Print tells of an audit in a line, of what is not right with it, and of what
// changed in a line each.
func (c *Config) Print(ctx context.Context, w io.Writer, db *history.DB, a history.Audit) error {
	s := SummaryOf(a)
	fmt.Fprintf(w, "audit %d of %s: %s, %s: %d with errors, %d with warnings, %d unreachable%s\n", a.ID,
		reports.Clean(a.Group), a.State, reports.Plural(a.Endpoints, "endpoint"), s.Worst[rules.Error], s.Worst[rules.Warning],
		s.Status["failed"], s.skippedText())
	for _, line := range s.SkippedLines {
		fmt.Fprintf(w, "  skipped: %s\n", reports.Clean(line))
	}
	for _, trouble := range s.Troubles {
		fmt.Fprintf(w, "  not complete: %s\n", reports.Clean(trouble))
	}
	if a.Pruned {
		fmt.Fprintln(w, "  past retention: what it saw is no longer known")
		return nil
	}
	changes, err := db.Changes(ctx, a.ID)
	if err == nil {
		c.printChanges(w, changes)
	}
	return err
}

// PrintDiff tells what changed from one audit of a group to another.
func (c *Config) PrintDiff(ctx context.Context, w io.Writer, db *history.DB, from, to history.Audit) error {
	changes, err := db.Diff(ctx, from.ID, to.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "from audit %d (%s) to audit %d (%s) of %s\n",
		from.ID, from.Started.Format("2006-01-02 15:04Z"), to.ID, to.Started.Format("2006-01-02 15:04Z"), reports.Clean(to.Group))
	c.printChanges(w, changes)
	if len(changes) == 0 {
		fmt.Fprintln(w, "nothing changed")
	}
	return nil
}

// printChanges leaves out noise, and counts it.
func (c *Config) printChanges(w io.Writer, changes []history.Change) {
	all := Classify(changes)
	io.WriteString(w, c.digest(english, all, 0, (*Change).String))
	noise := 0
	for i := range all {
		if !all[i].Material() {
			noise++
		}
	}
	if noise > 0 {
		fmt.Fprintf(w, "%d more changed without consequence, such as renewals\n", noise)
	}
}
