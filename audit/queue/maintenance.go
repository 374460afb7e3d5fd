package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tlschain/tlschain/audit"
)

// maintain tells that the worker lives, and looks after what others left that do not.
func (w *worker) maintain(stopped <-chan struct{}) {
	tick := time.NewTicker(w.queue.beat)
	defer tick.Stop()
	var clock audit.ClockCheck
	for {
		select {
		case <-stopped:
			if err := w.queue.db.Leave(context.Background(), w.id); err != nil {
				w.queue.report(err)
			}
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		err := w.queue.db.Beat(ctx, w.id, w.zone)
		if err == nil {
			err = errors.Join(w.adopt(ctx), w.rescue(ctx), w.queue.clean(ctx), w.enlist(ctx))
		}
		cancel()
		clock.Look(w.queue.db, w.queue.report)
		if err != nil {
			w.queue.report(err)
		}
	}
}

// orphansAtOnce is how many shards that nobody has are asked for at a time.
const orphansAtOnce = 200

// adopt asks for the shards that nobody has any more, and ends the audits that
// nobody has ended. A job of them may have been given up, or dropped by a release
// that does not know it.
func (w *worker) adopt(ctx context.Context) error {
	shards, ended, err := w.queue.db.Orphans(ctx, w.zone, w.queue.dead, w.queue.patience, orphansAtOnce)
	if err != nil {
		return err
	}
	for _, id := range ended {
		err = errors.Join(err, w.auditor.End(ctx, id))
	}
	for _, s := range shards { // one at a time: others ask for the same, and River locks them in its own order
		job := shardJob{Version: version, Audit: s.Audit, Number: s.Number, Lease: s.Fence}.params(w.zone)
		_, failed := w.queue.client.Insert(ctx, job.Args, job.InsertOpts)
		err = errors.Join(err, failed)
	}
	return err
}

// rescue has the jobs of the zone begun anew whose worker is gone. River does so
// too, when they have run for long by the clock of the machine that leads.
func (w *worker) rescue(ctx context.Context) error {
	alive, err := w.queue.db.Workers(ctx, w.queue.dead)
	if err != nil {
		return err
	}
	here := []string{w.id}
	for _, other := range alive {
		here = append(here, other.ID)
	}
	rows, err := w.queue.pool.Query(ctx, `SELECT id, attempt, attempted_by, CASE WHEN kind = $4 THEN args ->> 'group' ELSE '' END
		FROM `+schema+`.river_job WHERE state = 'running' AND queue IN ($1, $2) AND attempted_at < now() - $3::bigint * interval '1 ms'
		AND NOT attempted_by[array_upper(attempted_by, 1)] = ANY ($5) AND NOT metadata ? 'cancel_attempted_at' ORDER BY id LIMIT $6`,
		w.zone, shardsOf(w.zone), w.queue.silence.Milliseconds(), job{}.Kind(), here, orphansAtOnce)
	if err != nil {
		return fmt.Errorf("looking for jobs whose worker is gone: %w", err)
	}
	type running struct {
		ID      int64
		Attempt int
		By      []string
		Group   string
	}
	left, err := pgx.CollectRows(rows, pgx.RowToStructByPos[running])
	if err != nil {
		return fmt.Errorf("looking for jobs whose worker is gone: %w", err)
	}
	for _, j := range left {
		if w.timeout(j.By, j.Group) < 0 {
			continue
		}
		_, err := w.queue.pool.Exec(ctx, `UPDATE `+schema+`.river_job SET scheduled_at = now(),
			state = CASE WHEN attempt < max_attempts THEN 'available' ELSE 'discarded' END::`+schema+`.river_job_state,
			finalized_at = CASE WHEN attempt < max_attempts THEN NULL ELSE now() END,
			errors = array_append(errors, jsonb_build_object('at', now(), 'attempt', attempt, 'error', $3::text, 'trace', ''))
			WHERE id = $1 AND attempt = $2 AND state = 'running'`, j.ID, j.Attempt, workerGone)
		if err != nil {
			return fmt.Errorf("taking job %d from a worker that is gone: %w", j.ID, err)
		}
	}
	return nil
}

// enlist keeps the zone's queues in River's list, from which the worker that leads
// drops those that are old by its machine's clock: River complains every moment.
func (w *worker) enlist(ctx context.Context) error {
	_, err := w.queue.pool.Exec(ctx, `INSERT INTO `+schema+`.river_queue (name, metadata, updated_at)
		VALUES ($1, '{}', now()), ($2, '{}', now()) ON CONFLICT (name) DO NOTHING`, w.zone, shardsOf(w.zone))
	if err != nil {
		return fmt.Errorf("enlisting the queues of zone %s: %w", w.zone, err)
	}
	return nil
}

// clean deletes jobs that ended a day ago, and those that were given up after a
// week. That of an audit is kept until a day after the audit's end: whoever asks
// for the same again gets the same. (River's own cleaner goes by the clock of the
// machine that leads, and knows of no audits.)
func (q *Queue) clean(ctx context.Context) error {
	const atOnce = 1000
	_, err := q.pool.Exec(ctx, `DELETE FROM `+schema+`.river_job WHERE id IN (SELECT j.id FROM `+schema+`.river_job j
		WHERE (j.state IN ('cancelled', 'completed') AND j.finalized_at < now() - interval '1 day'
			OR j.state = 'discarded' AND j.finalized_at < now() - interval '7 days')
		AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.id = CASE WHEN j.kind = $1 THEN (j.metadata ->> 'output')::bigint END
			AND (a.ended IS NULL OR to_timestamp(a.ended) > now() - interval '1 day'))
		LIMIT $2 FOR UPDATE SKIP LOCKED)`, job{}.Kind(), atOnce)
	if err == nil {
		// Who leads says so every few seconds. Who led when the database's clock was
		// ahead, and is gone, would lead until it is there again.
		_, err = q.pool.Exec(ctx, "DELETE FROM "+schema+".river_leader WHERE expires_at > now() + interval '5 minutes'")
	}
	if err != nil {
		return fmt.Errorf("deleting what is old from the queue: %w", err)
	}
	return nil
}

// timeout is how long a job may run. River asks before each attempt, and asks
// again, in the worker that leads them all, before it takes a job that has run
// for long away from a worker that may be dead. What tells is whether that
// worker has told of late that it lives; one of a release that did not tell
// locks the group.
func (w *worker) timeout(attemptedBy []string, group string) time.Duration {
	const unlimited, over = -1, 1
	if len(attemptedBy) == 0 {
		return unlimited
	}
	by := attemptedBy[len(attemptedBy)-1]
	if by == w.id {
		return unlimited // here it runs, or is about to
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	alive, err := w.queue.db.Workers(ctx, w.queue.dead)
	if err != nil {
		return unlimited // nobody knows
	}
	for _, other := range alive {
		if other.ID == by {
			return unlimited
		}
	}
	if group != "" {
		unlock, err := w.queue.db.Lock(ctx, group)
		if err != nil {
			return unlimited
		}
		unlock()
	}
	return over
}
