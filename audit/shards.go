package audit

import (
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime/debug"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/scanner"
)

// An audit that workers share: its targets are read once and cut into shards,
// and each shard is an audit of its own in all but its end. What changed is
// confirmed by the worker that saw it. The last shard ends the audit.

const (
	// shardTargets is how many targets a shard has about: some minutes of work
	// at the worst, which is what a worker that dies costs.
	shardTargets = 400

	// shardFailures is after how many failures a shard is given up.
	shardFailures = 7
)

// ErrHeld means that an audit should not begin now.
var ErrHeld = errors.New("not now")

// DefaultLease is how long a worker that is silent keeps its shard.
const DefaultLease = time.Minute

func (a *Auditor) lease() time.Duration {
	if a.Lease > 0 {
		return a.Lease
	}
	return DefaultLease
}

// Begin reads the targets of a group and begins an audit that workers share,
// with its shards. ask has them taken, in the same transaction. [ErrHeld]: it was
// not asked for by hand, and the group's schedule begins no audit now.
func (a *Auditor) Begin(ctx context.Context, group string, byHand bool,
	ask func(tx *sql.Tx, audit int64, shards int) error) (int64, error) {
	g, err := a.group(group)
	if err != nil {
		return 0, err
	}
	if !byHand && g.held(a.Clock.at(a.DB)) {
		return 0, ErrHeld
	}
	if _, err := a.Engine(g, a.Clock.at(a.DB)); err != nil { // before an audit begins that cannot go on
		return 0, fmt.Errorf("group %s: %w", group, err)
	}
	started := a.Clock.at(a.DB)
	var all []scanner.Target
	var found Summary
	for target := range a.sources(ctx, g, found.skip) {
		all = append(all, target)
	}
	if ctx.Err() != nil {
		return 0, fmt.Errorf("auditing %s: %w", group, ctx.Err())
	}
	shards, err := cut(all)
	if err != nil {
		return 0, fmt.Errorf("auditing %s: %w", group, err)
	}
	summary, err := json.Marshal(found)
	if err != nil {
		return 0, fmt.Errorf("auditing %s: %w", group, err)
	}
	audit, err := a.DB.BeginShards(ctx, group, g.Zone, started, shards, string(summary),
		func(tx *sql.Tx, audit int64) error { return ask(tx, audit, len(shards)) })
	if err != nil {
		return 0, fmt.Errorf("auditing %s: %w", group, err)
	}
	if len(shards) == 0 {
		return audit, a.End(ctx, audit)
	}
	return audit, nil
}

// cut puts targets into shards by what identifies them, so that two lines that
// mean the same are in one, and the hosts of one network are in many.
func cut(all []scanner.Target) ([]history.Shard, error) {
	n := (len(all) + shardTargets - 1) / shardTargets
	in := make([][]scanner.Target, n)
	for i := range all {
		s := scanner.SpreadOf(&all[i], uint64(n))
		in[s] = append(in[s], all[i])
	}
	var shards []history.Shard
	for _, some := range in {
		if len(some) == 0 {
			continue
		}
		doc, err := packTargets(some)
		if err != nil {
			return nil, err
		}
		shards = append(shards, history.Shard{Targets: doc, Amount: len(some)})
	}
	return shards, nil
}

