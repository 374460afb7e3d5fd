package reports

import (
	"iter"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// Corrected gives the certificates of the corrected bundle, in order, with their
// bytes: DER, or nil for one of which only facts are known. Of an endpoint that
// was read from a report no bytes are known.
func (e *Endpoint) Corrected() iter.Seq2[Hash, []byte] {
	return func(yield func(Hash, []byte) bool) {
		for i, h := range e.Bundle {
			var der []byte
			if i < len(e.fix) {
				der = e.fix[i].Raw
			}
			if !yield(h, der) {
				return
			}
		}
	}
}

// Describe is what a report says of a certificate, apart from any chain: it has
// no position and no role.
func Describe(c *cert.Certificate) Certificate {
	out := presented(0, chain.Entry{Raw: c.Raw, SHA256: c.SHA256, Cert: c})
	out.Role = ""
	return out
}
