package history

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Progress is how far an audit has come that workers share.
type Progress struct {
	Audit   int64
	Group   string
	Zone    string
	Started time.Time

	Shards, ShardsDone   int
	ShardsTaken          int // that somebody works on just now
	Targets, TargetsDone int
	Failures             int     // attempts at shards that failed
	PerSecond            float64 // targets done lately
}

// Left is how long the audit will take yet, at the pace that it has; 0: unknown.
func (p *Progress) Left() time.Duration {
	if p.PerSecond <= 0 {
		return 0
	}
	return time.Duration(float64(p.Targets-p.TargetsDone) / p.PerSecond * float64(time.Second)).Round(time.Second)
}

// paceOver is the time over which a pace is told.
const paceOver = 5 * time.Minute

// Progress gives how far the audits have come that workers share, oldest first.
func (db *DB) Progress(ctx context.Context) (all []Progress, err error) {
	err = each(ctx, db.sql, func(rows *sql.Rows) error {
		var p Progress
		var started, now, lately int64
		err := rows.Scan(&p.Audit, &p.Group, &p.Zone, &started, &now, &p.Shards, &p.ShardsDone, &p.ShardsTaken, &p.Targets, &p.TargetsDone,
			&lately, &p.Failures)
		p.Started = time.Unix(started, 0).UTC()
		if over := min(paceOver, time.UnixMilli(now).Sub(p.Started)); over > 0 {
			p.PerSecond = float64(lately) / over.Seconds()
		}
		all = append(all, p)
		return err
	}, `SELECT a.id, a.grp, max(s.zone), a.started, `+db.now+`, sum(CASE WHEN s.number >= 0 THEN 1 ELSE 0 END),
			sum(CASE WHEN s.number >= 0 AND s.done > 0 THEN 1 ELSE 0 END),
			sum(CASE WHEN s.done = 0 AND s.holder <> '' AND s.until > `+db.now+` THEN 1 ELSE 0 END),
			CAST(sum(s.amount) AS BIGINT), CAST(sum(CASE WHEN s.done > 0 THEN s.amount ELSE 0 END) AS BIGINT),
			CAST(sum(CASE WHEN s.done > `+db.now+` - $1 THEN s.amount ELSE 0 END) AS BIGINT), CAST(sum(s.failed) AS BIGINT)
		FROM shard s JOIN audit a ON a.id = s.audit_id WHERE a.state = 'running' GROUP BY a.id, a.grp, a.started ORDER BY a.id`,
		paceOver.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("asking how far audits have come: %w", err)
	}
	return all, nil
}

// Running gives the audits that run, or were killed and not followed by another
// of their group.
func (db *DB) Running(ctx context.Context) ([]Audit, error) {
	return db.audits(ctx, " WHERE state = 'running' ORDER BY id")
}
