package audit

import (
	"context"
	"crypto/sha256"
	"maps"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/scanner"
)

// A doubt is an endpoint whose material change is not confirmed yet.
type doubt struct {
	known  history.Facts // what the night before left
	last   sight         // as it was seen last
	agreed int           // scans in a row that saw it so
}

func hashOf(der []byte) [32]byte { return sha256.Sum256(der) }

// sift tells what can be stored from what has to be seen again. New endpoints
// and noise are sure.
func (n *night) sift(ctx context.Context, some []sight) (sure []sight, unsure []doubt, err error) {
	if n.group.Confirm.times() == 1 {
		return some, nil, nil
	}
	keys := make([]string, len(some))
	for i, s := range some {
		keys[i] = s.Key
	}
	known, err := n.auditor.DB.Baselines(context.WithoutCancel(ctx), n.group.Name, keys)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range some {
		before, ok := known[s.Key]
		if ok && len(kinds(&before, &s.Facts)) > 0 {
			unsure = append(unsure, doubt{before, s, 1})
		} else {
			sure = append(sure, s)
		}
	}
	return sure, unsure, nil
}

// confirm looks again at what changed until enough scans in a row agree. What
// turns out to be as it was is stored as that. What keeps changing is a flap:
// it stays what it was, and is counted.
func (n *night) confirm(ctx context.Context, doubtful []doubt) error {
	times := n.group.Confirm.times()
	for range times { // one more than agreement needs: a single blip is forgiven
		if len(doubtful) == 0 || ctx.Err() != nil {
			break
		}
		if err := n.auditor.Clock.wait(ctx, n.group.Confirm.after()); err != nil {
			break
		}
		again, err := n.again(ctx, doubtful)
		if err != nil {
			return err
		}
		var sure []sight
		var still []doubt
		for _, d := range doubtful {
			s, ok := again[d.last.Key]
			switch {
			case !ok: // the address is gone from the name, or the audit was stopped
				still = append(still, d)
			case len(kinds(&d.known, &s.Facts)) == 0:
				sure = append(sure, s)
			case len(kinds(&d.last.Facts, &s.Facts)) > 0:
				still = append(still, doubt{d.known, s, 1})
			case d.agreed+1 >= times:
				sure = append(sure, s)
			default:
				still = append(still, doubt{d.known, s, d.agreed + 1})
			}
		}
		if err := n.store(ctx, sure); err != nil {
			return err
		}
		doubtful = still
	}
	if ctx.Err() != nil || len(doubtful) == 0 {
		return nil // a stopped audit did not reach the doubtful ones
	}
	keys := make([]string, len(doubtful))
	for i, d := range doubtful {
		keys[i] = d.last.Key
		n.summary.count(d.known)
	}
	n.summary.Flapping += len(doubtful)
	return n.writer.Keep(ctx, keys...)
}

// again scans the targets of doubtful endpoints once more.
func (n *night) again(ctx context.Context, doubtful []doubt) (map[string]sight, error) {
	targets := map[string]scanner.Target{}
	for _, d := range doubtful {
		targets[keyOfTarget(d.last.target)] = d.last.target
	}
	found := map[string]sight{}
	err := n.each(ctx, maps.Values(targets), func(some []sight) error {
		for _, s := range some {
			found[s.Key] = s
		}
		return nil
	})
	return found, err
}
