package history_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

func rangeOfAudits(t *testing.T, db *history.DB, _ string) {
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"))
	night(t, db, "web", 1, seen("a", "A"), seen("b", "B2"))
	night(t, db, "mail", 2, seen("a", "M"))
	night(t, db, "web", 3, seen("a", "A3"), seen("b", "B"))
	last := night(t, db, "web", 4, seen("a", "A3"), seen("c", "C"))
	add(t, begin(t, db, "web", 5), seen("a", "A5")) // under way: it is not to be seen
	for _, c := range []struct {
		first, last int64
		want        string
	}{
		{1, last, "a 1-2 A, a 4-5 A3, b 1-1 B, b 2-2 B2, b 4-4 B, c 5-5 C, "},
		{2, 2, "a 1-2 A, b 2-2 B2, "}, {4, 4, "a 4-5 A3, b 4-4 B, "}, {5, 6, "a 4-5 A3, c 5-5 C, "},
	} {
		var got string
		for s, err := range db.Range(t.Context(), "web", c.first, c.last) {
			if err != nil {
				t.Fatal(err)
			}
			got += fmt.Sprintf("%s %d-%d %s, ", s.Endpoint.Key, s.Interval.First, s.Interval.Last, s.State.Issuer[3:])
			if string(s.State.Doc) != "document of "+s.State.Issuer[3:] || len(s.State.Chain) != 2 || !s.Interval.FirstSeen.Equal(day(int(s.Interval.First-1))) {
				t.Errorf("%+v", s)
			}
		}
		expect(t, fmt.Sprintf("audits %d to %d", c.first, c.last), got, c.want)
	}
	for _, c := range []struct {
		since, until time.Time
		want         string
	}{
		{time.Time{}, time.Time{}, "1-5"}, {day(1), time.Time{}, "2-5"}, {time.Time{}, day(3), "1-2"}, {day(1), day(2), "2-2"}, {day(2), day(3), "none"}, {day(9), time.Time{}, "none"},
	} {
		first, last, err := db.Span(t.Context(), "web", c.since, c.until)
		got := fmt.Sprintf("%d-%d", first.ID, last.ID)
		if errors.Is(err, history.ErrNotFound) {
			got = "none"
		} else if err != nil {
			t.Fatal(err)
		}
		expect(t, fmt.Sprintf("audits from %v to %v", c.since, c.until), got, c.want)
	}
}

// More than is read at once, and nothing twice.
func longRange(t *testing.T, db *history.DB, _ string) {
	for n := range 3 {
		var all []history.Seen
		for host := range 250 {
			all = append(all, seen(fmt.Sprintf("host%03d", host), fmt.Sprint("state", n)))
		}
		night(t, db, "web", n, all...)
	}
	n, last := 0, ""
	for s, err := range db.Range(t.Context(), "web", 1, 3) {
		if err != nil {
			t.Fatal(err)
		}
		at := fmt.Sprint(s.Endpoint.Key, s.Interval.First)
		if at <= last {
			t.Fatalf("%s after %s", at, last)
		}
		n, last = n+1, at
	}
	expect(t, "stretches", n, 750)
}
