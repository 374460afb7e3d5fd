package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// A Clock is what time it is. The zero value is the real one: what machines share
// goes by that of the history's database, however wrong their own are.
type Clock struct {
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
}

// at is the time, by a history's clock, without the monotonic reading: a machine
// that slept or a clock that was set has to be noticed, not hidden.
func (c Clock) at(db *history.DB) time.Time {
	switch {
	case c.Now != nil:
		return c.Now()
	case db != nil:
		return db.Now()
	}
	return time.Now().Round(0)
}

// wait waits for a while, or until ctx ends.
func (c Clock) wait(ctx context.Context, d time.Duration) error {
	after := time.After
	if c.After != nil {
		after = c.After
	}
	select {
	case <-after(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// clockOff is from which difference on people are told that a clock is wrong.
const clockOff = time.Minute

// A ClockCheck tells of a machine's clock that is not as the database's: once,
// until it is right again. The zero value is ready to use.
type ClockCheck struct{ told bool }

// Look reports to report what it finds.
func (c *ClockCheck) Look(db *history.DB, report func(error)) {
	ahead := db.ClockAhead().Round(time.Second)
	wrong := ahead.Abs() >= clockOff
	if wrong && !c.told {
		side := "ahead of"
		if ahead < 0 {
			side = "behind"
		}
		report(fmt.Errorf("the clock of this machine is %v %s that of the database, which audits go by: set the one that is wrong",
			ahead.Abs(), side))
	}
	c.told = wrong
}

// Took is how long an audit went on. It is nothing where the clock was set back
// meanwhile.
func Took(a history.Audit) time.Duration { return max(a.Ended.Sub(a.Started), 0) }
