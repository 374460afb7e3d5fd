package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// An Affected endpoint had a certificate that was searched for.
type Affected struct {
	Group        string          `json:"group"`
	Endpoint     string          `json:"endpoint"`
	Certificates []reports.Match `json:"certificates"` // as they were last
	Spans        []Span          `json:"spans"`        // when it had one, oldest first
	Now          Now             `json:"now"`
	FixedAt      time.Time       `json:"fixed_at,omitzero"` // when the first audit without it began; zero: there is none

	last int64 // audit that looked at the endpoint
}

// A Span is audits in a row that found an endpoint with such a certificate.
type Span struct {
	First  time.Time `json:"first"` // when the first of them began
	Last   time.Time `json:"last"`
	Audits int       `json:"audits"`
	Sent   bool      `json:"sent"` // the server sent it; else it was needed only
}

// Now is how an endpoint is by the newest audits of its group.
type Now string

// How an endpoint that was affected may be.
const (
	StillAffected Now = "affected"
	FixedSince    Now = "fixed"
	GoneSince     Now = "gone" // no audit looks at it any more
)

// FindAffected searches the audits of a group that began at since or later
// (zero: all that are kept), and gives the endpoints by name. Everything in them is fit to show.
func FindAffected(ctx context.Context, db *history.DB, group string, search *reports.Search, since time.Time) ([]Affected, error) {
	first, last, err := db.Span(ctx, group, since, time.Time{})
	if errors.Is(err, history.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	nights, err := auditIDs(ctx, db, group, first.ID, last.ID)
	if err != nil {
		return nil, err
	}
	known, err := matching(ctx, db, search)
	if err != nil {
		return nil, err
	}
	var found []Affected
	var one affecting
	for s, err := range db.Documents(ctx, group, first.ID, last.ID) {
		if err != nil {
			return nil, err
		}
		if s.Endpoint.Key != one.Endpoint {
			found = one.appendTo(found)
			one = affecting{Affected: Affected{Group: group, Endpoint: s.Endpoint.Key}}
		}
		one.last = s.Interval.Last
		if s.State.Status != string(reports.OK) {
			continue // while it did not answer, nothing is known
		}
		matches, err := matchesIn(s.State.Doc, search, known)
		if err != nil {
			return nil, err
		}
		one.add(s.Interval, matches, nights)
	}
	found = one.appendTo(found)
	err = markGone(ctx, db, group, found, last.ID)
	cleanAffected(found)
	return found, err
}

// matching gives the stored certificates that a search is for, with their
// subjects.
func matching(ctx context.Context, db *history.DB, search *reports.Search) (map[reports.Hash]string, error) {
	known := make(map[reports.Hash]string)
	return known, db.Certificates(ctx, func(stored history.Certificate) error {
		var c reports.Certificate
		if err := json.Unmarshal(stored.Doc, &c); err != nil {
			return err
		}
		if sha := stored.SHA256; search.Has(sha, c.SPKISHA256, c.Subject) {
			known[sha] = c.Subject
		}
		return nil
	})
}

// matchesIn is [reports.Search.Matches] for a stored verdict, of which it reads
// no more than that needs.
func matchesIn(doc []byte, search *reports.Search, known map[reports.Hash]string) (found []reports.Match, err error) {
	var e struct {
		Chain []struct {
			SHA256 reports.Hash `json:"sha256"`
		} `json:"chain"`
		Unsent []reports.Unsent `json:"unsent"`
	}
	if err := json.Unmarshal(doc, &e); err != nil {
		return nil, fmt.Errorf("reading a verdict from the history: %w", err)
	}
	for _, c := range e.Chain {
		if subject, ok := known[c.SHA256]; ok {
			found = append(found, reports.Match{SHA256: c.SHA256, Subject: subject, Sent: true})
		}
	}
	for _, c := range e.Unsent {
		if search.Has(c.SHA256, c.SPKISHA256, c.Subject) {
			found = append(found, reports.Match{SHA256: c.SHA256, Subject: c.Subject})
		}
	}
	return found, nil
}

// affecting is an endpoint of which more is still to come.
type affecting struct {
	Affected
	broken bool // the newest stretch had no such certificate
}

func (a *affecting) add(i history.Interval, matches []reports.Match, nights []int64) {
	if len(matches) == 0 {
		if len(a.Spans) > 0 && !a.broken {
			a.FixedAt = i.FirstSeen
		}
		a.broken = true
		return
	}
	audits := between(nights, i.First, i.Last)
	if audits == 0 {
		return // all of it before the first audit that was asked for
	}
	sent := slices.ContainsFunc(matches, func(m reports.Match) bool { return m.Sent })
	a.Certificates, a.FixedAt = matches, time.Time{}
	if n := len(a.Spans); n > 0 && !a.broken && a.Spans[n-1].Sent == sent {
		s := &a.Spans[n-1]
		s.Last, s.Audits = i.LastSeen, s.Audits+audits
	} else {
		a.Spans = append(a.Spans, Span{i.FirstSeen, i.LastSeen, audits, sent})
	}
	a.broken = false
}

func (a *affecting) appendTo(found []Affected) []Affected {
	if len(a.Spans) == 0 {
		return found
	}
	a.Now = StillAffected
	if a.broken {
		a.Now = FixedSince
	}
	return append(found, a.Affected)
}

// markGone finds those of the affected endpoints that the newest complete audit
// no longer had.
func markGone(ctx context.Context, db *history.DB, group string, found []Affected, last int64) error {
	complete, err := db.LastComplete(ctx, group, last+1)
	if err != nil {
		if errors.Is(err, history.ErrNotFound) {
			return nil
		}
		return err
	}
	for i := range found {
		if a := &found[i]; a.Now == StillAffected && a.last < complete.ID {
			a.Now, a.FixedAt = GoneSince, time.Time{}
		}
	}
	return nil
}

// auditIDs are the audits first to last of a group that have ended, ascending.
func auditIDs(ctx context.Context, db *history.DB, group string, first, last int64) (ids []int64, err error) {
	const page = 1000
	for before := last + 1; ; {
		some, err := db.Audits(ctx, group, before, page)
		if err != nil {
			return nil, err
		}
		for _, a := range some {
			if a.ID >= first && a.State != history.Running {
				ids = append(ids, a.ID)
			}
		}
		if len(some) < page || some[len(some)-1].ID < first {
			slices.Reverse(ids)
			return ids, nil
		}
		before = some[len(some)-1].ID
	}
}

// between counts the ids first to last.
func between(ids []int64, first, last int64) int {
	from, _ := slices.BinarySearch(ids, first)
	to, _ := slices.BinarySearch(ids, last+1)
	return to - from
}
