package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"
)

// An Audit is one look at one group.
type Audit struct {
	ID        int64
	Group     string
	Started   time.Time
	Ended     time.Time  // zero: it runs, or was killed and its group not audited since
	State     AuditState // whether it may be shown as the whole group
	Endpoints int        // that it looked at; 0 while it runs
	Summary   string     // the caller's document; empty: it never came to its end
	Pruned    bool       // past retention: what it saw is no longer known

	reached []byte
}

// An AuditState says how far an audit came.
type AuditState string

// The states of an audit.
const (
	Running  AuditState = "running"
	Complete AuditState = "complete"
	Partial  AuditState = "partial" // stopped or killed: it saw some endpoints only
)

const auditColumns = "SELECT id, grp, started, ended, state, endpoints, summary, reached, pruned FROM audit"

func scanAudit(row interface{ Scan(...any) error }) (a Audit, err error) {
	var started int64
	var ended sql.NullInt64
	if err := row.Scan(&a.ID, &a.Group, &started, &ended, &a.State, &a.Endpoints, &a.Summary, &a.reached, &a.Pruned); err != nil {
		return Audit{}, err
	}
	a.Started = time.Unix(started, 0).UTC()
	if ended.Valid {
		a.Ended = time.Unix(ended.Int64, 0).UTC()
	}
	return a, nil
}

// Audit gives one audit, or [ErrNotFound].
func (db *DB) Audit(ctx context.Context, id int64) (Audit, error) {
	a, err := scanAudit(db.sql.QueryRowContext(ctx, auditColumns+" WHERE id = $1", id))
	if errors.Is(err, sql.ErrNoRows) {
		return Audit{}, fmt.Errorf("audit %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Audit{}, fmt.Errorf("reading audit %d: %w", id, err)
	}
	return a, nil
}

// Audits gives up to limit audits, newest first: of one group or, if group is
// empty, of all; only those older than the audit before, unless it is 0.
func (db *DB) Audits(ctx context.Context, group string, before int64, limit int) ([]Audit, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	if group == "" {
		return db.audits(ctx, " WHERE id < $1 ORDER BY id DESC LIMIT $2", before, limit)
	}
	// In words that the index by group can follow.
	return db.audits(ctx, " WHERE grp = $1 AND id < $2 ORDER BY id DESC LIMIT $3", group, before, limit)
}

// LastComplete gives the newest complete audit of a group that is older than
// the audit before (0: the newest of all), or [ErrNotFound].
func (db *DB) LastComplete(ctx context.Context, group string, before int64) (Audit, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	found, err := db.audits(ctx, " WHERE grp = $1 AND id < $2 AND state = 'complete' ORDER BY id DESC LIMIT 1", group, before)
	if err != nil {
		return Audit{}, err
	}
	if len(found) == 0 {
		return Audit{}, fmt.Errorf("a complete audit of %s: %w", group, ErrNotFound)
	}
	return found[0], nil
}

func (db *DB) audits(ctx context.Context, where string, args ...any) ([]Audit, error) {
	var found []Audit
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		a, err := scanAudit(rows)
		found = append(found, a)
		return err
	}, auditColumns+where, args...)
	if err != nil {
		return nil, fmt.Errorf("listing audits: %w", err)
	}
	return found, nil
}

// Untold gives the ended audits whose changes nobody was told of yet, oldest
// first.
func (db *DB) Untold(ctx context.Context) ([]Audit, error) {
	return db.audits(ctx, " WHERE told = 0 AND state <> 'running' ORDER BY id")
}

// Told records that the notices of an audit's changes are stored.
func (db *DB) Told(ctx context.Context, id int64) error {
	if err := db.exec(ctx, "UPDATE audit SET told = 1 WHERE id = $1", id); err != nil {
		return fmt.Errorf("recording that audit %d was told of: %w", id, err)
	}
	return nil
}
