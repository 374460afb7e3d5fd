package queue

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// farm is how many targets a group has that is cut into some shards.
const farm = 2000

func TestQueue(t *testing.T) {
	server := pgtest.Start(t)
	for _, c := range []struct {
		name string
		test func(t *testing.T, where string)
	}{
		{"asked twice, done once", askedTwiceDoneOnce},
		{"zones keep apart", zonesKeepApart},
		{"whoever waits may go", waitingEnds},
		{"a worker stops", workerStops},
		{"a failed attempt", failedAttempt},
		{"a zone gives up", zoneGivesUp},
		{"put off, but not by hand", putOff},
		{"no overlap of one group", noOverlap},
		{"long is not dead", longIsNotDead},
		{"a worker is killed", workerKilled},
		{"a worker is killed anywhere", workerKilledAnywhere},
		{"a worker freezes and thaws", workerFreezes},
		{"workers share an audit", workersShare},
		{"a shard always panics", alwaysPanics},
		{"an audit is canceled", auditCanceled},
		{"a job is lost", jobLost},
		{"a group without targets", noTargets},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, server.Database(t)) })
	}
}

// whole is an audit that saw all of a farm, in order.
const whole = "complete:2000"

// Two schedulers, started at once on an empty database, ask for the same audit;
// two workers stand by. It is done once, and both learn of it.
func askedTwiceDoneOnce(t *testing.T, where string) {
	machines := make([]*machine, 4)
	var starting sync.WaitGroup
	for i := range machines {
		starting.Go(func() { machines[i] = newMachine(t, where) })
	}
	if starting.Wait(); t.Failed() {
		return
	}
	var asking sync.WaitGroup
	ids, audits := [2]int64{}, [2]history.Audit{}
	for i := range ids {
		asking.Go(func() {
			ids[i] = machines[i].ask(t, web, night.In(time.FixedZone("", 3600*i)))
			audits[i] = machines[i].wait(t, ids[i])
		})
	}
	for _, m := range machines[2:] {
		m.works(t, "dmz", m.auditor(t, "dmz", farm, nil))
	}
	asking.Wait()
	if ids[0] != ids[1] || audits[0].ID == 0 || audits[0].ID != audits[1].ID || audits[0].State != history.Complete {
		t.Errorf("jobs %v, audits %v", ids, audits)
	}
	// A late third one, after a restart, gets the same; the next night does not.
	if a := machines[3].wait(t, machines[3].ask(t, web, night)); a.ID != audits[0].ID {
		t.Errorf("asked again: audit %d", a.ID)
	}
	if a := machines[0].wait(t, machines[0].ask(t, web, night.AddDate(0, 0, 1))); a.ID == audits[0].ID {
		t.Error("the next night was not audited")
	}
	if got := machines[0].listed(t, "web"); got != whole+" "+whole {
		t.Error(got)
	}
}

func zonesKeepApart(t *testing.T, where string) {
	serve, dmz, lab := newMachine(t, where), newMachine(t, where), newMachine(t, where)
	serve.untaken = 0
	inDMZ, inLab := serve.ask(t, web, night), serve.ask(t, mail, night)
	dmz.works(t, "dmz", dmz.auditor(t, "dmz", 3, nil))
	serve.wait(t, inDMZ)
	waiting, err := serve.Waiting(t.Context())
	if err != nil || len(waiting) != 1 || time.Since(waiting["mail"]).Abs() > time.Hour {
		t.Errorf("waiting: %v, %v", waiting, err)
	}
	got := make(chan history.Audit)
	go func() { got <- serve.wait(t, inLab) }()
	for !strings.Contains((<-serve.reported).Error(), "no worker of zone lab-2 has taken an audit") {
	}
	lab.works(t, "lab-2", lab.auditor(t, "lab-2", 3, nil))
	if a := <-got; a.Group != "mail" || a.State != history.Complete {
		t.Errorf("%+v", a)
	}
	if waiting, err := serve.Waiting(t.Context()); err != nil || len(waiting) != 0 {
		t.Errorf("waiting: %v, %v", waiting, err)
	}
}

