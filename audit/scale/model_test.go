//go:build scale

package scale

import (
	"flag"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

var (
	small   = flag.Int("small", 5_000, "endpoints that the model is made of, with those of -large")
	large   = flag.Int("large", 20_000, "")
	predict = flag.Int("predict", 100_000, "endpoints that the model predicts, and a run confirms")
)

// A night is what one audit took.
type night struct {
	endpoints     int
	workers, sql  time.Duration // CPU
	wall          time.Duration
	peakMB, bytes int64 // of the worker; that the database grew by
	jobs          int
}

// audited has a worker audit a group that is in the database, or not yet.
func (s *site) audited(t *testing.T, endpoints int, farm ...string) night {
	t.Helper()
	s.configure(t, map[string]int{"dmz": endpoints}, "{concurrency: 100}")
	s.serve(t, "dmz", append([]string{"-distinct"}, farm...)...)
	sql, bytes, jobs := s.databaseCPU(t), s.size(t), s.count(t, "tlschain_queue.river_job")
	worker := s.tlschain(t, "dmz", "work", "--zone", "dmz")
	s.tlschain(t, "", "run", "dmz").Wait()
	a := s.newest(t, "dmz")
	whole(t, a, endpoints)
	n := night{endpoints: endpoints, wall: a.Ended.Sub(a.Started), jobs: s.count(t, "tlschain_queue.river_job") - jobs}
	n.workers, n.peakMB = worker.stop()
	n.sql, n.bytes = s.databaseCPU(t)-sql, s.size(t)-bytes
	t.Logf("%7d endpoints: worker %v CPU, %d MB peak; database %v CPU, %+.1f MB; %d jobs; %v", endpoints, n.workers.Round(time.Millisecond), n.peakMB,
		n.sql.Round(time.Millisecond), float64(n.bytes)/1e6, n.jobs, n.wall)
	return n
}

// size is what the database takes once what is dead in it may be used again.
func (s *site) size(t *testing.T) (n int64) {
	t.Helper()
	s.query(t, func(c *pgx.Conn) error {
		if _, err := c.Exec(t.Context(), "VACUUM"); err != nil {
			return err
		}
		return c.QueryRow(t.Context(), "SELECT pg_database_size(current_database())").Scan(&n)
	})
	return n
}

func (s *site) count(t *testing.T, table string) (n int) {
	t.Helper()
	s.query(t, func(c *pgx.Conn) error {
		var there bool
		if err := c.QueryRow(t.Context(), "SELECT to_regclass($1) IS NOT NULL", table).Scan(&there); err != nil || !there {
			return err
		}
		return c.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n)
	})
	return n
}

// A line goes through two measured nights.
type line struct{ fixed, each float64 }

func through(a, b night, of func(night) float64) line {
	each := (of(b) - of(a)) / float64(b.endpoints-a.endpoints)
	return line{of(b) - each*float64(b.endpoints), each}
}

func (l line) at(n int) float64 { return l.fixed + l.each*float64(n) }

var measures = []struct {
	name string
	of   func(night) float64
}{
	{"worker CPU, s", func(n night) float64 { return n.workers.Seconds() }},
	{"database CPU, s", func(n night) float64 { return n.sql.Seconds() }},
	{"first night, MB", func(n night) float64 { return float64(n.bytes) / 1e6 }},
	{"jobs", func(n night) float64 { return float64(n.jobs) }},
}

// Of two sizes a third is predicted, and measured; of the larger one, what later
// nights add.
func TestModel(t *testing.T) {
	s := newSite(t, "dmz")
	a := s.audited(t, *small)
	s.fresh(t)
	b := s.audited(t, *large)
	for _, renewed := range []int{0, 1, 5} {
		n := s.audited(t, *large, "-renewed", strconv.Itoa(renewed))
		t.Logf("a night on which %d%% renew: %.0f bytes an endpoint", renewed, float64(n.bytes)/float64(*large))
	}
	for _, n := range []int{*predict, 10_000_000, 1_000_000_000} {
		text := fmt.Sprintf("predicted for %d:", n)
		for _, m := range measures {
			text += fmt.Sprintf(" %s %.0f;", m.name, through(a, b, m.of).at(n))
		}
		t.Log(text)
	}
	if *predict == 0 {
		return
	}
	s.fresh(t)
	c := s.audited(t, *predict)
	for _, m := range measures {
		want, got := through(a, b, m.of).at(*predict), m.of(c)
		t.Logf("%s: predicted %.1f, measured %.1f (%+.0f%%)", m.name, want, got, 100*(got/want-1))
		if got > 1.25*want || got < 0.75*want {
			t.Errorf("%s: the prediction is more than 25%% off", m.name)
		}
	}
}
