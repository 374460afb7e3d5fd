package client

import "github.com/tlschain/tlschain/rules/cert"

// A Verdict is what one client makes of one presented chain.
type Verdict struct {
	Client   string // profile id
	Accepted bool
	By       By                  // how the path was completed, when accepted
	Cause    Cause               // why not, when rejected; findings are grouped by it
	Reason   string              // in words a person can act on; never empty
	Problem  *Problem            // the reason apart from its words; nil when accepted
	Path     []*cert.Certificate // accepted: leaf to anchor; rejected: as far as it came
}

// By tells where a client had the accepted path's certificates from.
type By string

// Ways to complete a path, from the plainest to the most generous.
const (
	Presented By = "presented" // sent by the server, or anchors of the client's own
	Preload   By = "preload"   // the client ships the intermediate
	AIA       By = "aia"       // the client fetches it by the URL in the certificate
)

// A Cause is the kind of obstacle that a client met.
type Cause string

// The causes of rejection.
const (
	Incomplete Cause = "incomplete" // no way up from some certificate, nor is its issuer an anchor
	Untrusted  Cause = "untrusted"  // the path ends at a root that the store does not hold
	Expired    Cause = "expired"    // a certificate on the only path it tries is out of date
	Name       Cause = "name"       // the leaf is for another name
	Algorithm  Cause = "algorithm"  // weak or unsupported signature or key
	Constraint Cause = "constraint" // CA flag, path length, key usage, EKU, name constraints, identifiers
	Order      Cause = "order"      // the order of the list, or something in between
	Odd        Cause = "odd"        // a deviation it refuses to parse
	Limit      Cause = "limit"      // too many, too long, too large
	Revoked    Cause = "revoked"    // a certificate on the only path it finds is on a list that it goes by
	Distrusted Cause = "distrusted" // it no longer trusts the anchor for leaves like this one
)
