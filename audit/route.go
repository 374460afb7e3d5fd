package audit

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// auditNews are what there is to tell of an audit, to whomever.
type auditNews struct {
	changes  []Change
	warnings map[string][]auditWarning // by language
	orphan   bool                      // no receiver is told of the whole group
	tagged   []history.TagCount        // where a receiver goes by tags

	standing  []standing // where a receiver is reminded
	at, since time.Time  // of the audit, and of the one before
}

// orphan reports whether all receivers of a group are told of some endpoints
// only: then each of them hears of the audit itself, since somebody must.
func (n *Notifier) orphan(g *Group) bool {
	return !slices.ContainsFunc(g.Notify, func(name string) bool { return len(n.Config.Receivers[name].Tags) == 0 })
}

// hearsOfAudits reports whether a receiver is told of what is not about one
// endpoint. Who goes by tags is not, unless events ask for it.
func (r *Receiver) hearsOfAudits(orphan bool) bool {
	return len(r.Tags) == 0 || orphan || len(r.Events) > 0
}

// covers reports whether a receiver is told of endpoints with these tags.
func (r *Receiver) covers(tags history.Tags) bool {
	for name, values := range r.Tags {
		if !slices.Contains(values, tags.Get(name)) {
			return false
		}
	}
	return true
}

// tagText names the tags that a receiver goes by.
func (r *Receiver) tagText() string {
	var parts []string
	for _, name := range sortedKeys(r.Tags) {
		parts = append(parts, name+"="+strings.Join(r.Tags[name], "|"))
	}
	return strings.Join(parts, " ")
}

// tagCounts are the endpoints of a receiver's tags by their condition.
type tagCounts struct{ endpoints, errors, warnings, unreachable int }

func (r *Receiver) counts(all []history.TagCount) (n tagCounts) {
	for _, c := range all {
		if !r.covers(c.Tags) {
			continue
		}
		n.endpoints += c.N
		switch {
		case c.Status != "ok":
			n.unreachable += c.N
		case c.Worst == 3:
			n.errors += c.N
		case c.Worst == 2:
			n.warnings += c.N
		}
	}
	return n
}

// standing reads what receivers of a group need beside the changes: who goes by
// tags, and who is reminded.
func (n *Notifier) standing(ctx context.Context, g *Group, a history.Audit, news *auditNews) (err error) {
	tagged, reminded := false, false
	for _, name := range g.Notify {
		r := n.Config.Receivers[name]
		tagged, reminded = tagged || len(r.Tags) > 0, reminded || r.RemindAfter > 0
	}
	if tagged {
		if news.tagged, err = n.DB.TagCounts(ctx, g.Name); err != nil {
			return err
		}
	}
	if !reminded {
		return nil
	}
	before, err := n.DB.Audits(ctx, g.Name, a.ID, 1)
	if err != nil || len(before) == 0 {
		return err
	}
	news.since = before[0].Started
	news.standing, err = n.standings(ctx, g.Name)
	return err
}

// tags are those of a group's endpoints, by name, where a receiver goes by them.
func (n *Notifier) tags(ctx context.Context, g *Group) (map[string]history.Tags, error) {
	if !slices.ContainsFunc(g.Notify, func(name string) bool { return len(n.Config.Receivers[name].Tags) > 0 }) {
		return nil, nil
	}
	found := map[string]history.Tags{}
	err := n.DB.Conditions(ctx, func(c *history.Condition) error {
		if c.Group == g.Name {
			found[reports.Clean(c.Key)] = c.Tags
		}
		return nil
	})
	return found, err
}

// ofTags leaves of an outlook what is about a receiver's endpoints.
func (r *Receiver) ofTags(o *reports.Outlook, tags map[string]history.Tags) *reports.Outlook {
	if len(r.Tags) == 0 {
		return o
	}
	own := *o
	own.Turns = nil
	for _, t := range o.Turns {
		t.Endpoints = slices.DeleteFunc(slices.Clone(t.Endpoints), func(e reports.TurnEndpoint) bool { return !r.covers(tags[e.Endpoint]) })
		if t.Count = len(t.Endpoints); t.Count > 0 {
			own.Turns = append(own.Turns, t)
		}
	}
	return &own
}
