package history

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"time"
)

// A Writer stores one audit while it runs. One goroutine uses it.
type Writer struct {
	ID    int64
	Group string
	db    *DB
	fresh int                                  // endpoints that were not known before
	owns  func(context.Context, *sql.Tx) error // in place of own; nil for a whole audit
}

// Begin starts an audit of a group. The caller holds the group's Lock. What a
// killed audit of the group left is joined first, as a partial audit.
func (db *DB) Begin(ctx context.Context, group string, at time.Time) (*Writer, error) {
	w := &Writer{Group: group, db: db}
	err := db.inTx(ctx, func(tx *sql.Tx) (err error) {
		w.ID, err = db.begin(ctx, tx, group, at)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("beginning an audit: %w", err)
	}
	return w, nil
}

func (db *DB) begin(ctx context.Context, tx *sql.Tx, group string, at time.Time) (id int64, err error) {
	if err := db.joinDead(ctx, tx, group); err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, "INSERT INTO audit (grp, started, state) VALUES ($1, $2, 'running') RETURNING id", group,
		at.Unix()).Scan(&id)
	return id, err
}

// joinDead ends the audits of a group that nobody runs any more. Their end
// is unknown: the start stands for it. One that workers share is theirs until
// it ends: ErrBusy.
func (db *DB) joinDead(ctx context.Context, tx *sql.Tx, group string) error {
	var dead []int64
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		dead = append(dead, id)
		return err
	}, "SELECT id FROM audit WHERE grp = $1 AND state = 'running' ORDER BY id", group)
	if err != nil {
		return err
	}
	for _, id := range dead {
		var shared bool
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM shard WHERE audit_id = $1)", id).Scan(&shared); err != nil {
			return err
		}
		if shared {
			return ErrBusy
		}
		// First of all: from here on, a writer that lives after all adds no more.
		if _, err := tx.ExecContext(ctx, "UPDATE audit SET state = 'partial', ended = started WHERE id = $1", id); err != nil {
			return err
		}
		if err := db.join(ctx, tx, id, group, false); err != nil {
			return err
		}
	}
	return nil
}

// own begins each step of a writer: it holds the audit's row until the step is
// done, and finds out whether the audit is still this writer's to write.
func (w *Writer) own(ctx context.Context, tx *sql.Tx) error {
	if w.owns != nil {
		return w.owns(ctx, tx)
	}
	result, err := tx.ExecContext(ctx, "UPDATE audit SET state = 'running' WHERE id = $1 AND state = 'running'", w.ID)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return ErrTaken
}

// Add keeps aside what the audit saw; once it returns, no kill loses it. An
// endpoint that is seen twice counts as it was seen last. A few hundred at a
// time are best. [ErrTaken]: another audit of the group has begun meanwhile.
func (w *Writer) Add(ctx context.Context, seen ...Seen) error {
	var err error
	for range 5 { // of two who add the same certificates as chains and as mends, the database lets one try again
		if err = w.add(ctx, seen); !deadlocked(err) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("storing what audit %d saw: %w", w.ID, err)
	}
	return nil
}

func (w *Writer) add(ctx context.Context, seen []Seen) error {
	return w.db.inTx(ctx, func(tx *sql.Tx) error {
		if err := w.own(ctx, tx); err != nil {
			return err
		}
		if err := w.db.guard(ctx, tx, false); err != nil {
			return err
		}
		endpoints, states := map[string]*Seen{}, map[Hash]*State{}
		for i := range seen {
			endpoints[seen[i].Key] = &seen[i]
		}
		for _, s := range endpoints {
			states[s.Hash] = &s.State
		}
		if err := internFixes(ctx, tx, states); err != nil {
			return err
		}
		stateIDs, err := internStates(ctx, tx, states)
		if err != nil {
			return err
		}
		endpointIDs, err := w.internEndpoints(ctx, tx, endpoints)
		if err != nil {
			return err
		}
		rows := make([][]any, 0, len(endpoints))
		for key, s := range endpoints {
			rows = append(rows, []any{w.ID, endpointIDs[key], stateIDs[s.Hash]})
		}
		return insert(ctx, tx, "INSERT INTO pending (audit_id, endpoint_id, state_id)",
			"ON CONFLICT (audit_id, endpoint_id) DO UPDATE SET state_id = excluded.state_id", rows)
	})
}

