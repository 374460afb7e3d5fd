package tlschain

import (
	"context"
	"iter"

	"github.com/tlschain/tlschain/scanner"
)

// A Selection chooses what is scanned of a list: the targets of one part of it that no
// journal has yet.
type Selection struct {
	List    *TargetList
	Shard   scanner.Shard
	Journal *Journal // nil: none is kept
	Skip    func(error)

	Others int // targets of other parts, once it is done
}

// Targets gives what [Engine.Scan] is to scan: of a mail domain, with DANE, its
// servers. What is no target goes to Skip.
func (e *Engine) Targets(ctx context.Context, s *Selection) iter.Seq[scanner.Target] {
	listed := func(yield func(scanner.Target) bool) {
		for t, err := range s.List.All(ctx) {
			switch {
			case err != nil:
				s.Skip(err)
			case !s.Shard.Has(&t):
				s.Others++
			case !yield(t):
				return
			}
		}
	}
	return func(yield func(scanner.Target) bool) {
		for t := range e.MailServers(ctx, listed) {
			if !s.Journal.Has(t) && !yield(t) {
				return
			}
		}
	}
}

// Count counts them in the list as it is, which may be long. It is false if ctx ends
// before.
func (s *Selection) Count(ctx context.Context) (n int64, whole bool) {
	for target, err := range s.List.All(ctx) {
		if err == nil && s.Shard.Has(&target) {
			n++
		}
	}
	return n, ctx.Err() == nil
}
