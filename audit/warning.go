package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// An auditWarning is what is wrong with an audit itself, rather than with an
// endpoint: something was not looked at, and nobody would see that by its
// absence.
type auditWarning struct {
	kind  Kind
	title string // for a headline
	text  string
}

// shrinks reports whether a group lost a fifth of its endpoints or more.
func shrinks(before, now int) bool { return 5*(before-now) >= before && now < before }

// warnings gives what is wrong with an audit and was not with the one before, in
// a language. What lists and servers said is quoted as it stands.
func (n *Notifier) warnings(ctx context.Context, a history.Audit, l *language) (all []auditWarning, err error) {
	now := SummaryOf(a)
	last, err := n.DB.LastComplete(ctx, a.Group, a.ID)
	if err != nil && !errors.Is(err, history.ErrNotFound) {
		return nil, err
	}
	if a.State == history.Complete && shrinks(last.Endpoints, a.Endpoints) {
		all = append(all, auditWarning{Shrunk, fmt.Sprintf(l.fewLeft, a.Endpoints, last.Endpoints),
			fmt.Sprintf(l.fewLeftText, a.Endpoints, last.Endpoints, l.endpoints(a.Endpoints))})
	}
	ended, err := n.DB.Audits(ctx, a.Group, a.ID, 1)
	if err != nil {
		return nil, err
	}
	var before Summary
	var started time.Time
	if len(ended) > 0 {
		before, started = SummaryOf(ended[0]), ended[0].Started
	}
	if fresh := without(now.Troubles, before.Troubles); len(fresh) > 0 {
		all = append(all, auditWarning{Incomplete, l.notComplete, l.notCompleteText + strings.Join(fresh, "; ")})
	}
	if fresh := without(now.SkippedLines, before.SkippedLines); len(fresh) > 0 {
		all = append(all, auditWarning{Incomplete, fmt.Sprintf(l.skippedTitle, l.lines(now.Skipped)),
			l.skippedLinesText + strings.Join(fresh, "; ")})
	}
	ending, err := n.Config.Groups[a.Group].endingWaivers(ctx, n.DB, a, started, l)
	if err != nil {
		n.Report(fmt.Errorf("group %s: %w", a.Group, err)) // the audit itself has met it, and says so
	} else if ending != nil {
		all = append(all, *ending)
	}
	return all, nil
}

// without gives the texts that are not among those known.
func without(texts, known []string) (fresh []string) {
	for _, text := range texts {
		if !slices.Contains(known, text) {
			fresh = append(fresh, text)
		}
	}
	return fresh
}
