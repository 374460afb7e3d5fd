package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/tlschain/tlschain/audit/history"
)

// atOnce is how many groups a worker audits at a time.
const atOnce = 4

// Run audits a group to its end, as Auditor.Run does. It may put off what was
// not asked for by hand, with ErrLater.
type Run func(ctx context.Context, group string, byHand bool) (history.Audit, error)

// ErrLater means that an audit should not begin now.
var ErrLater = errors.New("not now")

// Work takes the audits of a zone until ctx ends. Audits under way then get
// their context ended, and their jobs go to the next worker; stopped is closed
// when that is done. Errors of run are reported, and kept for whoever waits.
func (q *Queue) Work(ctx context.Context, zone string, run Run) (stopped <-chan struct{}, err error) {
	w := &worker{queue: q, run: run, begun: map[int64]int{}}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, w); err != nil {
		return nil, fmt.Errorf("working for zone %s: %w", zone, err)
	}
	client, err := river.NewClient(riverpgxv5.New(q.pool), &river.Config{
		Schema: schema, Logger: q.logger(), Workers: workers,
		Queues:     map[string]river.QueueConfig{zone: {MaxWorkers: atOnce}},
		JobTimeout: -1, RescueStuckJobsAfter: q.silence, // see Timeout
	})
	if err != nil {
		return nil, fmt.Errorf("working for zone %s: %w", zone, err)
	}
	w.id = client.ID()
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("working for zone %s: %w", zone, err)
	}
	// Were it ctx that ended the jobs, River would count them as failed.
	context.AfterFunc(ctx, func() { client.StopAndCancel(context.WithoutCancel(ctx)) })
	return client.Stopped(), nil
}

// A worker is what River calls.
type worker struct {
	river.WorkerDefaults[job]
	queue *Queue
	run   Run
	id    string // among all workers

	mu    sync.Mutex
	begun map[int64]int // attempts that began here, by job
}

// Work audits the group of a job, unless that was done.
func (w *worker) Work(ctx context.Context, j *river.Job[job]) error {
	defer w.ends(j)
	a, err := w.queue.db.LastComplete(ctx, j.Args.Group, 0)
	if errors.Is(err, history.ErrNotFound) || err == nil && a.ID <= j.Args.After {
		a, err = w.run(ctx, j.Args.Group, j.Args.ByHand)
	}
	if errors.Is(err, history.ErrBusy) || errors.Is(err, ErrLater) {
		return river.JobSnooze(w.queue.later)
	}
	if err == nil && a.State != history.Complete {
		err = ctx.Err() // stopped: the next worker sees all
	}
	if err != nil {
		if ctx.Err() == nil {
			w.queue.report(err)
		}
		return err
	}
	return river.RecordOutput(ctx, a.ID)
}

// Timeout is how long a job may run. River asks before each attempt, and asks
// again, in the worker that leads them all, before it takes a job that has run
// for long away from a worker that may be dead. An audit may run for hours; what
// tells is the lock of its group, which the database lets go with its holder.
func (w *worker) Timeout(j *river.Job[job]) time.Duration {
	const unlimited, over = -1, 1
	if w.begins(j) {
		return unlimited
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	unlock, err := w.queue.db.Lock(ctx, j.Args.Group)
	if err != nil {
		return unlimited // it is being audited, or nobody knows
	}
	unlock()
	return over
}

// begins reports whether the question is about an attempt which begins here.
func (w *worker) begins(j *river.Job[job]) bool {
	if n := len(j.AttemptedBy); n == 0 || j.AttemptedBy[n-1] != w.id {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	first := w.begun[j.ID] != j.Attempt
	w.begun[j.ID] = j.Attempt
	return first
}

func (w *worker) ends(j *river.Job[job]) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.begun, j.ID)
}
