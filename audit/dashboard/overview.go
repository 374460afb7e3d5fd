package dashboard

import (
	"context"
	"net/http"
	"slices"
	"sync"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/rules"
)

// What somebody wants to know in the morning: how it stands, what changed last
// night, what will break next, and what fixes most.

// A nightNews is what the last audit of a group changed.
type nightNews struct {
	Audit    history.Audit
	Material []audit.Change
	More     int  // material changes that are not shown
	Many     bool // so many that they have a page of their own, such as those of the first audit
}

const (
	maxNews = 12   // changes of one group on the overview
	maxRead = 2000 // intervals that are read for them
)

// A newsroom remembers the news of each group's last audit, which never change.
type newsroom struct {
	mu   sync.Mutex
	last map[string]nightNews
}

// news gives what the last audits of groups changed, leaving out those that
// changed nothing.
func (s *Server) news(ctx context.Context, groups []groupView) ([]nightNews, error) {
	s.newsroom.mu.Lock()
	defer s.newsroom.mu.Unlock()
	if s.newsroom.last == nil {
		s.newsroom.last = map[string]nightNews{}
	}
	var all []nightNews
	for _, g := range groups {
		if g.Ended == nil {
			continue
		}
		n := s.newsroom.last[g.Name]
		if n.Audit.ID != g.Ended.ID {
			var err error
			if n, err = s.newsOf(ctx, *g.Ended); err != nil {
				return nil, err
			}
			s.newsroom.last[g.Name] = n
		}
		if n.Many || len(n.Material) > 0 {
			all = append(all, n)
		}
	}
	return all, nil
}

func (s *Server) newsOf(ctx context.Context, a history.Audit) (nightNews, error) {
	n := nightNews{Audit: a}
	begun, err := s.DB.Begun(ctx, a.ID, maxRead)
	if err != nil || begun == maxRead {
		n.Many = true
		return n, err
	}
	changes, err := s.DB.Changes(ctx, a.ID)
	if err != nil {
		return n, err
	}
	v := changesOf(changes)
	n.Material = v.Material[:min(len(v.Material), maxNews)]
	n.More = v.More + len(v.Material) - len(n.Material)
	return n, nil
}

// A fixView is a fix that endpoints need.
type fixView struct {
	history.Fix
	Have    bool   // its certificates can be downloaded
	Command string // that fetches them otherwise, for the example
}

func (s *Server) fixes(ctx context.Context, limit int) ([]fixView, error) {
	fixes, err := s.DB.Fixes(ctx, limit)
	if err != nil {
		return nil, err
	}
	return s.fixViews(ctx, fixes)
}

func (s *Server) fixViews(ctx context.Context, fixes []history.Fix) ([]fixView, error) {
	views := make([]fixView, len(fixes))
	for i, m := range fixes {
		certs, err := s.DB.Bundle(ctx, m.Bundle)
		if err != nil {
			return nil, err
		}
		views[i] = fixView{m, len(certs) > 0, s.Config.FixCommand(m.Example, "--aia")}
	}
	return views, nil
}

// A ruleView is how many endpoints have a finding of a rule.
type ruleView struct {
	history.RuleCount // of a group; without one, of all
	Title             string
}

// ruleViews are the findings of a group (empty: of all groups), worst first.
func (s *Server) ruleViews(ctx context.Context, group string) ([]ruleView, error) {
	counts, err := s.DB.RuleCounts(ctx)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	var views []ruleView
	for _, c := range counts {
		if group != "" && c.Group != group {
			continue
		}
		c.Group = group
		key := c.Rule + "=" + c.Severity
		i, ok := at[key]
		if !ok {
			i = len(views)
			at[key], views = i, append(views, ruleView{RuleCount: c})
			views[i].N = 0
			if rule := rules.Lookup(c.Rule); rule != nil {
				views[i].Title = rule.Title
			}
		}
		views[i].N += c.N
	}
	slices.SortStableFunc(views, func(a, b ruleView) int { return history.ByNeed(a.RuleCount, b.RuleCount) })
	return views, nil
}

// A total is one state in which endpoints of all groups are.
type total struct {
	State string
	N     int
	Link  bool // the list of endpoints can be narrowed to it
}

func totals(groups []groupView) []total {
	all := []total{{"error", 0, true}, {"unreachable", 0, true}, {"warning", 0, true}, {"info", 0, true}, {"ok", 0, false}}
	for _, g := range groups {
		all[0].N, all[1].N = all[0].N+g.Worst[rules.Error], all[1].N+g.Unreachable
		all[2].N, all[3].N, all[4].N = all[2].N+g.Worst[rules.Warning], all[3].N+g.Worst[rules.Info], all[4].N+g.Worst[rules.None]
	}
	return all
}

func (s *Server) overview(r *http.Request) (string, any, error) {
	ctx := r.Context()
	groups, err := s.groups(ctx)
	if err != nil {
		return "", nil, err
	}
	news, err := s.news(ctx, groups)
	if err != nil {
		return "", nil, err
	}
	worst, err := s.DB.Endpoints(ctx, history.Query{Worst: int(rules.Warning), Limit: 10})
	if err != nil {
		return "", nil, err
	}
	silent, err := s.DB.Endpoints(ctx, history.Query{Status: "failed", Limit: 10})
	if err != nil {
		return "", nil, err
	}
	expiring, err := s.DB.Expiring(ctx, "", s.Now(), 10)
	if err != nil {
		return "", nil, err
	}
	found, err := s.ruleViews(ctx, "")
	if err != nil {
		return "", nil, err
	}
	fixes, err := s.fixes(ctx, 10)
	if err != nil {
		return "", nil, err
	}
	notices, err := s.DB.Notices(ctx, "", 10)
	if err != nil {
		return "", nil, err
	}
	return "overview", struct {
		Title    string
		Totals   []total
		Groups   []groupView
		News     []nightNews
		Rules    []ruleView
		Worst    []history.Current
		Silent   []history.Current
		Expiring []history.Current
		Fixes    []fixView
		Notices  []history.Notice
	}{"Overview", totals(groups), groups, news, found, worst, silent, expiring, fixes, notices}, nil
}
