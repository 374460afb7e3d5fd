package dashboard

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

// perPage is how many rows a list shows.
const perPage = 100

// A groupView is a group in one line.
type groupView struct {
	Name        string
	Endpoints   int
	Worst       [4]int // captured endpoints by severity
	Unreachable int
	Last        *history.Audit
	Ended       *history.Audit // the last one that has; nil: none
	Next        time.Time
	Running     bool
	Zone        string    // whose workers audit it; empty: this process does
	Waiting     time.Time // since when it waits for one of them; zero: it does not
	Trend       trend
}

func (s *Server) groups(ctx context.Context) ([]groupView, error) {
	counts, err := s.DB.Counts(ctx)
	if err != nil {
		return nil, err
	}
	planned, err := s.DB.Schedule(ctx)
	if err != nil {
		return nil, err
	}
	var waiting map[string]time.Time
	if s.Waiting != nil {
		if waiting, err = s.Waiting(ctx); err != nil {
			return nil, err
		}
	}
	at := map[string]int{}
	var views []groupView
	add := func(name string) *groupView {
		i, ok := at[name]
		if !ok {
			i = len(views)
			at[name], views = i, append(views, groupView{Name: name, Next: planned[name].Next,
				Running: s.Running != nil && s.Running(name), Waiting: waiting[name]})
			if g := s.Config.Groups[name]; g != nil {
				views[i].Zone = g.Zone
			}
		}
		return &views[i]
	}
	for _, name := range s.Config.GroupNames() {
		add(name)
	}
	for _, c := range counts {
		g := add(c.Group)
		g.Endpoints += c.N
		if c.Status == "ok" {
			g.Worst[min(max(c.Worst, 0), 3)] += c.N
		} else {
			g.Unreachable += c.N
		}
	}
	for i := range views {
		list, err := s.DB.Audits(ctx, views[i].Name, 0, trendLength)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			views[i].Last = &list[0]
		}
		if j := slices.IndexFunc(list, func(a history.Audit) bool { return a.State != history.Running && !a.Pruned }); j >= 0 {
			views[i].Ended = &list[j]
		}
		views[i].Trend = trendOf(list)
	}
	return views, nil
}

func (s *Server) group(r *http.Request) (string, any, error) {
	name := r.PathValue("group")
	groups, err := s.groups(r.Context())
	if err != nil {
		return "", nil, err
	}
	for _, g := range groups {
		if g.Name != name {
			continue
		}
		audits, err := s.DB.Audits(r.Context(), name, 0, 20)
		if err != nil {
			return "", nil, err
		}
		expiring, err := s.DB.Expiring(r.Context(), name, s.Now(), 20)
		if err != nil {
			return "", nil, err
		}
		worst, err := s.DB.Endpoints(r.Context(), history.Query{Group: name, Worst: int(rules.Warning), Limit: 20})
		if err != nil {
			return "", nil, err
		}
		silent, err := s.DB.Endpoints(r.Context(), history.Query{Group: name, Status: "failed", Limit: 20})
		if err != nil {
			return "", nil, err
		}
		found, err := s.ruleViews(r.Context(), name)
		if err != nil {
			return "", nil, err
		}
		return "group", struct {
			Title    string
			Group    groupView
			Rules    []ruleView
			Worst    []history.Current
			Silent   []history.Current
			Expiring []history.Current
			Audits   []history.Audit
		}{name, g, found, worst, silent, expiring, audits}, nil
	}
	return "", nil, history.ErrNotFound
}

func (s *Server) endpoints(r *http.Request) (string, any, error) {
	q, err := queryOf(r.URL.Query())
	if err != nil {
		return "", nil, err
	}
	q.Limit = perPage + 1
	list, err := s.DB.Endpoints(r.Context(), q)
	if err != nil {
		return "", nil, err
	}
	next := ""
	if len(list) > perPage {
		list = list[:perPage]
		values := r.URL.Query()
		setCursor(values, list[perPage-1].Next())
		next = "/endpoints?" + values.Encode()
	}
	filters := r.URL.Query()
	for _, name := range []string{"after", "after_severity", "after_expiry", "after_id"} {
		filters.Del(name)
	}
	return "endpoints", struct {
		Title    string
		Query    url.Values
		Groups   []string
		List     []history.Current
		Next     string
		Download string // all that the filters let through, as CSV
	}{"Endpoints", filters, s.Config.GroupNames(), list, next, "/endpoints.csv?" + filters.Encode()}, nil
}

// queryOf reads the filters of a list from an address.
func queryOf(v url.Values) (q history.Query, err error) {
	q = history.Query{Group: v.Get("group"), Search: v.Get("search"), Rule: v.Get("rule"), Tags: typed(v["tag"])}
	if text := v.Get("severity"); text == "unreachable" {
		q.Status = "failed"
	} else if text != "" {
		severity, err := rules.ParseSeverity(text)
		if err != nil {
			return q, badRequest{err.Error() + ", or unreachable"}
		}
		q.Worst = int(severity)
	}
	if text := v.Get("bundle"); text != "" {
		var h reports.Hash
		if err := h.UnmarshalText([]byte(text)); err != nil {
			return q, badRequest{"bundle: " + err.Error()}
		}
		q.Bundle = h
	}
	if v.Has("after") {
		q.After.Key = v.Get("after")
		worst, err1 := strconv.Atoi(v.Get("after_severity"))
		expires, err2 := strconv.ParseInt("0"+v.Get("after_expiry"), 10, 64)
		id, err3 := strconv.ParseInt(v.Get("after_id"), 10, 64)
		if errors.Join(err1, err2, err3) != nil {
			return q, badRequest{"after needs after_severity, after_expiry and after_id: take the address of the next page as it is"}
		}
		q.After.Worst, q.After.Expires, q.After.ID = worst, expires, id
	}
	return q, nil
}

