package audit

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// A hands is a clock that a test turns: each look at it waits for a turn.
type hands struct {
	mu    sync.Mutex
	now   time.Time
	turns chan time.Duration
	asked chan struct{}
}

func newHands(at string) *hands {
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		panic(err)
	}
	return &hands{now: now, turns: make(chan time.Duration), asked: make(chan struct{})}
}

func (h *hands) clock() Clock {
	return Clock{Now: h.read, After: func(time.Duration) <-chan time.Time {
		c := make(chan time.Time, 1)
		go func() {
			h.asked <- struct{}{}
			d, ok := <-h.turns
			if !ok {
				return
			}
			h.mu.Lock()
			h.now = h.now.Add(d)
			h.mu.Unlock()
			c <- h.read()
		}()
		return c
	}}
}

func (h *hands) read() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// A keeping is a scheduler at work.
type keeping struct {
	t     *testing.T
	clock *hands
	s     *Scheduler
	stop  context.CancelFunc
	ended chan struct{}

	mu   sync.Mutex
	runs []string
	hold chan struct{} // non-nil: audits wait for it
}

func keep(t *testing.T, clock *hands, where, schedule string, change ...func(*keeping)) *keeping {
	t.Helper()
	config, err := Parse([]byte("groups:\n  web:\n    targets: {inline: [a.example]}\n    schedule: "+schedule+"\n"), "tlschain.yaml")
	if err != nil {
		t.Fatal(err)
	}
	db, err := history.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	k := &keeping{t: t, clock: clock, ended: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	k.stop = stop
	k.s = &Scheduler{Config: config, DB: db, Clock: clock.clock(), Report: func(err error) { t.Errorf("reported: %v", err) }}
	k.s.Run = func(ctx context.Context, group string) error {
		w, err := db.Begin(context.WithoutCancel(ctx), group, clock.read())
		if err != nil {
			return err
		}
		if k.hold != nil {
			select {
			case <-k.hold:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		k.mu.Lock()
		k.runs = append(k.runs, clock.read().Format("01-02 15:04"))
		k.mu.Unlock()
		return w.Finish(context.WithoutCancel(ctx), clock.read(), true, "")
	}
	for _, f := range change {
		f(k)
	}
	go func() {
		defer close(k.ended)
		defer db.Close()
		k.s.keep(ctx)
	}()
	<-clock.asked // the first look is done
	k.settle()
	return k
}

// settle waits for the audits under way: an event that nobody announces.
func (k *keeping) settle() {
	for k.hold == nil && k.s.Running("web") {
		time.Sleep(time.Millisecond)
	}
}

// pass turns the clock in steps of a look and lets audits end in between.
func (k *keeping) pass(d time.Duration) {
	k.t.Helper()
	for step := 10 * time.Minute; d > 0; d -= step {
		k.jump(min(step, d))
	}
}

// jump turns the clock at once: the machine slept, or somebody set it.
func (k *keeping) jump(d time.Duration) {
	k.t.Helper()
	k.clock.turns <- d
	<-k.clock.asked
	k.settle()
}

func (k *keeping) end() {
	k.stop()
	<-k.ended
}

func (k *keeping) ran(want ...string) {
	k.t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if fmt.Sprint(k.runs) != fmt.Sprint(want) {
		k.t.Errorf("audits ran at %v, want %v", k.runs, want)
	}
}

func TestKeepsTheSchedule(t *testing.T) {
	k := keep(t, newHands("2026-05-01T12:00:00Z"), filepath.Join(t.TempDir(), "h.db"), `{cron: "0 2 * * *"}`)
	k.pass(60 * time.Hour)
	k.end()
	k.ran("05-02 02:00", "05-03 02:00")
}

func TestMachineAsleep(t *testing.T) {
	k := keep(t, newHands("2026-05-01T12:00:00Z"), filepath.Join(t.TempDir(), "h.db"), `{cron: "0 2 * * *"}`)
	k.jump(3*24*time.Hour + 8*time.Hour) // over three turns, to 20:00
	k.pass(8 * time.Hour)
	k.end()
	k.ran("05-04 20:00", "05-05 02:00")
}

func TestMissedWhileStopped(t *testing.T) {
	where := filepath.Join(t.TempDir(), "h.db")
	clock := newHands("2026-05-01T12:00:00Z")
	k := keep(t, clock, where, `{cron: "0 2 * * *"}`)
	k.end()
	clock = newHands("2026-05-03T09:00:00Z")
	k = keep(t, clock, where, `{cron: "0 2 * * *"}`)
	k.pass(time.Hour)
	k.ran("05-03 09:00")
	k.end()
	// Another schedule is planned anew and catches nothing up.
	clock = newHands("2026-05-05T09:00:00Z")
	k = keep(t, clock, where, `{cron: "0 4 * * *"}`)
	k.pass(20 * time.Hour)
	k.end()
	k.ran("05-06 04:00")
}

func TestClockSetBackALittle(t *testing.T) {
	k := keep(t, newHands("2026-05-01T01:50:00Z"), filepath.Join(t.TempDir(), "h.db"), `{cron: "0 2 * * *"}`)
	k.pass(20 * time.Minute)
	k.jump(-time.Hour) // 01:10 again
	k.pass(26 * time.Hour)
	k.end()
	k.ran("05-01 02:00", "05-02 02:00")
}

func TestClockSetBackAMonth(t *testing.T) {
	k := keep(t, newHands("2026-06-01T01:50:00Z"), filepath.Join(t.TempDir(), "h.db"), `{cron: "0 2 * * *"}`)
	k.pass(20 * time.Minute)
	k.jump(-31 * 24 * time.Hour) // it was wrong: it is May
	k.pass(24 * time.Hour)
	k.end()
	k.ran("06-01 02:00", "05-02 02:00")
}

// Ahead by a year, one audit makes up for all that seem to be missed; back at the
// right time, the schedule goes on as before.
func TestClockAheadAYear(t *testing.T) {
	const year = 365 * 24 * time.Hour
	k := keep(t, newHands("2026-05-01T01:50:00Z"), filepath.Join(t.TempDir(), "h.db"), `{cron: "0 2 * * *"}`)
	k.pass(20 * time.Minute)
	k.jump(year) // 02:10, a year later
	k.pass(30 * time.Minute)
	k.jump(-year)
	k.pass(36 * time.Hour)
	k.end()
	k.ran("05-01 02:00", "05-01 02:10", "05-02 02:00")
}

// A clock that was ahead by a year for some audits costs nothing of what is known;
// once as many lie within the retention as ever, what is older is forgotten.
func TestClockAheadForgetsNothing(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "    retention: 90d\n", "a.example")
	pruned := func() (n int) {
		list, err := a.DB.Audits(t.Context(), "web", 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			if one.Pruned {
				n++
			}
		}
		return n
	}
	const day = 24 * time.Hour
	for range 10 {
		runNight(t, a)
		w.sleep(day)
	}
	for range 2 { // by night, and when somebody looks what is wrong
		w.sleep(365 * day)
		runNight(t, a)
		w.sleep(-365 * day)
	}
	if n := pruned(); n > 0 {
		t.Errorf("%d audits are forgotten", n)
	}
	w.sleep(200 * day) // now it is so
	for range recentAudits {
		runNight(t, a)
		w.sleep(day)
	}
	if n := pruned(); n != 10 {
		t.Errorf("%d audits are forgotten, 10 are older than the retention", n)
	}
}

// A clock that was set does not make a schedule look neglected.
func TestClockSetIsNoNeglect(t *testing.T) {
	clock := newHands("2026-05-01T01:50:00Z")
	k := keep(t, clock, filepath.Join(t.TempDir(), "h.db"), `{cron: "0 2 * * *"}`)
	clock.mu.Lock()
	clock.now = clock.now.AddDate(1, 0, 0) // and nobody has looked at it since
	clock.mu.Unlock()
	if err := k.s.Health(); err != nil {
		t.Error(err)
	}
	k.end()
}

// Whatever the clock did meanwhile, no time that went by is negative.
func TestNoNegativeTimes(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	if d := Took(history.Audit{Started: now, Ended: now.Add(-time.Hour)}); d != 0 {
		t.Errorf("an audit took %v", d)
	}
	if d := Took(history.Audit{Started: now, Ended: now.Add(time.Hour)}); d != time.Hour {
		t.Errorf("an audit took %v", d)
	}
	var text strings.Builder
	StatusTable(&text, []ZoneStatus{{Audits: []AuditStatus{{Group: "web", Audit: 7, Started: now.Add(time.Hour)}}}}, now)
	if strings.Contains(text.String(), "-") || !strings.Contains(text.String(), "audit 7, 0s old") {
		t.Error(text.String())
	}
}

func TestNoOverlapAndCleanStop(t *testing.T) {
	where := filepath.Join(t.TempDir(), "h.db")
	k := keep(t, newHands("2026-05-01T01:50:00Z"), where, `{cron: "*/30 * * * *"}`, func(k *keeping) {
		k.hold = make(chan struct{})
		k.s.Report = func(err error) {
			if !strings.Contains(err.Error(), "canceled") {
				t.Error(err)
			}
		}
	})
	k.pass(3 * time.Hour) // the audit of 02:00 goes on
	k.ran()
	k.end()
	// It was stopped, so it is caught up.
	k = keep(t, newHands("2026-05-01T05:05:00Z"), where, `{cron: "*/30 * * * *"}`)
	k.pass(10 * time.Minute)
	k.end()
	k.ran("05-01 05:05")
}

// The database was down for some minutes: the night is not lost.
func TestFailedAuditIsTriedAgain(t *testing.T) {
	k := keep(t, newHands("2026-05-01T01:50:00Z"), filepath.Join(t.TempDir(), "h.db"), `{cron: "0 2 * * *"}`, failing(2))
	for range 40 {
		k.jump(time.Minute)
	}
	k.end()
	k.ran("05-01 02:06") // at 02:00, a minute and then five minutes later
}

// What fails again and again waits for its next turn.
func TestFailedAuditIsGivenUp(t *testing.T) {
	k := keep(t, newHands("2026-05-01T01:50:00Z"), filepath.Join(t.TempDir(), "h.db"), `{cron: "0 2 * * *"}`, failing(4))
	k.pass(30 * time.Hour)
	k.end()
	k.ran("05-02 02:00")
}

// failing makes the first audits fail.
func failing(times int) func(*keeping) {
	return func(k *keeping) {
		run := k.s.Run
		k.s.Run = func(ctx context.Context, group string) error {
			if times--; times >= 0 {
				return errDown
			}
			return run(ctx, group)
		}
		k.s.Report = func(err error) {
			if !errors.Is(err, errDown) {
				k.t.Errorf("reported: %v", err)
			}
		}
	}
}

var errDown = errors.New("group web: the database is down")

func TestBlackoutPutsOffWhatWasMissed(t *testing.T) {
	where := filepath.Join(t.TempDir(), "h.db")
	const schedule = `{cron: "0 2 * * *", blackouts: [{from_time: "08:00", to_time: "18:00"}]}`
	k := keep(t, newHands("2026-05-01T12:00:00Z"), where, schedule)
	k.end()
	k = keep(t, newHands("2026-05-02T09:00:00Z"), where, schedule)
	k.pass(10 * time.Hour)
	k.end()
	k.ran("05-02 18:00")
}
