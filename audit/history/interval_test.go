package history_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/audit/history"
)

func quietNights(t *testing.T, db *history.DB, _ string) {
	for n := range 5 {
		night(t, db, "web", n, seen("a", "A"), seen("b", "B"))
	}
	expect(t, "timeline of a", intervals(t, db, "web", "a"), "1-5 A")
	line, err := db.Timeline(t.Context(), get(t, db, "web", "a").Endpoint.ID, 10)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "first seen", line[0].FirstSeen, day(0))
	expect(t, "last seen", line[0].LastSeen, day(4))
}

func changeBeginsInterval(t *testing.T, db *history.DB, _ string) {
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"))
	night(t, db, "web", 1, seen("a", "A2"), seen("b", "B"))
	night(t, db, "web", 2, seen("a", "A2"), seen("b", "B"))
	night(t, db, "web", 3, seen("a", "A"), seen("b", "B"))
	expect(t, "timeline of a", intervals(t, db, "web", "a"), "1-1 A, 2-3 A2, 4-4 A")
	expect(t, "timeline of b", intervals(t, db, "web", "b"), "1-4 B")
	expect(t, "a is in this state since", get(t, db, "web", "a").Since, 4)
}

func changesOfNight(t *testing.T, db *history.DB, _ string) {
	first := night(t, db, "web", 0, seen("a", "A"), seen("b", "B"), seen("c", "C"))
	second := night(t, db, "web", 1, seen("a", "A2"), seen("b", "B"), seen("d", "D"))
	quiet := night(t, db, "web", 2, seen("a", "A2"), seen("b", "B"), seen("d", "D"))
	for _, c := range []struct {
		audit int64
		want  string
	}{{first, "a: >A, b: >B, c: >C"}, {second, "a: A>A2, c: C>, d: >D"}, {quiet, ""}} {
		changes, err := db.Changes(t.Context(), c.audit)
		expect(t, "changes", told(t, changes, err), c.want)
	}
	for limit, want := range map[int]int{2: 2, 3: 3, 10: 3} {
		n, err := db.Begun(t.Context(), first, limit)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "intervals begun", n, want)
	}
}

func goneAndBack(t *testing.T, db *history.DB, _ string) {
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"))
	gone := night(t, db, "web", 1, seen("b", "B"))
	expect(t, "a is gone since", get(t, db, "web", "a").Gone, gone)
	if list, err := db.Endpoints(t.Context(), history.Query{}); err != nil || len(list) != 1 {
		t.Errorf("what is gone must not be listed: %v %v", list, err)
	}
	if base, err := db.Baselines(t.Context(), "web", []string{"a", "b", "c"}); err != nil || len(base) != 1 || base["b"].Issuer != "CN=B" {
		t.Errorf("baselines must hold what is there and nothing else: %v %v", base, err)
	}
	back := night(t, db, "web", 2, seen("a", "A"), seen("b", "B"))
	expect(t, "timeline of a", intervals(t, db, "web", "a"), "1-1 A, 3-3 A")
	expect(t, "a is gone since", get(t, db, "web", "a").Gone, 0)
	changes, err := db.Changes(t.Context(), back)
	expect(t, "changes on return", told(t, changes, err), "a: A>A")
	changes, err = db.Changes(t.Context(), gone)
	expect(t, "changes when it went", told(t, changes, err), "a: A>")
}

func halfAudit(t *testing.T, db *history.DB, _ string) {
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"))
	w := begin(t, db, "web", 1)
	add(t, w, bad("a", "A2", 3), seen("new", "N"))
	expect(t, "timeline while the audit runs", intervals(t, db, "web", "a"), "1-1 A")
	if _, err := db.EndpointByKey(t.Context(), "web", "new"); !errors.Is(err, history.ErrNotFound) {
		t.Errorf("an endpoint of a running audit must not be found yet: %v", err)
	}
	list, err := db.Endpoints(t.Context(), history.Query{})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "endpoints listed", len(list), 2)
	expect(t, "worst while the audit runs", list[0].Worst, 0)
	for _, err := range db.Rows(t.Context(), w.ID) {
		if err == nil {
			t.Error("the rows of a running audit must not be shown")
		}
	}
	if _, err := db.Diff(t.Context(), 1, w.ID); err == nil {
		t.Error("a running audit must not be compared")
	}
	finish(t, w, 1, true)
	expect(t, "timeline after its end", intervals(t, db, "web", "a"), "1-1 A, 2-2 A2")
}

