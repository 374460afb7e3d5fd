package client

import (
	"iter"
	"maps"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
)

// A Problem is what stands in the way of a client that rejects, apart from the
// words for it: rules group clients by it, and choose what to advise.
type Problem struct {
	Code     Code
	At, By   Place      // the certificate at fault, and the other one that it is about
	N, Limit int        // how many there are, and how many the client takes
	Trait    cert.Trait // of [CodeTrait]: what the client does not take
	Text     string     // the fault, without what this client does about it
	Way      string     // what this client does about it: "finds no other path"; may be empty
}

// A Place is a certificate and where the client had it from.
type Place struct {
	Cert     *cert.Certificate // nil: none
	Position int               // in the presented list; -1: it was not presented
	Known    bool              // neither presented nor in the client's store: we know it from elsewhere
}

// Presented reports whether the certificate was sent.
func (p Place) Presented() bool { return p.Cert != nil && p.Position >= 0 }

// InStore reports whether the client had the certificate as an anchor of its own.
func (p Place) InStore() bool { return p.Cert != nil && p.Position < 0 && !p.Known }

// A Code is the kind of a problem, finer than a [Cause].
type Code string

// The codes.
const (
	CodeNoIssuer         Code = "no-issuer"
	CodeSelfSignedLeaf   Code = "self-signed-leaf"
	CodeLeafIsAnchor     Code = "leaf-is-anchor"
	CodeUntrustedRoot    Code = "untrusted-root"
	CodeBudgetSpent      Code = "budget-spent"
	CodePathTooLong      Code = "path-too-long"
	CodeBadSignature     Code = "bad-signature"
	CodeOutOfDate        Code = "out-of-date"
	CodeWeakHash         Code = "weak-hash"
	CodeWeakKey          Code = "weak-key"
	CodeUnknownAlgorithm Code = "unknown-algorithm"
	CodeNotCA            Code = "not-ca"
	CodeCannotSign       Code = "cannot-sign"
	CodePathLength       Code = "path-length"
	CodeNotForTLS        Code = "not-for-tls"
	CodeIdentifiers      Code = "identifiers"
	CodeUnknownCritical  Code = "unknown-critical"
	CodeLimitsUnread     Code = "name-constraints-unread"
	CodeNameForbidden    Code = "name-forbidden"
	CodeTooManyNames     Code = "too-many-names"
	CodeOddEntry         Code = "odd-certificate"
	CodeLeafIsCA         Code = "leaf-is-ca"
	CodeLeafUsage        Code = "leaf-usage"
	CodeLeafEncipher     Code = "leaf-encipher"
	CodeJunkEntry        Code = "no-certificate"
	CodeTooLarge         Code = "too-large"
	CodeTooMany          Code = "too-many"
	CodeWrongName        Code = "wrong-name"
	CodeHostRefused      Code = "host-refused"
	CodeWrongOrder       Code = "wrong-order"
	CodeUselessEntry     Code = "useless-entry"
	CodeRootNotHeld      Code = "root-not-held"
	CodeListOnly         Code = "list-only"
	CodeStoreOnly        Code = "store-only"
	CodeBadFirst         Code = "bad-first"
	CodeSpelling         Code = "spelling"
	CodeLeafNotFirst     Code = "leaf-not-first"
	CodeBadAnchor        Code = "bad-anchor"
	CodeCertTooLarge     Code = "certificate-too-large"
	CodeShortSpan        Code = "short-span"
	CodeTrait            Code = "trait"
	CodeLongKey          Code = "long-key"
	CodeRevoked          Code = "revoked"
	CodeIssuedTooLate    Code = "issued-too-late"
	CodeLoggedTooLate    Code = "logged-too-late"
	CodeOutsidePermitted Code = "outside-permitted-domains"
	CodeValidTooLong     Code = "valid-too-long"
	CodeForeignPSS       Code = "pss-parameters"
	CodeNoValidPolicy    Code = "no-valid-policy"
)

var codes = map[rejectReason]Code{
	noIssuer: CodeNoIssuer, selfSignedLeaf: CodeSelfSignedLeaf, leafIsAnchor: CodeLeafIsAnchor, untrustedRoot: CodeUntrustedRoot,
	budgetSpent: CodeBudgetSpent, pathTooLong: CodePathTooLong, badSignature: CodeBadSignature, outOfDate: CodeOutOfDate,
	weakHash: CodeWeakHash, weakKey: CodeWeakKey,
	unknownAlgorithm: CodeUnknownAlgorithm, notCA: CodeNotCA, cannotSign: CodeCannotSign, pathLength: CodePathLength, notForTLS: CodeNotForTLS,
	identifiers: CodeIdentifiers, unknownCritical: CodeUnknownCritical, constraintsUnread: CodeLimitsUnread,
	nameForbidden: CodeNameForbidden, tooManyConstraints: CodeTooManyNames,
	oddEntry: CodeOddEntry, leafIsCA: CodeLeafIsCA, leafUsage: CodeLeafUsage, leafEncipher: CodeLeafEncipher, junkEntry: CodeJunkEntry,
	tooLarge: CodeTooLarge, tooMany: CodeTooMany, wrongName: CodeWrongName, hostRefused: CodeHostRefused,
	wrongOrder: CodeWrongOrder, uselessEntry: CodeUselessEntry,
	rootNotHeld: CodeRootNotHeld, listOnly: CodeListOnly, storeOnly: CodeStoreOnly, badFirst: CodeBadFirst, spelling: CodeSpelling,
	leafNotFirst: CodeLeafNotFirst, badAnchor: CodeBadAnchor, certTooLarge: CodeCertTooLarge, shortSpan: CodeShortSpan,
	traitRefused: CodeTrait, longKey: CodeLongKey,
	revoked: CodeRevoked, issuedTooLate: CodeIssuedTooLate, loggedTooLate: CodeLoggedTooLate, outsidePermitted: CodeOutsidePermitted,
	validTooLong: CodeValidTooLong, noValidPolicy: CodeNoValidPolicy, foreignPSS: CodeForeignPSS,
}

// problem gives a fault, whose words are reason, without what the client does
// about it.
func (pb *pathBuilder) problem(f pathError, reason string) *Problem {
	p := &Problem{Code: codes[f.what], At: placeOf(f.at), By: placeOf(f.by), N: f.n, Limit: f.limit, Text: reason}
	if f.what == traitRefused {
		p.Trait = f.traits.List()[0]
	}
	if f.what == outOfDate && f.at != pb.presented.list[0] {
		p.Text, p.Way = call(f.at)+" "+pb.when(f.at), "does not look further"
		switch {
		case pb.everyEntry:
			p.Way = "verifies whatever was sent"
		case pb.b.Backtracking == AlwaysBacktrack:
			p.Way = "finds no other path"
		}
		return p
	}
	for _, way := range []string{"finds no other path", "does not look further"} {
		if text, ok := strings.CutSuffix(reason, ", and it "+way); ok {
			p.Text, p.Way = text, way
		}
	}
	return p
}

func placeOf(n *node) Place {
	if n == nil {
		return Place{Position: -1}
	}
	return Place{Cert: n.c, Position: n.pos, Known: n.known}
}

// Codes gives every code there is.
func Codes() iter.Seq[Code] { return maps.Values(codes) }
