package client

import (
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
)

// Conditions are what a client asks for beside a path to an anchor: until when
// it trusts what an anchor issues, and which CA certificates it takes for
// revoked. They do not change once made.
type Conditions struct {
	Anchors map[cert.Hash]catalog.Constraint // the trust store's, by SHA-256 of the anchor
	Policy  *catalog.Policy                  // of the client's own code, whichever store it is given; nil: none
	Revoked []*catalog.Revocations
	// Lifetimes bound how long a leaf may be valid; nil: they do not.
	Lifetimes *Lifetimes
	// Last tells that they are looked at once a path is chosen: where one is not
	// met, no other path is tried (Java's validator).
	Last bool
}

// Of gives what is asked for of an anchor, the store's condition first.
func (k *Conditions) Of(anchor cert.Hash) []catalog.Constraint {
	var all []catalog.Constraint
	if k == nil {
		return nil
	}
	if c, ok := k.Anchors[anchor]; ok {
		all = append(all, c)
	}
	if k.Policy != nil {
		if c, ok := k.Policy.Constraints[anchor]; ok {
			all = append(all, c)
		}
	}
	return all
}

// intermediate reports whether an anchor is no root but a CA certificate that
// the store trusts by itself, as Chrome's does.
func (k *Conditions) intermediate(anchor cert.Hash) bool {
	return k != nil && k.Anchors[anchor].Intermediate
}

// enforced reports whether the dates and constraints of an anchor count like
// those of a certificate that was sent.
func (k *Conditions) enforced(anchor cert.Hash) bool {
	return k != nil && len(k.Anchors) > 0 && k.Anchors[anchor].Enforced
}

// checkConditions holds a path that is otherwise right to the client's
// conditions.
func (pb *pathBuilder) checkConditions() pathError {
	k := pb.conditions
	if k == nil {
		return pathError{}
	}
	f := pb.checkRevoked(k)
	if f.what == nothing {
		f = pb.checkAnchor(k)
	}
	if f.what == nothing {
		f = pb.checkLifetime(k.Lifetimes)
	}
	if f.what != nothing {
		pb.conditional = true
		pb.stop = pb.stop || k.Last
	}
	return f
}

func (pb *pathBuilder) checkRevoked(k *Conditions) pathError {
	if len(k.Revoked) == 0 {
		return pathError{}
	}
	if list, _ := catalog.FindRevoked(k.Revoked, pb.leaf.c, pb.presented.q.At); list != nil {
		return pathError{what: revoked, at: pb.leaf, list: list}
	}
	for i, e := range pb.path {
		if list, _ := catalog.FindRevoked(k.Revoked, e.to.c, pb.presented.q.At); list != nil {
			return pathError{what: revoked, at: e.to, by: e.child, depth: i + 1, list: list}
		}
	}
	return pathError{}
}

func (pb *pathBuilder) checkAnchor(k *Conditions) pathError {
	anchor := pb.leaf // a leaf that is in the store itself
	if len(pb.path) > 0 {
		anchor = pb.path[len(pb.path)-1].to
	}
	leaf := pb.leaf.c
	for _, c := range k.Of(anchor.c.SHA256) {
		until := c.NotBeforeUntil
		for _, x := range c.Except {
			if pb.onPathBy(x.CA) && x.NotBeforeUntil.After(until) {
				until = x.NotBeforeUntil
			}
		}
		depth := len(pb.path)
		switch {
		case !until.IsZero() && leaf.NotBefore.After(until):
			return pathError{what: issuedTooLate, at: anchor, depth: depth, until: until.Unix()}
		case !c.SCTUntil.IsZero() && !pb.presented.sctBy(leaf, c.SCTUntil):
			return pathError{what: loggedTooLate, at: anchor, depth: depth, until: c.SCTUntil.Unix()}
		case c.PermittedDNS != nil && slices.ContainsFunc(leaf.DNSNames, func(n string) bool { return !within(n, c.PermittedDNS) }):
			return pathError{what: outsidePermitted, at: anchor, depth: depth}
		}
	}
	return pathError{}
}

// onPathBy reports whether a certificate is on the path.
func (pb *pathBuilder) onPathBy(sha cert.Hash) bool {
	return slices.ContainsFunc(pb.path, func(e *edge) bool { return e.to.c.SHA256 == sha })
}

// within reports whether a DNS name is one of the domains or below one.
func within(name string, domains []string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(domains, func(d string) bool {
		d = strings.ToLower(strings.TrimPrefix(d, "."))
		return name == d || strings.HasSuffix(name, "."+d)
	})
}

// sctBy reports whether the leaf has a signed certificate timestamp that is not
// later than until. The signatures of timestamps are not checked.
func (pc *presentedChain) sctBy(leaf *cert.Certificate, until time.Time) bool {
	first := pc.firstSCT(leaf)
	return !first.IsZero() && !first.After(until)
}

// firstSCT is the earliest timestamp of the leaf, embedded or sent beside it;
// zero: it has none.
func (pc *presentedChain) firstSCT(leaf *cert.Certificate) (first time.Time) {
	for _, list := range [][]time.Time{leaf.SCTs, pc.q.SCTs} {
		for _, t := range list {
			if first.IsZero() || t.Before(first) {
				first = t
			}
		}
	}
	return first
}

// allows reports whether a path that another client accepted without meeting a
// condition meets these.
func (k *Conditions) allows(path []*cert.Certificate, q Question) bool {
	if k == nil || len(path) == 0 {
		return true
	}
	for _, c := range path {
		if list, _ := catalog.FindRevoked(k.Revoked, c, q.At); list != nil {
			return false
		}
	}
	anchor := path[len(path)-1]
	_, broken := k.Lifetimes.broken(path[0], anchor)
	return !broken && len(k.Of(anchor.SHA256)) == 0
}

// conditionReason puts a condition that was not met into words.
func (pb *pathBuilder) conditionReason(f pathError, at string) string {
	until := time.Unix(f.until, 0).UTC().Format(time.DateOnly)
	switch f.what {
	case issuedTooLate:
		return "trusts " + at + " only for leaves issued up to " + until + ", and this one was issued on " +
			pb.leaf.c.NotBefore.UTC().Format(time.DateOnly) + pb.only()
	case loggedTooLate:
		first := pb.presented.firstSCT(pb.leaf.c)
		if first.IsZero() {
			return "trusts " + at + " only for leaves with an SCT up to " + until + ", and this one has no SCT" + pb.only()
		}
		return "trusts " + at + " only for leaves with an SCT up to " + until + ", and by the SCT of " +
			first.UTC().Format(time.DateOnly) + " this one is later" + pb.only()
	case validTooLong:
		return pb.lifetimeReason(f, at)
	case outsidePermitted:
		return "trusts " + at + " only for some domains, and the leaf is for others" + pb.only()
	}
	return at + " is revoked by " + f.list.Title + pb.only()
}