func killedAudit(t *testing.T, db *history.DB, where string) {
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"), seen("c", "C"))
	killed := begin(t, db, "web", 1)
	add(t, killed, seen("a", "A2"), seen("b", "B")) // and then the process dies
	db = open(t, where)
	next := night(t, db, "web", 2, seen("a", "A2"), seen("b", "B"), seen("c", "C"))
	expect(t, "timeline of a", intervals(t, db, "web", "a"), "1-1 A, 2-3 A2")
	expect(t, "timeline of c", intervals(t, db, "web", "c"), "1-3 C")
	a, err := db.Audit(t.Context(), killed.ID)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "state of the killed audit", a.State, history.Partial)
	expect(t, "what the killed audit saw", a.Endpoints, 2)
	expect(t, "its rows", len(rows(t, db, killed.ID)), 2)
	changes, err := db.Changes(t.Context(), next)
	expect(t, "changes told by the next audit", told(t, changes, err), "")
	changes, err = db.Changes(t.Context(), killed.ID)
	expect(t, "changes told by the killed audit", told(t, changes, err), "a: A>A2")
}

// takenAudit: a writer that was taken for dead, because a restart of the database
// lost its lock, cannot spoil the audit that came after it.
func takenAudit(t *testing.T, db *history.DB, _ string) {
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"))
	slow := begin(t, db, "web", 1)
	add(t, slow, seen("a", "A2"))
	next := begin(t, db, "web", 2)
	add(t, next, seen("a", "A3"), seen("b", "B"))
	for what, err := range map[string]error{
		"add": slow.Add(t.Context(), seen("b", "B2")), "keep": slow.Keep(t.Context(), "b"), "finish": slow.Finish(t.Context(), day(2), true, ""),
	} {
		if !errors.Is(err, history.ErrTaken) || !strings.Contains(err.Error(), "audit 2") {
			t.Errorf("%s by a writer that was taken for dead: %v", what, err)
		}
	}
	finish(t, next, 2, true)
	if err := slow.Finish(t.Context(), day(3), true, ""); !errors.Is(err, history.ErrTaken) {
		t.Errorf("the end of an audit whose next has ended: %v", err)
	}
	expect(t, "timeline of a", intervals(t, db, "web", "a"), "1-1 A, 2-2 A2, 3-3 A3")
	expect(t, "timeline of b", intervals(t, db, "web", "b"), "1-3 B")
	if err := next.Finish(t.Context(), day(3), true, ""); !errors.Is(err, history.ErrTaken) {
		t.Errorf("a second end of an audit: %v", err)
	}
}

func partialAudit(t *testing.T, db *history.DB, _ string) {
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"), seen("c", "C"))
	w := begin(t, db, "web", 1)
	add(t, w, seen("b", "B2"))
	finish(t, w, 1, false)
	expect(t, "a after a partial audit that did not reach it", get(t, db, "web", "a").Gone, 0)
	last := night(t, db, "web", 2, seen("a", "A"), seen("b", "B2"), seen("c", "C3"))
	expect(t, "timeline of a", intervals(t, db, "web", "a"), "1-3 A")
	// The interval of a stretches over audit 2, which did not see it.
	got := rows(t, db, w.ID)
	if len(got) != 1 || got[0].Endpoint.Key != "b" {
		t.Errorf("a partial audit shows what it saw and no more: %v", got)
	}
	changes, err := db.Diff(t.Context(), 1, w.ID)
	expect(t, "diff with the partial audit", told(t, changes, err), "b: B>B2")
	changes, err = db.Diff(t.Context(), w.ID, last)
	expect(t, "diff from the partial audit", told(t, changes, err), "")
}

func diffAnyTwo(t *testing.T, db *history.DB, _ string) {
	one := night(t, db, "web", 0, seen("a", "A"), seen("b", "B"), seen("c", "C"))
	two := night(t, db, "web", 1, seen("a", "A2"), seen("b", "B"))
	three := night(t, db, "web", 2, seen("a", "A"), seen("b", "B3"), seen("d", "D"))
	for _, c := range []struct {
		from, to int64
		want     string
	}{{one, one, ""}, {one, two, "a: A>A2, c: C>"}, {two, one, "a: A2>A, c: >C"}, {one, three, "b: B>B3, c: C>, d: >D"}} {
		changes, err := db.Diff(t.Context(), c.from, c.to)
		expect(t, "diff", told(t, changes, err), c.want)
	}
	other := night(t, db, "mail", 3, seen("a", "A"))
	if _, err := db.Diff(t.Context(), one, other); err == nil {
		t.Error("audits of two groups must not be compared")
	}
	if _, err := db.Diff(t.Context(), one, 99); !errors.Is(err, history.ErrNotFound) {
		t.Errorf("an audit that is not there: %v", err)
	}
}

func rows(t testing.TB, db *history.DB, audit int64) []history.Row {
	t.Helper()
	var all []history.Row
	for row, err := range db.Rows(t.Context(), audit) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	return all
}
