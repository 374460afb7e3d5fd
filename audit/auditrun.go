package audit

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
)

// batch is how many endpoints are stored at once: a kill loses no more.
const batch = 400

// maxTroubles bounds what an audit's summary tells of what went wrong.
const maxTroubles = 20

// An auditRun is one audit of one group under way.
type auditRun struct {
	auditor *Auditor
	group   *Group
	look    ScanFunc
	writer  *history.Writer
	summary Summary

	mu      sync.Mutex
	ders    map[reports.Hash][]byte   // certificates sent and not yet stored
	targets map[string]scanner.Target // under way, by key
}

// A seenEndpoint is an endpoint as it was seen, and the target to see it again.
type seenEndpoint struct {
	history.Seen
	target     scanner.Target
	unresolved bool
}

// trouble notes why the audit is not complete.
func (r *auditRun) trouble(err error) {
	r.summary.trouble(err.Error())
	r.auditor.report(err)
}

// run looks at all targets, then again at those that changed. Its error is the
// history's: nothing can be stored any more.
func (r *auditRun) run(ctx context.Context, targets iter.Seq[scanner.Target]) error {
	r.ders, r.targets = map[reports.Hash][]byte{}, map[string]scanner.Target{}
	var unconfirmed []unconfirmedChange
	err := r.each(ctx, targets, func(some []seenEndpoint) error {
		confirmed, changed, err := r.splitConfirmed(ctx, some)
		unconfirmed = append(unconfirmed, changed...)
		return errors.Join(err, r.store(ctx, confirmed))
	})
	if err != nil {
		return err
	}
	return r.confirm(ctx, unconfirmed)
}

// sources walks the group's targets and notes the mistakes among them.
func (r *auditRun) sources(ctx context.Context) iter.Seq[scanner.Target] {
	return r.auditor.sources(ctx, r.group, func(err error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.summary.skip(err)
	})
}

// sources walks a group's targets, and hands the mistakes among them to skip.
func (a *Auditor) sources(ctx context.Context, g *Group, skip func(error)) iter.Seq[scanner.Target] {
	note := func(text string) { a.report(errors.New("note: " + text)) }
	return func(yield func(scanner.Target) bool) {
		for target, err := range g.targets(ctx, g.lists(a.Getenv), note) {
			if err != nil {
				skip(err)
				a.report(err)
			} else if !yield(target) {
				return
			}
		}
	}
}

// each looks at targets and hands what it saw to take, a batch at a time.
func (r *auditRun) each(ctx context.Context, targets iter.Seq[scanner.Target], take func([]seenEndpoint) error) error {
	noted := func(yield func(scanner.Target) bool) {
		for target := range targets {
			r.note(target)
			if !yield(target) {
				return
			}
		}
	}
	hand := func(some []seenEndpoint) error {
		some, err := r.expandUnresolved(ctx, some)
		if err != nil {
			return err
		}
		if err := r.overdue(ctx, some); err != nil {
			return err
		}
		return take(some)
	}
	var some []seenEndpoint
	for endpoints := range r.look(ctx, noted, r.keep) {
		if ctx.Err() != nil && canceled(endpoints) {
			continue // it was not looked at
		}
		seen, err := r.seen(endpoints)
		if err != nil {
			return err
		}
		some = append(some, seen...)
		if len(some) >= batch {
			if err := hand(some); err != nil {
				return err
			}
			some = nil
		}
	}
	return hand(some)
}

// canceled reports whether the audit was stopped before the endpoint was scanned.
func canceled(endpoints []reports.Endpoint) bool {
	return slices.ContainsFunc(endpoints, func(e reports.Endpoint) bool {
		return e.Status == reports.Failed && e.Error != nil && e.Error.Code == string(scanner.Canceled)
	})
}

// note remembers a target until it is seen.
func (r *auditRun) note(t scanner.Target) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.targets[keyOfTarget(t)] = t
}

// keyOfTarget is the key of what a target shows; its address belongs to it
// where the target names one beside the host.
func keyOfTarget(t scanner.Target) string {
	e := reports.Endpoint{Host: t.Host, Port: t.Port, ServerName: t.ServerName, Transport: t.Transport, STARTTLS: t.STARTTLS}
	if t.Addr.IsValid() {
		e.Address = t.Addr.Unmap().String()
	}
	return keyOf(&e, true)
}

// keep holds a certificate's bytes until the endpoint that sent it is stored.
func (r *auditRun) keep(der []byte) {
	h := reports.Hash(hashOf(der))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ders[h] = der
}

// seen prepares what one target showed.
func (r *auditRun) seen(endpoints []reports.Endpoint) ([]seenEndpoint, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]seenEndpoint, len(endpoints))
	for i := range endpoints {
		e := &endpoints[i]
		key := keyOf(e, true)
		target, pinned := r.targets[key]
		if !pinned {
			target = r.targets[keyOf(e, false)]
		}
		var err error
		out[i].target, out[i].unresolved = target, unresolved(e)
		out[i].Seen, err = seen(keyOf(e, pinned || r.group.AllAddresses), e, func(h reports.Hash) []byte { return r.ders[h] })
		if err != nil {
			return nil, err
		}
	}
	for i := range endpoints {
		if c := endpoints[i].Clients; len(r.summary.Clients) == 0 {
			for _, verdict := range c {
				r.summary.Clients = append(r.summary.Clients, verdict.Client)
			}
		}
	}
	for _, s := range out {
		delete(r.targets, keyOfTarget(s.target))
	}
	return out, nil
}

// store writes confirmed endpoints and drops what was kept for them.
func (r *auditRun) store(ctx context.Context, some []seenEndpoint) error {
	if len(some) == 0 {
		return nil
	}
	rows := make([]history.Seen, len(some))
	for i := range some {
		rows[i] = some[i].Seen
	}
	// A stopped audit keeps what it saw.
	if err := r.writer.Add(context.WithoutCancel(ctx), rows...); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range some {
		r.summary.count(s.Facts)
		for _, c := range slices.Concat(s.Chain, s.Fix) {
			delete(r.ders, c.SHA256)
		}
	}
	return nil
}
