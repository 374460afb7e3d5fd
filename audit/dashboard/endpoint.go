package dashboard

import (
	"encoding/pem"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"tlschain/audit"
	"tlschain/audit/history"
	"tlschain/reports"
)

// A step is one interval of an endpoint's timeline, with what it brought.
type step struct {
	history.Interval
	Kinds  []audit.Kind // against the interval before; none: noise, or the first one
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
	download, err := s.hasBundle(r, &e)
	if err != nil {
		return "", nil, err
	}
	return "endpoint", struct {
		Title    string
		Current  history.Current
		At       history.Interval // zero: the present state
		Report   template.HTML
		Steps    []step
		Download bool
	}{current.Endpoint.Key, current, at, picture, steps(line), download}, nil
}

func steps(newestFirst []history.Interval) []step {
	out := make([]step, 0, len(newestFirst))
	for i, interval := range newestFirst {
		s := step{Interval: interval, Begins: i == len(newestFirst)-1}
		if !s.Begins {
			change := audit.Classify([]history.Change{{Before: &newestFirst[i+1].Facts, After: &interval.Facts}})
			s.Kinds = change[0].Kinds
		}
		out = append(out, s)
	}
	return out[:min(len(out), maxSteps)]
}

// hasBundle says that the corrected file can be had: every certificate of it
// was presented to us by some endpoint, so we have its bytes.
func (s *Server) hasBundle(r *http.Request, e *reports.Endpoint) (bool, error) {
	hashes := bundleOf(e)
	if hashes == nil {
		return false, nil
	}
	der, err := s.DB.DER(r.Context(), hashes)
	return len(der) == len(hashes), err
}

// bundleOf is the corrected file: the leaf, then what belongs after it. nil
// when nothing needs mending, or no mend is known.
func bundleOf(e *reports.Endpoint) (hashes []history.Hash) {
	for _, c := range e.Chain {
		if c.Role == "leaf" {
			hashes = append(hashes, history.Hash(c.SHA256))
		}
	}
	if len(hashes) != 1 || e.BundleSHA256.IsZero() || len(e.Bundle) == 0 {
		return nil
	}
	for _, h := range e.Bundle {
		hashes = append(hashes, history.Hash(h))
	}
	presented := make([]history.Hash, len(e.Chain))
	for i, c := range e.Chain {
		presented[i] = history.Hash(c.SHA256)
	}
	if slices.Equal(hashes, presented) {
		return nil
	}
	return slices.Compact(hashes)
}

// bundle sends the corrected file. Its name is ours; nothing of a certificate
// or server is in it.
func (s *Server) bundle(w http.ResponseWriter, r *http.Request) {
	id, err := idOf(r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	current, err := s.DB.Endpoint(r.Context(), id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	state, err := s.DB.State(r.Context(), current.StateID)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	e, err := audit.Endpoint(current.Endpoint, state)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	hashes := bundleOf(&e)
	der, err := s.DB.DER(r.Context(), hashes)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if len(hashes) == 0 || len(der) != len(hashes) {
		http.Error(w, "the corrected file is not at hand: tlschain fix writes it", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="endpoint-%d-fullchain.pem"`, id))
	for _, h := range hashes {
		pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: der[h]})
	}
}
