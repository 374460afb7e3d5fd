package client

import (
	"iter"
	"strings"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A pathError is why a client rejects, before it is put into words.
type pathError struct {
	what     rejectReason
	at, by   *node
	depth    int // certificates between the leaf and at, on the path
	n, limit int
	odd      Deviations
	traits   cert.Traits          // traitRefused: what is refused
	place    place                // and where
	until    int64                // issuedTooLate, loggedTooLate: the end, in Unix seconds; validTooLong: since when
	list     *catalog.Revocations // revoked: the list that says so
}

// A rejectReason is a kind of fault.
type rejectReason uint8

const (
	nothing rejectReason = iota
	noIssuer
	selfSignedLeaf
	leafIsAnchor // is self-signed and in the store, where it does not count
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
	constraintsUnread
	nameForbidden
	tooManyConstraints
	oddEntry
	leafIsCA
	leafUsage
	leafEncipher
	junkEntry
	tooLarge
	tooMany
	wrongName
	hostRefused // the host itself, whatever the certificate says
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
	validTooLong
	noValidPolicy
	foreignPSS
)

// note keeps the most telling fault: one of a path that reached an anchor
// before a dead end, a dead end higher up before a lower one, and else the
// first that was met.
func (pb *pathBuilder) note(f pathError) {
	if pb.found.what == nothing || f.weight() > pb.found.weight() {
		pb.found = f
	}
}

func (f pathError) weight() int {
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

// atEnd reports whether more certificates might help.
func (f pathError) atEnd() bool {
	switch f.what {
	case noIssuer, untrustedRoot, badSignature, outOfDate, weakHash, weakKey, revoked, issuedTooLate, loggedTooLate, outsidePermitted:
		return true
	}
	return false
}

// deadEnd is the fault of a path that cannot go beyond x.
func (pb *pathBuilder) deadEnd(x *node) pathError {
	if x.selfIssued {
		if x == pb.leaf {
			return pathError{what: selfSignedLeaf, at: x}
		}
		return pathError{what: untrustedRoot, at: x, depth: len(pb.path)}
	}
	return pathError{what: noIssuer, at: x, depth: len(pb.path)}
}

// detail looks closer at a dead end: an issuer may be there that the client
// passed over.
func (pb *pathBuilder) detail(f pathError) pathError {
	if leaf := pb.presented.misplacedLeaf(); leaf != nil {
		return pathError{what: leafNotFirst, at: leaf, by: pb.presented.list[0]}
	}
	switch f.what {
	case badSignature:
		return pb.detailSignature(f)
	case noIssuer:
		return pb.detailNoIssuer(f)
	}
	return f
}

// detailSignature tells whether the right issuer was there as well.
func (pb *pathBuilder) detailSignature(f pathError) pathError {
	if f.by.pos < 0 {
		f.what = badAnchor
	}
	for e := range pb.within(f.at) {
		if pb.presented.signed(e) == chain.Yes {
			f.what = badFirst
		}
	}
	return f
}

// within gives the edges from x to what was sent and what the client's own store
// has: a node also has edges to the stores of others that judge the same list.
func (pb *pathBuilder) within(x *node) iter.Seq[*edge] {
	return func(yield func(*edge) bool) {
		for _, e := range x.up[:x.sent] {
			if !yield(e) {
				return
			}
		}
		for _, c := range pb.trusting(x) {
			if !yield(pb.presented.towards(x, c, false)) {
				return
			}
		}
	}
}

// detailNoIssuer looks for an issuer that the client passed over.
func (pb *pathBuilder) detailNoIssuer(f pathError) pathError {
	x, b := f.at, pb.b
	for e := range pb.within(x) {
		if e.to == x || pb.presented.signed(e) == chain.No {
			continue
		}
		if g := pb.passedOver(f, e); g.what != nothing {
			return g
		}
	}
	if x.pos < 0 && !x.known && b.StoreOnly {
		return pathError{what: storeOnly, at: x}
	}
	if b.Backtracking != AlwaysBacktrack && b.Prefer[0] == FromList {
		below := pb.leaf
		for _, e := range pb.path {
			if len(pb.named(below)) > 0 {
				return pathError{what: listOnly, at: x, by: below}
			}
			below = e.to
		}
	}
	return f
}

// passedOver is why the client did not take what e leads to for an issuer;
// nothing if that is not why.
func (pb *pathBuilder) passedOver(f pathError, e *edge) pathError {
	skip, names := pb.b.CandidateFilter, pb.b.Names
	if trusted(e) {
		skip, names = pb.b.StoreCandidateFilter, pb.b.AnchorNames
	}
	f.by = e.to
	switch {
	case e.names < names:
		f.what = spelling
	case skip&KeyID != 0 && e.keyID < 0, skip&IssuerSerial != 0 && !e.serial:
		f.what = identifiers
	case skip&CA != 0 && !pb.isCA(e.to):
		return pathError{what: notCA, at: e.to}
	case skip&CertSign != 0 && !pb.passes(e, CertSign):
		return pathError{what: cannotSign, at: e.to}
	case skip&PathLen != 0 && !pb.passes(e, PathLen):
		return pathError{what: pathLength, at: e.to, n: pb.below(), limit: e.to.c.MaxPathLen}
	case !trusted(e) && pb.b.Order != AnyOrder:
		f.what = wrongOrder
	default:
		return pathError{}
	}
	return f
}

func (f pathError) cause() Cause {
	switch f.what {
	case noIssuer, badSignature:
		return Incomplete
	case selfSignedLeaf, leafIsAnchor, untrustedRoot, rootNotHeld, storeOnly, badAnchor:
		return Untrusted
	case outOfDate, shortSpan:
		return Expired
	case revoked:
		return Revoked
	case issuedTooLate, loggedTooLate, outsidePermitted, validTooLong:
		return Distrusted
	case wrongName, hostRefused:
		return Name
	case weakHash, weakKey, longKey, unknownAlgorithm, foreignPSS:
		return Algorithm
	case traitRefused:
		return f.traitCause()
	case wrongOrder, uselessEntry, badFirst, listOnly, leafNotFirst:
		return Order
	case oddEntry, junkEntry:
		return Odd
	case tooLarge, certTooLarge, tooMany, pathTooLong, budgetSpent, tooManyConstraints:
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