// Whoever waits may go; the job stays.
func waitingEnds(t *testing.T, where string) {
	m := newMachine(t, where)
	id := m.ask(t, web, night)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Wait(ctx, id); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	m.works(t, "dmz", m.auditor(t, "dmz", 3, nil))
	m.wait(t, id)
}

// A worker that is stopped leaves its shards to the next one, which ends the
// same audit. That is no failed attempt.
func workerStops(t *testing.T, where string) {
	first, second := newMachine(t, where), newMachine(t, where)
	id := first.ask(t, web, night)
	midst, seen := make(chan struct{}), atomic.Int32{}
	stop := first.works(t, "dmz", first.auditor(t, "dmz", farm, func(ctx context.Context, _ string) {
		if seen.Add(1) == farm/2 {
			close(midst)
		}
		if seen.Load() >= farm/2 {
			<-ctx.Done()
		}
	}))
	<-midst
	stop()
	if got := second.listed(t, "web"); got != "running:0" {
		t.Fatal(got)
	}
	left, _, err := second.db.Orphans(t.Context(), "dmz", time.Second, time.Hour, 100)
	if err != nil || len(left) == 0 {
		t.Errorf("%v, %v", left, err)
	}
	second.works(t, "dmz", second.auditor(t, "dmz", farm, nil))
	if a := second.wait(t, id); len(audit.SummaryOf(a).Troubles) > 0 || audit.SummaryOf(a).Endpoints != farm {
		t.Errorf("%+v", a)
	}
	if got := second.listed(t, "web"); got != whole {
		t.Error(got)
	}
}

// What fails is tried again, and whoever waits hears why.
func failedAttempt(t *testing.T, where string) {
	m := newMachine(t, where)
	auditor, failed := m.auditor(t, "dmz", 3, nil), false
	engine := auditor.Engine
	auditor.Engine = func(g *audit.Group, now time.Time) (audit.ScanFunc, error) {
		if !failed {
			failed = true
			return nil, errors.New("roots.pem is not here")
		}
		return engine(g, now)
	}
	m.works(t, "dmz", auditor)
	m.wait(t, m.ask(t, web, night))
	heard := 0
	for len(m.reported) > 0 {
		if strings.Contains((<-m.reported).Error(), "zone dmz, attempt 1 of 7: group web: roots.pem is not here") {
			heard++
		}
	}
	if heard != 1 {
		t.Errorf("heard %d times", heard)
	}
}

// After enough attempts whoever waits gets an error, and may ask anew.
func zoneGivesUp(t *testing.T, where string) {
	m := newMachine(t, where)
	m.attempts = 1
	auditor, broken := m.auditor(t, "dmz", 3, nil), true
	engine := auditor.Engine
	auditor.Engine = func(g *audit.Group, now time.Time) (audit.ScanFunc, error) {
		if broken {
			broken = false
			return nil, errors.New("roots.pem is not here")
		}
		return engine(g, now)
	}
	m.works(t, "dmz", auditor)
	_, err := m.Wait(t.Context(), m.ask(t, web, night))
	if err == nil || !strings.Contains(err.Error(), "zone dmz gave up job 1 after 1 attempts: group web: roots.pem is not here") {
		t.Error(err)
	}
	m.wait(t, m.ask(t, web, night))
}

// A heldAuditor begins nothing that was not asked for by hand.
type heldAuditor struct {
	*audit.Auditor
	asked chan struct{}
}

func (h heldAuditor) Begin(ctx context.Context, group string, byHand bool, ask func(*sql.Tx, int64, int) error) (int64, error) {
	if !byHand {
		h.asked <- struct{}{}
		return 0, audit.ErrHeld
	}
	return h.Auditor.Begin(ctx, group, byHand, ask)
}

