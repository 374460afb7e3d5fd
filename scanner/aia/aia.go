// Package aia fetches the certificates of issuers by the URLs that certificates
// carry (caIssuers of Authority Information Access, RFC 5280 section 4.2.2.1).
//
// Package fetch guards each fetch. What is added here are bounds of certificates
// and of URLs for one target, and a memory.
//
// It parses no certificate and judges nothing. What the world does wrong is a
// Failure in the answer, never an error.
package aia

import (
	"context"

	"github.com/tlschain/tlschain/scanner/fetch"
)

// What one fetch may cost. A CA's certificate has 1 to 2 KB; the largest
// PKCS #7 bags that CAs publish (cross-certified bridges) have some 50 KB.
const (
	maxBody    = 64 << 10 // bytes of a body
	maxCerts   = 64       // certificates in one body; more are not looked at
	maxFetches = 10       // URLs that one target may have fetched, over all rounds
)

// A Fetcher fetches each URL once for as long as it lives: one lives for a
// whole scan. The zero value is ready. It must not be copied, and its fields
// must not change once it is in use.
type Fetcher struct {
	fetch.Client

	known fetch.Cache[Result]
}

// A Result is what one URL gave.
type Result struct {
	URL     string
	Certs   [][]byte // DER, in the order they came; nil if Failure is set
	Failure *fetch.Failure
}

// Begin starts the fetching for one target, which has a budget of its own: one
// target's greed takes nothing from another, and no verdict depends on what
// other targets sent.
func (f *Fetcher) Begin() *Session { return &Session{fetcher: f, left: maxFetches} }

// A Session is the fetching for one target. It is not safe for concurrent use.
type Session struct {
	fetcher *Fetcher
	left    int
}

// Fetch answers from what is known, or asks. It returns when the answer is in,
// the time is up, or ctx ends; an answer that ctx cut short is not remembered.
func (s *Session) Fetch(ctx context.Context, rawURL string) Result {
	if s.left == 0 {
		return Result{URL: rawURL, Failure: fetch.Failed(fetch.TooMany, "this endpoint already made us fetch %d URLs", maxFetches)}
	}
	s.left--
	return s.fetcher.once(ctx, rawURL)
}

func (f *Fetcher) once(ctx context.Context, rawURL string) Result {
	if len(rawURL) > fetch.MaxURL {
		return Result{URL: rawURL[:fetch.MaxURL], Failure: fetch.Failed(fetch.BadURL, "the URL is longer than %d bytes", fetch.MaxURL)}
	}
	r, ok := f.known.Do(ctx, rawURL, func() fetch.Kept[Result] {
		r := f.get(ctx, rawURL)
		k := fetch.Kept[Result]{Value: r, Void: ctx.Err() != nil && r.Failure != nil}
		for _, c := range r.Certs {
			k.Size += len(c)
		}
		return k
	})
	if !ok {
		return Result{URL: rawURL, Failure: fetch.Failed(fetch.Canceled, "interrupted while waiting for another fetch of the same URL")}
	}
	return r
}

func (f *Fetcher) get(ctx context.Context, rawURL string) Result {
	body, failure := f.Get(ctx, fetch.Request{
		URL: rawURL, Accept: "application/pkix-cert, application/pkcs7-mime, */*", Kind: "certificate", Limit: maxBody,
	})
	if failure != nil {
		return Result{URL: rawURL, Failure: failure}
	}
	certs, failure := Decode(body)
	return Result{URL: rawURL, Certs: certs, Failure: failure}
}
