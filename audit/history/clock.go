package history

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// What machines share is dated by one clock, the database's: those of the machines
// need not agree. With SQLite that is this machine's.

const (
	// clockAsked is how often the database is asked at most what time it is.
	clockAsked = 10 * time.Second

	// clockPatience bounds the wait for its answer.
	clockPatience = 2 * time.Second

	// statementPatience is how long a statement may wait before it is carried out.
	statementPatience = 10 * time.Second

	// clockSlack is by how much two clocks may differ: they are set a little all
	// the time.
	clockSlack = 2 * time.Second
)

// A clock is what a process knows of the database's clock. Between two answers
// that is taken to go on as the monotonic clock does here.
type clock struct {
	mu    sync.Mutex
	at    time.Time // the database's, at its last answer; zero: there was none
	heard time.Time // when that came, with the monotonic reading
	tried time.Time // when it was last asked
	leapt time.Time // when it was last seen to be set; zero: never
}

// Now is what time it is by the database's clock, or by this machine's as long as
// the database has never answered.
func (db *DB) Now() time.Time {
	if db.serial {
		return time.Now().Round(0)
	}
	c := &db.clock
	if asked := time.Now(); c.stale(asked) {
		ctx, cancel := context.WithTimeout(context.Background(), clockPatience)
		defer cancel()
		var ms int64
		if err := db.sql.QueryRowContext(ctx, "SELECT "+db.now).Scan(&ms); err == nil {
			db.heardOf(asked, ms)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() {
		return time.Now().Round(0)
	}
	return c.at.Add(time.Since(c.heard))
}

// stale reports whether the caller is to ask the database, and nobody else
// meanwhile: after a while, and when this machine slept, which its monotonic clock
// does not tell.
func (c *clock) stale(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.tried.IsZero() && now.Sub(c.tried) < clockAsked && now.Round(0).Sub(c.tried.Round(0)) < 2*clockAsked {
		return false
	}
	c.tried = now
	return true
}

// heardOf notes the database's clock, which came along with another answer.
func (db *DB) heardOf(asked time.Time, ms int64) {
	c := &db.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer(asked, time.Now(), time.UnixMilli(ms))
}

// answer notes what the database's clock was at some time between asked and heard.
func (c *clock) answer(asked, heard, at time.Time) {
	if !c.at.IsZero() {
		earliest, latest := c.at.Add(asked.Sub(c.heard)-clockSlack), c.at.Add(heard.Sub(c.heard)+clockSlack)
		if at.Before(earliest) || at.After(latest) {
			c.leapt = heard
		}
	}
	c.at, c.heard = at, heard
}

// steady is the condition that the database's clock was not seen to be set for so
// long, so that what tells that it lives has done so by the clock as it is, and that
// it is where this process takes it to be when the statement is carried out.
func (db *DB) steady(long time.Duration) string {
	c := &db.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.leapt.IsZero() && time.Since(c.leapt) <= long {
		return "1 = 0"
	}
	since := time.Since(c.heard)
	if c.at.IsZero() || since > time.Hour { // clocks drift apart
		return "1 = 1"
	}
	at := c.at.Add(since)
	return fmt.Sprintf("%s BETWEEN %d AND %d", db.now, at.Add(-clockSlack).UnixMilli(), at.Add(clockSlack+statementPatience).UnixMilli())
}

// ClockAhead is by how much this machine's clock is ahead of the database's;
// negative: behind it.
func (db *DB) ClockAhead() time.Duration {
	if db.serial {
		return 0
	}
	now := db.Now()
	return time.Now().Round(0).Sub(now)
}
