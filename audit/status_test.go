package audit

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// beginShared begins a shared audit of the group, of which nobody takes a shard.
func beginShared(t *testing.T, a *Auditor) (audit int64, shards int) {
	t.Helper()
	audit, err := a.Begin(t.Context(), "web", true, func(_ *sql.Tx, _ int64, n int) error { shards = n; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return audit, shards
}

// zoned makes the group one of zone dmz.
func zoned(t *testing.T, w *world, hosts int) *Auditor {
	t.Helper()
	var names []string
	for n := range hosts {
		names = append(names, "host"+strings.Repeat("x", n%7)+"-"+time.Duration(n).String()+".example")
	}
	a := auditorOf(t, w, "    zone: dmz\n", names...)
	a.Zone = "dmz"
	return a
}

// What is told of an audit under way is so.
func TestStatus(t *testing.T) {
	a := zoned(t, newWorld(), 1000)
	id, shards := beginShared(t, a)
	if shards != 3 {
		t.Fatalf("%d shards", shards)
	}
	status := func() AuditStatus {
		t.Helper()
		zones, err := Status(t.Context(), a.Config, a.DB, nil)
		if err != nil || len(zones) != 1 || zones[0].Zone != "dmz" || len(zones[0].Audits) != 1 {
			t.Fatalf("%+v, %v", zones, err)
		}
		return zones[0].Audits[0]
	}
	if s := status(); s.Audit != id || s.Targets != 1000 || s.TargetsDone != 0 || s.Shards != 3 || s.ShardsDone != 0 || s.SecondsLeft != 0 {
		t.Errorf("at the beginning: %+v", s)
	}
	if err := a.Shard(t.Context(), id, 1, "me"); err != nil {
		t.Fatal(err)
	}
	if s := status(); s.ShardsDone != 1 || s.TargetsDone < 250 || s.TargetsDone > 420 || s.PerSecond <= 0 || s.SecondsLeft <= 0 {
		t.Errorf("after a shard: %+v", s)
	}
	for _, n := range []int{0, 0, 1, 2} {
		if err := a.Shard(t.Context(), id, n, "me"); err != nil {
			t.Fatal(err)
		}
	}
	done, err := a.DB.Audit(t.Context(), id)
	if s := SummaryOf(done); err != nil || done.State != history.Complete || s.Endpoints != 1000 || done.Endpoints != 1000 || s.Worst[0] != 1000 {
		t.Errorf("%+v, %v", done, err)
	}
	if zones, err := Status(t.Context(), a.Config, a.DB, nil); err != nil || len(zones[0].Audits) != 0 {
		t.Errorf("%+v, %v", zones, err)
	}
}

// A shard confirms its own changes, and what it stores is as of one audit.
func TestShardsConfirm(t *testing.T) {
	w := newWorld()
	a := zoned(t, w, 500)
	for night, want := range []string{"", "changed"} {
		if night == 1 {
			w.set("host-0s.example", "incomplete")
		}
		id, shards := beginShared(t, a)
		for n := range shards {
			if err := a.Shard(t.Context(), id, n, "me"); err != nil {
				t.Fatal(err)
			}
		}
		if got := material(t, a, id); want != "" && got != "host-0s.example: refused+worse" {
			t.Errorf("changes: %s", got)
		}
	}
	if n := w.scanned("host-0s.example"); n != 3 {
		t.Errorf("scanned %d times", n)
	}
}

// A shared audit is kept out of the way of others, until it is canceled.
func TestCancelShared(t *testing.T) {
	a := zoned(t, newWorld(), 1000)
	id, _ := beginShared(t, a)
	if err := a.Shard(t.Context(), id, 0, "me"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Run(t.Context(), "web"); err == nil || !strings.Contains(err.Error(), history.ErrBusy.Error()) {
		t.Errorf("another one: %v", err)
	}
	w, err := a.DB.TakeShard(t.Context(), id, 1, "slow", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	ended, err := a.Cancel(t.Context(), "web")
	if err != nil || len(ended) != 1 || ended[0].State != history.Partial || !slices.Equal(SummaryOf(ended[0]).Troubles, []string{wasCanceled}) {
		t.Fatalf("%+v, %v", ended, err)
	}
	if s := SummaryOf(ended[0]); s.Endpoints != ended[0].Endpoints || s.Endpoints < 250 {
		t.Errorf("%+v", ended[0])
	}
	for _, late := range []func() error{
		func() error { return w.Add(t.Context(), history.Seen{Key: "late"}) },
		func() error { return w.Renew(t.Context(), time.Hour) },
		func() error { _, err := w.Done(t.Context(), ""); return err },
	} {
		if err := late(); err == nil || !strings.Contains(err.Error(), history.ErrTaken.Error()) {
			t.Errorf("after the end: %v", err)
		}
	}
	if err := a.Shard(t.Context(), id, 2, "me"); err != nil {
		t.Errorf("a shard of an audit that has ended: %v", err)
	}
	if ended, err := a.Cancel(t.Context(), "web"); err != nil || len(ended) != 0 {
		t.Errorf("again: %+v, %v", ended, err)
	}
	runNight(t, a)
}

// An audit of this process is canceled by another one; what it saw is kept.
func TestCancelOwn(t *testing.T) {
	w := newWorld()
	var hosts []string
	for n := range 3 * batch {
		hosts = append(hosts, "h"+time.Duration(n).String()+".example")
	}
	a := auditorOf(t, w, "", hosts...)
	seen := 0
	w.hook = func(string, int) {
		if seen++; seen == 2*batch+1 {
			if _, err := a.Cancel(context.Background(), "web"); err != nil {
				t.Error(err)
			}
		}
	}
	ended, err := a.Run(t.Context(), "web")
	if err != nil || ended.State != history.Partial || !slices.Equal(SummaryOf(ended).Troubles, []string{wasCanceled}) || ended.Endpoints < batch {
		t.Errorf("%+v, %v", ended, err)
	}
}

// Two who keep the schedule send a notice once.
func TestTwoNotifiers(t *testing.T) {
	w := newWorld()
	w.set("a.example", "down")
	a := auditorOf(t, w, "", "a.example")
	n, told := notifierOf(t, a)
	runNight(t, a)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if err := n.Queue(t.Context()); err != nil {
				t.Error(err)
			}
			if _, _, err := n.Send(t.Context(), true); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if got := told(); len(got) != 1 {
		t.Errorf("told %d times", len(got))
	}
}

// That a zone has no worker is told once for each audit that waits.
func TestUnattended(t *testing.T) {
	w := newWorld()
	a := zoned(t, w, 3)
	n, told := notifierOf(t, a)
	waiting := map[string]time.Time{}
	n.Waiting = func(context.Context) (map[string]time.Time, error) { return waiting, nil }
	look := func(want int) {
		t.Helper()
		for range 2 {
			if err := n.unattended(t.Context()); err != nil {
				t.Fatal(err)
			}
			tell(t, n)
		}
		got := told()
		if len(got) != want {
			t.Fatalf("told %+v", got)
		}
		for _, m := range got {
			if m.Title != "tlschain: web: no worker of zone dmz" || !strings.Contains(m.Text, "start tlschain audit work --zone dmz") {
				t.Errorf("%+v", m)
			}
		}
	}
	look(0)
	waiting["web"] = w.now
	look(0) // it has just been asked for
	w.sleep(untended)
	look(1)
	if err := a.DB.Beat(t.Context(), "me", "dmz"); err != nil {
		t.Fatal(err)
	}
	waiting["web"] = w.now.Add(-time.Hour)
	look(0)
	if err := a.DB.Leave(t.Context(), "me"); err != nil {
		t.Fatal(err)
	}
	look(1)
	waiting["web"] = w.now.Add(24 * time.Hour) // it was asked for before the clock was set back
	look(1)
	clear(waiting)
	beginShared(t, a)
	w.sleep(untended)
	look(1)
}
