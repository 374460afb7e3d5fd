package history

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Current is an endpoint as its newest audit left it.
type Current struct {
	Endpoint Ref
	StateID  int64
	Since    int64 // the audit that found it in this state first
	Gone     int64 // the audit that no longer had it; 0: it is still there
	Facts
}

// A Query selects current endpoints. The zero value selects all.
type Query struct {
	Group  string
	Worst  int      // at least this severity
	Status string   // "ok" or "failed"
	Search string   // occurs in the key, whatever the case of ASCII letters
	Rule   string   // a finding of this rule counts
	Bundle Hash     // has this fix
	Tags   []string // has all of these: name=value, or name with whatever value
	After  Cursor   // goes on after this endpoint
	Limit  int      // 0: 100
}

// A Cursor is the place of an endpoint in the order of Endpoints: worst first,
// then by expiry (what is unknown before all dates), then by key. The zero value
// is the beginning.
type Cursor struct {
	Worst   int
	Expires int64 // in seconds since 1970
	Key     string
	ID      int64
}

// Next is the cursor to the page that follows an endpoint.
func (c *Current) Next() Cursor {
	return Cursor{c.Worst, seconds(c.Expires), c.Endpoint.Key, c.Endpoint.ID}
}

const currentColumns = "SELECT e.id, e.grp, e.key, e.identity, e.tags, e.state_id, e.since, e.gone, " + factColumns +
	" FROM endpoint e JOIN state s ON s.id = e.state_id"

// listed are the endpoints that lists show; the words match those of the
// partial indexes.
const listed = " WHERE e.gone = 0 AND e.state_id IS NOT NULL"

// fixable are those of them that some corrected bundle fixes, in the words of
// the index by bundle.
const fixable = " AND e.worst > 0 AND e.bundle IS NOT NULL"

// Endpoints gives one page of the endpoints that are there, worst first, then
// what ends soonest.
func (db *DB) Endpoints(ctx context.Context, q Query) ([]Current, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	if q.After == (Cursor{}) {
		return db.page(ctx, q, limit, func(*where) {})
	}
	// What is as bad as the last one seen, then what is milder: each is a walk
	// along an index from its place on, however deep in the list that is.
	list, err := db.page(ctx, q, limit, func(w *where) {
		w.and("e.worst = ", q.After.Worst)
		w.str(" AND (e.expires, e.key, e.id) > (" + w.param(q.After.Expires) + ", " + w.param(q.After.Key) + ", " + w.param(q.After.ID) + ")")
	})
	if err != nil || len(list) == limit {
		return list, err
	}
	milder, err := db.page(ctx, q, limit-len(list), func(w *where) { w.and("e.worst < ", q.After.Worst) })
	return append(list, milder...), err
}

func (db *DB) page(ctx context.Context, q Query, limit int, from func(*where)) ([]Current, error) {
	var w where
	w.str(listed)
	if q.Group != "" {
		w.and("e.grp = ", q.Group)
	}
	if q.Worst > 0 {
		w.and("e.worst >= ", q.Worst)
	}
	if q.Status == "failed" {
		w.str(" AND e.status = 'failed'") // written out, as the index that knows them has it
	} else if q.Status != "" {
		w.and("e.status = ", q.Status)
	}
	if q.Bundle != (Hash{}) {
		w.and("e.bundle = ", q.Bundle[:])
		w.str(fixable)
	}
	if q.Search != "" {
		w.and("lower(e.key) LIKE ", "%"+escapeLike(strings.ToLower(q.Search))+"%")
		w.str(` ESCAPE '\'`)
	}
	if q.Rule != "" {
		w.and("' ' || s.rules LIKE ", "% "+escapeLike(q.Rule)+"=%")
		w.str(` ESCAPE '\'`)
	}
	for _, tag := range q.Tags {
		end := "\n"
		if !strings.Contains(tag, "=") {
			end = "="
		}
		// LIKE is blind to capitals in one of the two databases.
		w.and("e.tags <> replace(e.tags, ", "\n"+tag+end)
		w.str(", '')")
	}
	from(&w)
	w.str(" ORDER BY e.worst DESC, e.expires, e.key, e.id LIMIT " + w.param(limit))
	return db.current(ctx, w.String(), w.args...)
}

// A Condition is what monitoring needs to know of an endpoint.
type Condition struct {
	Ref
	Status  string
	Worst   int
	Expires time.Time // zero: unknown
}

