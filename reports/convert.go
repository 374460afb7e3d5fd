package reports

import (
	"errors"
	"slices"
	"time"
)

// Convert writes a saved report in another format, as it reads it. The
// report's own summary is kept where it has one, because it may hold what the
// endpoints do not: certificates' bytes, and that the scan was interrupted.
// Of one without a summary, such as NDJSON, it is counted, without the rules that
// are ignored of those about a report as a whole. After an error in the report,
// what was read before has been written, and the report is closed as an
// interrupted one.
func Convert(w Writer, r *Reader, ignored ...string) error {
	header := r.Header
	header.Detail = "" // the writer's business
	if err := w.Begin(header); err != nil {
		return err
	}
	tally := Tally{ignored: ignored}
	var broken error
	for e, err := range r.Endpoints() {
		if err != nil {
			broken = err
			break
		}
		tally.Add(e)
		if err := w.Endpoint(e); err != nil {
			return err
		}
	}
	s := tally.Summary(broken != nil)
	if saved := r.Summary(); saved != nil && broken == nil {
		counted := s
		s = *saved
		s.adopt(counted)
	}
	if err := w.End(s); err != nil {
		return err
	}
	return broken
}

// Merge writes reports of disjoint targets as one, such as those of a scan's
// shards. The summary is counted anew; of those that the reports have it takes
// what endpoints do not hold: certificates' bytes, and what could not be used.
// After an error it ends as [Convert] does.
func Merge(w Writer, all []*Reader, ignored ...string) error {
	header, err := mergedHeader(all)
	if err != nil {
		return err
	}
	if err := w.Begin(header); err != nil {
		return err
	}
	tally := Tally{ignored: ignored}
	var broken error
	interrupted := false
	extra := merged{pem: map[Hash]string{}, skipped: map[Skipped]bool{}}
	for _, r := range all {
		for e, err := range r.Endpoints() {
			if err != nil {
				broken = errors.Join(broken, err)
				break
			}
			tally.Add(e)
			if err := w.Endpoint(e); err != nil {
				return err
			}
		}
		if s := r.Summary(); s != nil {
			interrupted = interrupted || s.Interrupted
			extra.add(s, &tally)
		}
	}
	s := tally.Summary(interrupted || broken != nil)
	extra.adopt(&s)
	if err := w.End(s); err != nil {
		return err
	}
	return broken
}

// mergedHeader is the first report's, with the earliest times. Reports by other
// clients do not fit: their sums would be of nothing.
func mergedHeader(all []*Reader) (Header, error) {
	h := all[0].Header
	h.Detail = ""
	for _, r := range all[1:] {
		o := &r.Header
		switch {
		case len(h.Clients) == 0:
			h.Clients = o.Clients
		case len(o.Clients) > 0 && !slices.Equal(h.Clients, o.Clients):
			return h, ErrOtherClients
		}
		h.StartedAt, h.EvaluatedAt = earlier(h.StartedAt, o.StartedAt), earlier(h.EvaluatedAt, o.EvaluatedAt)
		h.FactsAt = earlier(h.FactsAt, o.FactsAt)
		if h.Tool.Name == "" {
			h.Tool, h.Flags = o.Tool, o.Flags
		}
	}
	return h, nil
}

// ErrOtherClients means that reports cannot be merged.
var ErrOtherClients = errors.New("the reports were judged by different clients: scan with the same --clients")

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// merged is what summaries know and endpoints do not.
type merged struct {
	pem     map[Hash]string
	skipped map[Skipped]bool
	omitted int
}

// add takes over a summary. Shards read the same lists, so that each of them
// has skipped the same lines.
func (m *merged) add(s *Summary, tally *Tally) {
	for i := range s.Fixes {
		for _, c := range s.Fixes[i].Certificates {
			if c.PEM != "" {
				m.pem[c.SHA256] = c.PEM
			}
		}
	}
	for _, one := range s.Skipped {
		if !m.skipped[one] {
			m.skipped[one] = true
			tally.Skip(one.Line, one.Reason)
		}
	}
	m.omitted = max(m.omitted, s.SkippedOmitted)
}

func (m *merged) adopt(s *Summary) {
	s.SkippedOmitted = max(s.SkippedOmitted, m.omitted)
	for i := range s.Fixes {
		for j := range s.Fixes[i].Certificates {
			if c := &s.Fixes[i].Certificates[j]; c.PEM == "" {
				c.PEM = m.pem[c.SHA256]
			}
		}
	}
}
