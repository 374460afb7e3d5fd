package audit

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history/pgtest"
	"github.com/tlschain/tlschain/reports"
)

// TestAffected plants a CA in some nights and asks for it by name: each
// endpoint that had it, on which nights, and how it is now.
func TestAffected(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { affectedOn(t, filepath.Join(t.TempDir(), "history.db")) })
	t.Run("PostgreSQL", func(t *testing.T) { affectedOn(t, pgtest.Start(t).Database(t)) })
}

func affectedOn(t *testing.T, where string) {
	w := newWorld()
	a := auditorOn(t, w, where, "", "always.example", "fixed.example", "twice.example", "down.example", "never.example")
	var begun []time.Time
	for _, night := range []map[string]string{
		{"always.example": "other CA", "fixed.example": "other CA", "twice.example": "other CA", "down.example": "other CA"},
		{"twice.example": ""},
		{"fixed.example": "", "twice.example": "other CA"},
		{"down.example": "down"},
	} {
		for host, state := range night {
			w.set(host, state)
		}
		w.sleep(24 * time.Hour)
		begun = append(begun, runNight(t, a).Started)
	}
	var search reports.Search
	search.Name("CA 2")
	for _, c := range []struct {
		since time.Time
		want  string
	}{
		{time.Time{}, "always 0-3 (4) affected, down 0-2 (3) affected, fixed 0-1 (2) fixed at 2, twice 0-0 (1) 2-3 (2) affected"},
		{begun[2], "always 0-3 (2) affected, down 0-2 (1) affected, twice 2-3 (2) affected"},
		{begun[3].Add(time.Hour), ""},
	} {
		found, err := FindAffected(t.Context(), a.DB, "web", &search, c.since)
		if err != nil {
			t.Fatal(err)
		}
		if got := describeAffected(begun, found); got != c.want {
			t.Errorf("since %s: %q, want %q", c.since, got, c.want)
		}
	}

	a = &Auditor{Config: auditorOf(t, w, "", "fixed.example").Config, DB: a.DB, Engine: a.Engine, Clock: a.Clock, Getenv: a.Getenv, Report: a.Report}
	w.sleep(24 * time.Hour)
	runNight(t, a)
	found, err := FindAffected(t.Context(), a.DB, "web", &search, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if want := map[bool]Now{true: FixedSince, false: GoneSince}[f.Endpoint == "fixed.example:443"]; f.Now != want {
			t.Errorf("%s is %s once the group no longer has it, want %s", f.Endpoint, f.Now, want)
		}
	}
}

// describeAffected writes the nights by their numbers.
func describeAffected(begun []time.Time, found []Affected) string {
	night := func(at time.Time) string {
		for i, b := range begun {
			if b.Equal(at) {
				return fmt.Sprint(i)
			}
		}
		return "?"
	}
	var out []string
	for _, f := range found {
		text := strings.TrimSuffix(f.Endpoint, ".example:443")
		for _, s := range f.Spans {
			text += fmt.Sprintf(" %s-%s (%d)", night(s.First), night(s.Last), s.Audits)
			if !s.Sent {
				text += " not sent"
			}
		}
		text += " " + string(f.Now)
		if !f.FixedAt.IsZero() {
			text += " at " + night(f.FixedAt)
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// BenchmarkAffected searches 30 nights of 2,000 endpoints for the key of a CA.
func BenchmarkAffected(b *testing.B) {
	y := newYear(b, 2000, filepath.Join(b.TempDir(), "history.db"))
	for n := range 30 {
		y.night(b, n)
	}
	var search reports.Search
	search.Key(sha256.Sum256([]byte("CN=Public CA R1,O=Example Trust Services,C=JPkey")))
	for b.Loop() {
		found, err := FindAffected(b.Context(), y.DB, "web", &search, time.Time{})
		if err != nil || len(found) == 0 {
			b.Fatal(len(found), err)
		}
	}
}
