package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tlschain/audit/history"
)

// How often the clock on the wall is looked at. A single timer until the next
// audit would run on the monotonic clock, which stands still while a machine
// sleeps and does not notice that the clock was set.
const lookAtClock = 20 * time.Second

// tooFarAhead is how far in the future an audit may seem to have begun before
// it is put down to a clock that was wrong then.
const tooFarAhead = 12 * time.Hour

// A Scheduler runs groups when they are due. When each is due next is kept in
// the history, so that a restart neither repeats nor forgets an audit.
type Scheduler struct {
	Config *Config
	DB     *history.DB
	Clock  Clock
	Run    func(ctx context.Context, group string) error // audits a group to its end
	Report func(error)

	mu      sync.Mutex
	running map[string]bool
	looked  time.Time // at the clock and the history, last
}

// Keep keeps the schedule until ctx ends, and returns when every audit that it
// began has ended; those get the same ctx and stop soon.
func (s *Scheduler) Keep(ctx context.Context) {
	s.mu.Lock()
	s.running = map[string]bool{}
	s.mu.Unlock()
	var audits sync.WaitGroup
	defer audits.Wait()
	for ctx.Err() == nil {
		due, err := s.due(ctx)
		if err != nil && ctx.Err() == nil {
			s.Report(err) // the database may come back
		} else {
			s.alive()
		}
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
	s.looked = s.Clock.now()
}

// Health says that the schedule is not kept any more: for some minutes nobody
// could look at the clock or read the history.
func (s *Scheduler) Health() error {
	const patience = 10 * lookAtClock
	s.mu.Lock()
	defer s.mu.Unlock()
	if since := s.Clock.now().Sub(s.looked); !s.looked.IsZero() && since > patience {
		return fmt.Errorf("the schedule was not looked at for %v", since.Round(time.Second))
	}
	return nil
}

// Running says whether a group is being audited by this scheduler.
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
	now := s.Clock.now()
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
		if !g.Schedule.blackedOut(now) {
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

// audit runs a group and plans its next turn. The turn is planned at the end:
// an audit that was killed or stopped is caught up at the next start.
func (s *Scheduler) audit(ctx context.Context, group string) {
	began := s.Clock.now()
	err := s.Run(ctx, group)
	if err != nil {
		s.Report(fmt.Errorf("group %s: %w", group, err))
	}
	if ctx.Err() != nil {
		return
	}
	after := s.Clock.now()
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
