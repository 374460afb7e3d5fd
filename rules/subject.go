package rules

import (
	"time"

	"tlschain/scanner"

	"tlschain/rules/cert"
	"tlschain/rules/chain"
	"tlschain/rules/client"
)

// A Presentation is one list of certificates that somebody presented: a server
// in one handshake, or a file.
type Presentation struct {
	Entries   []chain.Entry
	Unordered bool            // the order means nothing: a PKCS #7 file is a set
	Name      string          // the name to check the leaf against; empty: not judged
	Addr      string          // address:port it came from; empty for a file
	Variant   scanner.Variant // the handshake it comes from
	Expect    cert.Hash       // SHA-256 of the leaf that should be served; zero: none expected
	ServerKey cert.Hash       // SHA-256 of the SPKI of the server's private key; zero: not given
	Variants  []Presentation  // what the other handshakes with the same address showed
}

// A Subject is one presentation with all that rules may look at.
type Subject struct {
	Presentation
	At      time.Time
	Chain   *chain.Analysis  // roles, order, completeness
	Judge   *Judge           // anchors, known certificates, and what clients would say to another list
	Clients []client.Verdict // in the order of Judge.Profiles
}

// A Verdict is everything that was judged about one presentation.
type Verdict struct {
	Presentation
	Leaf     int          // position of the leaf; -1: none
	Roles    []chain.Role // one a position
	Product  string       // product of the CA, by the catalogue; empty: not recognised
	Missing  []CertRef
	Findings []Finding // worst first, then by position
	Clients  []client.Verdict
	State    Severity   // worst finding of class Presentation
	Bundle   *cert.Hash // identifies the corrected certificates after the leaf; nil: no mend is known
}