// packTargets writes targets as lines of JSON, packed.
func packTargets(some []scanner.Target) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	lines := json.NewEncoder(w)
	for i := range some {
		if err := lines.Encode(&some[i]); err != nil {
			return nil, fmt.Errorf("storing the target %s: %w", some[i].Host, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// unpackTargets is the way back.
func unpackTargets(doc []byte) iter.Seq2[scanner.Target, error] {
	return func(yield func(scanner.Target, error) bool) {
		lines := json.NewDecoder(bufio.NewReader(io.LimitReader(flate.NewReader(bytes.NewReader(doc)), maxList)))
		for {
			var t scanner.Target
			err := lines.Decode(&t)
			if errors.Is(err, io.EOF) || !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// Shard takes a shard of an audit and does it, unless it is done, or somebody
// else's. An error means that it is to be tried again.
func (a *Auditor) Shard(ctx context.Context, audit int64, number int, worker string) error {
	w, err := a.DB.TakeShard(ctx, audit, number, worker, a.lease())
	if errors.Is(err, history.ErrBusy) {
		return nil
	}
	if err != nil {
		return err
	}
	if w.Failed >= shardFailures {
		return a.giveUp(ctx, w)
	}
	err = a.shard(ctx, w)
	switch {
	case err == nil, errors.Is(err, history.ErrTaken):
		return nil // whoever has it by now does the rest
	case ctx.Err() != nil: // stopped: the next worker begins it anew
		if err := w.Release(context.WithoutCancel(ctx)); err != nil && !errors.Is(err, history.ErrTaken) {
			a.report(err)
		}
		return ctx.Err()
	}
	if failed := w.Fail(ctx, err.Error(), a.pause(w.Failed+1)); failed != nil {
		return errors.Join(err, failed) // its lease ends
	}
	return fmt.Errorf("shard %d of audit %d of %s: %w", number, audit, w.Group, err)
}

// pause is how long after its n-th failure a shard is tried again: with a lease
// of a minute 5 s, 20 s, 45 s, and so on.
func (a *Auditor) pause(n int) time.Duration {
	return min(time.Duration(n*n)*a.lease()/12, 5*a.lease())
}

// giveUp ends a shard that has failed too often: the audit is a partial one.
func (a *Auditor) giveUp(ctx context.Context, w *history.ShardWriter) error {
	var s Summary
	s.trouble(fmt.Sprintf("shard %d was given up after %d attempts: %s", w.Number, w.Failed, w.Trouble))
	return a.done(ctx, w, &s)
}

// done ends a shard, and the audit if it was the last.
func (a *Auditor) done(ctx context.Context, w *history.ShardWriter, s *Summary) error {
	summary, err := json.Marshal(s)
	if err != nil {
		return err
	}
	last, err := w.Done(ctx, string(summary))
	if err != nil || !last {
		return err
	}
	return a.End(ctx, w.ID)
}

// shard does a shard that was taken. A panic in it is its failure, not the end
// of the worker.
func (a *Auditor) shard(ctx context.Context, w *history.ShardWriter) (err error) {
	defer func() {
		if p := recover(); p != nil {
			a.report(fmt.Errorf("shard %d of audit %d: panic: %v\n%s", w.Number, w.ID, p, debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	g, err := a.group(w.Group)
	if err != nil {
		return err
	}
	look, release, err := a.engines.use(w.ID, g, a)
	if err != nil {
		return err
	}
	defer release()
	ctx, stop := a.keepLease(ctx, w)
	defer stop()
	r := &auditRun{auditor: a, group: g, look: look, writer: &w.Writer}
	var unread error
	err = r.run(ctx, func(yield func(scanner.Target) bool) {
		for t, err := range scanner.Once(unpackTargets(w.Targets), func(scanner.Repeat) {}) {
			if unread = err; err != nil || !yield(t) {
				return
			}
		}
	})
	if err = errors.Join(err, unread); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return a.done(ctx, w, &r.summary)
}

// keepLease renews the lease of a shard until stop, and ends the context when it
// is lost.
func (a *Auditor) keepLease(ctx context.Context, w *history.ShardWriter) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(a.lease() / 6)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			// A database that does not answer may do so before the lease ends; and
			// who is too late finds the shard taken.
			if err := w.Renew(ctx, a.lease()); errors.Is(err, history.ErrTaken) {
				cancel(err)
				return
			}
		}
	}()
	return ctx, func() { cancel(nil); <-ended }
}

// End ends an audit that workers share, once all its shards are done.
func (a *Auditor) End(ctx context.Context, audit int64) error {
	// Stopped or not, the end is written.
	ctx = context.WithoutCancel(ctx)
	err := a.DB.EndShards(ctx, audit, a.Clock.at(a.DB), func(done []string, left int) (string, bool, error) {
		if left > 0 {
			return "", false, fmt.Errorf("%d shards are not done", left)
		}
		var whole Summary
		text, err := whole.with(done)
		return text, len(whole.Troubles) == 0, err
	})
	if err != nil {
		return err
	}
	if err := a.DB.ForgetTurns(ctx); err != nil {
		a.report(err)
	}
	ended, err := a.DB.Audit(ctx, audit)
	if err != nil {
		return err
	}
	if a.Ended != nil {
		a.Ended(ended)
	}
	if g := a.Config.Groups[ended.Group]; g != nil {
		if err := a.forget(ctx, g); err != nil {
			a.report(err)
		}
	}
	return nil
}

// with adds the summaries of shards, and gives the whole as it is stored.
func (s *Summary) with(done []string) (string, error) {
	for _, text := range done {
		var part Summary
		if err := json.Unmarshal([]byte(text), &part); err != nil {
			return "", fmt.Errorf("reading the summary of a shard: %w", err)
		}
		s.add(&part)
	}
	text, err := json.Marshal(s)
	return string(text), err
}

func (s *Summary) add(part *Summary) {
	s.Endpoints += part.Endpoints
	for status, n := range part.Status {
		if s.Status == nil {
			s.Status = map[string]int{}
		}
		s.Status[status] += n
	}
	for i, n := range part.Worst {
		s.Worst[i] += n
	}
	s.Flapping += part.Flapping
	s.Skipped += part.Skipped
	s.SkippedLines = append(s.SkippedLines, part.SkippedLines...) // of the targets as a whole: shards have none
	for _, text := range part.Troubles {
		s.trouble(text)
	}
	if len(s.Clients) == 0 {
		s.Clients = part.Clients
	}
}
