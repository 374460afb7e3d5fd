package client

import (
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A walk is one client's search for a path through one docket.
type walk struct {
	d           *docket
	b           *Builder
	verifier    verifier // of b
	everyEntry  bool     // the verifier verifies each entry for itself
	view        *view
	shipped     *chain.Set // what a client with reachPreload has; nil: whatever is known
	conditions  *Conditions
	conditional bool  // a condition has refused a path
	reach       reach // how known certificates may be had
	beyond      bool  // the store was asked for more than the view has

	cut int // Next: entries from this position on do not count; 0: all count

	signers []*edge // wolfSSL: from the entries that were verified so far to what verified them

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
	return w.verifier.connect(w, n)
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
