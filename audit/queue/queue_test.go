package queue

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
)

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
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, server.Database(t)) })
	}
}

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
		m.works(t, "dmz", m.audits(nil))
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
	if got := machines[0].listed(t, "web"); got != "complete complete" {
		t.Error(got)
	}
}

func zonesKeepApart(t *testing.T, where string) {
	serve, dmz, lab := newMachine(t, where), newMachine(t, where), newMachine(t, where)
	serve.untaken = 0
	inDMZ, inLab := serve.ask(t, web, night), serve.ask(t, mail, night)
	dmz.works(t, "dmz", func(ctx context.Context, group string, byHand bool) (history.Audit, error) {
		if group != "web" {
			t.Errorf("the worker of dmz was given %s", group)
		}
		return dmz.audits(nil)(ctx, group, byHand)
	})
	serve.wait(t, inDMZ)
	waiting, err := serve.Waiting(t.Context())
	if err != nil || len(waiting) != 1 || time.Since(waiting["mail"]).Abs() > time.Hour {
		t.Errorf("waiting: %v, %v", waiting, err)
	}
	got := make(chan history.Audit)
	go func() { got <- serve.wait(t, inLab) }()
	for !strings.Contains((<-serve.reported).Error(), "no worker of zone lab-2 has taken an audit") {
	}
	lab.works(t, "lab-2", lab.audits(nil))
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
	m.works(t, "dmz", m.audits(nil))
	m.wait(t, id)
}

// A worker that is stopped keeps what it saw, and the next one sees all. That
// is no failed attempt.
func workerStops(t *testing.T, where string) {
	first, second := newMachine(t, where), newMachine(t, where)
	id := first.ask(t, web, night)
	midst := make(chan struct{})
	stop := first.works(t, "dmz", first.audits(func(ctx context.Context) error {
		close(midst)
		<-ctx.Done()
		return ctx.Err()
	}))
	<-midst
	stop()
	if got := second.listed(t, "web"); got != "partial" {
		t.Fatal(got)
	}
	row, err := second.client.JobGet(t.Context(), id)
	if err != nil || row.State != rivertype.JobStateAvailable || row.Attempt != 0 || len(row.Errors) != 0 {
		t.Errorf("%+v, %v", row, err)
	}
	second.works(t, "dmz", second.audits(nil))
	second.wait(t, id)
	if got := second.listed(t, "web"); got != "partial complete" {
		t.Error(got)
	}
}