// Conditions gives the condition of every endpoint that is there to take, in no
// order, as they are read. What take gets is good until it returns; its error
// ends the reading.
func (db *DB) Conditions(ctx context.Context, take func(*Condition) error) error {
	// The plus keeps SQLite from an index, by which it would find each row alone.
	const query = "SELECT id, grp, key, identity, tags, status, worst, expires FROM endpoint WHERE +gone = 0 AND state_id IS NOT NULL"
	var c Condition
	var expires int64
	fields := []any{&c.ID, &c.Group, &c.Key, &c.Identity, &c.Tags, &c.Status, &c.Worst, &expires}
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		if err := rows.Scan(fields...); err != nil {
			return err
		}
		c.Expires = timeOf(expires)
		return take(&c)
	}, query)
	if err != nil {
		return fmt.Errorf("reading the endpoints' conditions: %w", err)
	}
	return nil
}

// Expiring gives up to limit endpoints of a group (empty: of all) that run out
// at the time or later, soonest first.
func (db *DB) Expiring(ctx context.Context, group string, from time.Time, limit int) ([]Current, error) {
	return db.current(ctx, listed+" AND e.expires > 0 AND e.expires >= $1 AND ($2 = '' OR e.grp = $2) ORDER BY e.expires, e.id LIMIT $3",
		seconds(from), group, limit)
}

// Endpoint gives one endpoint by its id, also one that is gone, or [ErrNotFound].
func (db *DB) Endpoint(ctx context.Context, id int64) (Current, error) {
	found, err := db.current(ctx, " WHERE e.id = $1", id)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("endpoint %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Current{}, err
	}
	return found[0], nil
}

// EndpointByKey gives the endpoint of a group by its key, or [ErrNotFound].
func (db *DB) EndpointByKey(ctx context.Context, group, key string) (Current, error) {
	found, err := db.current(ctx, " WHERE e.grp = $1 AND e.key = $2", group, key)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("endpoint %q of %s: %w", key, group, ErrNotFound)
	}
	if err != nil {
		return Current{}, err
	}
	return found[0], nil
}

func (db *DB) current(ctx context.Context, tail string, args ...any) ([]Current, error) {
	var found []Current
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var c Current
		var f factScan
		fields := append([]any{&c.Endpoint.ID, &c.Endpoint.Group, &c.Endpoint.Key, &c.Endpoint.Identity, &c.Endpoint.Tags,
			&c.StateID, &c.Since, &c.Gone},
			f.fields()...)
		if err := rows.Scan(fields...); err != nil {
			return err
		}
		c.Facts = f.facts()
		found = append(found, c)
		return nil
	}, currentColumns+tail, args...)
	if err != nil {
		return nil, fmt.Errorf("listing endpoints: %w", err)
	}
	return found, nil
}

// Baselines gives what is known of the endpoints with these keys. Those that
// are new or gone are missing from the map.
func (db *DB) Baselines(ctx context.Context, group string, keys []string) (map[string]Facts, error) {
	found := make(map[string]Facts, len(keys))
	for some := range slices.Chunk(keys, chunk) {
		args := []any{group}
		for _, key := range some {
			args = append(args, key)
		}
		known, err := db.current(ctx, listed+" AND e.grp = $1 AND e.key IN ("+numbered(1, len(some))+")", args...)
		if err != nil {
			return nil, err
		}
		for _, c := range known {
			found[c.Endpoint.Key] = c.Facts
		}
	}
	return found, nil
}

// Keys gives the keys of a group's endpoints that are there and begin with a
// text, in order.
func (db *DB) Keys(ctx context.Context, group, prefix string) ([]string, error) {
	var found []string
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var key string
		err := rows.Scan(&key)
		found = append(found, key)
		return err
	}, "SELECT e.key FROM endpoint e"+listed+" AND e.grp = $1 AND e.key >= $2 AND e.key < $3 ORDER BY e.key", group, prefix,
		prefix+"\U0010FFFF")
	if err != nil {
		return nil, fmt.Errorf("listing keys that begin with %q: %w", prefix, err)
	}
	return found, nil
}

// A where collects a query's tail and its parameters.
type where struct {
	strings.Builder
	args []any
}

func (w *where) str(text string) { w.WriteString(text) }

func (w *where) param(v any) string {
	w.args = append(w.args, v)
	return numbered(len(w.args)-1, 1)
}

func (w *where) and(text string, v any) { w.str(" AND " + text + w.param(v)) }

// escapeLike makes text stand for itself in a LIKE pattern.
func escapeLike(text string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text)
}
