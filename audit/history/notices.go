package history

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// A Notice is one message to one receiver about one audit.
type Notice struct {
	ID       int64
	Audit    int64
	Group    string
	Receiver string
	At       time.Time // when it was written
	Title    string
	Body     string
	Sent     time.Time // zero: not yet, or never
	Attempts int
	Failure  string // of the last attempt; empty: it went well
}

const insertNotice = `INSERT INTO notice (audit_id, grp, receiver, at, title, body) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (audit_id, receiver) DO NOTHING`

// Queue stores a notice to be sent. A second one of the same audit for the
// same receiver is dropped: nobody is told twice.
func (db *DB) Queue(ctx context.Context, n Notice) error {
	err := db.exec(ctx, insertNotice, n.Audit, n.Group, n.Receiver, n.At.Unix(), n.Title, n.Body)
	if err != nil {
		return fmt.Errorf("storing a notice to %s: %w", n.Receiver, err)
	}
	return nil
}

// Unsent gives the notices that are neither sent nor given up after attempts
// tries, oldest first.
func (db *DB) Unsent(ctx context.Context, attempts int) ([]Notice, error) {
	return db.notices(ctx, " WHERE sent IS NULL AND attempts < $1 ORDER BY id", attempts)
}

// Notices gives up to limit notices of a group (empty: of all), newest first.
func (db *DB) Notices(ctx context.Context, group string, limit int) ([]Notice, error) {
	return db.notices(ctx, " WHERE ($1 = '' OR grp = $1) ORDER BY id DESC LIMIT $2", group, limit)
}

// Claim says that a notice is about to be sent, once more than attempts times:
// false, if somebody else has said so, or has sent it meanwhile. A claim ends by
// Tried, or after some minutes.
func (db *DB) Claim(ctx context.Context, id int64, attempts int) (mine bool, err error) {
	const life = 2 * time.Minute
	err = db.inTx(ctx, func(tx *sql.Tx) error {
		// A claim for later than its life is of before the database's clock was set back.
		result, err := tx.ExecContext(ctx, "UPDATE notice SET claimed = "+db.now+" + $3 WHERE id = $1 AND attempts = $2 AND sent IS NULL"+
			" AND (claimed = 0 OR (claimed < "+db.now+" OR claimed - "+db.now+" > $3) AND "+db.steady(life)+")",
			id, attempts, life.Milliseconds())
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		mine = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("claiming notice %d: %w", id, err)
	}
	return mine, nil
}

// Redate says that a notice was written at another time than was thought.
func (db *DB) Redate(ctx context.Context, id int64, at time.Time) error {
	if err := db.exec(ctx, "UPDATE notice SET at = $2 WHERE id = $1", id, at.Unix()); err != nil {
		return fmt.Errorf("dating notice %d: %w", id, err)
	}
	return nil
}

// Tried records one more attempt at a notice; failure is empty when it went.
func (db *DB) Tried(ctx context.Context, id int64, at time.Time, failure string) error {
	query, args := "UPDATE notice SET claimed = 0, attempts = attempts + 1, sent = $2, failure = '' WHERE id = $1", []any{id, at.Unix()}
	if failure != "" {
		query, args = "UPDATE notice SET claimed = 0, attempts = attempts + 1, failure = $2 WHERE id = $1", []any{id, failure}
	}
	if err := db.exec(ctx, query, args...); err != nil {
		return fmt.Errorf("recording an attempt at notice %d: %w", id, err)
	}
	return nil
}

// FailedNotices counts, by receiver, the notices whose last attempt failed.
func (db *DB) FailedNotices(ctx context.Context) (map[string]int, error) {
	found := map[string]int{}
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var receiver string
		var n int
		err := rows.Scan(&receiver, &n)
		found[receiver] = n
		return err
	}, "SELECT receiver, count(*) FROM notice WHERE failure <> '' GROUP BY receiver")
	if err != nil {
		return nil, fmt.Errorf("counting failed notices: %w", err)
	}
	return found, nil
}

func (db *DB) notices(ctx context.Context, tail string, args ...any) ([]Notice, error) {
	var found []Notice
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var n Notice
		var at int64
		var sent sql.NullInt64
		err := rows.Scan(&n.ID, &n.Audit, &n.Group, &n.Receiver, &at, &n.Title, &n.Body, &sent, &n.Attempts, &n.Failure)
		n.At, n.Sent = timeOf(at), timeOf(sent.Int64)
		found = append(found, n)
		return err
	}, "SELECT id, audit_id, grp, receiver, at, title, body, sent, attempts, failure FROM notice"+tail, args...)
	if err != nil {
		return nil, fmt.Errorf("listing notices: %w", err)
	}
	return found, nil
}
