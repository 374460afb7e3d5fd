package history

import (
	"context"
	"database/sql"
	"fmt"
)

// join makes intervals of what an audit kept aside. Its statements run in this
// order: each reads what endpoint still says of the night before.
func (db *DB) join(ctx context.Context, tx *sql.Tx, audit int64, group string, complete bool) error {
	if err := db.analyze(ctx, tx, "pending"); err != nil {
		return fmt.Errorf("analyzing: %w", err)
	}
	var reached []byte
	if !complete {
		var err error
		if reached, err = packReached(ctx, tx, audit); err != nil {
			return err
		}
	}
	steps := []struct {
		what string
		sql  string
		args []any
	}{
		{"counting", `UPDATE audit SET reached = $2, endpoints = (SELECT count(*) FROM pending WHERE audit_id = $1) WHERE id = $1`,
			[]any{audit, reached}},
		// The quiet night: nearly all intervals grow by one audit.
		{"extending intervals", `UPDATE observation SET last_audit = $1 WHERE (endpoint_id, first_audit) IN (
			SELECT e.id, e.since FROM pending p JOIN endpoint e ON e.id = p.endpoint_id
			WHERE p.audit_id = $1 AND e.gone = 0 AND e.state_id = p.state_id)`, []any{audit}},
		{"beginning intervals", `INSERT INTO observation (endpoint_id, first_audit, last_audit, state_id)
			SELECT p.endpoint_id, p.audit_id, p.audit_id, p.state_id FROM pending p JOIN endpoint e ON e.id = p.endpoint_id
			WHERE p.audit_id = $1 AND (e.state_id IS NULL OR e.gone <> 0 OR e.state_id <> p.state_id)`, []any{audit}},
		{"renewing endpoints", `UPDATE endpoint SET state_id = s.id, since = p.audit_id, gone = 0,
				worst = s.worst, status = s.status, expires = s.expires, bundle = s.bundle
			FROM pending p JOIN state s ON s.id = p.state_id
			WHERE p.audit_id = $1 AND p.endpoint_id = endpoint.id
				AND (endpoint.state_id IS NULL OR endpoint.gone <> 0 OR endpoint.state_id <> p.state_id)`, []any{audit}},
	}
	if complete {
		steps = append(steps, struct {
			what string
			sql  string
			args []any
		}{"ending intervals", `UPDATE endpoint SET gone = $1 WHERE grp = $2 AND gone = 0 AND state_id IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM pending p WHERE p.audit_id = $1 AND p.endpoint_id = endpoint.id)`, []any{audit, group}})
	}
	for _, step := range steps {
		if _, err := tx.ExecContext(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	if err := tally(ctx, tx, group); err != nil {
		return fmt.Errorf("counting endpoints: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM pending WHERE audit_id = $1", audit); err != nil {
		return err
	}
	return db.analyze(ctx, tx, "endpoint, observation, state")
}

// tally counts the endpoints of a group anew: see Counts, RuleCounts and Fixes.
func tally(ctx context.Context, tx *sql.Tx, group string) error {
	for _, query := range []string{
		"DELETE FROM tally WHERE grp = $1",
		"INSERT INTO tally (grp, status, worst, endpoints) SELECT e.grp, e.status, e.worst, count(*) FROM endpoint e" + listed +
			" AND e.grp = $1 GROUP BY e.grp, e.status, e.worst",
		"DELETE FROM mend_tally WHERE grp = $1",
		"INSERT INTO mend_tally (grp, bundle, endpoints, example) SELECT e.grp, e.bundle, count(*), min(e.id) FROM endpoint e" +
			listed + fixable + " AND e.grp = $1 GROUP BY e.grp, e.bundle",
		"DELETE FROM rules_tally WHERE grp = $1",
		"INSERT INTO rules_tally (grp, rules, endpoints) SELECT e.grp, s.rules, count(*) FROM endpoint e JOIN state s ON s.id = e.state_id" +
			listed + " AND e.grp = $1 AND s.rules <> '' GROUP BY e.grp, s.rules",
	} {
		if _, err := tx.ExecContext(ctx, query, group); err != nil {
			return err
		}
	}
	return nil
}