// Keep says of known endpoints that they are as they were, whatever was seen.
// [ErrTaken] is as for Add.
func (w *Writer) Keep(ctx context.Context, keys ...string) error {
	err := w.db.inTx(ctx, func(tx *sql.Tx) error {
		if err := w.own(ctx, tx); err != nil {
			return err
		}
		for some := range slices.Chunk(keys, chunk) {
			args := []any{w.ID, w.Group}
			for _, key := range some {
				args = append(args, key)
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO pending (audit_id, endpoint_id, state_id)
				SELECT a.id, e.id, e.state_id FROM endpoint e JOIN audit a ON a.id = $1
				WHERE e.grp = $2 AND e.gone = 0 AND e.state_id IS NOT NULL AND e.key IN (`+numbered(2, len(some))+`)
				ON CONFLICT (audit_id, endpoint_id) DO UPDATE SET state_id = excluded.state_id`, args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("storing what audit %d did not see changed: %w", w.ID, err)
	}
	return nil
}

func (w *Writer) internEndpoints(ctx context.Context, tx *sql.Tx, endpoints map[string]*Seen) (map[string]int64, error) {
	keys := slices.Sorted(maps.Keys(endpoints))
	ids := make(map[string]int64, len(keys))
	column := func(k string) any { return k }
	back := func(v any) string {
		if b, ok := v.([]byte); ok {
			return string(b)
		}
		s, _ := v.(string)
		return s
	}
	const query = "SELECT id, key FROM endpoint WHERE grp = $1 AND key IN"
	if err := lookUp(ctx, tx, ids, keys, column, back, query, w.Group); err != nil {
		return nil, err
	}
	if err := renewTags(ctx, tx, ids, endpoints); err != nil {
		return nil, err
	}
	missing := slices.DeleteFunc(keys, func(k string) bool { _, ok := ids[k]; return ok })
	rows := make([][]any, len(missing))
	for i, k := range missing {
		rows[i] = []any{w.Group, k, endpoints[k].Identity, string(endpoints[k].Tags)}
	}
	if err := insert(ctx, tx, "INSERT INTO endpoint (grp, key, identity, tags)", "ON CONFLICT (grp, key) DO NOTHING", rows); err != nil {
		return nil, err
	}
	// Each time that their number has doubled the planner should know.
	if before := w.fresh; len(missing) > 0 && w.owns == nil {
		w.fresh += len(missing)
		if bits.Len(uint(w.fresh/chunk)) > bits.Len(uint(before/chunk)) {
			if err := w.db.analyze(ctx, tx, "endpoint"); err != nil {
				return nil, err
			}
		}
	}
	return ids, lookUp(ctx, tx, ids, missing, column, back, query, w.Group)
}

// Finish ends the audit: what it saw becomes the state of the group, all at
// once. After a complete audit, endpoints that it did not see are gone; a
// partial one leaves them as they were. The summary is the caller's document.
// [ErrTaken] is as for Add.
func (w *Writer) Finish(ctx context.Context, at time.Time, complete bool, summary string) error {
	err := w.db.inTx(ctx, func(tx *sql.Tx) error {
		if err := w.own(ctx, tx); err != nil {
			return err
		}
		return w.finish(ctx, tx, at, complete, summary)
	})
	if err != nil {
		return fmt.Errorf("ending audit %d: %w", w.ID, err)
	}
	return nil
}

// finish is Finish, of an audit that is the writer's.
func (w *Writer) finish(ctx context.Context, tx *sql.Tx, at time.Time, complete bool, summary string) error {
	if err := w.db.join(ctx, tx, w.ID, w.Group, complete); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM shard WHERE audit_id = $1", w.ID); err != nil {
		return err
	}
	state := "partial"
	if complete {
		state = "complete"
	}
	_, err := tx.ExecContext(ctx, "UPDATE audit SET state = $2, ended = $3, summary = $4 WHERE id = $1", w.ID, state, at.Unix(), summary)
	return err
}
