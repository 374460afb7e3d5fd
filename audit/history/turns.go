package history

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Turns reserves n turns in a row under a name, one each while, for whoever asks
// first: however many ask, in whatever process, no two get the same turn. It
// gives how long after its answer the first of them begins, by the database's
// clock; where that was set back, all turns move back with it. Turns that are not
// used are lost.
func (db *DB) Turns(ctx context.Context, name string, n int, every time.Duration) (wait time.Duration, err error) {
	var first int64
	err = db.inTx(ctx, func(tx *sql.Tx) error {
		now := db.now + " * 1000"
		next := "turn.next - CASE WHEN turn.at > " + now + " THEN turn.at - " + now + " ELSE 0 END"
		return tx.QueryRowContext(ctx, `INSERT INTO turn (name, next, at) VALUES ($1, `+now+` + $2, `+now+`)
			ON CONFLICT (name) DO UPDATE SET next = CASE WHEN `+next+` > `+now+` THEN `+next+` ELSE `+now+` END + $2, at = `+now+`
			RETURNING next - $2 - `+now, name, (time.Duration(n) * every).Microseconds()).Scan(&first)
	})
	if err != nil {
		return 0, fmt.Errorf("reserving turns: %w", err)
	}
	return max(0, time.Duration(first)*time.Microsecond), nil // from the answer on: later by its way, never earlier
}

// ForgetTurns drops the names whose turns are all over for an hour.
func (db *DB) ForgetTurns(ctx context.Context) error {
	if err := db.exec(ctx, "DELETE FROM turn WHERE next < ("+db.now+" - 3600000) * 1000"); err != nil {
		return fmt.Errorf("forgetting turns: %w", err)
	}
	return nil
}
