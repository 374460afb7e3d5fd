package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// How often the clock on the wall is looked at. A single timer until the next
// audit would run on the monotonic clock, which stands still while a machine
// sleeps and does not notice that the clock was set.
const lookAtClock = 20 * time.Second

// tooFarAhead is how far in the future an audit may seem to have begun before
// it is put down to a clock that was wrong then.
const tooFarAhead = 12 * time.Hour

// pauses are how long after a failure an audit is tried again: the database or
// the disk may be well soon. After the last it waits for its next turn.
var pauses = [...]time.Duration{time.Minute, 5 * time.Minute, 20 * time.Minute}

// A Scheduler runs groups when they are due. When each is due next is kept in
// the history, so that a restart neither repeats nor forgets an audit.
type Scheduler struct {
	Config *Config
	DB     *history.DB
	Clock  Clock
	Run    func(ctx context.Context, group string) error // audits a group to its end; its error names the group
	Report func(error)

	mu      sync.Mutex
	running map[string]bool
	failed  map[string]failure
	looked  time.Time // at the clock and the history, last; by the monotonic clock, which nobody sets
}

// A failure is what came of a group's turn so far.
type failure struct {
	times int
	at    time.Time // of the last one
}

// keep keeps the schedule until ctx ends, and returns when every audit that it
// began has ended; those get the same ctx and stop soon.
func (s *Scheduler) keep(ctx context.Context) {
	s.mu.Lock()
	s.running, s.failed = map[string]bool{}, map[string]failure{}
	s.mu.Unlock()
	var audits sync.WaitGroup
	defer audits.Wait()
	var clock ClockCheck
	for ctx.Err() == nil {
		due, err := s.due(ctx)
		if err != nil && ctx.Err() == nil {
			s.Report(err) // the database may come back
		} else {
			s.alive()
		}
		clock.Look(s.DB, s.Report)
		for _, group := range due {
			s.set(group, true)
			audits.Go(func() {
				defer s.set(group, false)
				s.audit(ctx, group)
			})
		}
		if s.Clock.wait(ctx, lookAtClock) != nil {
			return
		}
	}
}

func (s *Scheduler) alive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looked = time.Now()
}

// Health returns an error if the schedule is not kept any more: for some minutes nobody
// could look at the clock or read the history.
func (s *Scheduler) Health() error {
	const patience = 10 * lookAtClock
	s.mu.Lock()
	defer s.mu.Unlock()
	if since := time.Since(s.looked); !s.looked.IsZero() && since > patience {
		return fmt.Errorf("the schedule was not looked at for %v", since.Round(time.Second))
	}
	return nil
}

// Running reports whether a group is being audited by this scheduler.
func (s *Scheduler) Running(group string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running[group]
}

func (s *Scheduler) set(group string, running bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[group] = running
}

// due gives the groups whose time has come, and plans those that are new, have
// another schedule than before, or were planned by a wrong clock.
func (s *Scheduler) due(ctx context.Context) ([]string, error) {
	planned, err := s.DB.Schedule(ctx)
	if err != nil {
		return nil, err
	}
	now := s.Clock.at(s.DB)
	var due []string
	for _, name := range sortedKeys(s.Config.Groups) {
		g := s.Config.Groups[name]
		if g.Schedule == nil || s.Running(name) {
			continue
		}
		p, known := planned[name]
		if !known || p.Spec != g.Schedule.spec() {
			err = errors.Join(err, s.plan(ctx, g, now))
			continue
		}
		if p.Next.After(now) {
			err = errors.Join(err, s.replan(ctx, g, p, now))
			continue
		}
		if !g.Schedule.blackedOut(now) && !s.pausing(name, now) {
			due = append(due, name) // however long ago: once
		}
	}
	for name := range planned {
		if g := s.Config.Groups[name]; g == nil || g.Schedule == nil {
			err = errors.Join(err, s.DB.Unplan(ctx, name))
		}
	}
	return due, err
}

// replan notices that the clock was set back: then a time of the schedule comes
// before the one that is planned. If an audit has begun that seems to lie ahead
// by a little, that time has had its turn; by much, it was begun by a wrong
// clock and does not count.
func (s *Scheduler) replan(ctx context.Context, g *Group, p history.Planned, now time.Time) error {
	next := g.Schedule.Next(g.Name, now)
	if next.IsZero() || !next.Before(p.Next) {
		return nil
	}
	last, err := s.DB.Audits(ctx, g.Name, 0, 1)
	if err != nil {
		return err
	}
	if len(last) > 0 && !last[0].Started.Before(now) && last[0].Started.Sub(now) < tooFarAhead {
		return nil
	}
	return s.DB.Plan(ctx, g.Name, history.Planned{Next: next, Spec: p.Spec})
}

func (s *Scheduler) plan(ctx context.Context, g *Group, after time.Time) error {
	return s.DB.Plan(ctx, g.Name, history.Planned{Next: g.Schedule.Next(g.Name, after), Spec: g.Schedule.spec()})
}

// pausing reports whether a failed audit of the group is not tried again yet. A clock
// that was set back meanwhile makes no pause.
func (s *Scheduler) pausing(group string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.failed[group]
	return ok && !now.Before(f.at) && now.Before(f.at.Add(pauses[f.times-1]))
}

// note keeps what came of a group's turn and reports whether it is over.
func (s *Scheduler) note(group string, err error) (over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := failure{s.failed[group].times + 1, s.Clock.at(s.DB)}
	if err == nil || f.times > len(pauses) {
		delete(s.failed, group)
		return true
	}
	s.failed[group] = f
	return false
}

// audit runs a group and plans its next turn. The turn is planned at the end:
// an audit that was killed or stopped is caught up at the next start.
func (s *Scheduler) audit(ctx context.Context, group string) {
	began := s.Clock.at(s.DB)
	err := s.Run(ctx, group)
	if err != nil {
		s.Report(err)
	}
	if ctx.Err() != nil || !s.note(group, err) {
		return
	}
	after := s.Clock.at(s.DB)
	if after.Before(began) {
		after = began // the clock was set back meanwhile
	}
	if err := s.plan(ctx, s.Config.Groups[group], after); err != nil {
		s.Report(err)
	}
}

// spec is all that decides when a group is due.
func (s *Schedule) spec() string {
	return fmt.Sprintf("%s %s %v %v", s.Cron.Text, s.TimeZone.location(), time.Duration(s.Jitter), s.Blackouts)
}
