package rules

import (
	"time"

	"tlschain/rules/chain"
	"tlschain/rules/client"
)

// A Judge holds what every verdict of a run depends on beside the presentation.
// It is safe for concurrent use once made.
type Judge struct {
	At       time.Time
	Profiles []*client.Profile
	Known    []Source // CA certificates to complete chains with, best source first
}

// A Source is a set of CA certificates and where it came from.
type Source struct {
	Name string // "pool", "catalog" or "aia"
	Set  *chain.Set
}

// Judge judges what one target presented, together: one presentation for each
// of its addresses. The verdicts are in the same order.
func (j *Judge) Judge(ps []Presentation) []*Verdict {
	out := make([]*Verdict, len(ps))
	for i, p := range ps {
		out[i] = &Verdict{Presentation: p}
	}
	return out
}
