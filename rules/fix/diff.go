package fix

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A Change is what becomes of one place when the corrected list replaces the
// presented one.
type Change string

// The changes.
const (
	Keep Change = " "
	Drop Change = "-"
	Add  Change = "+"
	Move Change = ">" // stays in the list, elsewhere
)

// A DiffLine is one line of the difference between served and corrected.
type DiffLine struct {
	Change Change
	From   int               // position served; -1: it was not
	To     int               // position in the corrected list; -1: it is not in it
	Cert   *cert.Certificate // nil: an entry that cannot be read
}

// Diff compares what was served with the corrected list: the corrected list in
// order, and each certificate that goes in the place where it stood.
func (p *Plan) Diff() (lines []DiffLine) {
	served, corrected := p.Before.Entries, p.After.Entries
	rest := make(map[cert.Hash]int) // how many of each the corrected list still takes
	for _, e := range corrected {
		rest[e.SHA256]++
	}
	var kept []int // served positions that stay, in served order
	var dropped []int
	for i, e := range served {
		if rest[e.SHA256] > 0 {
			rest[e.SHA256]--
			kept = append(kept, i)
			continue
		}
		dropped = append(dropped, i)
	}
	inOrder := longestInOrder(kept, func(i int) int {
		return slices.IndexFunc(corrected, func(e chain.Entry) bool { return e.SHA256 == served[i].SHA256 })
	})
	for to, e := range corrected {
		from := -1
		for _, i := range kept {
			if served[i].SHA256 == e.SHA256 {
				from = i
			}
		}
		for len(dropped) > 0 && from >= 0 && dropped[0] < from {
			lines = append(lines, DiffLine{Drop, dropped[0], -1, served[dropped[0]].Cert})
			dropped = dropped[1:]
		}
		line := DiffLine{Add, from, to, e.Cert}
		if from >= 0 {
			line.Change = Move
			if slices.Contains(inOrder, from) {
				line.Change = Keep
			}
		}
		lines = append(lines, line)
	}
	for _, i := range dropped {
		lines = append(lines, DiffLine{Drop, i, -1, served[i].Cert})
	}
	return lines
}

// longestInOrder gives the largest part of the served positions that can stay
// where they are while the others move. The lists are short.
func longestInOrder(kept []int, to func(int) int) []int {
	best := make([][]int, len(kept))
	var longest []int
	for i, k := range kept {
		best[i] = []int{k}
		for j := range i {
			if to(kept[j]) < to(k) && len(best[j])+1 > len(best[i]) {
				best[i] = append(slices.Clone(best[j]), k)
			}
		}
		if len(best[i]) > len(longest) {
			longest = best[i]
		}
	}
	return longest
}

// served is the served list behind the leaf, for a server that sends the
// right one already.
func (p *Plan) served() []Certificate {
	bundle := []Certificate{} // not nil: a leaf may stand right under its root
	for i, e := range p.Before.Entries {
		if i != p.Leaf && e.Cert != nil {
			bundle = append(bundle, Certificate{Cert: e.Cert, Source: "presented", Position: i})
		}
	}
	return bundle
}
