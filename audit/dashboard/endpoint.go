package dashboard

import (
	"html/template"
	"net/http"
	"strconv"

	"tlschain/audit"
	"tlschain/audit/history"
	"tlschain/reports"
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
	state, err := s.DB.State(r.Context(), stateID)
	if err != nil {
		return "", nil, err
	}
	e, err := audit.Endpoint(current.Endpoint, state)
	if err != nil {
		return "", nil, err
	}
	picture, err := reports.EndpointHTML(&e, "en", "/rules/")
	if err != nil {
		return "", nil, err
	}
	mend, err := s.mendOf(r.Context(), &e)
	if err != nil {
		return "", nil, err
	}
	return "endpoint", struct {
		Title   string
		Current history.Current
		At      history.Interval // zero: the present state
		Report  template.HTML
		Steps   []step
		Mend    corrected
	}{current.Endpoint.Key, current, at, picture, steps(line), mend}, nil
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
