package client

import (
	"slices"

	"github.com/tlschain/tlschain/rules/chain"
)

// What is here is about clients that build a path from the leaf upwards, one
// issuer after the other, and go back where that leads nowhere: nearly all.

// depthFirst is the verifier of these clients.
type depthFirst struct{}

func (depthFirst) begin(*walk) bool              { return true }
func (depthFirst) connect(w *walk, n *node) bool { return w.climb(n, false) }
func (depthFirst) checkPath(*walk) fault         { return fault{} }
func (depthFirst) everyEntry() bool              { return false }

func (depthFirst) issuers(w *walk, out []*edge, x *node, onlyStore bool) []*edge {
	return w.candidates(out, x, onlyStore)
}

// defaultBudget bounds the search of a builder without a budget of its own.
const defaultBudget = 1000

// climb tries to reach an anchor from x, which is the end of the path so far.
func (w *walk) climb(x *node, onlyStore bool) bool {
	if w.b.SelfIssued && x.selfish {
		w.note(w.deadEnd(x))
		return false
	}
	extended := false
	for _, e := range w.issuersOf(x, onlyStore) {
		if w.b.Count == Lookups && !w.spend(x) {
			return false
		}
		if w.onPath(e.to) || w.b.KeyOnce && w.keyOnPath(e.to) {
			continue
		}
		if w.b.Count == Signatures && !w.spend(x) {
			return false
		}
		if w.b.Retry == AlwaysRetry && w.b.Count == Signatures && w.d.signed(e) == chain.No {
			w.note(fault{what: badSignature, at: x, by: e.to, depth: len(w.path)})
			continue
		}
		extended = true
		if w.extend(e) {
			return true
		}
		if w.stop {
			return false
		}
	}
	if w.b.Count == Lookups && !w.spend(x) {
		return false
	}
	if !extended {
		w.note(w.deadEnd(x))
	}
	return false
}

// issuersOf is what the client tries as the issuer of x, the best first.
func (w *walk) issuersOf(x *node, onlyStore bool) []*edge {
	if x.candsOf == w.d.runs {
		return x.cands
	}
	cands := w.verifier.issuers(w, x.cands[:0], x, onlyStore)
	if w.b.Retry == AlwaysRetry { // they may be asked for again, and do not depend on the path
		x.cands, x.candsOf = cands, w.d.runs
	}
	return cands
}

// extend makes e the next step of the path and reports whether an anchor is
// reached by it; else it takes the step back, or gives up.
func (w *walk) extend(e *edge) bool {
	fromStore := trusted(e)
	ends := fromStore && (w.b.Anchor == AnyAnchor || w.selfSigned(e.to))
	if w.b.MaxPath > 0 && !ends && len(w.path) >= w.b.MaxPath {
		w.note(fault{what: pathTooLong, at: e.to, depth: len(w.path)})
		w.stop = w.stop || w.b.Retry == NeverRetry
		return false
	}
	w.path = append(w.path, e)
	e.to.onPath = w.d.runs
	if ends {
		f := w.check()
		if f.what == nothing {
			return true
		}
		w.note(f)
		w.stop = w.stop || w.b.Retry != AlwaysRetry
	} else if w.climb(e.to, fromStore && w.b.StoreOnly) {
		return true
	}
	if w.stop || w.b.Retry == NeverRetry {
		w.stop = true
		return false // the path stays as far as it went
	}
	w.path = w.path[:len(w.path)-1]
	e.to.onPath = 0
	return false
}

// spend counts a step against the budget.
func (w *walk) spend(x *node) bool {
	w.steps++
	if w.steps > w.budget() {
		w.found = fault{what: budgetSpent, at: x}
		w.stop = true
		return false
	}
	return true
}

func (w *walk) budget() int {
	if w.b.Budget == 0 {
		return defaultBudget
	}
	return w.b.Budget
}

// onPath reports whether the certificate is already on the path. Nodes stand for
// the presented certificates; what is in a store, or known, may be the same as
// one of them. An entry that is verified for itself may go by its twin, in the
// store or sent before.
func (w *walk) onPath(n *node) bool {
	if n.onPath == w.d.runs {
		return n != w.leaf || !w.everyEntry || len(w.path) > 0
	}
	if n.pos >= 0 {
		return false
	}
	if n.c.SHA256 == w.leaf.c.SHA256 {
		return !w.everyEntry
	}
	for _, e := range w.path {
		if e.to.c.SHA256 == n.c.SHA256 {
			return true
		}
	}
	return false
}

// keyOnPath reports whether a certificate of the same name and key is on the path.
func (w *walk) keyOnPath(n *node) bool {
	same := func(o *node) bool {
		return o.c.Key.SPKI == n.c.Key.SPKI && o.c.Subject.Canon == n.c.Subject.Canon
	}
	return same(w.leaf) || slices.ContainsFunc(w.path, func(e *edge) bool { return same(e.to) })
}
