package audit

import (
	"context"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// A Clock is what time it is. The zero value is the real one.
type Clock struct {
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
}

// now is the time on the wall, without the monotonic reading: a machine that
// slept or whose clock was set has to be noticed, not hidden.
func (c Clock) now() time.Time {
	if c.Now != nil {
		return c.Now()
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

// Took is how long an audit went on. It is nothing where the clock was set back
// meanwhile.
func Took(a history.Audit) time.Duration { return max(a.Ended.Sub(a.Started), 0) }