// What the schedule asks for waits while it must not begin; what somebody asks
// for by hand does not, and does for both.
func putOff(t *testing.T, where string) {
	m := newMachine(t, where)
	m.later = time.Hour
	held := heldAuditor{m.auditor(t, "dmz", 3, nil), make(chan struct{}, 1000)}
	m.works(t, "dmz", held)
	planned := m.ask(t, web, night)
	<-held.asked
	m.wait(t, m.ask(t, web, time.Time{}))
	for {
		row, err := m.client.JobGet(t.Context(), planned)
		if err != nil {
			t.Fatal(err)
		}
		if row.State == rivertype.JobStateScheduled {
			break
		}
	}
	if waiting, err := m.Waiting(t.Context()); err != nil || len(waiting) != 0 {
		t.Errorf("a worker knows of it: %v, %v", waiting, err)
	}
	if _, err := m.client.JobRetry(t.Context(), planned); err != nil { // the hour is over
		t.Fatal(err)
	}
	if a := m.wait(t, planned); a.ID != 1 {
		t.Errorf("audit %d", a.ID)
	}
}

// Two jobs of one group: never at once. The later one asks for an audit that
// begins after it was asked for, so the first one's does not do.
func noOverlap(t *testing.T, where string) {
	m := newMachine(t, where)
	midst, goOn := make(chan struct{}, farm), make(chan struct{})
	m.works(t, "dmz", m.auditor(t, "dmz", 3, func(context.Context, string) {
		midst <- struct{}{}
		<-goOn
	}))
	one := m.ask(t, web, night)
	<-midst
	two := m.ask(t, web, night.Add(time.Hour))
	for { // it is put off
		row, err := m.client.JobGet(t.Context(), two)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(row.Metadata), "snoozes") {
			break
		}
	}
	close(goOn)
	if a, b := m.wait(t, one), m.wait(t, two); a.ID == b.ID {
		t.Errorf("both ended with audit %d", a.ID)
	}
	if got := m.listed(t, "web"); got != "complete:3 complete:3" {
		t.Error(got)
	}
}

// A job that has run for long is its worker's as long as that tells that it lives;
// of one that does not tell, as those of an older release, the group's lock tells.
func longIsNotDead(t *testing.T, where string) {
	m := newMachine(t, where)
	w := &worker{queue: m.Queue, id: "me"}
	if d := w.timeout([]string{"other", "me"}, "web"); d != -1 {
		t.Errorf("its own: %v", d)
	}
	if d := w.timeout([]string{"me", "other"}, "web"); d <= 0 {
		t.Errorf("of a dead worker: %v", d)
	}
	m.dead = time.Hour
	if err := m.db.Beat(t.Context(), "other", "dmz"); err != nil {
		t.Fatal(err)
	}
	if d := w.timeout([]string{"me", "other"}, "web"); d != -1 {
		t.Errorf("of a worker that lives: %v", d)
	}
	unlock, err := m.db.Lock(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if d := w.timeout([]string{"old"}, "web"); d != -1 {
		t.Errorf("of a worker that holds the group's lock: %v", d)
	}
}

// The database goes and comes back, while a worker waits for work, and in the
// midst of an audit.
func TestDatabaseRestarts(t *testing.T) {
	server := pgtest.Start(t)
	m := newMachine(t, server.Database(t))
	seen := atomic.Int32{}
	m.works(t, "dmz", m.auditor(t, "dmz", farm, func(context.Context, string) {
		if seen.Add(1) == farm/2 {
			server.Crash(t)
			server.Run(t)
		}
	}))
	for night := range 2 {
		id, err := m.Queue.ask(t.Context(), web, time.Unix(int64(night), 0))
		for err != nil { // a connection that broke while nobody looked
			t.Log(err)
			id, err = m.Queue.ask(t.Context(), web, time.Unix(int64(night), 0))
		}
		if a := m.wait(t, id); a.State != history.Complete || audit.SummaryOf(a).Endpoints != farm {
			t.Errorf("night %d: %+v", night, a)
		}
		if night == 0 {
			server.Crash(t)
			server.Run(t)
		}
	}
	if got := m.listed(t, "web"); got != whole+" "+whole {
		t.Error(got)
	}
}

func TestNeedsPostgreSQL(t *testing.T) {
	if _, err := Open(t.Context(), "postgres://u:secret@[::1:5432/x", nil, nil); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	db, err := history.Open(t.Context(), t.TempDir()+"/h.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := Open(t.Context(), "h.db", db, func(error) {}); err == nil {
		t.Error("a queue beside SQLite")
	}
}
