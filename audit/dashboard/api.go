package dashboard

import (
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

//go:embed openapi.json
var openAPI []byte

// api answers programs. Endpoints have the form of the JSON report; arrays are
// never null.
func (s *Server) api(mux *http.ServeMux) {
	answer := func(pattern string, f func(*http.Request) (any, error), parameters ...string) {
		mux.HandleFunc("GET /api/v1/"+pattern, func(w http.ResponseWriter, r *http.Request) {
			var v any
			err := onlyParameters(r, parameters)
			if err == nil {
				v, err = f(r)
			}
			if err != nil {
				s.fail(w, r, err)
				return
			}
			b, err := json.Marshal(v)
			if err != nil {
				s.fail(w, r, err)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.Write(append(b, '\n'))
		})
	}
	answer("openapi.json", func(*http.Request) (any, error) { return json.RawMessage(openAPI), nil })
	answer("groups", s.apiGroups)
	answer("endpoints", s.apiEndpoints, "group", "severity", "search", "rule", "tag", "bundle",
		"after", "after_severity", "after_expiry", "after_id")
	answer("endpoints/{id}", s.apiEndpoint)
	answer("audits", s.apiAudits, "group", "before")
	answer("audits/{id}", s.apiAudit)
	answer("audits/{id}/changes", s.apiChanges)
	answer("diff", s.apiDiff, "from", "to")
	answer("waivers", s.apiWaivers)
	mux.HandleFunc("GET /api/v1/audits/{id}/endpoints", s.apiRows)
	mux.HandleFunc("GET /api/", func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, history.ErrNotFound) })
}

type apiGroup struct {
	Group       string         `json:"group"`
	Endpoints   int            `json:"endpoints"`
	Severity    map[string]int `json:"severity"`
	Unreachable int            `json:"unreachable"`
	Zone        string         `json:"zone"`          // whose workers audit it; empty: this process does
	Waiting     *time.Time     `json:"waiting_since"` // for one of those workers; null: it does not wait
	Running     bool           `json:"running"`
	Next        *time.Time     `json:"next"`
	Last        *apiAudit      `json:"last"`
	Rules       []apiRuleCount `json:"rules"`
}

// An apiRuleCount is how many endpoints have a finding of a rule.
type apiRuleCount struct {
	apiRule
	Endpoints int `json:"endpoints"`
}

type apiAudit struct {
	ID        int64         `json:"id"`
	Group     string        `json:"group"`
	Started   time.Time     `json:"started"`
	Ended     *time.Time    `json:"ended"`
	State     string        `json:"state"`
	Endpoints int           `json:"endpoints"`
	Pruned    bool          `json:"pruned"`
	Summary   audit.Summary `json:"summary"`
	Counts    apiCounts     `json:"counts"`
}

// apiCounts are an audit's endpoints by how they are, and what it left out.
type apiCounts struct {
	Error       int `json:"error"`
	Warning     int `json:"warning"`
	Info        int `json:"info"`
	OK          int `json:"ok"`
	Unreachable int `json:"unreachable"`
	Skipped     int `json:"skipped"`
}

type apiCurrent struct {
	ID       int64     `json:"id"`
	Group    string    `json:"group"`
	Endpoint string    `json:"endpoint"`
	Since    int64     `json:"since_audit"`
	Gone     int64     `json:"gone_in_audit"`
	State    apiFacts  `json:"state"`
	Report   any       `json:"report,omitempty"`
	Timeline []apiStep `json:"timeline,omitempty"`
}

type apiFacts struct {
	Status   string     `json:"status"`
	Error    string     `json:"error"`
	Severity string     `json:"severity"`
	Findings []string   `json:"findings"`
	Refused  []string   `json:"refused"`
	Issuer   string     `json:"issuer"`
	Product  string     `json:"product"`
	Expires  *time.Time `json:"expires"`
	Bundle   string     `json:"bundle_sha256"`
	Due      *time.Time `json:"renewal_due"`
	Rules    []apiRule  `json:"rules"`
}

// An apiRule is one of the findings that count.
type apiRule struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
}

type apiStep struct {
	FirstAudit int64     `json:"first_audit"`
	LastAudit  int64     `json:"last_audit"`
	FirstSeen  time.Time `json:"first_seen"`
	LastSeen   time.Time `json:"last_seen"`
	Changes    []string  `json:"changes"`
	State      apiFacts  `json:"state"`
}

type apiChange struct {
	ID       int64     `json:"id"`
	Endpoint string    `json:"endpoint"`
	Material bool      `json:"material"`
	Kinds    []string  `json:"kinds"`
	Before   *apiFacts `json:"before"`
	After    *apiFacts `json:"after"`
}

