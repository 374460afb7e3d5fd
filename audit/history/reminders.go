package history

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Reminders gives when each receiver gets its next summary.
func (db *DB) Reminders(ctx context.Context) (map[string]Planned, error) {
	found := map[string]Planned{}
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var receiver string
		var next int64
		var p Planned
		err := rows.Scan(&receiver, &next, &p.Spec)
		p.Next = timeOf(next)
		found[receiver] = p
		return err
	}, "SELECT receiver, next, spec FROM reminder")
	if err != nil {
		return nil, fmt.Errorf("reading when summaries are due: %w", err)
	}
	return found, nil
}

// Remind moves a receiver's next summary from the time that was planned to
// another, and stores the one that was due, if any: both or neither, and only if
// nobody else has done so meanwhile. The zero [Planned] stands for none.
func (db *DB) Remind(ctx context.Context, receiver string, from, to Planned, due *Notice) (mine bool, err error) {
	err = db.inTx(ctx, func(tx *sql.Tx) error {
		move, args := "UPDATE reminder SET next = $2, spec = $3 WHERE receiver = $1 AND next = $4 AND spec = $5",
			[]any{receiver, seconds(to.Next), to.Spec, seconds(from.Next), from.Spec}
		if from == (Planned{}) {
			move, args = "INSERT INTO reminder (receiver, next, spec) VALUES ($1, $2, $3) ON CONFLICT (receiver) DO NOTHING", args[:3]
		}
		result, err := tx.ExecContext(ctx, move, args...)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if mine = n == 1; err != nil || !mine || due == nil {
			return err
		}
		_, err = tx.ExecContext(ctx, insertNotice, due.Audit, due.Group, due.Receiver, due.At.Unix(), due.Title, due.Body)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("storing the summary for %s: %w", receiver, err)
	}
	return mine, nil
}

// Unremind forgets a receiver that gets no summaries any more.
func (db *DB) Unremind(ctx context.Context, receiver string) error {
	if err := db.exec(ctx, "DELETE FROM reminder WHERE receiver = $1", receiver); err != nil {
		return fmt.Errorf("forgetting the summaries for %s: %w", receiver, err)
	}
	return nil
}

// A Standing is a stretch of audits that found an endpoint, which is bad now, in
// one state.
type Standing struct {
	Endpoint int64
	Began    time.Time // the first of those audits
	Facts
}

// Standing gives what the endpoints of a group that do not answer or are at
// least as bad as worst were like: their states one after another, the newest
// first.
func (db *DB) Standing(ctx context.Context, group string, worst int, do func(Standing)) error {
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var s Standing
		var f factScan
		var began int64
		if err := rows.Scan(append([]any{&s.Endpoint, &began}, f.fields()...)...); err != nil {
			return err
		}
		s.Began, s.Facts = timeOf(began), f.facts()
		do(s)
		return nil
	}, "SELECT e.id, a.started, "+factColumns+` FROM endpoint e JOIN observation o ON o.endpoint_id = e.id
		JOIN audit a ON a.id = o.first_audit JOIN state s ON s.id = o.state_id`+listed+`
		AND e.grp = $1 AND (e.worst >= $2 OR e.status = 'failed') ORDER BY e.id, o.first_audit DESC`, group, worst)
	if err != nil {
		return fmt.Errorf("reading since when endpoints of %s are bad: %w", group, err)
	}
	return nil
}
