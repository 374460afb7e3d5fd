package queue

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
)

// A Runner has groups audited: those of network zones by the workers there, the
// others here.
type Runner struct {
	*audit.Auditor
	Queue *Queue // nil: no group is in a zone

	Asked func(group, zone string, job int64) // told of what workers were asked for; nil: nobody is
	Stays func(group string, job int64)       // told of what still waits for them at the end; nil: nobody is
}

// inZone reports whether a group is audited by the workers of a zone.
func (r *Runner) inZone(group string) bool {
	g := r.Config.Groups[group]
	return g != nil && g.Zone != ""
}

// All has groups audited now, and gives each audit as it ends, or why there is
// none: workers do theirs while the others are done here. What still waits for
// workers when ctx ends stays in their queue.
func (r *Runner) All(ctx context.Context, groups []string) iter.Seq2[history.Audit, error] {
	return func(yield func(history.Audit, error) bool) {
		jobs := make(map[string]int64)
		for _, group := range groups {
			if !r.inZone(group) {
				continue
			}
			job, err := r.ask(ctx, group, time.Time{})
			if err != nil {
				if !yield(history.Audit{}, err) {
					return
				}
				continue
			}
			jobs[group] = job
			if r.Asked != nil {
				r.Asked(group, r.Config.Groups[group].Zone, job)
			}
		}
		groups = slices.Clone(groups)
		slices.SortStableFunc(groups, func(a, b string) int { return cmp.Compare(jobs[a], jobs[b]) }) // zones work meanwhile
		for _, group := range groups {
			job, asked := jobs[group]
			if r.inZone(group) && !asked {
				continue
			}
			run := func() (history.Audit, error) { return r.Run(ctx, group) }
			if asked {
				run = func() (history.Audit, error) { return r.wait(ctx, group, job) }
			}
			a, err := run()
			if asked && ctx.Err() != nil && r.Stays != nil {
				r.Stays(group, job)
			}
			if !yield(a, err) {
				return
			}
		}
	}
}

// Due has a group audited whose time has come, and gives what came of it; nil
// where its turn has been had without an audit. The time that was planned stays
// the same until the group is planned again: after a restart this waits for the
// job that was asked for before.
func (r *Runner) Due(ctx context.Context, group string) (*history.Audit, error) {
	var a history.Audit
	var err error
	if !r.inZone(group) {
		if a, err = r.Run(ctx, group); errors.Is(err, history.ErrBusy) {
			return nil, nil // somebody runs it by hand
		}
		if err == nil {
			if err := r.DB.Compact(context.WithoutCancel(ctx)); err != nil {
				r.Report(err) // the audit is done all the same
			}
		}
	} else {
		a, err = r.dueInZone(ctx, group)
		switch {
		case errors.Is(err, errCanceled):
			r.Report(err)
			return nil, nil
		case err != nil && ctx.Err() != nil:
			return nil, nil // the job stays, and is waited for after the next start
		}
	}
	if err != nil {
		return nil, err
	}
	return &a, nil
}

func (r *Runner) dueInZone(ctx context.Context, group string) (history.Audit, error) {
	planned, err := r.DB.Schedule(ctx)
	if err != nil {
		return history.Audit{}, fmt.Errorf("auditing %s: %w", group, err)
	}
	job, err := r.ask(ctx, group, planned[group].Next)
	if err != nil {
		return history.Audit{}, err
	}
	return r.wait(ctx, group, job)
}

func (r *Runner) ask(ctx context.Context, group string, planned time.Time) (job int64, err error) {
	if job, err = r.Queue.ask(ctx, r.Config.Groups[group], planned); err != nil {
		return 0, fmt.Errorf("auditing %s: %w", group, err)
	}
	return job, nil
}

func (r *Runner) wait(ctx context.Context, group string, job int64) (history.Audit, error) {
	a, err := r.Queue.Wait(ctx, job)
	if err != nil {
		return history.Audit{}, fmt.Errorf("auditing %s: %w", group, err)
	}
	return a, nil
}

// Running reports whether a group is audited here just now.
func (r *Runner) Running(s *audit.Scheduler, group string) bool {
	return !r.inZone(group) && s.Running(group)
}

// Cancel ends the audits of a group that run, and takes back those that wait for
// workers; waited counts these.
func (r *Runner) Cancel(ctx context.Context, group string) (ended []history.Audit, waited int, err error) {
	if r.Queue != nil {
		if waited, err = r.Queue.cancel(ctx, group); err != nil {
			return nil, waited, err
		}
	}
	ended, err = r.Auditor.Cancel(ctx, group)
	return ended, waited, err
}

// Begin is [audit.Auditor.Begin], and says which configuration it is that lacks a
// group.
func (r *Runner) Begin(ctx context.Context, group string, byHand bool, ask func(*sql.Tx, int64, int) error) (int64, error) {
	id, err := r.Auditor.Begin(ctx, group, byHand, ask)
	if g := r.Config.Groups[group]; err != nil && (g == nil || g.Zone != r.Zone) {
		err = fmt.Errorf("%w: %s here is not what audit serve has", err, r.Config.File)
	}
	return id, err
}
