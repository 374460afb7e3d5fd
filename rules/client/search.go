package client

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A walk is one client's search for a path through one docket.
type walk struct {
	d           *docket
	b           *Builder
	view        *view
	shipped     *chain.Set // what a client with reachPreload has; nil: whatever is known
	conditions  *Conditions
	conditional bool  // a condition has refused a path
	reach       reach // how known certificates may be had
	beyond      bool  // the store was asked for more than the view has

	cut int // Next: entries from this position on do not count; 0: all count

	signers []*edge // KeyRows: from the entries that were verified so far to what verified them

	leaf  *node
	path  []*edge // from the leaf upwards
	steps int
	found fault // the most telling fault so far
	stop  bool  // the client gives up
}

// reach says how far a client gets beyond what was sent and what it trusts.
type reach uint8

const (
	reachNothing reach = iota
	reachPreload       // it ships known intermediates
	reachAIA           // it fetches them by URL
)

// defaultBudget bounds the search of a builder without a budget of its own.
const defaultBudget = 1000

// run searches a path from n and reports whether the client accepts it. The
// path, and the fault if there is none, are left in w.
func (w *walk) run(n *node) bool {
	w.leaf, w.path, w.found, w.stop, w.steps = n, w.path[:0], fault{}, false, 0
	w.d.runs++
	n.onPath = w.d.runs
	if n == w.d.list[0] && w.trustsLeaf(n) {
		f := w.checkOne(n, nil, 0, w.b.Sent&(Dates|Unknown|EKU))
		w.found = f
		return f.what == nothing
	}
	if w.b.SelfSigned && w.selfSigned(n) {
		w.note(fault{what: selfSignedLeaf, at: n})
		return false
	}
	if w.b.WholeList {
		return w.wholeList()
	}
	return w.climb(n, false)
}

// climb tries to reach an anchor from x, which is the end of the path so far.
func (w *walk) climb(x *node, inStore bool) bool {
	if w.b.SelfIssued && x.selfish {
		w.note(w.deadEnd(x))
		return false
	}
	cands := x.cands
	if x.candsOf != w.d.runs {
		cands = w.candidates(cands[:0], x, inStore)
		if w.b.Retry == AlwaysRetry { // they may be asked for again, and do not depend on the path
			x.cands, x.candsOf = cands, w.d.runs
		}
	}
	extended := false
	for _, e := range cands {
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
		fromStore := e.to.pos < 0 && !e.to.known
		ends := fromStore && (w.b.Anchor == AnyAnchor || w.selfSigned(e.to))
		if w.b.MaxPath > 0 && !ends && len(w.path) >= w.b.MaxPath {
			w.note(fault{what: pathTooLong, at: e.to, depth: len(w.path)})
			if w.b.Retry == NeverRetry {
				return false
			}
			continue
		}
		w.path = append(w.path, e)
		e.to.onPath = w.d.runs
		if ends {
			f := w.check()
			if f.what == nothing {
				return true
			}
			w.note(f)
			if w.b.Retry != AlwaysRetry {
				w.stop = true
			}
		} else if w.climb(e.to, fromStore && w.b.StoreOnly) {
			return true
		}
		if w.stop || w.b.Retry == NeverRetry {
			w.stop = true
			return false
		}
		w.path = w.path[:len(w.path)-1]
		e.to.onPath = 0
	}
	if w.b.Count == Lookups && !w.spend(x) {
		return false
	}
	if !extended {
		w.note(w.deadEnd(x))
	}
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

// onPath says whether the certificate is already on the path. Nodes stand for
// the presented certificates; what is in a store, or known, may be the same as
// one of them. An entry that is verified for itself may go by its twin, in the
// store or sent before.
func (w *walk) onPath(n *node) bool {
	if n.onPath == w.d.runs {
		return n != w.leaf || w.b.KeyRows == 0 || len(w.path) > 0
	}
	if n.pos >= 0 {
		return false
	}
	if n.c.SHA256 == w.leaf.c.SHA256 {
		return w.b.KeyRows == 0
	}
	for _, e := range w.path {
		if e.to.c.SHA256 == n.c.SHA256 {
			return true
		}
	}
	return false
}

// keyOnPath says whether a certificate of the same name and key is on the path.
func (w *walk) keyOnPath(n *node) bool {
	same := func(o *node) bool {
		return o.c.Key.SPKI == n.c.Key.SPKI && o.c.Subject.Canon == n.c.Subject.Canon
	}
	return same(w.leaf) || slices.ContainsFunc(w.path, func(e *edge) bool { return same(e.to) })
}

// end is the last certificate of the path so far.
func (w *walk) end() *node {
	if len(w.path) == 0 {
		return w.leaf
	}
	return w.path[len(w.path)-1].to
}

// inPath is onPath for a path that was not made step by step.
func (w *walk) inPath(n *node) bool {
	if n == w.leaf {
		return true
	}
	for _, e := range w.path {
		if e.to == n {
			return true
		}
	}
	return false
}

// trustsLeaf says whether the store makes the leaf its own anchor.
func (w *walk) trustsLeaf(n *node) bool {
	switch w.b.Leaf {
	case NoLeaf:
		return false
	case KeyLeaf:
		return w.anchors(n)
	case SelfSignedLeaf:
		if !w.selfSigned(n) {
			return false
		}
	}
	return w.holds(n)
}

// holds says whether the store has this very certificate.
func (w *walk) holds(n *node) bool {
	for _, a := range w.sameName(n) {
		if a.SHA256 == n.c.SHA256 {
			return true
		}
	}
	return false
}

// anchors says whether the store trusts the name and key of n.
func (w *walk) anchors(n *node) bool {
	for _, a := range w.sameName(n) {
		if a.Key.SPKI == n.c.Key.SPKI {
			return true
		}
	}
	return false
}

// named is what the store has under the name of n's issuer.
func (w *walk) named(n *node) []*cert.Certificate {
	if n.issuer >= 0 {
		return w.view.anchors[n.issuer]
	}
	w.beyond = true
	return w.view.store.Named(n.c.Issuer)
}

// sameName is what the store has under the name of n itself.
func (w *walk) sameName(n *node) []*cert.Certificate {
	if n.subject >= 0 {
		return w.view.anchors[n.subject]
	}
	w.beyond = true
	return w.view.store.Named(n.c.Subject)
}

// selfSigned says whether the client takes n for its own issuer. Like the
// clients that ask, it looks at what it chooses issuers by, not at signatures.
func (w *walk) selfSigned(n *node) bool {
	if !n.selfish {
		return false
	}
	return w.passes(w.self(n), w.b.Own)
}

// self is the edge from a self-issued certificate to itself.
func (w *walk) self(n *node) *edge {
	if n.own == nil {
		n.own = w.d.newEdge(n, n)
	}
	return n.own
}
