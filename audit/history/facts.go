package history

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// factColumns are the columns of state s that scanFacts reads.
const factColumns = "s.status, s.failure, s.presentation, s.worst, s.leaf, s.issuer, s.product, s.rules, s.refused, s.bundle, " +
	"s.not_before, s.expires, s.due"

// A factScan is room for one row's facts.
type factScan struct {
	Facts
	leaf, bundle            []byte
	notBefore, expires, due int64
}

func (f *factScan) fields() []any {
	return []any{&f.Status, &f.Failure, &f.Presentation, &f.Worst, &f.leaf, &f.Issuer, &f.Product, &f.Rules, &f.Refused, &f.bundle,
		&f.notBefore, &f.expires, &f.due}
}

func (f *factScan) facts() Facts {
	f.Leaf, f.Bundle = hashOf(f.leaf), hashOf(f.bundle)
	f.NotBefore, f.Expires, f.Due = timeOf(f.notBefore), timeOf(f.expires), timeOf(f.due)
	return f.Facts
}

// facts reads the facts of many states by their ids; 0 among them is nil.
func (db *DB) facts(ctx context.Context, ids []int64) (map[int64]*Facts, error) {
	found := make(map[int64]*Facts, len(ids))
	err := db.byID(ctx, ids, func(rows *sql.Rows) error {
		var id int64
		var f factScan
		if err := rows.Scan(append([]any{&id}, f.fields()...)...); err != nil {
			return err
		}
		facts := f.facts()
		found[id] = &facts
		return nil
	}, "SELECT s.id, "+factColumns+" FROM state s WHERE s.id IN")
	return found, err
}

// refs reads the names of many endpoints by their ids.
func (db *DB) refs(ctx context.Context, ids []int64) (map[int64]Ref, error) {
	found := make(map[int64]Ref, len(ids))
	err := db.byID(ctx, ids, func(rows *sql.Rows) error {
		var r Ref
		err := rows.Scan(&r.ID, &r.Group, &r.Key, &r.Identity, &r.Tags)
		found[r.ID] = r
		return err
	}, "SELECT id, grp, key, identity, tags FROM endpoint WHERE id IN")
	return found, err
}

// byID runs scan over the rows of many ids, few statements, no order.
func (db *DB) byID(ctx context.Context, ids []int64, scan func(*sql.Rows) error, query string) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for len(ids) > 0 {
		n := min(len(ids), chunk)
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = id
		}
		if err := each(ctx, db.sql, scan, query+" ("+numbered(0, n)+")", args...); err != nil {
			return fmt.Errorf("reading the history: %w", err)
		}
		ids = ids[n:]
	}
	return nil
}