func (s *Server) apiGroups(r *http.Request) (any, error) {
	groups, err := s.groups(r.Context())
	if err != nil {
		return nil, err
	}
	counts, err := s.DB.RuleCounts(r.Context())
	if err != nil {
		return nil, err
	}
	out := make([]apiGroup, len(groups))
	for i, g := range groups {
		out[i] = apiGroup{Group: g.Name, Endpoints: g.Endpoints, Severity: map[string]int{}, Unreachable: g.Unreachable, Zone: g.Zone,
			Waiting: orNull(g.Waiting), Running: g.Running, Next: orNull(g.Next), Rules: []apiRuleCount{}}
		for _, c := range counts {
			if c.Group == g.Name {
				out[i].Rules = append(out[i].Rules, apiRuleCount{apiRule{c.Rule, c.Severity}, c.N})
			}
		}
		for severity, n := range g.Worst {
			out[i].Severity[severityName(severity)] = n
		}
		if g.Last != nil {
			last := auditJSON(*g.Last)
			out[i].Last = &last
		}
	}
	return out, nil
}

func (s *Server) apiEndpoints(r *http.Request) (any, error) {
	q, err := queryOf(r.URL.Query())
	if err != nil {
		return nil, err
	}
	q.Limit = perPage + 1
	list, err := s.DB.Endpoints(r.Context(), q)
	if err != nil {
		return nil, err
	}
	page := struct {
		Endpoints []apiCurrent `json:"endpoints"`
		Next      string       `json:"next"`
	}{Endpoints: []apiCurrent{}}
	if len(list) > perPage {
		list = list[:perPage]
		values := r.URL.Query()
		setCursor(values, list[perPage-1].Next())
		page.Next = "/api/v1/endpoints?" + values.Encode()
	}
	for _, c := range list {
		page.Endpoints = append(page.Endpoints, currentJSON(c))
	}
	return page, nil
}

func (s *Server) apiEndpoint(r *http.Request) (any, error) {
	current, e, err := s.present(r)
	if err != nil {
		return nil, err
	}
	line, err := s.DB.Timeline(r.Context(), current.Endpoint.ID, maxSteps)
	if err != nil {
		return nil, err
	}
	out := currentJSON(current)
	out.Report, out.Timeline = &e, []apiStep{}
	for _, i := range steps(line) {
		out.Timeline = append(out.Timeline, apiStep{i.First, i.Last, i.FirstSeen, i.LastSeen, kindsJSON(i.Kinds), factsJSON(i.Facts)})
	}
	return out, nil
}

func (s *Server) apiAudits(r *http.Request) (any, error) {
	before, err := strconv.ParseInt("0"+r.URL.Query().Get("before"), 10, 64)
	if err != nil {
		return nil, badRequest{"before takes the id of an audit"}
	}
	group := r.URL.Query().Get("group")
	list, err := s.DB.Audits(r.Context(), group, before, perPage+1)
	if err != nil {
		return nil, err
	}
	page := struct {
		Audits []apiAudit `json:"audits"`
		Next   string     `json:"next"`
	}{Audits: []apiAudit{}}
	if len(list) > perPage {
		list = list[:perPage]
		page.Next = "/api/v1/audits?" + url.Values{"group": {group}, "before": {strconv.FormatInt(list[perPage-1].ID, 10)}}.Encode()
	}
	for _, a := range list {
		page.Audits = append(page.Audits, auditJSON(a))
	}
	return page, nil
}

func (s *Server) apiAudit(r *http.Request) (any, error) {
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	a, err := s.DB.Audit(r.Context(), id)
	return auditJSON(a), err
}

func (s *Server) apiChanges(r *http.Request) (any, error) {
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	changes, err := s.DB.Changes(r.Context(), id)
	return changesJSON(changes), err
}

func (s *Server) apiDiff(r *http.Request) (any, error) {
	from, err1 := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	to, err2 := strconv.ParseInt(r.URL.Query().Get("to"), 10, 64)
	if errors.Join(err1, err2) != nil {
		return nil, badRequest{"from and to take ids of audits"}
	}
	changes, err := s.DB.Diff(r.Context(), from, to)
	if err != nil && !isNotFound(err) {
		err = badRequest{err.Error()}
	}
	return changesJSON(changes), err
}

// apiRows sends all that an audit saw, an endpoint a line, as it is read.
func (s *Server) apiRows(w http.ResponseWriter, r *http.Request) {
	id, err := idOf(r.PathValue("id"))
	if err := errors.Join(err, onlyParameters(r, nil)); err != nil {
		s.fail(w, r, err)
		return
	}
	begun := false
	for row, err := range s.DB.Rows(r.Context(), id) {
		var e reports.Endpoint
		if err == nil {
			e, err = audit.Endpoint(row.Endpoint, row.State)
		}
		if err != nil {
			if !begun {
				s.fail(w, r, err)
				return
			}
			if r.Context().Err() == nil {
				s.Report(err)
			}
			panic(http.ErrAbortHandler) // the reader must not take half for the whole
		}
		if !begun {
			w.Header().Set("Content-Type", "application/x-ndjson")
			begun = true
		}
		if _, err := w.Write(append(e.AppendJSON(nil), '\n')); err != nil {
			return
		}
	}
	if !begun {
		w.Header().Set("Content-Type", "application/x-ndjson")
	}
}
