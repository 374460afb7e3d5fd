package tlschain

import (
	"context"
	"iter"
	"slices"

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
	return func(yield func(scanner.Target) bool) {
		for listed, err := range s.List.All(ctx) {
			if err != nil {
				s.Skip(err)
				continue
			}
			if !s.Shard.Has(&listed) {
				s.Others++
				continue
			}
			for target := range e.MailServers(ctx, slices.Values([]scanner.Target{listed})) {
				if !s.Journal.Has(target) && !yield(target) {
					return
				}
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
