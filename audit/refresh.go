package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
)

// A Refresher takes newer facts about CAs and clients from time to time, and
// tells receivers what they mean for the endpoints of their groups.
type Refresher struct {
	Notifier *Notifier
	Every    time.Duration
	Env      func(now time.Time) tlschain.Env // with the facts in use
	// Newer asks for newer facts; nil: there are none. keep puts them in use. An
	// error beside facts is about others, which could not be had.
	Newer func(context.Context) (facts *catalog.Facts, keep func() error, err error)
}

// refreshAgain is how long after a failure it is tried again.
const refreshAgain = 6 * time.Hour

// keep takes newer facts whenever those in use are old enough, until ctx ends.
func (r *Refresher) keep(ctx context.Context) {
	clock, db := r.Notifier.Clock, r.Notifier.DB
	due := r.inUse(clock.at(db)).Updated().Add(r.Every)
	for clock.wait(ctx, lookAtClock) == nil {
		now := clock.at(db)
		if now.Before(due) && due.Sub(now) <= r.Every { // else the clock was set back
			continue
		}
		due = now.Add(r.Every)
		if err := r.refresh(ctx); err != nil && ctx.Err() == nil {
			r.Notifier.Report(fmt.Errorf("taking newer facts: %w", err))
			due = now.Add(min(r.Every, refreshAgain))
		}
	}
}

// refresh takes newer facts now. Notices are stored before the facts are in use:
// killed between the two, the next time finds the same and tells it once.
func (r *Refresher) refresh(ctx context.Context) error {
	facts, keep, err := r.Newer(ctx)
	if facts == nil {
		return err
	}
	return errors.Join(err, r.foretell(ctx, facts), keep())
}

func (r *Refresher) inUse(now time.Time) *catalog.Facts {
	if facts := r.Env(now).Facts; facts != nil {
		return facts
	}
	return catalog.Embedded()
}

// foretell stores what receivers are told of newer facts: what turns by them for
// the endpoints of their groups that did not turn by those in use. A group that
// cannot be judged holds up no other.
func (r *Refresher) foretell(ctx context.Context, facts *catalog.Facts) error {
	n := r.Notifier
	now := n.Clock.at(n.DB)
	old := r.Env(now)
	newer := old
	newer.Facts = facts
	var failed []error
	found := make(map[string]*reports.Outlook) // by receiver
	for _, group := range n.Config.GroupNames() {
		g := n.Config.Groups[group]
		if len(g.Notify) == 0 {
			continue
		}
		tags, err := n.tags(ctx, g)
		if err != nil {
			return err
		}
		until := now.AddDate(2, 0, 0)
		before, err := g.Outlook(ctx, n.DB, old, until)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		after, err := g.Outlook(ctx, n.DB, newer, until)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		for _, name := range g.Notify {
			if found[name] == nil {
				found[name] = &reports.Outlook{EvaluatedAt: after.EvaluatedAt, Until: after.Until}
			}
			found[name].Merge(n.Config.Receivers[name].ofTags(after.Beyond(before), tags))
		}
	}
	for _, name := range sortedKeys(found) {
		if m := n.Config.Receivers[name].foretold(n.Config.Serve.URL, found[name]); m != nil {
			failed = append(failed, n.queueFacts(ctx, name, facts, m))
		}
	}
	return errors.Join(failed...)
}

// queueFacts stores a notice about facts. It is about no audit: their date stands
// for it, below all audits, so that one receiver is told once of one edition.
func (n *Notifier) queueFacts(ctx context.Context, receiver string, facts *catalog.Facts, m *message) error {
	body, err := m.encode()
	if err != nil {
		return err
	}
	edition := -facts.Updated().Unix()
	return n.DB.Queue(ctx, history.Notice{Audit: edition, Receiver: receiver, At: n.Clock.at(n.DB), Title: m.Title, Body: body})
}

// foretold writes what a receiver is told of newer facts; nil: nothing. What
// clients refuse from today on counts as an error, what they will refuse as a
// warning.
func (r *Receiver) foretold(base string, o *reports.Outlook) *message {
	if r == nil || !r.wantsEvent(Trust) {
		return nil
	}
	only, err := rules.ParseSeverity(r.Only)
	if err != nil {
		only = rules.None
	}
	told := *o
	told.Turns = nil
	today := o.EvaluatedAt.UTC().Format(time.DateOnly)
	endpoints := make(map[reports.TurnEndpoint]bool)
	for _, t := range o.Turns {
		if only == rules.Error && t.Date > today {
			continue
		}
		told.Turns = append(told.Turns, t)
		for _, e := range t.Endpoints {
			endpoints[e] = true
		}
	}
	if len(told.Turns) == 0 {
		return nil
	}
	m := &message{Started: o.EvaluatedAt, Turns: told.Turns, Changes: []changeJSON{}}
	m.Title = fmt.Sprintf("tlschain: what clients trust has changed for %d of the endpoints", len(endpoints))
	var b strings.Builder
	b.WriteString("Newer facts about CAs and clients are in use. What follows is new by them.\n")
	if base != "" {
		m.URL = strings.TrimSuffix(base, "/") + "/outlook"
		b.WriteString(m.URL + "\n")
	}
	b.WriteByte('\n')
	told.Table(&b, "en") // a Builder takes everything
	m.Text = b.String()
	return m
}
