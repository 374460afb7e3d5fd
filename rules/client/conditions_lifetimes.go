package client

import (
	"fmt"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// Lifetimes are how long a leaf may be valid under the roots that came with the
// client: what a user or a company has added is not bound. They do not change
// once made.
type Lifetimes struct {
	Public *chain.Set // the roots that came with the client
	Bounds []lifetime // oldest first
	// Last tells that the bounds are looked at once a path is chosen: where one
	// is broken, no other path is tried.
	Last bool
}

// A lifetime is how long what is issued from a day on may be valid, from
// notBefore to notAfter.
type lifetime struct {
	From time.Time
	Max  time.Duration
}

const oneDay = 24 * time.Hour

// chromeLifetimes are Chrome's (CertVerifyProc::HasTooLongValidity in
// net/cert/cert_verify_proc.cc, which is asked once a path was found, and for
// its own roots only). Whether it has a step for 200 days by now was not seen.
var chromeLifetimes = []lifetime{
	{time.Date(2018, 3, 1, 0, 0, 0, 0, time.UTC), 825 * oneDay},
	{time.Date(2020, 9, 1, 0, 0, 0, 0, time.UTC), 398 * oneDay},
}

// appleLifetimes are those of Apple's systems
// (SecPolicyCheckSystemTrustValidityPeriodMaximums in its published Security
// source, which grants an hour more before September 2020; support.apple.com/103769
// and 102028).
var appleLifetimes = []lifetime{
	{time.Date(2018, 3, 1, 0, 0, 0, 0, time.UTC), 825*oneDay + time.Hour},
	{time.Date(2020, 9, 1, 0, 0, 0, 0, time.UTC), 398 * oneDay},
}

// LifetimesOf is how long a leaf may be valid for a client with a store of its
// own; nil: any time.
func LifetimesOf(id string, public *chain.Set) *Lifetimes {
	return rowOf(id).demands.lifetimes.under(public)
}

// under are the same bounds under the roots that came with the client; nil where
// there are none.
func (l Lifetimes) under(public *chain.Set) *Lifetimes {
	if len(l.Bounds) == 0 {
		return nil
	}
	l.Public = public
	return &l
}

// broken gives the bound that a leaf under an anchor breaks, if it breaks one.
func (l *Lifetimes) broken(leaf, anchor *cert.Certificate) (b lifetime, broken bool) {
	if l == nil {
		return b, false
	}
	for _, next := range l.Bounds {
		if !leaf.NotBefore.Before(next.From) {
			b = next
		}
	}
	return b, b.Max > 0 && leaf.NotAfter.Sub(leaf.NotBefore) > b.Max && l.Public.Anchors(anchor)
}

// checkLifetime holds the leaf of a path to the client's bounds.
func (pb *pathBuilder) checkLifetime(l *Lifetimes) pathError {
	if len(pb.path) == 0 {
		return pathError{}
	}
	anchor := pb.path[len(pb.path)-1].to
	b, broken := l.broken(pb.leaf.c, anchor.c)
	if !broken {
		return pathError{}
	}
	pb.stop = pb.stop || l.Last
	return pathError{what: validTooLong, at: anchor, depth: len(pb.path), limit: int(b.Max / oneDay), until: b.From.Unix()}
}

// lifetimeReason puts a broken bound into words.
func (pb *pathBuilder) lifetimeReason(f pathError, at string) string {
	leaf := pb.leaf.c
	// A day that has begun counts: what is one second too long is not "200 days".
	days := (leaf.NotAfter.Sub(leaf.NotBefore) + oneDay - 1) / oneDay
	return fmt.Sprintf("trusts %s only for leaves valid for at most %d days where issued from %s on, and this one was issued on %s for "+
		"%d days",
		at, f.limit, time.Unix(f.until, 0).UTC().Format(time.DateOnly), leaf.NotBefore.UTC().Format(time.DateOnly), days) + pb.only()
}
