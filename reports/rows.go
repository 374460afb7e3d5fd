package reports

import (
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner"
)

// Rows makes endpoints, as [NewEndpoint], and remembers the form of what many of
// them share: certificates of CAs, and what clients say of a chain that many hosts
// show. Its endpoints share their clients, which are not to be changed. The zero
// value is ready and safe for concurrent use; it must not be copied.
type Rows struct {
	certificates chain.Cache[*cert.Certificate, Certificate]
	verdicts     chain.Cache[*client.Verdict, []Client] // by the first one of a list
}

// What is remembered takes a megabyte or two.
const (
	rememberedCertificates = 1 << 9
	rememberedVerdicts     = 1 << 9
)

// Endpoint puts an observation and the verdict on it into the form of the report.
func (r *Rows) Endpoint(o *scanner.Observation, target string, v *rules.Verdict) Endpoint {
	e := Endpoint{Target: Clean(target), Status: Failed}
	if o != nil {
		e.observed(o)
	}
	if v != nil {
		e.judged(v, r)
	}
	return e
}

// presented is the form of an entry of a list.
func (r *Rows) presented(position int, entry chain.Entry) Certificate {
	if entry.Cert == nil {
		return presented(position, entry)
	}
	out, ok := r.certificates.Get(entry.Cert)
	if !ok {
		out = presented(position, entry)
		r.certificates.Put(entry.Cert, out, rememberedCertificates)
	}
	out.Position, out.Size = position, len(entry.Raw)
	return out
}

// clients is the form of what clients say of a chain.
func (r *Rows) clients(verdicts []client.Verdict) []Client {
	if len(verdicts) == 0 {
		return clientVerdicts(verdicts)
	}
	out, ok := r.verdicts.Get(&verdicts[0])
	if !ok {
		out = clientVerdicts(verdicts)
		r.verdicts.Put(&verdicts[0], out, rememberedVerdicts)
	}
	return out
}
