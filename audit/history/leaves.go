package history

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// A Leaf is a stretch of audits in which an endpoint showed one leaf.
type Leaf struct {
	SHA256              Hash
	NotBefore, NotAfter time.Time
	FirstSeen           time.Time // when the first audit of the stretch began
	Due                 time.Time // as Facts.Due at the end of the stretch
}

// Leaves gives the leaves that the endpoints of a group showed, by key, oldest
// first, as far back as the history goes. Audits that saw no leaf do not end a
// stretch. Keys that are new or gone are missing from the map.
func (db *DB) Leaves(ctx context.Context, group string, keys []string) (map[string][]Leaf, error) {
	found := make(map[string][]Leaf, len(keys))
	for some := range slices.Chunk(keys, chunk) {
		args := []any{group}
		for _, key := range some {
			args = append(args, key)
		}
		err := each(ctx, db.sql, func(rows *sql.Rows) error {
			var key string
			var leaf []byte
			var notBefore, notAfter, first, due int64
			if err := rows.Scan(&key, &leaf, &notBefore, &notAfter, &first, &due); err != nil {
				return err
			}
			so := found[key]
			if n := len(so); n > 0 && so[n-1].SHA256 == hashOf(leaf) {
				so[n-1].Due = timeOf(due)
				return nil
			}
			found[key] = append(so, Leaf{hashOf(leaf), timeOf(notBefore), timeOf(notAfter), timeOf(first), timeOf(due)})
			return nil
		}, `SELECT e.key, s.leaf, s.not_before, c.not_after, a.started, s.due
			FROM endpoint e JOIN observation o ON o.endpoint_id = e.id JOIN state s ON s.id = o.state_id
				JOIN certificate c ON c.sha256 = s.leaf JOIN audit a ON a.id = o.first_audit`+
			listed+" AND e.grp = $1 AND e.key IN ("+numbered(1, len(some))+") ORDER BY e.id, o.first_audit", args...)
		if err != nil {
			return nil, fmt.Errorf("reading which leaves endpoints showed: %w", err)
		}
	}
	return found, nil
}
