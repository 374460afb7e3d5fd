package history

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// A Planned is when a group is due next.
type Planned struct {
	Next time.Time
	Spec string // what Next was computed from: another text means another schedule
}

// Schedule gives what is planned, by group.
func (db *DB) Schedule(ctx context.Context) (map[string]Planned, error) {
	found := map[string]Planned{}
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var group string
		var next int64
		var p Planned
		err := rows.Scan(&group, &next, &p.Spec)
		p.Next = timeOf(next)
		found[group] = p
		return err
	}, "SELECT grp, next, spec FROM schedule")
	if err != nil {
		return nil, fmt.Errorf("reading the schedule: %w", err)
	}
	return found, nil
}

// Plan stores when a group is due next, in place of what was stored before.
func (db *DB) Plan(ctx context.Context, group string, p Planned) error {
	err := db.exec(ctx, `INSERT INTO schedule (grp, next, spec) VALUES ($1, $2, $3)
		ON CONFLICT (grp) DO UPDATE SET next = excluded.next, spec = excluded.spec`, group, seconds(p.Next), p.Spec)
	if err != nil {
		return fmt.Errorf("storing when %s is due next: %w", group, err)
	}
	return nil
}

// Unplan forgets when a group is due: it has no schedule any more.
func (db *DB) Unplan(ctx context.Context, group string) error {
	if err := db.exec(ctx, "DELETE FROM schedule WHERE grp = $1", group); err != nil {
		return fmt.Errorf("forgetting the schedule of %s: %w", group, err)
	}
	return nil
}
