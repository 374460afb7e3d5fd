package history_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/audit/history"
)

func storedOnce(t *testing.T, db *history.DB, where string) {
	var all []history.Seen
	for n := range 450 { // more than one statement carries
		all = append(all, seen(fmt.Sprintf("host%03d", n), []string{"A", "B", "C"}[n%3]))
	}
	night(t, db, "web", 0, all...)
	night(t, db, "mail", 1, all...)
	for table, want := range map[string]int{"state": 3, "chain": 3, "certificate": 4, "endpoint": 900, "observation": 900, "pending": 0} {
		expect(t, "rows of "+table, count(t, where, table), want)
	}
}

func rowsWhole(t *testing.T, db *history.DB, _ string) {
	var want []history.Row
	var all []history.Seen
	for n := range 450 {
		s := bad(fmt.Sprintf("host%03d", n), fmt.Sprint("state", n%7), n%4)
		s.Hash[0] = byte(n % 4)
		s.NotBefore, s.Due, s.Failure, s.Product, s.Refused = day(-3), day(-1), "reset", "Public CA", "android-7.0 java-8"
		all = append(all, s)
	}
	silent := seen("silent", "no answer")
	silent.Chain, silent.Leaf, silent.Expires, silent.Status = nil, history.Hash{}, time.Time{}, "failed"
	all = append(all, silent)
	id := night(t, db, "web", 0, all...)
	for i, s := range all {
		r := history.Row{Endpoint: history.Ref{ID: int64(i + 1), Group: "web", Key: s.Key, Identity: s.Identity}, State: s.State}
		r.State.Chain = nil
		for _, c := range s.Chain {
			c.DER = nil // rows come without them
			r.State.Chain = append(r.State.Chain, c)
		}
		want = append(want, r)
	}
	got := rows(t, db, id)
	for i := range got {
		got[i].Endpoint.ID = want[i].Endpoint.ID // which id an endpoint gets is nobody's business
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("rows differ from what was stored (-want +got):\n%s", d)
	}
	one := certificate("the CA")
	der, err := db.DER(t.Context(), []history.Hash{one.SHA256, {1}})
	if err != nil || len(der) != 1 || string(der[one.SHA256]) != string(one.DER) {
		t.Errorf("a certificate's bytes: %q, %v", der, err)
	}
}

func oneAtATime(t *testing.T, db *history.DB, where string) {
	unlock, err := db.Lock(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	other := open(t, where)
	for _, d := range []*history.DB{db, other} {
		if _, err := d.Lock(t.Context(), "web"); !errors.Is(err, history.ErrBusy) {
			t.Errorf("a second lock of the group: %v, want ErrBusy", err)
		}
	}
	free, err := other.Lock(t.Context(), "mail")
	if err != nil {
		t.Errorf("another group must not be busy: %v", err)
	} else {
		free()
	}
	unlock()
	free, err = other.Lock(t.Context(), "web")
	if err != nil {
		t.Fatalf("after unlock: %v", err)
	}
	free()
}

// Locks must not eat up what is needed to write under them.
func manyLocks(t *testing.T, db *history.DB, _ string) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for g := range 20 {
		unlock, err := db.Lock(ctx, fmt.Sprint("group", g))
		if err != nil {
			t.Fatal(err)
		}
		defer unlock()
	}
	for g := range 20 {
		if _, err := db.Begin(ctx, fmt.Sprint("group", g), day(0)); err != nil {
			t.Fatal(err)
		}
	}
}

func scheduleKept(t *testing.T, db *history.DB, where string) {
	for _, next := range []int{3, 4} {
		if err := db.Plan(t.Context(), "web", history.Planned{Next: day(next), Spec: "0 2 * * *"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Plan(t.Context(), "mail", history.Planned{Next: day(1)}); err != nil {
		t.Fatal(err)
	}
	if err := db.Unplan(t.Context(), "mail"); err != nil {
		t.Fatal(err)
	}
	got, err := open(t, where).Schedule(t.Context())
	if d := cmp.Diff(map[string]history.Planned{"web": {Next: day(4), Spec: "0 2 * * *"}}, got); d != "" || err != nil {
		t.Errorf("schedule: %v %s", err, d)
	}
}

func noticesOnce(t *testing.T, db *history.DB, _ string) {
	ctx := t.Context()
	for _, body := range []string{"first", "second"} {
		if err := db.Queue(ctx, history.Notice{Audit: 1, Group: "web", Receiver: "mail", At: day(0), Title: "T", Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	todo, err := db.Unsent(ctx, 3)
	if err != nil || len(todo) != 1 || todo[0].Body != "first" {
		t.Fatalf("unsent: %v %v", todo, err)
	}
	for range 3 {
		if err := db.Tried(ctx, todo[0].ID, day(1), "connection refused"); err != nil {
			t.Fatal(err)
		}
	}
	if todo, err := db.Unsent(ctx, 3); err != nil || len(todo) != 0 {
		t.Errorf("after three attempts a notice is given up: %v %v", todo, err)
	}
	failed, err := db.FailedNotices(ctx)
	if err != nil || failed["mail"] != 1 {
		t.Errorf("failed notices: %v %v", failed, err)
	}
	if err := db.Tried(ctx, todo[0].ID, day(2), ""); err != nil {
		t.Fatal(err)
	}
	got, err := db.Notices(ctx, "", 10)
	want := []history.Notice{{ID: todo[0].ID, Audit: 1, Group: "web", Receiver: "mail", At: day(0), Title: "T", Body: "first", Sent: day(2), Attempts: 4}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("notices: %v %s", err, d)
	}
}

func severalGroups(t *testing.T, db *history.DB, where string) {
	var wait sync.WaitGroup
	for g := range 4 {
		wait.Go(func() {
			for n := range 5 {
				var all []history.Seen
				for e := range 120 {
					all = append(all, seen(fmt.Sprint("host", e), fmt.Sprint("state", (e+n)%50))) // the groups share states
				}
				night(t, db, fmt.Sprint("group", g), n, all...)
				if err := db.Prune(t.Context(), fmt.Sprint("group", g), day(n-1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	counts, err := db.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		expect(t, "endpoints of "+c.Group, c.N, 120)
	}
	expect(t, "groups", len(counts), 4)
	for g := range 4 {
		last, err := db.LastComplete(t.Context(), fmt.Sprint("group", g), 0)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "rows", len(rows(t, db, last.ID)), 120)
	}
	expect(t, "certificates", count(t, where, "certificate"), 51)
}

func openAgain(t *testing.T, db *history.DB, where string) {
	night(t, db, "web", 0, seen("a", "A"))
	db.Close()
	db, err := history.Open(context.Background(), where)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	night(t, db, "web", 1, seen("a", "A"))
	expect(t, "timeline", intervals(t, db, "web", "a"), "1-2 A")
	if err := db.Compact(t.Context()); err != nil {
		t.Error(err)
	}
	if size, err := db.Size(t.Context()); err != nil || size < 4096 {
		t.Errorf("size %d, %v", size, err)
	}
}
