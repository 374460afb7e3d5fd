//go:build soak

package scale

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
)

// settle waits until every group was audited wholly twice since the last fault,
// everybody was told, and ends the schedulers and workers in good order.
func (s *soakSite) settle(t *testing.T) {
	t.Helper()
	quiet := time.Now()
	for group := range soaked {
		until(t, "complete audits of "+group, func() bool {
			list, err := s.db.Audits(t.Context(), group, 0, 20)
			n := 0
			for _, a := range list {
				if err == nil && a.State == history.Complete && a.Started.After(quiet) {
					n++
				}
			}
			return n >= 2
		})
		say(t, "%s was audited twice since", group)
	}
	until(t, "that all were told", func() bool {
		unsent, err1 := s.db.Unsent(t.Context(), 100)
		untold, err2 := s.db.Untold(t.Context())
		return err1 == nil && err2 == nil && len(unsent) == 0 && len(untold) == 0
	})
	say(t, "settled after %v", time.Since(quiet).Round(time.Second))
}

// verdict fails for whatever was lost, done twice or left behind.
func (s *soakSite) verdict(t *testing.T) {
	for _, name := range s.order {
		m := s.members[name]
		m.mu.Lock()
		m.wanted = false
		p, ended := m.run, m.ended
		m.mu.Unlock()
		p.Process.Signal(os.Interrupt)
		<-ended
		if code := p.ProcessState.ExitCode(); code != 130 {
			t.Errorf("%s ends with %d\n%s", name, code, tail(p.out.String()))
		}
	}
	for group, n := range soaked {
		s.audits(t, group, n)
		s.presented(t, group)
	}
	s.tellings(t)
	s.leftovers(t)
}

// audits holds the audits of a group to be whole, one after the other, and
// never long in coming.
func (s *soakSite) audits(t *testing.T, group string, targets int) {
	all, err := s.db.Audits(t.Context(), group, 0, 1<<20)
	if err != nil {
		t.Error(err)
		return
	}
	states := map[history.AuditState]int{}
	var later history.Audit
	var complete time.Time
	var longest time.Duration
	for _, a := range all { // newest first
		states[a.State]++
		if later.ID != 0 && a.Ended.After(later.Started.Add(time.Second)) {
			t.Errorf("%s: audit %d ended at %v, after audit %d began at %v", group, a.ID, a.Ended, later.ID, later.Started)
		}
		later = a
		if a.State != history.Complete {
			say(t, "%s: audit %d, %v to %v, is %s: %d endpoints; %v", group, a.ID, a.Started.Format(time.TimeOnly),
				a.Ended.Format(time.TimeOnly), a.State, a.Endpoints, audit.SummaryOf(a).Troubles)
			continue
		}
		if !complete.IsZero() {
			longest = max(longest, complete.Sub(a.Ended))
		}
		complete = a.Ended
		sum := audit.SummaryOf(a)
		whole := a.Endpoints == targets || group == "dmz" && a.Endpoints == targets+grown
		if !whole || sum.Endpoints != a.Endpoints || sum.Status["ok"]+sum.Status["failed"] != a.Endpoints {
			t.Errorf("%s: audit %d of %d targets saw %d: %+v", group, a.ID, targets, a.Endpoints, sum)
		}
	}
	say(t, "%s: %v; at most %v between complete ones", group, states, longest)
	if states[history.Running] > 0 {
		t.Errorf("%s: %d audits run for ever", group, states[history.Running])
	}
	if longest > 30*time.Minute {
		t.Errorf("%s: %v without a complete audit", group, longest)
	}
}

// presented holds what the history says that servers present against what they
// do: no change was lost.
func (s *soakSite) presented(t *testing.T, group string) {
	known, err := s.db.Presented(t.Context(), group)
	if err != nil {
		t.Error(err)
		return
	}
	if len(known) != soaked[group] {
		t.Errorf("%s: leaves of %d endpoints are known, of %d", group, len(known), soaked[group])
	}
	var wrong atomic.Int32
	var all errgroup.Group
	all.SetLimit(16) // each server takes its time
	for _, p := range known {
		all.Go(func() error {
			host, _, _ := net.SplitHostPort(p.Endpoint.Key)
			var i int
			if n, _ := fmt.Sscanf(host, "host%d.", &i); n == 1 {
				host = address(firstOf["names"] + i)
			}
			conn, err := tls.Dial("tcp", net.JoinHostPort(host, soakPort), &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
			if err != nil {
				return fmt.Errorf("%s: %w", p.Endpoint.Key, err)
			}
			defer conn.Close()
			if leaf := sha256.Sum256(conn.ConnectionState().PeerCertificates[0].Raw); leaf != [32]byte(p.Leaf) {
				wrong.Add(1)
				t.Errorf("%s: it presents %x, and the history has %x", p.Endpoint.Key, leaf[:6], p.Leaf[:6])
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		t.Error(err)
	}
	say(t, "%s: of %d endpoints %d are not known as they are", group, len(known), wrong.Load())
}

// tellings holds what receivers were told against what was to be told.
func (s *soakSite) tellings(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(s.dir, "told"))
	if err != nil {
		t.Error(err)
	}
	times := map[int64]int{}
	for line := range strings.Lines(string(text)) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		var m struct{ Audit int64 }
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Errorf("half a message: %v: %.300s", err, line)
		}
		times[m.Audit]++
	}
	notices, err := s.db.Notices(t.Context(), "", 1<<20)
	if err != nil {
		t.Error(err)
	}
	unsent := 0
	for _, n := range notices {
		switch {
		case n.Sent.IsZero():
			unsent++
			t.Errorf("audit %d of %s: never sent, after %d attempts: %s", n.Audit, n.Group, n.Attempts, n.Failure)
		case times[n.Audit] != 1:
			t.Errorf("audit %d of %s, noticed at %v, sent at %v: told %d times", n.Audit, n.Group, n.At, n.Sent, times[n.Audit])
		}
	}
	say(t, "%d notices, %d unsent, told of %d audits", len(notices), unsent, len(times))
	if len(times) != len(notices) {
		t.Errorf("told of %d audits, with %d notices", len(times), len(notices))
	}
}

// leftovers looks for what nobody will ever finish.
func (s *soakSite) leftovers(t *testing.T) {
	s.query(t, func(c *pgx.Conn) error {
		rows, err := c.Query(t.Context(), `SELECT state::text, kind, count(*), min(created_at) FROM tlschain_queue.river_job GROUP BY 1, 2 ORDER BY 1, 2`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var state, kind string
			var n int
			var oldest time.Time
			if err := rows.Scan(&state, &kind, &n, &oldest); err != nil {
				return err
			}
			say(t, "jobs: %d of %s are %s, the oldest of %v", n, kind, state, oldest.Format(time.TimeOnly))
			if state != "completed" && state != "cancelled" && state != "discarded" && time.Since(oldest) > 15*time.Minute {
				t.Errorf("%d jobs (%s) are %s since %v", n, kind, state, oldest)
			}
		}
		return rows.Err()
	})
	progress, err := s.db.Progress(t.Context())
	if err != nil {
		t.Error(err)
	}
	for _, p := range progress {
		say(t, "still under way: %+v", p)
	}
}
