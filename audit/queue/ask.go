package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
)

// ask asks the workers of a group's zone to audit it, and gives the number of
// the job to Wait for. Planned is when the schedule meant it: however many ask
// for that moment, while the job is known, for a day after its end, they all get
// that one. Zero means now, by hand: workers do not mind blackouts then.
func (q *Queue) ask(ctx context.Context, g *audit.Group, planned time.Time) (int64, error) {
	j := job{Group: g.Name, ByHand: planned.IsZero(), Version: version}
	if j.ByHand {
		planned = q.db.Now()
	}
	j.Planned = planned.UTC().Truncate(time.Second)
	newest, err := q.db.Audits(ctx, g.Name, 0, 1)
	if err != nil {
		return 0, err
	}
	if len(newest) > 0 {
		j.After = newest[0].ID
	}
	// By queue: a group that was moved to another zone does not wait in the old.
	inserted, err := q.client.Insert(ctx, j, &river.InsertOpts{
		Queue: g.Zone, MaxAttempts: q.attempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByQueue: true},
	})
	if err != nil {
		return 0, fmt.Errorf("asking zone %s: %w", g.Zone, err)
	}
	return inserted.Job.ID, nil
}

// Wait waits until a job's audit has ended and gives it. That
// nobody takes the job, and what went wrong at an attempt, is reported. When ctx
// ends the job stays in the queue. A database that does not answer is waited for.
func (q *Queue) Wait(ctx context.Context, id int64) (history.Audit, error) {
	w := waiting{Queue: q}
	for {
		row, err := q.client.JobGet(ctx, id)
		switch {
		case ctx.Err() != nil:
			return history.Audit{}, ctx.Err()
		case errors.Is(err, river.ErrNotFound):
			return history.Audit{}, fmt.Errorf("job %d is no longer in the queue", id)
		case err != nil:
			w.lost(err)
		case row.State == rivertype.JobStateCompleted:
			w.hear(row)
			a, err := q.result(ctx, row)
			if err == nil && a.State != history.Running {
				return a, nil
			}
			if err != nil && !w.passing(ctx, err) {
				return a, err
			}
		case row.State == rivertype.JobStateCancelled:
			return history.Audit{}, errCanceled
		case row.FinalizedAt != nil:
			return history.Audit{}, fmt.Errorf("zone %s gave up job %d after %d attempts: %s", row.Queue, id, row.Attempt, lastError(row))
		default:
			w.look(row, q.db.Now())
		}
		select {
		case <-time.After(q.poll):
		case <-ctx.Done():
			return history.Audit{}, ctx.Err()
		}
	}
}

var errOutput = errors.New("does not say which audit came of it")

// errCanceled means that somebody took an audit back that was asked for.
var errCanceled = errors.New("canceled before its audit began")

// cancel takes back what was asked for of a group, and not begun, and gives how
// many jobs that were.
func (q *Queue) cancel(ctx context.Context, group string) (n int, err error) {
	list, err := q.waiting(ctx)
	if err != nil {
		return 0, err
	}
	for _, row := range list {
		if row.Group != group {
			continue
		}
		if _, err := q.client.JobCancel(ctx, row.ID); err != nil && !errors.Is(err, river.ErrNotFound) {
			return n, fmt.Errorf("canceling job %d: %w", row.ID, err)
		}
		n++
	}
	return n, nil
}

// result is the audit that a job ended with.
func (q *Queue) result(ctx context.Context, row *rivertype.JobRow) (history.Audit, error) {
	var audit int64
	if err := json.Unmarshal(row.Output(), &audit); err != nil {
		return history.Audit{}, fmt.Errorf("job %d %w: %w", row.ID, errOutput, err)
	}
	return q.db.Audit(ctx, audit)
}

// Waiting gives since when groups wait for a worker that takes their audit; not
// those that a worker has put off for a while.
func (q *Queue) Waiting(ctx context.Context) (map[string]time.Time, error) {
	list, err := q.waiting(ctx)
	if err != nil {
		return nil, err
	}
	since, now := map[string]time.Time{}, q.db.Now()
	for _, row := range list {
		if row.State == rivertype.JobStateScheduled && row.ScheduledAt.After(now) {
			continue
		}
		if first, known := since[row.Group]; !known || row.CreatedAt.Before(first) {
			since[row.Group] = row.CreatedAt
		}
	}
	return since, nil
}

// An askedJob is a job of an audit that was not begun.
type askedJob struct {
	*rivertype.JobRow
	job
}

func (q *Queue) waiting(ctx context.Context) (all []askedJob, err error) {
	list, err := q.client.JobList(ctx, river.NewJobListParams().First(10_000).Kinds(job{}.Kind()).
		States(rivertype.JobStateAvailable, rivertype.JobStateRetryable, rivertype.JobStateScheduled))
	if err != nil {
		return nil, fmt.Errorf("listing what waits in the queue: %w", err)
	}
	for _, row := range list.Jobs {
		j := askedJob{JobRow: row}
		if err := json.Unmarshal(row.EncodedArgs, &j.job); err != nil {
			return nil, fmt.Errorf("reading job %d of the queue: %w", row.ID, err)
		}
		all = append(all, j)
	}
	return all, nil
}

// A waiting is what somebody who waits for a job was told of it.
type waiting struct {
	*Queue
	down   bool
	errors int
	told   time.Time // that nobody takes it
}

// passing reports whether an error of the history is the database's, which may
// come back.
func (w *waiting) passing(ctx context.Context, err error) bool {
	if ctx.Err() != nil || errors.Is(err, history.ErrNotFound) || errors.Is(err, errOutput) {
		return false
	}
	w.lost(err)
	return true
}

func (w *waiting) lost(err error) {
	if !w.down {
		w.report(fmt.Errorf("asking after the job until there is an answer: %w", err))
	}
	w.down = true
}

// hear reports the newest attempt that failed, unless it was reported.
func (w *waiting) hear(row *rivertype.JobRow) {
	if len(row.Errors) <= w.errors {
		return
	}
	w.errors = len(row.Errors)
	w.report(fmt.Errorf("zone %s, attempt %d of %d: %s", row.Queue, row.Errors[w.errors-1].Attempt, row.MaxAttempts, lastError(row)))
}

func (w *waiting) look(row *rivertype.JobRow, now time.Time) {
	w.down = false
	w.hear(row)
	if row.State != rivertype.JobStateAvailable || now.Sub(row.ScheduledAt) < w.untaken || now.Sub(w.told) < max(w.untaken, time.Hour) {
		return
	}
	w.told = now
	w.report(fmt.Errorf("no worker of zone %s has taken an audit that waits since %s; is tlschain audit work --zone %s running there?",
		row.Queue, row.CreatedAt.UTC().Format(time.RFC3339), row.Queue))
}

const workerGone = "its worker is gone, the next one takes it"

func lastError(row *rivertype.JobRow) string {
	if len(row.Errors) == 0 {
		return string(row.State)
	}
	text := row.Errors[len(row.Errors)-1].Error
	if strings.HasPrefix(text, "Stuck job rescued") { // River's words
		return workerGone
	}
	return text
}
