package scanner

import (
	"context"
	"iter"
	"net/netip"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Scan observes every target and yields what it saw, target by target, as they
// complete: one slice per target, with one observation per address and
// variant in a steady order, and never an empty one. A failure is an
// observation too.
//
// Memory does not grow with the number of targets. When ctx ends, every target
// that had been taken from the sequence still yields its observations, [Canceled]
// where they were not made, and no further target is taken. When the loop is
// left, all that was started is ended before it returns. Both are prompt but
// for the sequence: one that waits for input must itself end with ctx.
func (s *Scanner) Scan(ctx context.Context, targets iter.Seq[Target]) iter.Seq[[]*Observation] {
	return func(yield func([]*Observation) bool) {
		ctx, cancel := context.WithCancel(ctx)
		r := newRun(s)
		results := make(chan []*Observation)
		go func() {
			defer close(results)
			r.all(ctx, targets, results)
		}()
		defer func() { // also when yield panics
			cancel()
			for range results {
			}
		}()
		for observed := range results {
			if !yield(observed) {
				return
			}
		}
	}
}

// all observes targets until they or ctx end, and returns when nothing it
// started is left.
func (r *run) all(ctx context.Context, targets iter.Seq[Target], results chan<- []*Observation) {
	next := make(chan Target)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer close(next)
	// Workers go on with the next target, since the stack that a handshake
	// needs is grown by then.
	work := func() {
		for target := range next {
			results <- r.target(ctx, target)
		}
	}
	// One for each connection, since their stacks are large; and as many again, for
	// those that wait for something else.
	started, connections := 0, r.concurrency()
	start := func() {
		started++
		workers.Go(work)
	}
	for target := range targets {
		select {
		case next <- target:
		default:
			if started < connections {
				start()
			}
			for taken := false; !taken; {
				select {
				case next <- target:
					taken = true
				case <-r.idle:
					if started < 2*connections {
						start()
					}
				}
			}
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// target observes one target in all variants, at one of its addresses or at each.
func (r *run) target(ctx context.Context, target Target) []*Observation {
	addrs, failure := r.resolve(ctx, target)
	if failure != nil {
		return []*Observation{{Target: target, At: r.now(), Failure: failure}}
	}
	if r.AllAddresses {
		return r.eachAddress(ctx, target, addrs)
	}
	return r.anyAddress(ctx, target, addrs)
}

// eachAddress observes all addresses, side by side.
func (r *run) eachAddress(ctx context.Context, target Target, addrs []netip.Addr) (all []*Observation) {
	observed := make([][]*Observation, len(addrs))
	var group errgroup.Group
	for i, addr := range addrs {
		group.Go(func() error {
			observed[i] = r.variants(ctx, target, addr)
			return nil
		})
	}
	group.Wait()
	for _, o := range observed {
		all = append(all, o...)
	}
	return all
}

// anyAddress observes the first address, and where nobody is reached there,
// the first of the other family: a name may have an IPv6 address that this
// machine has no way to. That two addresses of one family differ is for
// AllAddresses to find out.
func (r *run) anyAddress(ctx context.Context, target Target, addrs []netip.Addr) []*Observation {
	observed := r.variants(ctx, target, addrs[0])
	if f := observed[0].Failure; f == nil || f.Code != Unreachable && f.Code != Refused && f.Code != Timeout {
		return observed
	}
	for _, addr := range addrs[1:] {
		if addr.Is4() == addrs[0].Is4() {
			continue
		}
		if second := r.variants(ctx, target, addr); second[0].Captured() {
			return second
		}
		break
	}
	return observed
}

// variants observes one address: the default handshake, and where that brought
// a chain or failed within TLS, the others that were asked for, one after another.
func (r *run) variants(ctx context.Context, target Target, addr netip.Addr) []*Observation {
	observed := []*Observation{r.attempts(ctx, target, addr, Default)}
	if f := observed[0].Failure; f != nil && f.Code != Handshake && !observed[0].Captured() {
		return observed
	}
	for _, v := range r.Variants {
		if v == Default || v == NoSNI && target.ServerName == "" || !v.over(target) {
			continue
		}
		observed = append(observed, r.attempts(ctx, target, addr, v))
	}
	return observed
}
