//go:build scale

package scale

import (
	"flag"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
)

var many = flag.Int("many", 20_000, "targets of the large group")

// makeDue has the schedulers begin the groups now.
func (s *site) makeDue(t *testing.T, groups ...string) {
	t.Helper()
	for _, group := range groups {
		var p history.Planned
		until(t, "a plan", func() bool {
			planned, err := s.db.Schedule(t.Context())
			p = planned[group]
			return err == nil && p.Spec != ""
		})
		p.Next = time.Now().Add(-time.Hour)
		if err := s.db.Plan(t.Context(), group, p); err != nil {
			t.Fatal(err)
		}
	}
}

// newest is the newest audit of a group.
func (s *site) newest(t *testing.T, group string) (a history.Audit) {
	list, err := s.db.Audits(t.Context(), group, 0, 1)
	if err == nil && len(list) > 0 {
		return list[0]
	}
	return a
}

// done is how many targets of a group's audit are done.
func (s *site) done(t *testing.T, group string) int {
	all, err := s.db.Progress(t.Context())
	for _, p := range all {
		if err == nil && p.Group == group {
			return p.TargetsDone
		}
	}
	return 0
}

// whole fails unless an audit saw all of its targets once, and all answered.
func whole(t *testing.T, a history.Audit, targets int) {
	t.Helper()
	if sum := audit.SummaryOf(a); a.State != history.Complete || a.Endpoints != targets || sum.Endpoints != targets || sum.Status["ok"] != targets {
		t.Errorf("audit %d of %s: %s, %d endpoints; %+v", a.ID, a.Group, a.State, a.Endpoints, sum)
	}
}

// One scheduler, three workers in two zones: every endpoint is connected to once,
// from its zone, and each audit is told once. Then the same again, while workers
// die and freeze, the database is restarted, a scheduler dies and another two
// keep the schedule.
func TestMany(t *testing.T) {
	targets := map[string]int{"dmz": *many, "lab": *many / 20}
	s := newSite(t, "dmz", "lab")
	s.configure(t, targets, "{concurrency: 64}")
	for zone := range targets {
		s.serve(t, zone, "-latency", "500ms")
	}
	before := map[string]int{}
	for zone, z := range s.zones {
		before[zone] = z.accepted(t)
	}
	scheduler := s.tlschain(t, "", "serve", "--listen", "127.0.0.1:18480")
	workers := []*process{s.tlschain(t, "dmz", "work", "--zone", "dmz"), s.tlschain(t, "dmz", "work", "--zone", "dmz"),
		s.tlschain(t, "lab", "work", "--zone", "lab")}
	s.makeDue(t, "dmz", "lab")
	ended := func(after int64) func() bool {
		return func() bool {
			for zone := range targets {
				if a := s.newest(t, zone); a.ID <= after || a.State == history.Running {
					return false
				}
			}
			return true
		}
	}
	until(t, "the first audits", ended(0))
	last := int64(0)
	for zone, n := range targets {
		a := s.newest(t, zone)
		last = max(last, a.ID)
		whole(t, a, n)
		if got := s.zones[zone].accepted(t) - before[zone]; got != n {
			t.Errorf("zone %s: %d connections to %d endpoints", zone, got, n)
		}
		t.Logf("zone %s: %d endpoints in %v", zone, n, a.Ended.Sub(a.Started))
	}
	for zone := range targets {
		until(t, "notices", func() bool { return s.told(t, zone) > 0 })
	}

	// Something to tell of, and the faults.
	for zone := range targets {
		targets[zone] += 5
		s.serve(t, zone, "-latency", "500ms", "-renewed", "3")
		before[zone] = s.zones[zone].accepted(t)
	}
	s.list(t, targets)
	second := s.tlschain(t, "", "serve", "--listen", "127.0.0.1:18481")
	s.makeDue(t, "dmz", "lab")
	at := func(share int) {
		until(t, fmt.Sprintf("%d of 10", share), func() bool {
			return s.done(t, "dmz") >= *many*share/10 || ended(last)()
		})
	}
	at(1)
	workers[0].Process.Signal(syscall.SIGSTOP)
	frozen := time.Now()
	at(2)
	scheduler.Process.Kill()
	at(3)
	s.server.Crash(t)
	s.server.Run(t)
	third := s.tlschain(t, "dmz", "work", "--zone", "dmz")
	at(4)
	workers[1].Process.Kill()
	if left := audit.DefaultLease + 15*time.Second - time.Since(frozen); left > 0 {
		time.Sleep(left)
	}
	workers[0].Process.Signal(syscall.SIGCONT)
	scheduler = s.tlschain(t, "", "serve", "--listen", "127.0.0.1:18480")
	until(t, "the audits with faults", ended(last))
	for zone, n := range targets {
		a := s.newest(t, zone)
		whole(t, a, n)
		t.Logf("zone %s, with faults: %d endpoints in %v, %d connections", zone, n, a.Ended.Sub(a.Started),
			s.zones[zone].accepted(t)-before[zone])
	}
	for zone := range targets {
		until(t, "notices", func() bool { return s.told(t, zone) > 1 })
	}
	for _, p := range []*process{scheduler, second, third, workers[0], workers[2]} {
		p.stop()
	}
	for zone := range targets {
		list, err := s.db.Audits(t.Context(), zone, 0, 100)
		if err != nil || len(list) != 2 {
			t.Errorf("zone %s: %d audits, %v", zone, len(list), err)
		}
		notices, err := s.db.Notices(t.Context(), zone, 100)
		if err != nil || len(notices) != s.told(t, zone) {
			t.Errorf("zone %s: %d notices, told %d times, %v", zone, len(notices), s.told(t, zone), err)
		}
		if seen := map[int64]bool{}; len(notices) > 0 {
			for _, n := range notices {
				if seen[n.Audit] {
					t.Errorf("zone %s: told twice of audit %d", zone, n.Audit)
				}
				seen[n.Audit] = true
			}
		}
	}
	t.Logf("what was told: %s", filepath.Join(s.dir, "told"))
}

// Where servers take their time, two workers need half of what one needs.
func TestTwoWorkers(t *testing.T) {
	targets := *many
	took := func(workers int) time.Duration {
		s := newSite(t, "dmz")
		s.configure(t, map[string]int{"dmz": targets}, "{concurrency: 80}")
		s.serve(t, "dmz", "-latency", "600ms")
		for range workers {
			s.tlschain(t, "dmz", "work", "--zone", "dmz")
		}
		until(t, "workers", func() bool {
			all, err := s.db.Workers(t.Context(), time.Minute)
			return err == nil && len(all) == workers
		})
		s.tlschain(t, "", "run", "dmz").Wait()
		a := s.newest(t, "dmz")
		whole(t, a, targets)
		return a.Ended.Sub(a.Started)
	}
	one, two := took(1), took(2)
	t.Logf("%d targets, 600 ms each, 80 at once for each worker: one worker %v, two %v (%.2f)", targets, one, two, two.Seconds()/one.Seconds())
	if 10*two > 6*one {
		t.Errorf("two workers take %.2f of one", two.Seconds()/one.Seconds())
	}
}
