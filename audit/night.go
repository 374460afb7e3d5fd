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

// A night is one audit of one group under way.
type night struct {
	auditor *Auditor
	group   *Group
	look    Look
	writer  *history.Writer
	summary Summary

	mu      sync.Mutex
	ders    map[reports.Hash][]byte   // certificates sent and not yet stored
	targets map[string]scanner.Target // under way, by key
}

// A sight is an endpoint as it was seen, and the target to see it again.
type sight struct {
	history.Seen
	target     scanner.Target
	unresolved bool
}

// trouble notes why the audit is not complete.
func (n *night) trouble(err error) {
	if len(n.summary.Troubles) < maxTroubles {
		n.summary.Troubles = append(n.summary.Troubles, reports.Clean(err.Error()))
	}
	n.auditor.report(err)
}

// scan looks at all targets, then again at those that changed. Its error is the
// history's: nothing can be stored any more.
func (n *night) scan(ctx context.Context) error {
	n.ders, n.targets = map[reports.Hash][]byte{}, map[string]scanner.Target{}
	var doubtful []doubt
	err := n.each(ctx, n.sources(ctx), func(some []sight) error {
		sure, unsure, err := n.sift(ctx, some)
		doubtful = append(doubtful, unsure...)
		return errors.Join(err, n.store(ctx, sure))
	})
	if err != nil {
		return err
	}
	return n.confirm(ctx, doubtful)
}

// sources walks the group's targets and notes the mistakes among them.
func (n *night) sources(ctx context.Context) iter.Seq[scanner.Target] {
	return func(yield func(scanner.Target) bool) {
		for target, err := range n.group.targets(ctx, n.auditor.Getenv) {
			var source *SourceError
			switch {
			case errors.As(err, &source):
				n.mu.Lock()
				n.trouble(err)
				n.mu.Unlock()
			case err != nil:
				n.mu.Lock()
				n.summary.Skipped++
				n.mu.Unlock()
				n.auditor.report(err)
			case !yield(target):
				return
			}
		}
	}
}

// each looks at targets and hands what it saw to take, a batch at a time.
func (n *night) each(ctx context.Context, targets iter.Seq[scanner.Target], take func([]sight) error) error {
	noted := func(yield func(scanner.Target) bool) {
		for target := range targets {
			n.note(target)
			if !yield(target) {
				return
			}
		}
	}
	hand := func(some []sight) error {
		some, err := n.spread(ctx, some)
		if err != nil {
			return err
		}
		if err := n.overdue(ctx, some); err != nil {
			return err
		}
		return take(some)
	}
	var some []sight
	for endpoints := range n.look(ctx, noted, n.keep) {
		if ctx.Err() != nil && canceled(endpoints) {
			continue // it was not looked at
		}
		seen, err := n.seen(endpoints)
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

// canceled says that the end of the audit came before the endpoint.
func canceled(endpoints []reports.Endpoint) bool {
	return slices.ContainsFunc(endpoints, func(e reports.Endpoint) bool {
		return e.Status == reports.Failed && e.Error != nil && e.Error.Code == string(scanner.Canceled)
	})
}

// note remembers a target until it is seen.
func (n *night) note(t scanner.Target) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.targets[keyOfTarget(t)] = t
}

// keyOfTarget is the key of what a target shows; its address belongs to it
// where the target names one beside the host.
func keyOfTarget(t scanner.Target) string {
	e := reports.Endpoint{Host: t.Host, Port: t.Port, ServerName: t.ServerName, STARTTLS: t.STARTTLS}
	if t.Addr.IsValid() {
		e.Address = t.Addr.Unmap().String()
	}
	return keyOf(&e, true)
}

// keep holds a certificate's bytes until the endpoint that sent it is stored.
func (n *night) keep(der []byte) {
	h := reports.Hash(hashOf(der))
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ders[h] = der
}

// seen prepares what one target showed.
func (n *night) seen(endpoints []reports.Endpoint) ([]sight, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := make([]sight, len(endpoints))
	for i := range endpoints {
		e := &endpoints[i]
		key := keyOf(e, true)
		target, pinned := n.targets[key]
		if !pinned {
			target = n.targets[keyOf(e, false)]
		}
		var err error
		out[i].target, out[i].unresolved = target, unresolved(e)
		out[i].Seen, err = seen(keyOf(e, pinned || n.group.AllAddresses), e, func(h reports.Hash) []byte { return n.ders[h] })
		if err != nil {
			return nil, err
		}
	}
	for i := range endpoints {
		if c := endpoints[i].Clients; len(n.summary.Clients) == 0 {
			for _, verdict := range c {
				n.summary.Clients = append(n.summary.Clients, verdict.Client)
			}
		}
	}
	for _, s := range out {
		delete(n.targets, keyOfTarget(s.target))
	}
	return out, nil
}

// store writes what is sure of and lets go of what was kept for it.
func (n *night) store(ctx context.Context, some []sight) error {
	if len(some) == 0 {
		return nil
	}
	rows := make([]history.Seen, len(some))
	for i := range some {
		rows[i] = some[i].Seen
	}
	// A stopped audit keeps what it saw.
	if err := n.writer.Add(context.WithoutCancel(ctx), rows...); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range some {
		n.summary.count(s.Facts)
		for _, c := range slices.Concat(s.Chain, s.Mend) {
			delete(n.ders, reports.Hash(c.SHA256))
		}
	}
	return nil
}
