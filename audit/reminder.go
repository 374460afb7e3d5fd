package audit

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

// Changes are told once. Who wants to hear again of what nobody fixed gets
// summaries (digest), and with an audit's notice what is as old as remind_after.

// endsSoon is how many days ahead a summary looks.
const endsSoon = 30

// reminderSlack forgives an audit that begins a little earlier than the one that
// saw a finding first.
const reminderSlack = time.Hour

// A standing is a finding of an endpoint that is there, or that it does not
// answer, and since when that is so.
type standing struct {
	endpoint history.Current
	severity rules.Severity
	since    time.Time
}

// standings are what is wrong with the endpoints of a group now: of each the
// findings that are warnings or errors, one by one.
func (n *Notifier) standings(ctx context.Context, group string) ([]standing, error) {
	since := map[int64]map[string]time.Time{}
	over := map[int64]map[string]bool{} // what an endpoint did not have before
	err := n.DB.Standing(ctx, group, int(rules.Warning), func(s history.Standing) {
		found := faults(&s.Facts)
		if since[s.Endpoint] == nil {
			since[s.Endpoint], over[s.Endpoint] = map[string]time.Time{}, map[string]bool{}
			for fault := range found {
				since[s.Endpoint][fault] = s.Began
			}
			return
		}
		for fault := range since[s.Endpoint] {
			if _, there := found[fault]; there && !over[s.Endpoint][fault] {
				since[s.Endpoint][fault] = s.Began
			} else {
				over[s.Endpoint][fault] = true
			}
		}
	})
	if err != nil {
		return nil, err
	}
	var all []standing
	add := func(c history.Current) {
		for fault, severity := range faults(&c.Facts) {
			if began, known := since[c.Endpoint.ID][fault]; known {
				all = append(all, standing{c, severity, began})
			}
		}
	}
	for _, q := range []history.Query{{Group: group, Worst: int(rules.Warning)}, {Group: group, Status: "failed"}} {
		if err := n.everyEndpoint(ctx, q, add); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// everyEndpoint walks all pages of a list.
func (n *Notifier) everyEndpoint(ctx context.Context, q history.Query, do func(history.Current)) error {
	q.Limit = 1000
	for {
		page, err := n.DB.Endpoints(ctx, q)
		if err != nil {
			return err
		}
		for _, c := range page {
			do(c)
		}
		if len(page) < q.Limit {
			return nil
		}
		q.After = page[len(page)-1].Next()
	}
}

// faults are the rules that found a warning or an error; of an endpoint that does
// not answer, that alone.
func faults(f *history.Facts) map[string]rules.Severity {
	found := map[string]rules.Severity{}
	if f.Status != "ok" {
		found[""] = rules.Error
		return found
	}
	for _, field := range strings.Fields(f.Rules) {
		rule, text, _ := strings.Cut(field, "=")
		if severity, err := rules.ParseSeverity(text); err == nil && severity >= rules.Warning {
			found[rule] = severity
		}
	}
	return found
}

// remindedOf are the endpoints of which a receiver is told again with an audit:
// those with a finding whose age passed a multiple of remind_after since the
// audit before. What has changed is told anyway.
func (r *Receiver) remindedOf(n *auditNews, changed []Change) []Change {
	every := time.Duration(r.RemindAfter)
	if every <= 0 {
		return nil
	}
	times := func(at, since time.Time) int64 { return int64((at.Sub(since) + reminderSlack) / every) }
	return r.still(n.standing, func(s *standing) bool {
		return !s.since.After(n.since) && times(n.at, s.since) > max(0, times(n.since, s.since)) &&
			!slices.ContainsFunc(changed, func(c Change) bool { return c.Endpoint.ID == s.endpoint.Endpoint.ID })
	})
}

// still makes one line for each endpoint of a receiver with a finding that it is
// told of, the oldest first.
func (r *Receiver) still(all []standing, counts func(*standing) bool) (out []Change) {
	only, err := rules.ParseSeverity(r.Only)
	if err != nil {
		only = rules.Warning
	}
	at := map[int64]int{}
	for i := range all {
		s := &all[i]
		if s.severity < only || !r.covers(s.endpoint.Endpoint.Tags) || !counts(s) {
			continue
		}
		if n, known := at[s.endpoint.Endpoint.ID]; known {
			if s.since.Before(out[n].since) {
				out[n].since = s.since
			}
			continue
		}
		at[s.endpoint.Endpoint.ID] = len(out)
		facts := s.endpoint.Facts
		out = append(out, Change{Change: history.Change{Endpoint: s.endpoint.Endpoint, After: &facts}, Kinds: []Kind{Worse}, since: s.since})
	}
	slices.SortStableFunc(out, func(a, b Change) int {
		return cmp.Or(cmp.Compare(gravity(b.After), gravity(a.After)), a.since.Compare(b.since), cmp.Compare(a.Endpoint.Key, b.Endpoint.Key))
	})
	return out
}

// standingLine tells how an endpoint is, and since when.
func (l *language) standingLine(c *Change) string {
	now := Change{Change: history.Change{After: c.After}}
	return fmt.Sprintf(l.since, now.sentence(l), c.since.UTC().Format(time.DateOnly))
}

func stillNews(all []Change, base string) (out []stillJSON) {
	for i := range all {
		c := &all[i]
		s := stillJSON{Endpoint: reports.Clean(c.Endpoint.Key), Group: c.Endpoint.Group, Now: condition(c.After), Bundle: c.After.Bundle.String(),
			URL: page(base, "/endpoints/", c.Endpoint.ID)}
		if !c.since.IsZero() {
			s.Since = &c.since
		}
		out = append(out, s)
	}
	return out
}

func (d *DigestTimes) next(after time.Time) time.Time {
	return (&Schedule{Cron: d.Cron, TimeZone: d.TimeZone}).Next("", after)
}

func (d *DigestTimes) spec() string { return d.Cron.Text + " " + d.TimeZone.location().String() }

// remind stores the summaries that are due. When each receiver's next one is due
// is kept in the history and moved with the summary in one transaction: several
// who keep the schedule, and one that is restarted, send it once.
func (n *Notifier) remind(ctx context.Context) error {
	planned, err := n.DB.Reminders(ctx)
	if err != nil {
		return err
	}
	now := n.Clock.at(n.DB)
	for _, name := range sortedKeys(n.Config.Receivers) {
		r := n.Config.Receivers[name]
		if r.Digest == nil {
			continue
		}
		p, next := planned[name], history.Planned{Next: r.Digest.next(now), Spec: r.Digest.spec()}
		var due *history.Notice
		switch {
		case p.Spec != next.Spec: // a new receiver, or other times than before
		case p.Next.After(now):
			if !next.Next.Before(p.Next) {
				continue
			} // else the clock was set back
		default:
			if due, err = n.summary(ctx, name, now, p.Next); err != nil {
				return err
			}
		}
		if _, err := n.DB.Remind(ctx, name, p, next, due); err != nil {
			return err
		}
	}
	for name := range planned {
		if r := n.Config.Receivers[name]; r == nil || r.Digest == nil {
			if err := n.DB.Unremind(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// summaryAudit stands for the audit of a summary, which is of none: below those
// that stand for facts and for zones without a worker.
func summaryAudit(due time.Time) int64 { return -(1 << 40) - due.Unix() }

// summary writes what of a receiver's endpoints is still broken or ends next; nil:
// nothing is.
func (n *Notifier) summary(ctx context.Context, receiver string, now, due time.Time) (*history.Notice, error) {
	r := n.Config.Receivers[receiver]
	l := languages[r.Lang]
	base := n.Config.Serve.URL
	m := &message{Started: now.UTC(), Changes: []changeJSON{}}
	if base != "" {
		m.URL = strings.TrimSuffix(base, "/") + "/"
	}
	var b strings.Builder
	fmt.Fprintf(&b, l.summary, now.UTC().Format("2006-01-02 15:04 MST"))
	if m.URL != "" {
		b.WriteString(m.URL + "\n")
	}
	var broken []Change
	ends := 0
	for _, name := range n.Config.GroupNames() {
		if !slices.Contains(n.Config.Groups[name].Notify, receiver) {
			continue
		}
		all, err := n.standings(ctx, name)
		if err != nil {
			return nil, err
		}
		still := r.still(all, func(*standing) bool { return true })
		ending, err := n.ending(ctx, name, r, now)
		if err != nil {
			return nil, err
		}
		if len(still) > 0 {
			fmt.Fprintf(&b, "\n"+l.brokenIn+"\n", name, len(still))
			l.list(&b, still, l.standingLine)
		}
		if len(ending) > 0 {
			fmt.Fprintf(&b, "\n"+l.endsIn+"\n", name, len(ending), endsSoon)
			l.list(&b, ending, func(c *Change) string { return fmt.Sprintf(l.day, c.After.Expires.UTC().Format(time.DateOnly)) })
		}
		broken, ends = append(broken, still...), ends+len(ending)
		m.Still, m.Ending = append(m.Still, stillNews(still, base)...), append(m.Ending, stillNews(ending, base)...)
	}
	if len(broken)+ends == 0 {
		return nil, nil
	}
	n.Config.fixes(&b, l, broken)
	m.Text = b.String()
	var counts []string
	if len(broken) > 0 {
		counts = append(counts, fmt.Sprintf(l.broken, len(broken)))
	}
	if ends > 0 {
		counts = append(counts, fmt.Sprintf(l.ends, ends, endsSoon))
	}
	m.Title = "tlschain: " + strings.Join(counts, l.comma)
	body, err := m.encode()
	return &history.Notice{Audit: summaryAudit(due), Receiver: receiver, At: now, Title: m.Title, Body: body}, err
}

// ending are a receiver's endpoints of a group that run out within endsSoon days.
func (n *Notifier) ending(ctx context.Context, group string, r *Receiver, now time.Time) (out []Change, err error) {
	const most = 5000
	list, err := n.DB.Expiring(ctx, group, now, most)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if c.Expires.After(now.AddDate(0, 0, endsSoon)) {
			break
		}
		if c.Status == "ok" && r.covers(c.Endpoint.Tags) {
			facts := c.Facts
			out = append(out, Change{Change: history.Change{Endpoint: c.Endpoint, After: &facts}})
		}
	}
	return out, nil
}
