package client

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A pathBuilder is one client's search for a path through one presented chain.
type pathBuilder struct {
	presented   *presentedChain
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
	read  int       // policies and mappings that were read so far
	found pathError // the most telling fault so far
	stop  bool      // the client gives up
}

// reach says how far a client gets beyond what was sent and what it trusts.
type reach uint8

const (
	reachNothing reach = iota
	reachPreload       // it ships known intermediates
	reachAIA           // it fetches them by URL
)

// run searches a path from n and reports whether the client accepts it. The
// path, and the fault if there is none, are left in pb.
func (pb *pathBuilder) run(n *node) bool {
	pb.leaf, pb.path, pb.found, pb.stop, pb.steps, pb.read = n, pb.path[:0], pathError{}, false, 0, 0
	pb.presented.runs++
	n.onPath = pb.presented.runs
	if n == pb.presented.list[0] && pb.trustsLeaf(n) {
		f := pb.checkOne(n, nil, 0, pb.b.Sent&(Dates|Unknown|EKU))
		if f.what == nothing {
			f = pb.checkConditions()
		}
		pb.found = f
		return f.what == nothing
	}
	if pb.b.SelfSigned && pb.selfSigned(n) {
		pb.note(pathError{what: selfSignedLeaf, at: n})
		return false
	}
	return pb.verifier.connect(pb, n)
}

// end is the last certificate of the path so far.
func (pb *pathBuilder) end() *node {
	if len(pb.path) == 0 {
		return pb.leaf
	}
	return pb.path[len(pb.path)-1].to
}

// inPath is onPath for a path that was not made step by step.
func (pb *pathBuilder) inPath(n *node) bool {
	if n == pb.leaf {
		return true
	}
	for _, e := range pb.path {
		if e.to == n {
			return true
		}
	}
	return false
}

// trustsLeaf reports whether the store makes the leaf its own anchor.
func (pb *pathBuilder) trustsLeaf(n *node) bool {
	switch pb.b.LeafTrust {
	case NoLeaf:
		return false
	case KeyLeaf:
		return pb.anchors(n)
	case SelfSignedLeaf:
		if !pb.selfSigned(n) {
			return false
		}
	}
	return pb.holds(n)
}

// holds reports whether the store has this very certificate.
func (pb *pathBuilder) holds(n *node) bool {
	for _, a := range pb.sameName(n) {
		if a.SHA256 == n.c.SHA256 {
			return true
		}
	}
	return false
}

// anchors reports whether the store trusts the name and key of n.
func (pb *pathBuilder) anchors(n *node) bool {
	for _, a := range pb.sameName(n) {
		if a.Key.SPKI == n.c.Key.SPKI {
			return true
		}
	}
	return false
}

// named is what the store has under the name of n's issuer.
func (pb *pathBuilder) named(n *node) []*cert.Certificate {
	if n.issuer >= 0 {
		return pb.view.anchors[n.issuer]
	}
	pb.beyond = true
	return pb.view.store.BySubject(n.c.Issuer)
}

// trusting is what the store has that may have issued n, by its name.
func (pb *pathBuilder) trusting(n *node) []*cert.Certificate {
	found := pb.named(n)
	if !pb.b.AnyNameOrder {
		return found
	}
	pb.beyond = true
	return append(slices.Clip(found), pb.view.store.ByParts(n.c.Issuer)...)
}

// sameName is what the store has under the name of n itself.
func (pb *pathBuilder) sameName(n *node) []*cert.Certificate {
	if n.subject >= 0 {
		return pb.view.anchors[n.subject]
	}
	pb.beyond = true
	return pb.view.store.BySubject(n.c.Subject)
}

// selfSigned reports whether the client takes n for its own issuer. Like the
// clients that ask, it looks at what it chooses issuers by, not at signatures.
func (pb *pathBuilder) selfSigned(n *node) bool {
	if !n.selfIssued {
		return false
	}
	return pb.passes(pb.self(n), pb.b.SelfIssuedTest)
}

// self is the edge from a self-issued certificate to itself.
func (pb *pathBuilder) self(n *node) *edge {
	if n.own == nil {
		n.own = pb.presented.newEdge(n, n)
	}
	return n.own
}
