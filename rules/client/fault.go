package client

import (
	"strings"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A fault is why a client rejects, before it is put into words.
type fault struct {
	what     obstacle
	at, by   *node
	depth    int // certificates between the leaf and at, on the path
	n, limit int
	odd      Oddities
	traits   cert.Traits          // traitRefused: what is refused
	place    place                // and where
	until    int64                // issuedTooLate, loggedTooLate: the end, in Unix seconds
	list     *catalog.Revocations // revoked: the list that says so
}

// An obstacle is a kind of fault.
type obstacle uint8

const (
	nothing obstacle = iota
	noIssuer
	selfSignedLeaf
	untrustedRoot
	budgetSpent
	pathTooLong
	badSignature
	outOfDate
	weakHash
	weakKey
	unknownAlgorithm
	notCA
	cannotSign
	pathLength
	notForTLS
	identifiers
	unknownCritical
	limitsUnread
	nameForbidden
	oddEntry
	leafIsCA
	leafUsage
	leafEncipher
	junkEntry
	tooLarge
	tooMany
	wrongName
	wrongOrder
	uselessEntry
	rootNotHeld
	listOnly
	storeOnly
	badFirst
	spelling
	leafNotFirst
	badAnchor
	certTooLarge
	shortSpan
	traitRefused
	longKey
	revoked
	issuedTooLate
	loggedTooLate
	outsidePermitted
)

// note keeps the most telling fault: one of a path that reached an anchor
// before a dead end, a dead end higher up before a lower one, and else the
// first that was met.
func (w *walk) note(f fault) {
	if w.found.what == nothing || f.weight() > w.found.weight() {
		w.found = f
	}
}

func (f fault) weight() int {
	switch f.what {
	case untrustedRoot, selfSignedLeaf: // the shortest way to a root tells most
		return 500 - f.depth
	case noIssuer:
		return f.depth
	case badSignature:
		return f.depth
	}
	return 1000 + f.depth
}

// atEnd says whether more certificates might help.
func (f fault) atEnd() bool {
	switch f.what {
	case noIssuer, untrustedRoot, badSignature, outOfDate, weakHash, weakKey, revoked, issuedTooLate, loggedTooLate, outsidePermitted:
		return true
	}
	return false
}

// deadEnd is the fault of a path that cannot go beyond x.
func (w *walk) deadEnd(x *node) fault {
	if x.selfish {
		if x == w.leaf {
			return fault{what: selfSignedLeaf, at: x}
		}
		return fault{what: untrustedRoot, at: x, depth: len(w.path)}
	}
	return fault{what: noIssuer, at: x, depth: len(w.path)}
}

// detail looks closer at a dead end: an issuer may be there that the client
// passed over.
func (w *walk) detail(f fault) fault {
	if leaf := w.d.misplacedLeaf(); leaf != nil {
		return fault{what: leafNotFirst, at: leaf, by: w.d.list[0]}
	}
	switch f.what {
	case badSignature:
		return w.detailSignature(f)
	case noIssuer:
		return w.detailNoIssuer(f)
	}
	return f
}

// detailSignature tells whether the right issuer was there as well.
func (w *walk) detailSignature(f fault) fault {
	if f.by.pos < 0 {
		f.what = badAnchor
	}
	for _, e := range f.at.up {
		if !e.to.known && w.d.signed(e) == chain.Yes {
			f.what = badFirst
		}
	}
	return f
}

// detailNoIssuer looks for an issuer that the client passed over.
func (w *walk) detailNoIssuer(f fault) fault {
	x, b := f.at, w.b
	for _, e := range x.up {
		if e.to.known || e.to == x || w.d.signed(e) == chain.No {
			continue
		}
		if g := w.passedOver(f, e); g.what != nothing {
			return g
		}
	}
	if x.pos < 0 && !x.known && b.StoreOnly {
		return fault{what: storeOnly, at: x}
	}
	if b.Retry != AlwaysRetry && b.Prefer[0] == FromList {
		below := w.leaf
		for _, e := range w.path {
			if len(w.named(below)) > 0 {
				return fault{what: listOnly, at: x, by: below}
			}
			below = e.to
		}
	}
	return f
}

// passedOver is why the client did not take what e leads to for an issuer;
// nothing if that is not why.
func (w *walk) passedOver(f fault, e *edge) fault {
	skip, names := w.b.Skip, w.b.Names
	if trusted(e) {
		skip, names = w.b.SkipStore, w.b.AnchorNames
	}
	f.by = e.to
	switch {
	case e.names < names:
		f.what = spelling
	case skip&KeyID != 0 && e.keyID < 0, skip&IssuerSerial != 0 && !e.serial:
		f.what = identifiers
	case skip&CA != 0 && !w.isCA(e.to):
		return fault{what: notCA, at: e.to}
	case skip&CertSign != 0 && !w.passes(e, CertSign):
		return fault{what: cannotSign, at: e.to}
	case skip&PathLen != 0 && !w.passes(e, PathLen):
		return fault{what: pathLength, at: e.to, n: w.below(), limit: e.to.c.MaxPathLen}
	case !trusted(e) && w.b.Order != AnyOrder:
		f.what = wrongOrder
	default:
		return fault{}
	}
	return f
}

func (f fault) cause() Cause {
	switch f.what {
	case noIssuer, badSignature:
		return Incomplete
	case selfSignedLeaf, untrustedRoot, rootNotHeld, storeOnly, badAnchor:
		return Untrusted
	case outOfDate, shortSpan:
		return Expired
	case revoked:
		return Revoked
	case issuedTooLate, loggedTooLate, outsidePermitted:
		return Distrusted
	case wrongName:
		return Name
	case weakHash, weakKey, longKey, unknownAlgorithm:
		return Algorithm
	case traitRefused:
		return f.traitCause()
	case wrongOrder, uselessEntry, badFirst, listOnly, leafNotFirst:
		return Order
	case oddEntry, junkEntry:
		return Odd
	case tooLarge, certTooLarge, tooMany, pathTooLong, budgetSpent:
		return Limit
	}
	return Constraint
}

// fetchable gives the URLs that clients fetch an issuer from. None of those
// that fetch at all asks an https URL: model scenario 14k.
func fetchable(c *cert.Certificate) []string {
	for i, u := range c.CAIssuers {
		if len(u) > 7 && strings.EqualFold(u[:7], "http://") {
			return c.CAIssuers[i:]
		}
	}
	return nil
}
