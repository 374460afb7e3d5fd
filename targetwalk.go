package tlschain

import (
	"context"
	"iter"
	"slices"

	"github.com/tlschain/tlschain/scanner"
)

// A Walk chooses what is scanned of a list: the targets of one part of it that no
// journal has yet.
type Walk struct {
	List    *TargetList
	Shard   scanner.Shard
	Journal *Journal // nil: none is kept
	Skip    func(error)

	Others int // targets of other parts, once it is done
}

// Targets gives what [Engine.Scan] is to scan: of a mail domain, with DANE, its
// servers. What is no target goes to Skip.
func (e *Engine) Targets(ctx context.Context, w *Walk) iter.Seq[scanner.Target] {
	return func(yield func(scanner.Target) bool) {
		for listed, err := range w.List.All(ctx) {
			if err != nil {
				w.Skip(err)
				continue
			}
			if !w.Shard.Has(&listed) {
				w.Others++
				continue
			}
			for target := range e.MailServers(ctx, slices.Values([]scanner.Target{listed})) {
				if !w.Journal.Has(target) && !yield(target) {
					return
				}
			}
		}
	}
}

// Count walks the list as it is, which may be long. It is false if ctx ends
// before.
func (w *Walk) Count(ctx context.Context) (n int64, whole bool) {
	for target, err := range w.List.All(ctx) {
		if err == nil && w.Shard.Has(&target) {
			n++
		}
	}
	return n, ctx.Err() == nil
}
