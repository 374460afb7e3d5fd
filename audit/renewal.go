package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// Whether a certificate was renewed as usual is told by the endpoint's own past
// alone: somebody who renews by hand two weeks before the end is as usual as a
// program that does so a month before. An endpoint of which no renewal was seen
// has no habit, and is never late.

// habit is over how many renewals, the newest ones, a habit is told.
const habit = 5

// overdue marks those that still show a leaf that should have been replaced by
// now. It makes another state of them, so that it is told once.
func (r *auditRun) overdue(ctx context.Context, some []seenEndpoint) error {
	now := r.auditor.Clock.at(r.auditor.DB)
	var keys []string
	for _, s := range some {
		if life, left := s.life(now); 3*left < life { // usual is at most half, and two thirds of that is a third
			keys = append(keys, s.Key)
		}
	}
	past, err := r.auditor.DB.Leaves(context.WithoutCancel(ctx), r.group.Name, keys)
	if err != nil {
		return err
	}
	for i := range some {
		s := &some[i]
		if due := s.due(past[s.Key], now); !due.IsZero() {
			s.Due = due
			s.Hash = sha256.Sum256(binary.BigEndian.AppendUint64(s.Hash[:], uint64(due.Unix())))
		}
	}
	return nil
}

// life is how long the leaf is valid in all, and how long it still is; zero
// without a leaf.
func (s *seenEndpoint) life(now time.Time) (whole, left time.Duration) {
	i := slices.IndexFunc(s.Chain, func(c history.Certificate) bool { return c.SHA256 == s.Leaf })
	if i < 0 || s.Leaf == (history.Hash{}) {
		return 0, 0
	}
	end := s.Chain[i].NotAfter
	return end.Sub(s.NotBefore), end.Sub(now)
}

// due is when the leaf is usually renewed, if it is clearly past that: if less
// than two thirds of the time is left that usually is. Zero: it is not late.
func (s *seenEndpoint) due(past []history.Leaf, now time.Time) time.Time {
	if len(past) == 0 {
		return time.Time{}
	}
	if last := past[len(past)-1]; last.SHA256 == s.Leaf && !last.Due.IsZero() {
		return last.Due // told already; what is known of the past may have become less since
	}
	life, left := s.life(now)
	usual := usually(past, life)
	if usual <= 0 || 3*left >= 2*usual {
		return time.Time{}
	}
	return now.Add(left - usual).UTC().Truncate(time.Second)
}

// usually is how long a leaf of this lifetime has left when it is renewed: the
// median of the newest renewals. 0: none was seen.
//
// CAs shorten lifetimes (CA/Browser Forum ballot SC-081: 200 days in 2026, 47 in
// 2029), and programs renew by a share of it: so what a renewal leads to expect
// is the time that was left or the share that was left, whichever is less.
func usually(past []history.Leaf, life time.Duration) time.Duration {
	var seen []time.Duration
	for i := len(past) - 2; i >= 0 && len(seen) < habit; i-- {
		before, after := past[i], past[i+1]
		whole, left := before.NotAfter.Sub(before.NotBefore), before.NotAfter.Sub(after.FirstSeen)
		switch {
		case !after.NotAfter.After(before.NotAfter):
			continue // put back, or another one for a while
		case left <= 0 || 2*left > whole:
			continue // forgotten, or replaced for another reason, as after a loss of the key
		case shows(past[i+1:], before.SHA256), shows(past[:i], after.SHA256):
			continue // servers behind one address show different ones
		}
		share := time.Duration(float64(left) / float64(whole) * float64(life))
		seen = append(seen, min(left, share))
	}
	if len(seen) == 0 {
		return 0
	}
	slices.Sort(seen)
	return seen[(len(seen)-1)/2]
}

func shows(leaves []history.Leaf, h history.Hash) bool {
	return slices.ContainsFunc(leaves, func(l history.Leaf) bool { return l.SHA256 == h })
}
