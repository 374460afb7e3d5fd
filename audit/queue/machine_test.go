package queue

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
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
	q.pace = pace{
		poll: 20 * time.Millisecond, untaken: time.Hour, silence: time.Second, later: 50 * time.Millisecond, attempts: 7,
		beat: 200 * time.Millisecond, dead: 2 * time.Second, patience: time.Hour,
	}
	return &machine{q, reported}
}

func (m *machine) ask(t *testing.T, g *audit.Group, planned time.Time) int64 {
	t.Helper()
	id, err := m.Queue.ask(t.Context(), g, planned)
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
func (m *machine) works(t *testing.T, zone string, auditor Auditor) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	stopped, err := m.Work(ctx, zone, auditor)
	if err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() { cancel(); <-stopped })
	t.Cleanup(stop)
	return stop
}

// auditor audits a zone whose group has so many targets; at each of them happens
// what look says, if anything.
func (m *machine) auditor(t *testing.T, zone string, targets int, look func(ctx context.Context, host string)) *audit.Auditor {
	t.Helper()
	var list strings.Builder
	for n := range targets {
		fmt.Fprintf(&list, "        - host%d.example\n", n)
	}
	text := "groups:\n"
	for _, g := range []*audit.Group{web, mail} {
		text += "  " + g.Name + ":\n    zone: " + g.Zone + "\n    targets:\n      inline:\n" + list.String()
	}
	config, err := audit.Parse([]byte(text), filepath.Join(t.TempDir(), "tlschain.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	engine := func(*audit.Group, time.Time) (audit.ScanFunc, error) {
		return func(ctx context.Context, targets iter.Seq[scanner.Target], _ func([]byte)) iter.Seq[[]reports.Endpoint] {
			return func(yield func([]reports.Endpoint) bool) {
				for t := range targets {
					if look != nil {
						look(ctx, t.Host)
					}
					e := reports.Endpoint{Target: t.Text, Host: t.Host, Port: t.Port, Status: reports.Failed, Error: &reports.Error{Code: "refused"}}
					if ctx.Err() != nil || !yield([]reports.Endpoint{e}) {
						return
					}
				}
			}
		}, nil
	}
	return &audit.Auditor{Config: config, Zone: zone, DB: m.db, Engine: engine, Getenv: func(string) string { return "" }, Report: m.report,
		Lease: 2 * time.Second}
}

func (m *machine) listed(t *testing.T, group string) (states string) {
	t.Helper()
	list, err := m.db.Audits(t.Context(), group, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		states = fmt.Sprintf("%s:%d ", a.State, a.Endpoints) + states
	}
	return strings.TrimSpace(states)
}
