package tlschain

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"sync"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/policy"
	"github.com/tlschain/tlschain/scanner"
)

// judgeAll judges targets as they are observed, on every processor, and yields
// the endpoints of one target at a time, as they are done. It holds no more
// targets than it has workers. What was observed is judged also when ctx has
// ended: that only ends the fetching of issuers.
func (e *Engine) judgeAll(ctx context.Context, observed iter.Seq[[]*scanner.Observation]) iter.Seq[[]reports.Endpoint] {
	return func(yield func([]reports.Endpoint) bool) {
		left, leave := context.WithCancel(context.Background())
		todo := make(chan []*scanner.Observation)
		done := make(chan []reports.Endpoint)
		var workers sync.WaitGroup
		for range e.workers() {
			workers.Go(func() {
				var g gathered
				for o := range todo {
					e.gather(ctx, &g, o)
					done <- e.endpoints(ctx, &g)
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
		for endpoints := range done {
			if !yield(endpoints) {
				return
			}
		}
	}
}

// waiting is how many targets are judged at a time where judging waits for the
// network: processors have little to do meanwhile.
const waiting = 16

func (e *Engine) workers() int {
	n := runtime.GOMAXPROCS(0)
	if e.fetcher != nil || e.resolver != nil || e.revoker != nil {
		n = max(n, waiting)
	}
	return n
}

// gathered is what one target showed, an endpoint for each address. It is used for
// one target after another.
type gathered struct {
	shown     []*scanner.Observation // one an endpoint
	quic      []*scanner.Observation // what the same showed over UDP; nil: it was not asked
	captured  []int                  // endpoints that presented a chain; what follows is theirs
	presented []rules.Presentation
	places    []policy.Place
}

// gather puts what one target showed in the place of what g has.
func (e *Engine) gather(ctx context.Context, g *gathered, observed []*scanner.Observation) {
	clear(g.presented) // shorter lists must not keep what was longer in memory
	*g = gathered{g.shown[:0], g.quic[:0], g.captured[:0], g.presented[:0], g.places[:0]}
	for _, here := range byAddress(observed) {
		first := here[0]
		for _, o := range here {
			if o.Captured() {
				first = o
				g.captured = append(g.captured, len(g.shown))
				p := e.presentation(first, here)
				p.SetDANE(e.tlsaOf(ctx, o.Target), betweenMailServers(o.Target))
				if e.env.Elsewhere != nil {
					p.Elsewhere = e.env.Elsewhere(ctx, o.Target)
				}
				g.presented = append(g.presented, p)
				g.places = append(g.places, placeOf(first))
				break
			}
		}
		g.shown = append(g.shown, first)
		g.quic = append(g.quic, overQUIC(here))
	}
}

// endpoints judges what one target showed, all its addresses together.
func (e *Engine) endpoints(ctx context.Context, g *gathered) []reports.Endpoint {
	out := make([]reports.Endpoint, len(g.shown))
	verdicts := make([]*rules.Verdict, len(g.shown))
	judged, _ := e.judged.verdicts(ctx, g.presented)
	for i, v := range judged {
		verdicts[g.captured[i]] = e.weighed(v, g.places[i])
	}
	for i, o := range g.shown {
		out[i] = e.endpoint(o, o.Target.Text, verdicts[i])
		if g.quic[i] != nil {
			out[i].AddQUIC(g.quic[i])
		}
	}
	return out
}

func overQUIC(here []*scanner.Observation) *scanner.Observation {
	i := slices.IndexFunc(here, func(o *scanner.Observation) bool { return o.Variant == scanner.OverQUIC })
	if i < 0 {
		return nil
	}
	return here[i]
}

// endpoint is the row of a report, with what the Config wants in it.
func (e *Engine) endpoint(o *scanner.Observation, target string, v *rules.Verdict) reports.Endpoint {
	row := e.rows.Endpoint(o, target, v)
	if e.config.PEM && v != nil {
		row.AddPEM(v.Entries)
	}
	return row
}

// byAddress cuts what one target showed into its addresses: each begins with
// the default handshake, and its variants follow.
func byAddress(observed []*scanner.Observation) [][]*scanner.Observation {
	var out [][]*scanner.Observation
	for begin, end := 0, 0; begin < len(observed); begin = end {
		for end++; end < len(observed) && observed[end].Variant != scanner.Default; end++ {
		}
		out = append(out, observed[begin:end])
	}
	return out
}

// presentation is what first showed; the chains of the other handshakes with
// the same address stand beside it.
func (e *Engine) presentation(first *scanner.Observation, here []*scanner.Observation) rules.Presentation {
	p := e.presentationOf(first)
	for _, o := range here {
		if o != first && o.Captured() {
			p.Variants = append(p.Variants, e.presentationOf(o))
		}
	}
	return p
}

func (e *Engine) presentationOf(o *scanner.Observation) rules.Presentation {
	p := rules.Presentation{
		Entries:     make([]chain.Entry, len(o.Chain)),
		Name:        o.Target.ServerName,
		Addr:        o.Addr.String(),
		Variant:     o.Variant,
		TLS:         o.Version,
		RSAExchange: o.RSAExchange(),
		Flight:      o.Flight,
		Unstapled:   o.Complete && len(o.Staple) == 0,
		OCSP:        o.Staple,
	}
	for _, sct := range o.SCTs {
		if t, ok := cert.SCTTime(sct); ok {
			p.SCTs = append(p.SCTs, t)
		}
	}
	p.SCTs = append(p.SCTs, cert.StapledSCTs(o.Staple)...)
	for i, der := range o.Chain {
		p.Entries[i] = e.judge.Read(der)
	}
	p.Expect = parseHash(o.Target.Expect)
	if e.config.At.IsZero() {
		p.Seen = o.At
	}
	return p
}
