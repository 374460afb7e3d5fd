package queue

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
)

var (
	night = time.Date(2026, 11, 22, 2, 15, 0, 0, time.UTC)
	web   = &audit.Group{Name: "web", Zone: "dmz"}
	mail  = &audit.Group{Name: "mail", Zone: "lab-2"}
)

// A machine is a process on some machine: its own connections to one database.
type machine struct {
	*Queue
	reported chan error
}

func newMachine(t *testing.T, where string) *machine {
	t.Helper()
	db, err := history.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	reported := make(chan error, 100)
	q, err := Open(t.Context(), where, db, func(err error) {
		t.Logf("reported: %v", err)
		select {
		case reported <- err:
		default:
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	q.pace = pace{poll: 20 * time.Millisecond, untaken: time.Hour, silence: time.Second, later: 50 * time.Millisecond, attempts: 7}
	return &machine{q, reported}
}

func (m *machine) ask(t *testing.T, g *audit.Group, planned time.Time) int64 {
	t.Helper()
	id, err := m.Ask(t.Context(), g, planned)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (m *machine) wait(t *testing.T, id int64) history.Audit {
	t.Helper()
	a, err := m.Wait(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// works takes the audits of a zone until the test or the given stop ends it.
func (m *machine) works(t *testing.T, zone string, run Run) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	stopped, err := m.Work(ctx, zone, run)
	if err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() { cancel(); <-stopped })
	t.Cleanup(stop)
	return stop
}

// audits is an audit as Auditor.Run makes them, of nothing; during happens in
// its midst.
func (m *machine) audits(during func(context.Context) error) Run {
	return func(ctx context.Context, group string, _ bool) (a history.Audit, err error) {
		unlock, err := m.db.Lock(ctx, group)
		if err != nil {
			return a, err
		}
		defer unlock()
		w, err := m.db.Begin(ctx, group, time.Now())
		if err != nil {
			return a, err
		}
		if during != nil {
			err = during(ctx)
		}
		if err != nil && ctx.Err() == nil {
			return a, err
		}
		if err := w.Finish(context.WithoutCancel(ctx), time.Now(), ctx.Err() == nil, ""); err != nil {
			return a, err
		}
		return m.db.Audit(context.WithoutCancel(ctx), w.ID)
	}
}

func (m *machine) listed(t *testing.T, group string) (states string) {
	t.Helper()
	list, err := m.db.Audits(t.Context(), group, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		states = string(a.State) + " " + states
	}
	return strings.TrimSpace(states)
}
