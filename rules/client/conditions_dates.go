package client

import (
	"maps"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
)

// Until is the last moment at which a leaf may be issued, or logged, so that the
// client takes a path like this one, from leaf to anchor; zero: no end is set.
func (k *Conditions) Until(path []*cert.Certificate) (until time.Time) {
	if len(path) == 0 {
		return until
	}
	for _, c := range k.Of(path[len(path)-1].SHA256) {
		for _, x := range c.Except {
			for _, ca := range path {
				if ca.SHA256 == x.CA && x.NotBeforeUntil.After(c.NotBeforeUntil) {
					c.NotBeforeUntil = x.NotBeforeUntil
				}
			}
		}
		if end := c.Until(); !end.IsZero() && (until.IsZero() || end.Before(until)) {
			until = end
		}
	}
	return until
}

// Ends are the moments up to which leaves have to be issued, or logged, under some
// anchor.
func (k *Conditions) Ends() (ends []time.Time) {
	all := []map[cert.Hash]catalog.Constraint{k.Anchors}
	if k.Policy != nil {
		all = append(all, k.Policy.Constraints)
	}
	for _, constraints := range all {
		for _, c := range constraints {
			for _, x := range c.Except {
				ends = append(ends, x.NotBeforeUntil)
			}
			if c.Dated() {
				ends = append(ends, c.Until())
			}
		}
	}
	return ends
}

// After gives the conditions as a leaf that is issued at a moment meets them,
// for a leaf that was issued earlier: what has ended by then takes no leaf.
func (k *Conditions) After(issued time.Time) *Conditions {
	later := *k
	later.Anchors = endedBy(issued, k.Anchors)
	if k.Policy != nil {
		policy := *k.Policy
		policy.Constraints = endedBy(issued, policy.Constraints)
		later.Policy = &policy
	}
	return &later
}

// ended is a date before which no certificate was issued.
var ended = time.Unix(1, 0)

func endedBy(issued time.Time, all map[cert.Hash]catalog.Constraint) map[cert.Hash]catalog.Constraint {
	past := func(end time.Time) bool { return !end.IsZero() && issued.After(end) }
	out := maps.Clone(all)
	for anchor, c := range all {
		if !c.Dated() {
			continue
		}
		if past(c.NotBeforeUntil) {
			c.NotBeforeUntil = ended
		}
		if past(c.SCTUntil) {
			c.NotBeforeUntil, c.SCTUntil, c.Except = ended, time.Time{}, nil
		}
		var open []catalog.Exception
		for _, x := range c.Except {
			if !past(x.NotBeforeUntil) {
				open = append(open, x)
			}
		}
		c.Except = open
		out[anchor] = c
	}
	return out
}
