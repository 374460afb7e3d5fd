// Package fetch gets small files over plain http from URLs that strangers chose:
// those in certificates, of issuers, CRLs and OCSP responders.
//
// Whoever made the certificate chose them, so every one of them is hostile:
// only plain http is spoken (RFC 5280 asks for nothing more, and https would
// need another chain to be judged first), addresses that are not of the public
// Internet are refused after the name is resolved and again on every redirect,
// the connection goes to the very address that was checked, and bytes,
// redirects and time are bounded. No cookie, no credential and no proxy of the
// environment is ever used, and no body is decompressed.
//
// What the world does wrong is a [Failure] in the answer, never an error.
package fetch

import (
	"context"
	"net/netip"
	"net/url"
	"time"
)

// A Client gets what URLs lead to. The zero value is ready; its fields must not
// change once it is in use.
type Client struct {
	// Allow lists the networks outside the public Internet that may be asked:
	// an internal CA's.
	Allow []netip.Prefix
	// Proxy is where all requests go; nil: none. A proxy resolves names itself:
	// then only addresses that stand in the URL can be checked here.
	Proxy *url.URL
	// Timeout bounds one URL with all its redirects; 0: ten seconds.
	Timeout time.Duration
	// Resolve looks a name up; nil: the system's resolver.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)
}
