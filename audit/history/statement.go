package history

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// chunk is how many rows one statement carries. The widest table has 16
// columns; both databases take more than 30,000 parameters.
const chunk = 200

// A reader is a connection pool or a transaction.
type reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// insert writes rows by few statements: head VALUES (...),(...) tail.
func insert(ctx context.Context, tx *sql.Tx, head, tail string, rows [][]any) error {
	for len(rows) > 0 {
		n := min(len(rows), chunk)
		var b strings.Builder
		var args []any
		b.WriteString(head + " VALUES ")
		for i, row := range rows[:n] {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString("(" + numbered(len(args), len(row)) + ")")
			args = append(args, row...)
		}
		b.WriteString(" " + tail)
		if _, err := tx.ExecContext(ctx, b.String(), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// numbered is "$4,$5,$6" for 3 parameters after 3 others.
func numbered(after, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("$" + strconv.Itoa(after+i+1))
	}
	return b.String()
}

// each runs scan for every row of a query.
func each(ctx context.Context, db reader, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// lookUp finds the ids of the rows whose column holds one of the keys, and
// returns them by key. where ends in "column IN"; args are its parameters.
func lookUp[K comparable](ctx context.Context, db reader, found map[K]int64, keys []K, column func(K) any, key func(any) K,
	where string, args ...any) error {
	for len(keys) > 0 {
		n := min(len(keys), chunk)
		params := append([]any(nil), args...)
		for _, k := range keys[:n] {
			params = append(params, column(k))
		}
		scan := func(rows *sql.Rows) error {
			var id int64
			var k any
			if err := rows.Scan(&id, &k); err != nil {
				return err
			}
			found[key(k)] = id
			return nil
		}
		if err := each(ctx, db, scan, where+" ("+numbered(len(args), n)+")", params...); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// lookUpHashes is lookUp for a column of hashes.
func lookUpHashes(ctx context.Context, db reader, found map[Hash]int64, keys []Hash, where string) error {
	column := func(h Hash) any { return h[:] }
	key := func(v any) Hash { b, _ := v.([]byte); return hashOf(b) }
	return lookUp(ctx, db, found, keys, column, key, where)
}
