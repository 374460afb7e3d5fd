package history

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"time"
)

// A Stretch is one endpoint in one state, as long as it was so.
type Stretch struct {
	Endpoint Ref
	Interval Interval
	State    State
}

// Span gives the first and the last audit of a group that ended, were begun at
// since or later (zero: whenever) and before until (zero: whenever), and are
// not past retention; or [ErrNotFound].
func (db *DB) Span(ctx context.Context, group string, since, until time.Time) (first, last Audit, err error) {
	const among = " WHERE grp = $1 AND started >= $2 AND ($3 = 0 OR started < $3) AND state <> 'running' AND pruned = 0 ORDER BY id"
	for _, end := range []struct {
		order string
		to    *Audit
	}{{"", &first}, {" DESC", &last}} {
		found, err := db.audits(ctx, among+end.order+" LIMIT 1", group, seconds(since), seconds(until))
		if err != nil {
			return first, last, err
		}
		if len(found) == 0 {
			return first, last, fmt.Errorf("an audit of %s in that time: %w", group, ErrNotFound)
		}
		*end.to = found[0]
	}
	return first, last, nil
}

// Documents gives what Range does, without the certificates of the states.
func (db *DB) Documents(ctx context.Context, group string, first, last int64) iter.Seq2[Stretch, error] {
	return db.ranged(ctx, group, first, last, db.documents)
}

// Range gives what the audits first to last of a group saw: each endpoint, by
// key, in each state that it was in, oldest first. An interval that reaches
// beyond the range is given whole. A few hundred are read at a time; after an
// error nothing follows.
func (db *DB) Range(ctx context.Context, group string, first, last int64) iter.Seq2[Stretch, error] {
	return db.ranged(ctx, group, first, last, db.states)
}

// readStates reads states by their ids.
type readStates func(context.Context, []int64) (map[int64]*State, error)

func (db *DB) ranged(ctx context.Context, group string, first, last int64, read readStates) iter.Seq2[Stretch, error] {
	return func(yield func(Stretch, error) bool) {
		key, audit := "", int64(0)
		for {
			some, err := db.stretches(ctx, group, first, last, key, audit, read)
			if err != nil {
				yield(Stretch{}, fmt.Errorf("reading audits %d to %d of %s: %w", first, last, group, err))
				return
			}
			for _, s := range some {
				if !yield(s, nil) {
					return
				}
			}
			if len(some) < chunk {
				return
			}
			key, audit = some[chunk-1].Endpoint.Key, some[chunk-1].Interval.First
		}
	}
}

// stretches reads the next ones after an endpoint's key and interval.
func (db *DB) stretches(ctx context.Context, group string, first, last int64, key string, audit int64, read readStates) ([]Stretch, error) {
	var found []Stretch
	var ids []int64
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var s Stretch
		var began, ended int64
		err := rows.Scan(&s.Endpoint.ID, &s.Endpoint.Group, &s.Endpoint.Key, &s.Endpoint.Identity, &s.Endpoint.Tags,
			&s.Interval.First, &s.Interval.Last, &began, &ended, &s.Interval.StateID)
		s.Interval.FirstSeen, s.Interval.LastSeen = timeOf(began), timeOf(ended)
		found, ids = append(found, s), append(ids, s.Interval.StateID)
		return err
	}, `SELECT e.id, e.grp, e.key, e.identity, e.tags, o.first_audit, o.last_audit, a.started, b.started, o.state_id
		FROM endpoint e JOIN observation o ON o.endpoint_id = e.id JOIN audit a ON a.id = o.first_audit JOIN audit b ON b.id = o.last_audit
		WHERE e.grp = $1 AND e.key >= $4 AND (e.key > $4 OR o.first_audit > $5) AND o.first_audit <= $3 AND o.last_audit >= $2
		ORDER BY e.key, o.first_audit LIMIT $6`, group, first, last, key, audit, chunk)
	if err != nil {
		return nil, err
	}
	states, err := read(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range found {
		s := states[found[i].Interval.StateID]
		if s == nil {
			return nil, fmt.Errorf("state %d of %s: %w", found[i].Interval.StateID, found[i].Endpoint.Key, ErrNotFound)
		}
		found[i].State, found[i].Interval.Facts = *s, s.Facts
	}
	return found, nil
}
