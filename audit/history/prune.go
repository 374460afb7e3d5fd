package history

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Prune forgets what was seen of a group before a time: the intervals that
// ended earlier, the endpoints that are gone since, and all states, chains and
// certificates that nothing points at any more. What is so today stays, however
// old it is. Audits keep their row and summary, and say that they are pruned.
func (db *DB) Prune(ctx context.Context, group string, before time.Time) error {
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		if err := db.guard(ctx, tx, true); err != nil {
			return err
		}
		var oldest sql.NullInt64 // the oldest audit that stays readable
		err := tx.QueryRowContext(ctx, `SELECT min(id) FROM audit WHERE grp = $1 AND (state = 'running' OR started >= $2
			OR id = (SELECT max(id) FROM audit WHERE grp = $1 AND state = 'complete'))`, group, before.Unix()).Scan(&oldest)
		if err != nil || !oldest.Valid {
			return err
		}
		for _, step := range []struct {
			sql  string
			args []any
		}{
			{"UPDATE audit SET pruned = 1, reached = NULL WHERE grp = $1 AND id < $2", []any{group, oldest.Int64}},
			// The open interval of an endpoint that is there stays even if no audit reached it lately.
			{`DELETE FROM observation WHERE last_audit < $2 AND endpoint_id IN (SELECT e.id FROM endpoint e
				WHERE e.grp = $1 AND (e.gone <> 0 OR e.since <> observation.first_audit))`, []any{group, oldest.Int64}},
			{`DELETE FROM endpoint WHERE grp = $1 AND gone <> 0 AND gone <= $2
				AND NOT EXISTS (SELECT 1 FROM observation o WHERE o.endpoint_id = endpoint.id)
				AND NOT EXISTS (SELECT 1 FROM pending p WHERE p.endpoint_id = endpoint.id)`, []any{group, oldest.Int64}},
			{"DELETE FROM notice WHERE grp = $1 AND audit_id < $2", []any{group, oldest.Int64}},
			{`DELETE FROM state WHERE id NOT IN (SELECT state_id FROM observation) AND id NOT IN (SELECT state_id FROM pending)
				AND id NOT IN (SELECT state_id FROM endpoint WHERE state_id IS NOT NULL)`, nil},
			{"DELETE FROM chain WHERE id NOT IN (SELECT chain_id FROM state)", nil},
			{"DELETE FROM chain_certificate WHERE chain_id NOT IN (SELECT id FROM chain)", nil},
			{"DELETE FROM mend_certificate WHERE bundle NOT IN (SELECT bundle FROM state WHERE bundle IS NOT NULL)", nil},
			{`DELETE FROM certificate WHERE id NOT IN (SELECT certificate_id FROM chain_certificate)
				AND id NOT IN (SELECT certificate_id FROM mend_certificate)`, nil},
		} {
			if _, err := tx.ExecContext(ctx, step.sql, step.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("pruning %s: %w", group, err)
	}
	return nil
}

// Compact gives space that Prune freed back to the file system, as far as the
// database does not do so itself.
func (db *DB) Compact(ctx context.Context) error {
	if err := db.compact(ctx, db.sql); err != nil {
		return fmt.Errorf("compacting the history: %w", err)
	}
	return nil
}