// typed are the values of a field that may be left empty.
func typed(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(text string) bool { return text == "" })
}

func setCursor(v url.Values, c history.Cursor) {
	v.Set("after", c.Key)
	v.Set("after_severity", strconv.Itoa(c.Worst))
	v.Set("after_expiry", strconv.FormatInt(c.Expires, 10))
	v.Set("after_id", strconv.FormatInt(c.ID, 10))
}

func idOf(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, history.ErrNotFound
	}
	return id, nil
}

func (s *Server) audits(r *http.Request) (string, any, error) {
	before, err := strconv.ParseInt("0"+r.URL.Query().Get("before"), 10, 64)
	if err != nil {
		return "", nil, badRequest{"before takes the id of an audit"}
	}
	group := r.URL.Query().Get("group")
	list, err := s.DB.Audits(r.Context(), group, before, perPage+1)
	if err != nil {
		return "", nil, err
	}
	next := ""
	if len(list) > perPage {
		list = list[:perPage]
		next = "/audits?" + url.Values{"group": {group}, "before": {strconv.FormatInt(list[perPage-1].ID, 10)}}.Encode()
	}
	return "audits", struct {
		Title string
		List  []history.Audit
		Next  string
	}{"Audits", list, next}, nil
}

// A changesView is a list of changes, what is worst now first, bounded, noise
// counted.
type changesView struct {
	Material []audit.Change
	More     int
	Noise    int
	Fixes    []fixView
}

const maxChanges = 500

func changesOf(changes []history.Change) (v changesView) {
	for _, c := range audit.Classify(changes) {
		if c.Material() {
			v.Material = append(v.Material, c)
		} else {
			v.Noise++
		}
	}
	slices.SortStableFunc(v.Material, func(a, b audit.Change) int { return need(&b) - need(&a) })
	v.More = max(0, len(v.Material)-maxChanges)
	v.Material = v.Material[:len(v.Material)-v.More]
	return v
}

// withFixes adds what fixes the changes that are bad.
func (s *Server) withFixes(ctx context.Context, changes []history.Change) (changesView, error) {
	v := changesOf(changes)
	fixes := audit.Fixes(audit.Classify(changes))
	var err error
	v.Fixes, err = s.fixViews(ctx, fixes[:min(len(fixes), 10)])
	return v, err
}

func (s *Server) audit(r *http.Request) (string, any, error) {
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return "", nil, err
	}
	a, err := s.DB.Audit(r.Context(), id)
	if err != nil {
		return "", nil, err
	}
	var view changesView
	before := int64(0)
	readable := a.State != history.Running && !a.Pruned
	if readable {
		changes, err := s.DB.Changes(r.Context(), id)
		if err != nil {
			return "", nil, err
		}
		if view, err = s.withFixes(r.Context(), changes); err != nil {
			return "", nil, err
		}
		last, err := s.DB.LastComplete(r.Context(), a.Group, id)
		if err == nil && !last.Pruned {
			before = last.ID
		} else if err != nil && !errors.Is(err, history.ErrNotFound) {
			return "", nil, err
		}
	}
	return "audit", struct {
		Title    string
		Audit    history.Audit
		Readable bool
		Before   int64 // the complete audit before; 0: none is known
		Changes  changesView
	}{"Audit " + strconv.FormatInt(id, 10), a, readable, before, view}, nil
}

func (s *Server) diff(r *http.Request) (string, any, error) {
	from, err1 := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	to, err2 := strconv.ParseInt(r.URL.Query().Get("to"), 10, 64)
	if errors.Join(err1, err2) != nil {
		return "", nil, badRequest{"from and to take ids of audits"}
	}
	changes, err := s.DB.Diff(r.Context(), from, to)
	if errors.Is(err, history.ErrNotFound) {
		return "", nil, err
	}
	if err != nil {
		return "", nil, badRequest{err.Error()}
	}
	view, err := s.withFixes(r.Context(), changes)
	if err != nil {
		return "", nil, err
	}
	return "diff", struct {
		Title    string
		From, To int64
		Changes  changesView
	}{"Changes from audit " + strconv.FormatInt(from, 10) + " to " + strconv.FormatInt(to, 10), from, to, view}, nil
}

func (s *Server) rules(r *http.Request) (string, any, error) {
	return "rules", struct {
		Title string
		Rules []*rules.Rule
	}{"Rules", rules.All()}, nil
}

func (s *Server) rule(r *http.Request) (string, any, error) {
	rule := rules.Lookup(r.PathValue("rule"))
	if rule == nil {
		return "", nil, history.ErrNotFound
	}
	return "rule", struct {
		Title string
		Rule  *rules.Rule
	}{rule.ID, rule}, nil
}
