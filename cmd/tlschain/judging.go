package main

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"github.com/tlschain/tlschain/audit/complete"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/policy"
	"github.com/tlschain/tlschain/scanner"
)

// judgeAll judges targets as they are observed, on every processor, and yields
// the endpoints of one target at a time, as they are done. It holds no more
// targets than it has workers. What was observed is judged also when ctx has
// ended: that only ends the fetching of issuers.
func judgeAll(ctx context.Context, judge *court, observed iter.Seq[[]*scanner.Observation]) iter.Seq[[]reports.Endpoint] {
	return func(yield func([]reports.Endpoint) bool) {
		left, leave := context.WithCancel(context.Background())
		todo := make(chan []*scanner.Observation)
		done := make(chan []reports.Endpoint)
		var workers sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			workers.Go(func() {
				for o := range todo {
					done <- endpoints(ctx, judge, o)
				}
			})
		}
		go func() {
			defer close(done)
			defer workers.Wait()
			defer close(todo)
			for o := range observed {
				select {
				case todo <- o:
				case <-left.Done():
					return
				}
			}
		}()
		defer func() {
			leave()
			for range done {
			}
		}()
		for e := range done {
			if !yield(e) {
				return
			}
		}
	}
}

// endpoints judges what one target showed, all its addresses together: an
// endpoint for each address.
func endpoints(ctx context.Context, judge *court, observed []*scanner.Observation) []reports.Endpoint {
	var out []reports.Endpoint
	var shown []*scanner.Observation // one an endpoint
	var captured []int               // endpoints that presented a chain
	var presented []rules.Presentation
	var places []policy.Place
	for _, here := range byAddress(observed) {
		first := here[0]
		for _, o := range here {
			if o.Captured() {
				first = o
				captured = append(captured, len(out))
				presented = append(presented, presentation(judge.Completer, first, here))
				places = append(places, placeOf(first))
				break
			}
		}
		shown = append(shown, first)
		out = append(out, reports.NewEndpoint(first, first.Target.Text, nil))
	}
	for i, v := range judge.rule(ctx, presented, places) {
		at := captured[i]
		out[at] = reports.NewEndpoint(shown[at], shown[at].Target.Text, v)
	}
	return out
}

// byAddress cuts what one target showed into its addresses: each begins with
// the default handshake, and its variants follow.
func byAddress(observed []*scanner.Observation) [][]*scanner.Observation {
	var out [][]*scanner.Observation
	for i, o := range observed {
		if i == 0 || o.Variant == scanner.Default {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], o)
	}
	return out
}

// presentation is what first showed; the chains of the other handshakes with
// the same address stand beside it.
func presentation(judge *complete.Completer, first *scanner.Observation, here []*scanner.Observation) rules.Presentation {
	p := presentationOf(judge, first)
	for _, o := range here {
		if o != first && o.Captured() {
			p.Variants = append(p.Variants, presentationOf(judge, o))
		}
	}
	return p
}

func presentationOf(judge *complete.Completer, o *scanner.Observation) rules.Presentation {
	p := rules.Presentation{
		Entries: make([]chain.Entry, len(o.Chain)),
		Name:    o.Target.ServerName,
		Addr:    o.Addr.String(),
		Variant: o.Variant,
	}
	for i, der := range o.Chain {
		p.Entries[i] = judge.Read(der)
	}
	// The target list's reader has checked the digits.
	p.Expect, _ = parseHash(o.Target.Expect)
	return p
}
