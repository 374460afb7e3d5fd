package history

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// A Worker is a process that audits what is in a zone.
type Worker struct {
	ID    string
	Zone  string
	Since time.Time
	Seen  time.Time // when it told last that it lives
}

// Beat tells that a worker lives. Those who have not told for a day are forgotten.
func (db *DB) Beat(ctx context.Context, id, zone string) error {
	var seen int64
	asked := time.Now()
	err := db.inTx(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO worker (id, zone, since, seen) VALUES ($1, $2, `+db.now+`, `+db.now+`)
			ON CONFLICT (id) DO UPDATE SET seen = excluded.seen RETURNING seen`, id, zone).Scan(&seen)
	})
	if err == nil {
		db.heardOf(asked, seen)
		err = db.exec(ctx, "DELETE FROM worker WHERE seen < "+db.now+" - $1", (24 * time.Hour).Milliseconds())
	}
	if err != nil {
		return fmt.Errorf("telling that worker %s lives: %w", id, err)
	}
	return nil
}

// Leave tells that a worker has ended.
func (db *DB) Leave(ctx context.Context, id string) error {
	if err := db.exec(ctx, "DELETE FROM worker WHERE id = $1", id); err != nil {
		return fmt.Errorf("telling that worker %s has ended: %w", id, err)
	}
	return nil
}

// Workers gives those who have told lately that they live, by zone and age. Who
// told when the database's clock was ahead, and not since, has not; where it was set
// just now, all are given: they tell so again soon.
func (db *DB) Workers(ctx context.Context, lately time.Duration) (all []Worker, err error) {
	err = each(ctx, db.sql, func(rows *sql.Rows) error {
		var w Worker
		var since, seen int64
		err := rows.Scan(&w.ID, &w.Zone, &since, &seen)
		w.Since, w.Seen = time.UnixMilli(since).UTC(), time.UnixMilli(seen).UTC()
		all = append(all, w)
		return err
	}, "SELECT id, zone, since, seen FROM worker WHERE seen > "+db.now+" - $1 AND seen < "+db.now+" + $1 OR NOT ("+db.steady(lately)+
		") ORDER BY zone, since, id", lately.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("listing workers: %w", err)
	}
	return all, nil
}
