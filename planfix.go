package tlschain

import (
	"context"
	"iter"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/fix"
	"github.com/tlschain/tlschain/rules/policy"
	"github.com/tlschain/tlschain/scanner"
)

// A Fix is what can be done about one endpoint, or about one chain of a file.
type Fix struct {
	Observed *scanner.Observation // nil: of a file
	Verdict  *rules.Verdict       // nil: nothing was presented, and Observed.Failure says why
	Plan     *fix.Plan            // nil: there is no leaf, or no way from it to a root of the chosen clients
}

// PlanFix looks at targets as Scan does, and plans for each address the list
// that should be sent there; where other handshakes showed other chains, one for
// each of those too. It fetches issuers also where facts about them are
// known, since what is to be written takes their bytes.
func (e *Engine) PlanFix(ctx context.Context, targets iter.Seq[scanner.Target]) iter.Seq[[]Fix] {
	return func(yield func([]Fix) bool) {
		for observed := range e.scanner.Scan(ctx, e.expecting(targets)) {
			var g gathered
			e.gather(ctx, &g, observed)
			if !yield(e.plan(ctx, &g)) {
				return
			}
		}
	}
}

// PlanFixOf is PlanFix for a chain of a file.
func (e *Engine) PlanFixOf(ctx context.Context, p Presented) Fix {
	return e.plan(ctx, &gathered{
		shown: make([]*scanner.Observation, 1), captured: []int{0},
		presented: []rules.Presentation{p.Presentation}, places: []policy.Place{{Host: p.Label}},
	})[0]
}

func (e *Engine) plan(ctx context.Context, g *gathered) []Fix {
	out := make([]Fix, len(g.shown))
	for i, o := range g.shown {
		out[i].Observed = o
	}
	verdicts, planner := e.fixed.verdicts(ctx, g.presented)
	var others []Fix
	for i, v := range verdicts {
		f := &out[g.captured[i]]
		f.Verdict, f.Plan = e.weighed(v, g.places[i]), planner.Plan(v)
		if f.Plan != nil && e.weighs {
			own := *f.Plan
			own.Before, own.After = f.Verdict, e.weighed(own.After, g.places[i])
			f.Plan = &own
		}
		for _, other := range v.Others {
			others = append(others, Fix{Observed: f.Observed, Verdict: e.weighed(other, g.places[i]), Plan: planner.Plan(other)})
		}
	}
	return append(out, others...)
}