// What fails is tried again, and whoever waits hears why.
func failedAttempt(t *testing.T, where string) {
	m := newMachine(t, where)
	failed := false
	m.works(t, "dmz", func(ctx context.Context, group string, byHand bool) (history.Audit, error) {
		if !failed {
			failed = true
			return history.Audit{}, errors.New("roots.pem is not here")
		}
		return m.audits(nil)(ctx, group, byHand)
	})
	m.wait(t, m.ask(t, web, night))
	heard := 0
	for len(m.reported) > 0 {
		if strings.Contains((<-m.reported).Error(), "zone dmz, attempt 1 of 7: roots.pem is not here") {
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
	broken := true
	m.works(t, "dmz", func(ctx context.Context, group string, byHand bool) (history.Audit, error) {
		if broken {
			broken = false
			return history.Audit{}, errors.New("roots.pem is not here")
		}
		return m.audits(nil)(ctx, group, byHand)
	})
	_, err := m.Wait(t.Context(), m.ask(t, web, night))
	if err == nil || !strings.Contains(err.Error(), "zone dmz gave up job 1 after 1 attempts: roots.pem is not here") {
		t.Error(err)
	}
	m.wait(t, m.ask(t, web, night))
}

// What the schedule asks for waits while it must not begin; what somebody asks
// for by hand does not, and does for both.
func putOff(t *testing.T, where string) {
	m := newMachine(t, where)
	m.later = time.Hour
	asked := make(chan struct{}, 1000)
	m.works(t, "dmz", func(ctx context.Context, group string, byHand bool) (history.Audit, error) {
		if !byHand {
			asked <- struct{}{}
			return history.Audit{}, ErrLater
		}
		return m.audits(nil)(ctx, group, byHand)
	})
	planned := m.ask(t, web, night)
	<-asked
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
	midst, busy, goOn := make(chan struct{}, 1), make(chan struct{}, 100), make(chan struct{})
	run := m.audits(func(context.Context) error {
		midst <- struct{}{}
		<-goOn
		return nil
	})
	m.works(t, "dmz", func(ctx context.Context, group string, byHand bool) (history.Audit, error) {
		a, err := run(ctx, group, byHand)
		if errors.Is(err, history.ErrBusy) {
			busy <- struct{}{}
		}
		return a, err
	})
	one := m.ask(t, web, night)
	<-midst
	two := m.ask(t, web, night.Add(time.Hour))
	<-busy
	<-busy // again and again
	close(goOn)
	if a, b := m.wait(t, one), m.wait(t, two); a.ID == b.ID {
		t.Errorf("both ended with audit %d", a.ID)
	}
	if got := m.listed(t, "web"); got != "complete complete" {
		t.Error(got)
	}
}

// A job that has run for long is its worker's as long as its group is locked.
func longIsNotDead(t *testing.T, where string) {
	m := newMachine(t, where)
	w := &worker{queue: m.Queue, id: "me", begun: map[int64]int{}}
	j := &river.Job[job]{JobRow: &rivertype.JobRow{ID: 7, Attempt: 1, AttemptedBy: []string{"other", "me"}}, Args: job{Group: "web"}}
	others := &river.Job[job]{JobRow: &rivertype.JobRow{ID: 8, Attempt: 1, AttemptedBy: []string{"me", "other"}}, Args: job{Group: "web"}}
	if d := w.Timeout(j); d != -1 {
		t.Errorf("as it begins: %v", d)
	}
	unlock, err := m.db.Lock(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	if mine, its := w.Timeout(j), w.Timeout(others); mine != -1 || its != -1 {
		t.Errorf("while the group is audited: %v, %v", mine, its)
	}
	unlock()
	if mine, its := w.Timeout(j), w.Timeout(others); mine <= 0 || its <= 0 {
		t.Errorf("when nobody audits it: %v, %v", mine, its)
	}
	w.ends(j)
	if d := w.Timeout(j); d != -1 {
		t.Errorf("as it begins after it was put off: %v", d)
	}
}

// A worker dies in mid audit, as by kill -9 or a power cut; one that is started
// later completes.
func workerKilled(t *testing.T, where string) {
	serve := newMachine(t, where)
	id := serve.ask(t, web, night)
	killedInMidst(t, where)
	if got := serve.listed(t, "web"); got != "running" {
		t.Fatal(got)
	}
	next := newMachine(t, where)
	next.works(t, "dmz", next.audits(nil))
	if a := serve.wait(t, id); a.State != history.Complete {
		t.Errorf("%+v", a)
	}
	if got := serve.listed(t, "web"); got != "partial complete" {
		t.Error(got)
	}
}

// The database goes and comes back, while a worker waits for work, and in the
// midst of an audit.
func TestDatabaseRestarts(t *testing.T) {
	server := pgtest.Start(t)
	m := newMachine(t, server.Database(t))
	restarted := false
	m.works(t, "dmz", m.audits(func(context.Context) error {
		if !restarted {
			restarted = true
			server.Crash(t)
			server.Run(t)
		}
		return nil
	}))
	for night := range 2 {
		id, err := m.Ask(t.Context(), web, time.Unix(int64(night), 0))
		for err != nil { // a connection that broke while nobody looked
			t.Log(err)
			id, err = m.Ask(t.Context(), web, time.Unix(int64(night), 0))
		}
		if a := m.wait(t, id); a.State != history.Complete {
			t.Errorf("night %d: %+v", night, a)
		}
		if night == 0 {
			server.Crash(t)
			server.Run(t)
		}
	}
	if got := m.listed(t, "web"); strings.TrimPrefix(got, "partial ") != "complete complete" {
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
