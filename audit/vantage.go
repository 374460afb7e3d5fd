package audit

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/scanner"
)

// vantages gives what other groups were shown by the name of a target when they
// last looked, for the rule vantage-differ. The history is read once, when the
// first target asks; where it cannot be, nothing is compared.
func vantages(db *history.DB, groups []string, report func(error)) func(context.Context, scanner.Target) []rules.Vantage {
	var once sync.Once
	var all []lookElsewhere
	return func(ctx context.Context, t scanner.Target) (found []rules.Vantage) {
		once.Do(func() {
			for _, group := range groups {
				look, err := lookOf(ctx, db, group)
				if err != nil {
					report(fmt.Errorf("comparing with %s: %w", group, err))
				}
				all = append(all, look)
			}
		})
		t.Addr = netip.Addr{}
		for _, look := range all {
			if chains := look.chains[keyOfTarget(t)]; len(chains) > 0 {
				v := look.Vantage
				v.Chains = chains
				found = append(found, v)
			}
		}
		return found
	}
}

// A lookElsewhere is what a group presented when it was last audited whole.
type lookElsewhere struct {
	rules.Vantage
	chains map[string][][]history.Hash // by the key of the endpoint without an address
}

func lookOf(ctx context.Context, db *history.DB, group string) (look lookElsewhere, err error) {
	last, err := db.LastComplete(ctx, group, 0)
	if errors.Is(err, history.ErrNotFound) {
		return look, nil // it was never looked at
	}
	if err != nil {
		return look, err
	}
	presented, err := db.Presented(ctx, group)
	if err != nil {
		return look, err
	}
	look.From, look.Seen = group, last.Started
	look.chains = make(map[string][][]history.Hash, len(presented))
	for _, p := range presented {
		if len(p.Chain) == 0 {
			continue
		}
		key := withoutAddress(p.Endpoint.Key)
		look.chains[key] = append(look.chains[key], p.Chain)
	}
	return look, nil
}
