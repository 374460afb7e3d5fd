package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner"
)

// sameChain compares whole lists: two nodes with one leaf and different
// intermediates do differ.
func sameChain(a, b []chain.Entry) bool {
	return slices.EqualFunc(a, b, func(x, y chain.Entry) bool { return x.SHA256 == y.SHA256 })
}

// variant finds what another handshake with the same address showed.
func (s *Subject) variant(v scanner.Variant) (Presentation, bool) {
	for _, p := range s.Variants {
		if p.Variant == v && len(p.Entries) > 0 {
			return p, true
		}
	}
	return Presentation{}, false
}

// difference says in which way the list b differs from a.
func difference(a, b []chain.Entry) string {
	switch {
	case a[0].SHA256 != b[0].SHA256:
		return "another leaf"
	case len(a) != len(b):
		return fmt.Sprintf("the same leaf, but %d certificates instead of %d", len(b), len(a))
	}
	return "the same leaf with other certificates after it"
}

// worse judges what another handshake showed, by itself, and reports whether its
// chain is at fault where this one's is not.
func (s *Subject) worse(p Presentation) (faults []string) {
	p.Variants, p.Name = nil, s.Name
	for _, f := range s.Judge.Judge([]Presentation{p})[0].Findings {
		if f.Severity == Error {
			faults = append(faults, f.Rule)
		}
	}
	slices.Sort(faults)
	return slices.Compact(faults)
}

// verdictOf describes the faults of another handshake's chain.
func verdictOf(faults []string) string {
	if len(faults) == 0 {
		return ", which is OK by itself"
	}
	return ", which has " + strings.Join(faults, ", ")
}
