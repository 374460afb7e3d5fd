package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// An audit that several workers share is cut into shards. Whoever takes a shard
// has it on a lease, by the database's clock, and renews that while it works.
// Each lease raises the shard's fence, and each step of a writer holds the row
// while it looks whether the fence is still its own: a worker that was frozen,
// or cut off, and whose shard went to another one, can write no more.

// A Shard is one part of an audit's targets.
type Shard struct {
	Targets []byte // the caller's document
	Amount  int    // of targets in it
}

// planned is the number of the row that holds what reading the targets told.
const planned = -1

// BeginShards starts an audit that workers of a zone share. What is told of its
// targets as a whole, such as a source that failed, is a summary like those of
// the shards. join runs in the same transaction. [ErrBusy]: somebody holds the
// group's Lock, or the audit before has shards yet.
func (db *DB) BeginShards(ctx context.Context, group, zone string, at time.Time, shards []Shard, summary string,
	join func(tx *sql.Tx, audit int64) error) (audit int64, err error) {
	err = db.inTx(ctx, func(tx *sql.Tx) error {
		unlock, err := db.lockIn(ctx, tx, group)
		if err != nil {
			return err
		}
		defer unlock()
		if audit, err = db.begin(ctx, tx, group, at); err != nil {
			return err
		}
		rows := make([][]any, len(shards))
		for n, s := range shards {
			rows[n] = []any{audit, n, zone, s.Targets, s.Amount}
		}
		if err := insert(ctx, tx, "INSERT INTO shard (audit_id, number, zone, targets, amount)", "", rows); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO shard (audit_id, number, zone, targets, amount, done, summary)
			VALUES ($1, $2, $3, $4, 0, 1, $5)`, audit, planned, zone, []byte{}, summary)
		if err != nil {
			return err
		}
		return join(tx, audit)
	})
	if err != nil {
		return 0, fmt.Errorf("beginning an audit: %w", err)
	}
	return audit, nil
}

// A ShardWriter is a lease of one shard, and stores what it shows.
type ShardWriter struct {
	Writer
	Number  int
	Targets []byte // the caller's document
	Failed  int    // leases of it that ended badly
	Trouble string // how the last of them did

	fence int64
}

// TakeShard leases a shard for a while. [ErrBusy]: somebody else has it, it waits
// after a failure, it is done, or its audit has ended.
func (db *DB) TakeShard(ctx context.Context, audit int64, number int, holder string, lease time.Duration) (*ShardWriter, error) {
	w := &ShardWriter{Writer: Writer{ID: audit, db: db}, Number: number}
	w.owns = w.holds
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		// A holder that has not let go of an expired lease has died, or hangs.
		return tx.QueryRowContext(ctx, `UPDATE shard SET fence = fence + 1, holder = $3, until = `+db.now+` + $4,
				failed = failed + CASE WHEN holder = '' THEN 0 ELSE 1 END,
				trouble = CASE WHEN holder = '' THEN trouble ELSE 'its worker ' || holder || ' is gone' END
			WHERE audit_id = $1 AND number = $2 AND done = 0 AND `+db.free(lease)+`
				AND EXISTS (SELECT 1 FROM audit WHERE id = $1 AND state = 'running')
			RETURNING fence, failed, trouble, targets, (SELECT grp FROM audit WHERE id = $1)`,
			audit, number, holder, lease.Milliseconds()).Scan(&w.fence, &w.Failed, &w.Trouble, &w.Targets, &w.Group)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrBusy
	}
	if err != nil {
		return nil, fmt.Errorf("taking shard %d of audit %d: %w", number, audit, err)
	}
	return w, nil
}

// free is the condition that nobody has a shard, or had it of late: its time is
// over, or lies further ahead than any does, for the database's clock was set
// back. Where that was set just now, whoever has a shard may not have
// renewed its lease by the clock as it is.
func (db *DB) free(lease time.Duration) string {
	longest := max(5*lease, time.Second) // as of a pause after failures
	return fmt.Sprintf("(until <= %s OR until - %s > %d) AND (holder = '' OR %s)", db.now, db.now, longest.Milliseconds(), db.steady(lease))
}

// holds finds out whether the shard is still this writer's, and keeps it and the
// end of its audit away from others until the step is done.
func (w *ShardWriter) holds(ctx context.Context, tx *sql.Tx) error {
	return w.held(ctx, tx, w.db.share)
}

func (w *ShardWriter) held(ctx context.Context, tx *sql.Tx, lock string) error {
	var n int
	err := tx.QueryRowContext(ctx, "SELECT 1 FROM audit WHERE id = $1 AND state = 'running'"+lock, w.ID).Scan(&n)
	if err == nil {
		err = tx.QueryRowContext(ctx, "SELECT 1 FROM shard WHERE audit_id = $1 AND number = $2 AND fence = $3 AND done = 0"+w.db.update,
			w.ID, w.Number, w.fence).Scan(&n)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return ErrTaken
	}
	return err
}

// Renew begins the lease anew. [ErrTaken]: the shard is somebody else's by now, or
// its audit has ended.
func (w *ShardWriter) Renew(ctx context.Context, lease time.Duration) error {
	return w.step(ctx, "until = "+w.db.now+" + $4", lease.Milliseconds())
}

// Release gives the shard back as it was taken: its worker is told to stop.
func (w *ShardWriter) Release(ctx context.Context) error {
	return w.step(ctx, "holder = '', until = $4", 0)
}

// Fail gives the shard back after a failure; nobody takes it again before a pause.
func (w *ShardWriter) Fail(ctx context.Context, trouble string, pause time.Duration) error {
	return w.step(ctx, "holder = '', failed = failed + 1, trouble = $5, until = "+w.db.now+" + $4", pause.Milliseconds(), trouble)
}

// step changes the shard's row, from $4 on, if it is still this writer's.
func (w *ShardWriter) step(ctx context.Context, set string, args ...any) error {
	err := w.db.inTx(ctx, func(tx *sql.Tx) error {
		if err := w.holds(ctx, tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE shard SET "+set+" WHERE audit_id = $1 AND number = $2 AND fence = $3",
			append([]any{w.ID, w.Number, w.fence}, args...)...)
		return err
	})
	if err != nil {
		return fmt.Errorf("shard %d of audit %d: %w", w.Number, w.ID, err)
	}
	return nil
}

// Done ends the shard and reports whether it was the last of its audit: then the
// caller calls EndShards. The summary is the caller's document.
func (w *ShardWriter) Done(ctx context.Context, summary string) (last bool, err error) {
	err = w.db.inTx(ctx, func(tx *sql.Tx) error {
		// One shard at a time: of two that end at once, one sees that both have.
		if err := w.held(ctx, tx, w.db.update); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE shard SET done = "+w.db.now+
			", summary = $4, targets = $5 WHERE audit_id = $1 AND number = $2 AND fence = $3", w.ID, w.Number, w.fence, summary, []byte{})
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT NOT EXISTS (SELECT 1 FROM shard WHERE audit_id = $1 AND done = 0)", w.ID).Scan(&last)
	})
	if err != nil {
		return false, fmt.Errorf("ending shard %d of audit %d: %w", w.Number, w.ID, err)
	}
	// Now and then the planner should know how many there are: one table at a
	// time, for others analyze both within a transaction. If not now, then later.
	if n := w.Number + 1; n&(n-1) == 0 {
		for _, table := range []string{"endpoint", "pending"} {
			w.db.inTx(ctx, func(tx *sql.Tx) error { return w.db.analyze(ctx, tx, table) })
		}
	}
	return last, nil
}

// EndShards ends an audit that workers share, with what its shards have seen:
// once, however many try. summary makes one document of those of all shards
// that are done, of how many are not, and of what was told of the targets as a
// whole. An audit that has ended already is left as it is.
func (db *DB) EndShards(ctx context.Context, audit int64, at time.Time,
	summary func(done []string, left int) (whole string, complete bool, err error)) error {
	w := &Writer{ID: audit, db: db}
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if err := w.own(ctx, tx); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, "SELECT grp FROM audit WHERE id = $1", audit).Scan(&w.Group); err != nil {
			return err
		}
		var done []string
		left := 0
		err := each(ctx, tx, func(rows *sql.Rows) error {
			var when int64
			var text string
			err := rows.Scan(&when, &text)
			if when == 0 {
				left++
			} else {
				done = append(done, text)
			}
			return err
		}, "SELECT done, summary FROM shard WHERE audit_id = $1 ORDER BY number", audit)
		if err != nil {
			return err
		}
		whole, complete, err := summary(done, left)
		if err != nil {
			return err
		}
		return w.finish(ctx, tx, at, complete, whole)
	})
	if errors.Is(err, ErrTaken) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ending audit %d: %w", audit, err)
	}
	return nil
}

// An Orphan is a shard that waits to be taken.
type Orphan struct {
	Audit  int64
	Number int
	Fence  int64 // leases that it has had
}

// Orphans gives shards of a zone that nobody has, though somebody had them or
// should by now, and the audits that wait for nothing but their end: what a
// worker left that died. lease is how long one lasts.
func (db *DB) Orphans(ctx context.Context, zone string, lease, patience time.Duration, limit int) (
	shards []Orphan, ended []int64, err error) {
	err = each(ctx, db.sql, func(rows *sql.Rows) error {
		var s Orphan
		err := rows.Scan(&s.Audit, &s.Number, &s.Fence)
		shards = append(shards, s)
		return err
	}, `SELECT s.audit_id, s.number, s.fence FROM shard s JOIN audit a ON a.id = s.audit_id
		WHERE s.zone = $1 AND s.done = 0 AND `+db.free(lease)+`
			AND (s.fence > 0 OR a.started * 1000 < `+db.now+` - $2)
		ORDER BY s.audit_id, s.number LIMIT $3`, zone, patience.Milliseconds(), limit)
	if err == nil {
		err = each(ctx, db.sql, func(rows *sql.Rows) error {
			var id int64
			err := rows.Scan(&id)
			ended = append(ended, id)
			return err
		}, `SELECT a.id FROM audit a WHERE a.state = 'running'
			AND EXISTS (SELECT 1 FROM shard s WHERE s.audit_id = a.id AND s.zone = $1)
			AND NOT EXISTS (SELECT 1 FROM shard s WHERE s.audit_id = a.id AND s.done = 0)`, zone)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("looking for shards that nobody has: %w", err)
	}
	return shards, ended, nil
}
