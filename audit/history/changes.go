package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Ref names one endpoint.
type Ref struct {
	ID       int64
	Group    string
	Key      string
	Identity string
	Tags     Tags // as of the newest audit that saw it
}

// A Change is an endpoint that two audits found in different states.
type Change struct {
	Endpoint      Ref
	Before, After *Facts // nil: it was not there
	BeforeID      int64  // ids for State; 0: it was not there
	AfterID       int64
}

// Changes tells what an audit found different from what was last known of each
// endpoint, by key. An endpoint that came back has its last state as Before,
// be it the same as After.
func (db *DB) Changes(ctx context.Context, audit int64) ([]Change, error) {
	a, err := db.Audit(ctx, audit)
	if err != nil {
		return nil, err
	}
	pairs, err := db.pairs(ctx, `SELECT o.endpoint_id, (SELECT p.state_id FROM observation p
			WHERE p.endpoint_id = o.endpoint_id AND p.first_audit < o.first_audit ORDER BY p.first_audit DESC LIMIT 1), o.state_id
		FROM observation o WHERE o.first_audit = $1`, audit)
	if err != nil {
		return nil, err
	}
	last, err := db.LastComplete(ctx, a.Group, a.ID)
	if errors.Is(err, ErrNotFound) || err == nil && a.State != Complete {
		return db.load(ctx, pairs) // nobody can have gone
	}
	if err != nil {
		return nil, err
	}
	gone, err := db.pairs(ctx, `SELECT o.endpoint_id, o.state_id, NULL FROM endpoint e JOIN observation o ON o.endpoint_id = e.id
		WHERE e.grp = $1 AND o.last_audit >= $2 AND o.last_audit < $3 AND NOT EXISTS (SELECT 1 FROM observation n
			WHERE n.endpoint_id = o.endpoint_id AND n.first_audit > o.first_audit AND n.first_audit <= $3)`, a.Group, last.ID, a.ID)
	if err != nil {
		return nil, err
	}
	return db.load(ctx, append(pairs, gone...))
}

// Begun counts the intervals that an audit began, up to a limit: what Changes
// will have to read.
func (db *DB) Begun(ctx context.Context, audit int64, limit int) (n int, err error) {
	err = db.sql.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM observation WHERE first_audit = $1 LIMIT $2) begun",
		audit, limit).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting the changes of audit %d: %w", audit, err)
	}
	return n, nil
}

// Diff compares two audits of one group, whichever came first, by key. What a
// partial audit did not look at is not compared.
func (db *DB) Diff(ctx context.Context, from, to int64) ([]Change, error) {
	before, err := db.viewOf(ctx, from)
	if err != nil {
		return nil, err
	}
	after, err := db.viewOf(ctx, to)
	if err != nil {
		return nil, err
	}
	if before.group != after.group {
		return nil, fmt.Errorf("comparing audits %d and %d: one is of group %s, the other of %s", from, to, before.group, after.group)
	}
	var pairs []pair
	add := func(endpoint int64) {
		if p := (pair{endpoint, before.states[endpoint], after.states[endpoint]}); p.before != p.after && before.covers(endpoint) &&
			after.covers(endpoint) {
			pairs = append(pairs, p)
		}
	}
	for endpoint := range before.states {
		add(endpoint)
	}
	for endpoint := range after.states {
		if before.states[endpoint] == 0 {
			add(endpoint)
		}
	}
	return db.load(ctx, pairs)
}

// A view is what one audit saw.
type view struct {
	group   string
	states  map[int64]int64 // ids, by endpoint
	reached map[int64]bool  // nil: all of the group
}

// covers reports whether the audit looked at an endpoint, or would have if that
// had been there.
func (v *view) covers(endpoint int64) bool { return v.reached == nil || v.reached[endpoint] }

// viewOf reads what an ended audit saw.
func (db *DB) viewOf(ctx context.Context, id int64) (*view, error) {
	a, err := db.Audit(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := a.readable(); err != nil {
		return nil, err
	}
	v := &view{group: a.Group, states: make(map[int64]int64, a.Endpoints)}
	if v.reached, err = unpackReached(a.reached); err != nil {
		return nil, err
	}
	err = each(ctx, db.sql, func(rows *sql.Rows) error {
		var endpoint, state int64
		err := rows.Scan(&endpoint, &state)
		if v.covers(endpoint) {
			v.states[endpoint] = state
		}
		return err
	}, `SELECT o.endpoint_id, o.state_id FROM endpoint e JOIN observation o ON o.endpoint_id = e.id
		WHERE e.grp = $1 AND o.first_audit <= $2 AND o.last_audit >= $2`, a.Group, id)
	if err != nil {
		return nil, fmt.Errorf("reading what audit %d saw: %w", id, err)
	}
	return v, nil
}

// readable says why what an audit saw cannot be shown.
func (a *Audit) readable() error {
	switch {
	case a.State == Running:
		return fmt.Errorf("audit %d has not ended", a.ID)
	case a.Pruned:
		return fmt.Errorf("audit %d is past the retention of its group: only its summary is kept", a.ID)
	}
	return nil
}

// A pair is an endpoint with the ids of two states; 0: none.
type pair struct{ endpoint, before, after int64 }

func (db *DB) pairs(ctx context.Context, query string, args ...any) ([]pair, error) {
	var found []pair
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var endpoint int64
		var before, after sql.NullInt64
		err := rows.Scan(&endpoint, &before, &after)
		found = append(found, pair{endpoint, before.Int64, after.Int64})
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("comparing audits: %w", err)
	}
	return found, nil
}

// load turns pairs into changes, by key.
func (db *DB) load(ctx context.Context, pairs []pair) ([]Change, error) {
	endpoints, states := make([]int64, len(pairs)), []int64(nil)
	for i, p := range pairs {
		endpoints[i] = p.endpoint
		states = append(states, p.before, p.after)
	}
	refs, err := db.refs(ctx, endpoints)
	if err != nil {
		return nil, err
	}
	facts, err := db.facts(ctx, states)
	if err != nil {
		return nil, err
	}
	changes := make([]Change, len(pairs))
	for i, p := range pairs {
		changes[i] = Change{refs[p.endpoint], facts[p.before], facts[p.after], p.before, p.after}
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Endpoint.Key, b.Endpoint.Key) })
	return changes, nil
}
