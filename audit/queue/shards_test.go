package queue

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// A worker dies in mid audit, as by kill -9 or a power cut; one that is started
// later ends the same audit.
func workerKilled(t *testing.T, where string) {
	serve := newMachine(t, where)
	id := serve.ask(t, web, night)
	process := startInMidst(t, where)
	process.Kill()
	if got := serve.listed(t, "web"); got != "running:0" {
		t.Fatal(got)
	}
	next := newMachine(t, where)
	next.works(t, "dmz", next.auditor(t, "dmz", farm, nil))
	if a := serve.wait(t, id); audit.SummaryOf(a).Endpoints != farm {
		t.Errorf("%+v", a)
	}
	if got := serve.listed(t, "web"); got != whole {
		t.Error(got)
	}
}

// kills is how often a worker is killed; TLSCHAIN_KILLS says another number.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("TLSCHAIN_KILLS")); err == nil {
		return n
	}
	return 4
}

// Wherever in an audit a worker dies, standing at a target or in full flight, the
// next one ends that audit: nothing is lost, and nothing is there twice.
func workerKilledAnywhere(t *testing.T, where string) {
	states := ""
	for n := range kills() {
		t.Run(fmt.Sprint(n), func(t *testing.T) { // whose connections end with it
			serve := newMachine(t, where)
			id := serve.ask(t, web, night.AddDate(0, 0, n))
			process := startWorker(t, where, 1+n*(farm-1)/kills(), n%2 == 0)
			process.Kill()
			next := newMachine(t, where)
			next.works(t, "dmz", next.auditor(t, "dmz", farm, nil))
			if a := serve.wait(t, id); a.State != history.Complete || audit.SummaryOf(a).Endpoints != farm {
				t.Errorf("%+v", a)
			}
			if states += " " + whole; serve.listed(t, "web") != states[1:] {
				t.Error(serve.listed(t, "web"))
			}
		})
	}
}

// A worker stands still for longer than its lease, and comes back when another
// one has done its work: nothing of it is counted.
func workerFreezes(t *testing.T, where string) {
	serve := newMachine(t, where)
	id := serve.ask(t, web, night)
	process := startInMidst(t, where)
	if err := system.Suspend(process); err != nil {
		t.Fatal(err)
	}
	next := newMachine(t, where)
	looked := &looks{of: map[string]int{}}
	next.works(t, "dmz", next.auditor(t, "dmz", farm, looked.look))
	// The last shard of all waits until the other is awake again.
	a := serve.wait(t, id)
	if err := system.Resume(process); err != nil {
		t.Fatal(err)
	}
	later := serve.wait(t, serve.ask(t, web, night.AddDate(0, 0, 1)))
	for _, a := range []history.Audit{a, later} {
		if s := audit.SummaryOf(a); s.Endpoints != farm || s.Status["failed"] != farm || len(s.Troubles) > 0 {
			t.Errorf("%+v", a)
		}
	}
	if got := serve.listed(t, "web"); got != whole+" "+whole {
		t.Error(got)
	}
}

// looks counts how often each host is looked at.
type looks struct {
	mu sync.Mutex
	of map[string]int
}

func (l *looks) look(_ context.Context, host string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of[host]++
}

// Three workers in two zones: every endpoint is seen once, by its own zone's.
func workersShare(t *testing.T, where string) {
	serve := newMachine(t, where)
	inDMZ, inLab := serve.ask(t, web, night), serve.ask(t, mail, night)
	dmz, lab := &looks{of: map[string]int{}}, &looks{of: map[string]int{}}
	workers := make([]*machine, 3)
	for i, w := range []struct {
		zone string
		*looks
	}{{"dmz", dmz}, {"dmz", dmz}, {"lab-2", lab}} {
		workers[i] = newMachine(t, where)
		auditor := workers[i].auditor(t, w.zone, farm, w.look)
		auditor.Lease = time.Minute // however slow the machine is that this runs on
		workers[i].works(t, w.zone, auditor)
	}
	for _, a := range []history.Audit{serve.wait(t, inDMZ), serve.wait(t, inLab)} {
		if s := audit.SummaryOf(a); s.Endpoints != farm || a.State != history.Complete || a.Endpoints != farm {
			t.Errorf("%+v", a)
		}
	}
	for _, l := range []*looks{dmz, lab} {
		for host, n := range l.of {
			if n != 1 {
				t.Errorf("%s was looked at %d times", host, n)
			}
		}
		if len(l.of) != farm {
			t.Errorf("%d hosts were looked at", len(l.of))
		}
	}
	untold, err := serve.db.Untold(t.Context())
	if err != nil || len(untold) != 2 {
		t.Errorf("%d audits to tell of, %v", len(untold), err)
	}
}

