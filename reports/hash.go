package reports

import "github.com/tlschain/tlschain/rules/cert"

// A Hash is the SHA-256 of a certificate, a key or a list; zero means that there
// is none, null in JSON.
type Hash = cert.Hash
