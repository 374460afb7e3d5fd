package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivertype"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
)

// How much a worker does at a time.
const (
	readAtOnce   = 2 // groups whose targets are read
	shardsAtOnce = 4
)

// An Auditor does what is asked for. See [audit.Auditor].
type Auditor interface {
	Begin(ctx context.Context, group string, byHand bool, ask func(tx *sql.Tx, audit int64, shards int) error) (int64, error)
	Shard(ctx context.Context, audit int64, number int, worker string) error
	End(ctx context.Context, audit int64) error
}

// Work takes the audits of a zone, and their shards, until ctx ends. Shards under
// way then get their context ended, and go to the next worker; stopped is closed
// when that is done. Errors are reported, and kept for whoever waits.
func (q *Queue) Work(ctx context.Context, zone string, auditor Auditor) (stopped <-chan struct{}, err error) {
	w := &worker{queue: q, auditor: auditor, zone: zone}
	workers := river.NewWorkers()
	err = errors.Join(river.AddWorkerSafely(workers, &auditWorker{worker: w}), river.AddWorkerSafely(workers, &shardWorker{worker: w}))
	if err != nil {
		return nil, fmt.Errorf("working for zone %s: %w", zone, err)
	}
	client, err := river.NewClient(q.driver, &river.Config{
		Schema: schema, Logger: q.logger(), Workers: workers,
		Queues:     map[string]river.QueueConfig{zone: {MaxWorkers: readAtOnce}, shardsOf(zone): {MaxWorkers: shardsAtOnce}},
		JobTimeout: -1, RescueStuckJobsAfter: q.silence, // see timeout
		CompletedJobRetentionPeriod: -1, CancelledJobRetentionPeriod: -1, DiscardedJobRetentionPeriod: -1, // see clean
		Test: river.TestConfig{Time: jobClock{q.db}}, RetryPolicy: jobClock{q.db}, // which has nothing to do with tests
	})
	if err != nil {
		return nil, fmt.Errorf("working for zone %s: %w", zone, err)
	}
	w.id = client.ID()
	if err := q.db.Beat(ctx, w.id, zone); err != nil {
		return nil, fmt.Errorf("working for zone %s: %w", zone, err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("working for zone %s: %w", zone, err)
	}
	// Were it ctx that ended the jobs, River would count them as failed.
	context.AfterFunc(ctx, func() { client.StopAndCancel(context.WithoutCancel(ctx)) })
	all := make(chan struct{})
	go func() {
		defer close(all)
		w.maintain(client.Stopped())
	}()
	return all, nil
}

// A worker is what the workers of all kinds of jobs have in common.
type worker struct {
	queue   *Queue
	auditor Auditor
	zone    string
	id      string // among all workers
}

// An auditWorker begins audits.
type auditWorker struct {
	river.WorkerDefaults[job]
	*worker
}

// Work begins the audit of a group, unless that was done.
func (w *auditWorker) Work(ctx context.Context, j *river.Job[job]) error {
	if j.Args.Version > version {
		return river.JobSnooze(w.queue.later) // for a newer worker
	}
	done, err := w.queue.db.LastComplete(ctx, j.Args.Group, 0)
	if err == nil && done.ID > j.Args.After {
		return river.RecordOutput(ctx, done.ID) // begun since it was asked for
	}
	if err == nil || errors.Is(err, history.ErrNotFound) {
		err = w.begin(ctx, j)
	}
	if errors.Is(err, history.ErrBusy) || errors.Is(err, audit.ErrHeld) {
		return river.JobSnooze(w.queue.later)
	}
	if err != nil && ctx.Err() == nil {
		w.queue.report(err)
	}
	return err
}

// begin begins an audit, and ends its job in the same transaction: however this
// worker dies, the audit is begun once.
func (w *auditWorker) begin(ctx context.Context, j *river.Job[job]) error {
	_, err := w.auditor.Begin(ctx, j.Args.Group, j.Args.ByHand, func(tx *sql.Tx, audit int64, shards int) error {
		if shards > 0 {
			jobs := make([]river.InsertManyParams, shards)
			for n := range jobs {
				jobs[n] = shardJob{Version: version, Audit: audit, Number: n}.params(w.zone)
			}
			if _, err := w.queue.client.InsertManyTx(ctx, tx, jobs); err != nil {
				return err
			}
		}
		if err := river.RecordOutput(ctx, audit); err != nil {
			return err
		}
		ended, err := river.JobCompleteTx[*riverdatabasesql.Driver](ctx, tx, j)
		if err == nil && ended.State != rivertype.JobStateCompleted {
			err = fmt.Errorf("job %d was taken from this worker", j.ID)
		}
		return err
	})
	return err
}

// Timeout is how long a job may run.
func (w *auditWorker) Timeout(j *river.Job[job]) time.Duration {
	return w.timeout(j.AttemptedBy, j.Args.Group)
}

// A shardWorker does shards.
type shardWorker struct {
	river.WorkerDefaults[shardJob]
	*worker
}

// Work does a shard.
func (w *shardWorker) Work(ctx context.Context, j *river.Job[shardJob]) error {
	if j.Args.Version > version {
		return river.JobSnooze(w.queue.later)
	}
	err := w.auditor.Shard(ctx, j.Args.Audit, j.Args.Number, w.id)
	if err != nil && ctx.Err() == nil {
		w.queue.report(err)
	}
	return err
}

// Timeout is how long a job may run.
func (w *shardWorker) Timeout(j *river.Job[shardJob]) time.Duration {
	return w.timeout(j.AttemptedBy, "")
}