// A shard that cannot be done is given up; the others are done once, and the
// audit says what it lacks.
func alwaysPanics(t *testing.T, where string) {
	m := newMachine(t, where)
	auditor := m.auditor(t, "dmz", farm, func(_ context.Context, host string) {
		if host == "host7.example" {
			panic("not today")
		}
	})
	auditor.Lease = 100 * time.Millisecond // as long as its pauses are short
	m.works(t, "dmz", auditor)
	a := m.wait(t, m.ask(t, web, night))
	s := audit.SummaryOf(a)
	if a.State != history.Partial || len(s.Troubles) != 1 || !strings.Contains(s.Troubles[0], "was given up after 7 attempts: panic: not today") {
		t.Errorf("%+v", a)
	}
	// Four fifths are four shards of five.
	if s.Endpoints < farm*7/10 || s.Endpoints >= farm {
		t.Errorf("%d endpoints were seen", s.Endpoints)
	}
}

// An audit is canceled while two work on it: both stop, and the next one is done.
func auditCanceled(t *testing.T, where string) {
	serve := newMachine(t, where)
	midst := make(chan struct{}, 2*farm)
	for range 2 {
		m := newMachine(t, where)
		m.works(t, "dmz", m.auditor(t, "dmz", farm, func(ctx context.Context, _ string) {
			midst <- struct{}{}
			if list, err := serve.db.Audits(ctx, "web", 0, 1); err == nil && len(list) > 0 && list[0].ID == 1 {
				<-ctx.Done()
			}
		}))
	}
	id := serve.ask(t, web, night)
	<-midst
	if ended, err := serve.auditor(t, "", farm, nil).Cancel(t.Context(), "web"); err != nil || len(ended) != 1 {
		t.Errorf("%+v, %v", ended, err)
	}
	if a := serve.wait(t, id); a.ID != 1 || a.State != history.Partial {
		t.Errorf("%+v", a)
	}
	if a := serve.wait(t, serve.ask(t, web, time.Time{})); a.State != history.Complete || audit.SummaryOf(a).Endpoints != farm {
		t.Errorf("%+v", a)
	}
	// What only waits is taken back.
	waits := serve.ask(t, mail, night)
	if n, err := serve.Queue.cancel(t.Context(), "mail"); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := serve.Wait(t.Context(), waits); !errors.Is(err, errCanceled) {
		t.Error(err)
	}
}

// The jobs of shards are dropped, as by a release that does not know them: what
// they stand for is done.
func jobLost(t *testing.T, where string) {
	serve := newMachine(t, where)
	id := serve.ask(t, web, night)
	process := startInMidst(t, where)
	process.Kill()
	if _, err := serve.pool.Exec(t.Context(), "DELETE FROM "+schema+".river_job WHERE kind = 'shard'"); err != nil {
		t.Fatal(err)
	}
	next := newMachine(t, where)
	next.patience = 0
	next.works(t, "dmz", next.auditor(t, "dmz", farm, nil))
	if a := serve.wait(t, id); audit.SummaryOf(a).Endpoints != farm {
		t.Errorf("%+v", a)
	}
}

func noTargets(t *testing.T, where string) {
	m := newMachine(t, where)
	auditor := m.auditor(t, "dmz", 1, nil)
	auditor.Config.Groups["web"].Targets.Inline = slices.Clip(auditor.Config.Groups["web"].Targets.Inline[:0])
	m.works(t, "dmz", auditor)
	if a := m.wait(t, m.ask(t, web, night)); a.State != history.Complete || a.Endpoints != 0 {
		t.Errorf("%+v", a)
	}
}
