package client

import (
	"fmt"
	"strings"

	"tlschain/rules/cert"
)

// A fault is why a client rejects, before it is put into words.
type fault struct {
	what     obstacle
	at, by   *node
	depth    int // certificates between the leaf and at, on the path
	n, limit int
	odd      Oddities
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
	junkEntry
	tooLarge
	tooMany
	wrongName
	wrongOrder
	uselessEntry
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
	case noIssuer, untrustedRoot, selfSignedLeaf:
		return f.depth
	case badSignature:
		return f.depth
	}
	return 1000 + f.depth
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

func (f fault) cause() Cause {
	switch f.what {
	case noIssuer, badSignature:
		return Incomplete
	case selfSignedLeaf, untrustedRoot:
		return Untrusted
	case outOfDate:
		return Expired
	case wrongName:
		return Name
	case weakHash, weakKey, unknownAlgorithm:
		return Algorithm
	case wrongOrder, uselessEntry:
		return Order
	case oddEntry, junkEntry:
		return Odd
	case tooLarge, tooMany, pathTooLong, budgetSpent:
		return Limit
	}
	return Constraint
}

// call names a certificate for people: common name and position.
func call(n *node) string {
	if n.pos >= 0 {
		return fmt.Sprintf("%q (position %d)", n.c.Subject.Common, n.pos)
	}
	if n.known {
		return fmt.Sprintf("%q", n.c.Subject.Common)
	}
	return fmt.Sprintf("%q in its store", n.c.Subject.Common)
}

func (w *walk) reason(f fault) string {
	at := ""
	if f.at != nil {
		at = call(f.at)
	}
	switch f.what {
	case noIssuer:
		return fmt.Sprintf("finds no issuer for %s: no usable certificate of %q was sent or is in its store", at, f.at.c.Issuer.Common)
	case selfSignedLeaf:
		return fmt.Sprintf("the leaf %s is self-signed and not in its store", at)
	case untrustedRoot:
		return fmt.Sprintf("the path ends at the self-signed %s, which is not in its store", at)
	case budgetSpent:
		return fmt.Sprintf("gives up after %d steps of searching for a path", w.b.Budget)
	case pathTooLong:
		return fmt.Sprintf("takes at most %d intermediates, and the path needs more", w.b.MaxPath)
	case badSignature:
		return fmt.Sprintf("takes %s as the issuer of %s by name, but its key did not sign it, and does not look further", call(f.by), at)
	case outOfDate:
		when := "expired on " + f.at.c.NotAfter.Format("2006-01-02")
		if w.d.q.At.Before(f.at.c.NotBefore) {
			when = "is not valid before " + f.at.c.NotBefore.Format("2006-01-02")
		}
		if w.b.Retry == AlwaysRetry {
			return fmt.Sprintf("%s %s, and no other path leads to its store", at, when)
		}
		return fmt.Sprintf("stops at %s, which %s, and does not look further", at, when)
	case weakHash:
		return fmt.Sprintf("%s is signed with %s, which it refuses", at, f.at.c.SignatureAlg.Name)
	case weakKey:
		return fmt.Sprintf("%s has an RSA key of %d bits; it wants %d", at, f.n, f.limit)
	case unknownAlgorithm:
		return fmt.Sprintf("%s is signed with %s, which it does not know", at, f.at.c.SignatureAlg.Name)
	case notCA:
		return fmt.Sprintf("%s is no CA certificate (basic constraints) and cannot issue", at)
	case cannotSign:
		return fmt.Sprintf("%s may not sign certificates (key usage)", at)
	case pathLength:
		return fmt.Sprintf("%s allows %d intermediates below it, and %d are there", at, f.limit, f.n)
	case notForTLS:
		return fmt.Sprintf("%s is not for TLS servers (extended key usage)", at)
	case identifiers:
		return fmt.Sprintf("the authority key identifier of %s does not fit %s", at, call(f.by))
	case unknownCritical:
		return fmt.Sprintf("%s has a critical extension that it does not know (%s)", at, f.at.c.UnknownCritical[0])
	case limitsUnread:
		return fmt.Sprintf("%s has name constraints that it cannot handle", at)
	case nameForbidden:
		return fmt.Sprintf("the name constraints of %s forbid the names in %s", at, call(f.by))
	case oddEntry:
		return fmt.Sprintf("cannot read %s (%s)", at, oddity(f.odd))
	case leafIsCA:
		return fmt.Sprintf("the leaf %s is a CA certificate", at)
	case leafUsage:
		return fmt.Sprintf("the leaf %s lacks digitalSignature in its key usage", at)
	case junkEntry:
		return fmt.Sprintf("cannot read the entry at position %d, which is no certificate", f.n)
	case tooLarge:
		return fmt.Sprintf("takes a certificate message of at most %d bytes; this one has %d", f.limit, f.n)
	case tooMany:
		return fmt.Sprintf("takes at most %d certificates; %d were sent", f.limit, f.n)
	case wrongName:
		return fmt.Sprintf("the leaf %s is not for %s", at, w.d.q.Name)
	case wrongOrder:
		return fmt.Sprintf("wants each certificate followed by its issuer, and %s is not", at)
	case uselessEntry:
		return fmt.Sprintf("verifies every certificate that was sent, and cannot verify %s", at)
	}
	return "accepted"
}

func oddity(o Oddities) string {
	var out []string
	for i, d := range oddityNames {
		if o&(1<<i) != 0 {
			out = append(out, string(d))
		}
	}
	return strings.Join(out, ", ")
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
