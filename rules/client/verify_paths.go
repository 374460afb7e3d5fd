package client

import (
	"slices"

	"github.com/tlschain/tlschain/rules/chain"
)

// What is here is about clients that build a path from the leaf upwards, one
// issuer after the other, and go back where that leads nowhere: nearly all.

// depthFirst is the verifier of these clients.
type depthFirst struct{}

func (depthFirst) begin(*pathBuilder) bool               { return true }
func (depthFirst) connect(pb *pathBuilder, n *node) bool { return pb.climb(n, false) }
func (depthFirst) checkPath(*pathBuilder) *pathError     { return nil }
func (depthFirst) everyEntry() bool                      { return false }

func (depthFirst) issuers(pb *pathBuilder, out []*edge, x *node, onlyStore bool) []*edge {
	return pb.candidates(out, x, onlyStore)
}

// defaultBudget bounds the search of a builder without a budget of its own.
const defaultBudget = 1000

// climb tries to reach an anchor from x, which is the end of the path so far.
func (pb *pathBuilder) climb(x *node, onlyStore bool) bool {
	if pb.b.SelfIssued && x.selfIssued {
		pb.note(pb.deadEnd(x))
		return false
	}
	extended := false
	for _, e := range pb.issuersOf(x, onlyStore) {
		if pb.b.Count == Lookups && !pb.spend(x) {
			return false
		}
		if pb.onPath(e.to) || pb.b.KeyOnce && pb.keyOnPath(e.to) {
			continue
		}
		if pb.b.Count == Signatures && !pb.spend(x) {
			return false
		}
		if pb.b.Backtracking == AlwaysBacktrack && pb.b.Count == Signatures && pb.presented.signed(e) == chain.No {
			pb.note(pathError{what: badSignature, at: x, by: e.to, depth: len(pb.path)})
			continue
		}
		extended = true
		if pb.extend(e) {
			return true
		}
		if pb.stop {
			return false
		}
	}
	if pb.b.Count == Lookups && !pb.spend(x) {
		return false
	}
	if !extended {
		pb.note(pb.deadEnd(x))
	}
	return false
}

// issuersOf is what the client tries as the issuer of x, the best first.
func (pb *pathBuilder) issuersOf(x *node, onlyStore bool) []*edge {
	if x.candsOf == pb.presented.runs {
		return x.cands
	}
	cands := pb.verifier.issuers(pb, x.cands[:0], x, onlyStore)
	if pb.b.Backtracking == AlwaysBacktrack && !pb.b.SkipOnPath { // they may be asked for again, and do not depend on the path
		x.cands, x.candsOf = cands, pb.presented.runs
	}
	return cands
}

// extend makes e the next step of the path and reports whether an anchor is
// reached by it; else it takes the step back, or gives up.
func (pb *pathBuilder) extend(e *edge) bool {
	fromStore := trusted(e)
	ends := fromStore && (pb.b.Anchor == AnyAnchor || pb.selfSigned(e.to))
	if pb.b.MaxPath != 0 && !ends && len(pb.path) >= max(0, pb.b.MaxPath) {
		pb.note(pathError{what: pathTooLong, at: e.to, depth: len(pb.path)})
		pb.stop = pb.stop || pb.b.Backtracking == NeverBacktrack
		return false
	}
	pb.path = append(pb.path, e)
	e.to.onPath = pb.presented.runs
	if ends {
		f := pb.check()
		if f.what == nothing {
			return true
		}
		pb.note(f)
		pb.stop = pb.stop || pb.b.Backtracking != AlwaysBacktrack
	} else if pb.climb(e.to, fromStore && pb.b.StoreOnly) {
		return true
	}
	if pb.stop || pb.b.Backtracking == NeverBacktrack {
		pb.stop = true
		return false // the path stays as far as it went
	}
	pb.path = pb.path[:len(pb.path)-1]
	e.to.onPath = 0
	return false
}

// spend counts a step against the budget.
func (pb *pathBuilder) spend(x *node) bool {
	pb.steps++
	if pb.steps > pb.budget() {
		pb.found = pathError{what: budgetSpent, at: x}
		pb.stop = true
		return false
	}
	return true
}

func (pb *pathBuilder) budget() int {
	if pb.b.Budget == 0 {
		return defaultBudget
	}
	return pb.b.Budget
}

// onPath reports whether the certificate is already on the path. Nodes stand for
// the presented certificates; what is in a store, or known, may be the same as
// one of them. An entry that is verified for itself may go by its twin, in the
// store or sent before.
func (pb *pathBuilder) onPath(n *node) bool {
	if n.onPath == pb.presented.runs {
		return n != pb.leaf || !pb.everyEntry || len(pb.path) > 0
	}
	if n.pos >= 0 {
		return false
	}
	if n.c.SHA256 == pb.leaf.c.SHA256 {
		return !pb.everyEntry
	}
	for _, e := range pb.path {
		if e.to.c.SHA256 == n.c.SHA256 {
			return true
		}
	}
	return false
}

// keyOnPath reports whether a certificate of the same name and key is on the path.
func (pb *pathBuilder) keyOnPath(n *node) bool {
	same := func(o *node) bool {
		return o.c.Key.SPKI == n.c.Key.SPKI && o.c.Subject.Canon == n.c.Subject.Canon
	}
	return same(pb.leaf) || slices.ContainsFunc(pb.path, func(e *edge) bool { return same(e.to) })
}
