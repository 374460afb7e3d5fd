package dashboard

import (
	"context"
	"html/template"
	"net/http"
	"strconv"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// A step is one interval of an endpoint's timeline, with what it brought.
type step struct {
	history.Interval
	Kinds  []audit.Kind // against the interval before; none: noise, or the first one
	Brings []string     // the same in detail
	Begins bool         // it is the first one known
}

const maxSteps = 100

func (s *Server) endpoint(r *http.Request) (string, any, error) {
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return "", nil, err
	}
	current, err := s.DB.Endpoint(r.Context(), id)
	if err != nil {
		return "", nil, err
	}
	line, err := s.DB.Timeline(r.Context(), id, maxSteps+1)
	if err != nil {
		return "", nil, err
	}
	stateID, at := current.StateID, history.Interval{}
	for _, i := range line {
		if text := r.URL.Query().Get("at"); text == strconv.FormatInt(i.First, 10) {
			stateID, at = i.StateID, i
		}
	}
	e, err := s.inState(r.Context(), current.Endpoint, stateID)
	if err != nil {
		return "", nil, err
	}
	picture, err := reports.EndpointHTML(&e, "en", "/rules/")
	if err != nil {
		return "", nil, err
	}
	fix, err := s.fixOf(r.Context(), current.Endpoint, &e)
	if err != nil {
		return "", nil, err
	}
	return "endpoint", struct {
		Title   string
		Current history.Current
		At      history.Interval // zero: the present state
		Report  template.HTML
		Steps   []step
		Fix     corrected
	}{current.Endpoint.Key, current, at, picture, steps(line), fix}, nil
}

// present is the endpoint that a request names, as it is now.
func (s *Server) present(r *http.Request) (current history.Current, e reports.Endpoint, err error) {
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		return current, e, err
	}
	if current, err = s.DB.Endpoint(r.Context(), id); err != nil {
		return current, e, err
	}
	e, err = s.inState(r.Context(), current.Endpoint, current.StateID)
	return current, e, err
}

// inState is an endpoint as it was reported in some state.
func (s *Server) inState(ctx context.Context, who history.Ref, id int64) (reports.Endpoint, error) {
	state, err := s.DB.State(ctx, id)
	if err != nil {
		return reports.Endpoint{}, err
	}
	return audit.Endpoint(who, state)
}

func steps(newestFirst []history.Interval) []step {
	out := make([]step, 0, len(newestFirst))
	for i, interval := range newestFirst {
		s := step{Interval: interval, Begins: i == len(newestFirst)-1}
		if !s.Begins {
			change := audit.Classify([]history.Change{{Before: &newestFirst[i+1].Facts, After: &interval.Facts}})
			s.Kinds, s.Brings = change[0].Kinds, differences(change[0].Before, change[0].After)
		}
		out = append(out, s)
	}
	return out[:min(len(out), maxSteps)]
}
