package audit

import (
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// Several may keep the schedule, on machines whose clocks differ: it is that of the
// database that they go by, or one would plan anew what another has had.
func TestOneClockForAll(t *testing.T) {
	const year = 365 * 24 * time.Hour
	server, set := pgtest.StartClocked(t)
	set(year)
	w := newWorld()
	a := auditorOn(t, w, server.Database(t), "    schedule: {cron: \"0 2 * * *\"}\n", "a.example")
	var told []string
	s := &Scheduler{Config: a.Config, DB: a.DB, Report: func(err error) { told = append(told, err.Error()) }}
	if _, err := s.due(t.Context()); err != nil {
		t.Fatal(err)
	}
	planned, err := a.DB.Schedule(t.Context())
	if off := time.Until(planned["web"].Next.Add(-year)); err != nil || off.Abs() > 25*time.Hour {
		t.Errorf("planned for %v, %v", planned["web"].Next, err)
	}
	a.Clock = Clock{}
	one := runNight(t, a)
	if off := time.Until(one.Started.Add(-year)).Abs(); off > time.Minute {
		t.Errorf("an audit began at %v", one.Started)
	}
	var clock ClockCheck
	for range 2 {
		clock.Look(a.DB, s.Report)
	}
	set(0)
	a.DB.Beat(t.Context(), "me", "dmz") // learns of it
	clock.Look(a.DB, s.Report)
	if len(told) != 1 || !strings.Contains(told[0], "the clock of this machine is 8760h0m0s behind that of the database") {
		t.Errorf("told: %q", told)
	}
}
