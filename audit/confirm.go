package audit

import (
	"context"
	"crypto/sha256"
	"maps"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/scanner"
)

// An unconfirmedChange is an endpoint whose material change is not confirmed yet.
type unconfirmedChange struct {
	known  history.Facts // as of the last audit
	last   seenEndpoint  // as it was seen last
	agreed int           // scans in a row that saw it so
}

func hashOf(der []byte) [32]byte { return sha256.Sum256(der) }

// splitConfirmed separates endpoints that can be stored from those that have to
// be scanned again. New endpoints and immaterial changes need no confirmation.
func (r *auditRun) splitConfirmed(ctx context.Context, some []seenEndpoint) (confirmed []seenEndpoint,
	changed []unconfirmedChange, err error) {
	if r.group.Confirm.times() == 1 {
		return some, nil, nil
	}
	keys := make([]string, len(some))
	for i, s := range some {
		keys[i] = s.Key
	}
	known, err := r.auditor.DB.Baselines(context.WithoutCancel(ctx), r.group.Name, keys)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range some {
		before, ok := known[s.Key]
		if ok && len(kinds(&before, &s.Facts)) > 0 {
			changed = append(changed, unconfirmedChange{before, s, 1})
		} else {
			confirmed = append(confirmed, s)
		}
	}
	return confirmed, changed, nil
}

// confirm looks again at what changed until enough scans in a row agree. What
// turns out to be as it was is stored as that. What keeps changing is a flap:
// it stays what it was, and is counted.
func (r *auditRun) confirm(ctx context.Context, unconfirmed []unconfirmedChange) error {
	times := r.group.Confirm.times()
	for range times { // one more than agreement needs: a single blip is forgiven
		if len(unconfirmed) == 0 || ctx.Err() != nil {
			break
		}
		if err := r.auditor.Clock.wait(ctx, r.group.Confirm.after()); err != nil {
			break
		}
		again, err := r.again(ctx, unconfirmed)
		if err != nil {
			return err
		}
		var confirmed []seenEndpoint
		var still []unconfirmedChange
		for _, d := range unconfirmed {
			s, ok := again[d.last.Key]
			switch {
			case !ok: // the address is gone from the name, or the audit was stopped
				still = append(still, d)
			case len(kinds(&d.known, &s.Facts)) == 0:
				confirmed = append(confirmed, s)
			case len(kinds(&d.last.Facts, &s.Facts)) > 0:
				still = append(still, unconfirmedChange{d.known, s, 1})
			case d.agreed+1 >= times:
				confirmed = append(confirmed, s)
			default:
				still = append(still, unconfirmedChange{d.known, s, d.agreed + 1})
			}
		}
		if err := r.store(ctx, confirmed); err != nil {
			return err
		}
		unconfirmed = still
	}
	if ctx.Err() != nil || len(unconfirmed) == 0 {
		return nil // a stopped audit did not reach the unconfirmed ones
	}
	keys := make([]string, len(unconfirmed))
	for i, d := range unconfirmed {
		keys[i] = d.last.Key
		r.summary.count(d.known)
	}
	r.summary.Flapping += len(unconfirmed)
	return r.writer.Keep(ctx, keys...)
}

// again scans the targets of unconfirmed endpoints once more.
func (r *auditRun) again(ctx context.Context, unconfirmed []unconfirmedChange) (map[string]seenEndpoint, error) {
	targets := map[string]scanner.Target{}
	for _, d := range unconfirmed {
		targets[keyOfTarget(d.last.target)] = d.last.target
	}
	found := map[string]seenEndpoint{}
	err := r.each(ctx, maps.Values(targets), func(some []seenEndpoint) error {
		for _, s := range some {
			found[s.Key] = s
		}
		return nil
	})
	return found, err
}
