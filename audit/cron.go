package audit

import (
	"errors"
	"fmt"
	"hash/fnv"
	"time"
	_ "time/tzdata" // containers and Windows have no time zone database
)

// Next is when a group is due after a moment: the next time of the cron
// expression outside all blackouts, plus the group's own share of the jitter,
// which is the same every time. It is the zero time if that never comes.
//
// Cron times are read on the wall clock. Where daylight saving skips one, its
// turn comes just after, by the length of the gap; where one comes twice, the
// first counts. So a nightly audit runs once on every night of the year.
func (s *Schedule) Next(group string, after time.Time) time.Time {
	const maxSkipped = 100_000 // occurrences in blackouts: every minute of two months
	zone, shift := s.TimeZone.location(), s.shift(group)
	after = after.Add(-shift)
	wall := asUTC(after.In(zone))
	for range maxSkipped {
		if wall = s.Cron.next.Next(wall); wall.IsZero() {
			return time.Time{}
		}
		at := onWall(wall, zone)
		if at.After(after) && !s.blackedOut(at.Add(shift)) {
			return at.Add(shift).UTC()
		}
	}
	return time.Time{}
}

// asUTC is the same clock face in UTC, where no hour is skipped or repeated.
func asUTC(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// onWall is when the clocks of a zone show what wall shows in UTC: the first
// time if that comes twice; if it never comes, as if the clocks had not been
// put forward yet. (time.Date promises neither.)
func onWall(wall time.Time, zone *time.Location) time.Time {
	const aroundChange = 26 * time.Hour // zones change by up to a day, and never twice in one
	_, before := wall.Add(-aroundChange).In(zone).Zone()
	_, after := wall.Add(aroundChange).In(zone).Zone()
	early, late := wall.Add(-time.Duration(before)*time.Second), wall.Add(-time.Duration(after)*time.Second)
	if late.Before(early) {
		early, late = late, early
	}
	for _, at := range []time.Time{early, late} {
		if asUTC(at.In(zone)).Equal(wall) {
			return at
		}
	}
	return wall.Add(-time.Duration(before) * time.Second)
}

// shift is the group's share of the jitter, in whole seconds.
func (s *Schedule) shift(group string) time.Duration {
	seconds := uint64(time.Duration(s.Jitter) / time.Second)
	if seconds == 0 {
		return 0
	}
	sum := fnv.New64a()
	sum.Write([]byte(group))
	return time.Duration(sum.Sum64()%(seconds+1)) * time.Second
}

// blackedOut reports whether no audit may begin at the moment at.
func (s *Schedule) blackedOut(at time.Time) bool {
	for _, b := range s.Blackouts {
		if w, err := b.window(); err == nil && w.holds(at.In(s.TimeZone.location())) {
			return true
		}
	}
	return false
}

// A window is a blackout that was understood.
type window struct {
	dates        bool
	from, to     string // dates, or times of day as 15:04
	pastMidnight bool
}

func (b Blackout) window() (window, error) {
	dates, times := b.FromDate != "" || b.ToDate != "", b.FromTime != "" || b.ToTime != ""
	w := window{dates, b.FromDate, b.ToDate, false}
	layout := time.DateOnly
	if times {
		w.from, w.to, layout = b.FromTime, b.ToTime, "15:04"
	}
	if dates == times {
		return w, errors.New("write either from_date and to_date (2026-12-20), or from_time and to_time (\"08:00\")")
	}
	for _, text := range []string{w.from, w.to} {
		if _, err := time.Parse(layout, text); err != nil {
			return w, fmt.Errorf("%q: write it like %s", text, layout)
		}
	}
	w.pastMidnight = times && w.to < w.from
	if dates && w.to < w.from {
		return w, fmt.Errorf("it ends on %s, before it begins", w.to)
	}
	return w, nil
}

func (w window) holds(at time.Time) bool {
	switch {
	case w.dates:
		day := at.Format(time.DateOnly)
		return w.from <= day && day <= w.to
	case w.pastMidnight:
		now := at.Format("15:04")
		return now >= w.from || now < w.to
	}
	now := at.Format("15:04")
	return now >= w.from && now < w.to
}
