package reports

import (
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner"
)

// Rows makes endpoints, as [NewEndpoint], and remembers the form of what many of
// them share: certificates of CAs, and a chain that many hosts show, with what
// clients say of it. What is in the lists of its endpoints is not to be changed. The
// zero value is ready and safe for concurrent use; it must not be copied.
type Rows struct {
	certificates chain.Cache[*cert.Certificate, Certificate]
	shared       chain.Cache[*rules.Verdict, Endpoint] // by the remembered verdict
}

// What is remembered takes a megabyte or two.
const (
	rememberedCertificates = 1 << 8
	rememberedVerdicts     = 1 << 8
)

// Endpoint puts an observation and the verdict on it into the form of the report.
func (r *Rows) Endpoint(o *scanner.Observation, target string, v *rules.Verdict) (e Endpoint) {
	if v != nil {
		e = r.sharedPart(v)
	}
	e.Target, e.Status = Clean(target), Failed
	if o != nil {
		e.observed(o)
	}
	if v != nil {
		e.judged(v)
	}
	return e
}

// sharedPart is what is in the row of each verdict that has the same one remembered:
// what the chain is, and what clients say of it.
func (r *Rows) sharedPart(v *rules.Verdict) Endpoint {
	if v.Remembered == nil {
		return r.newSharedPart(v)
	}
	e, ok := r.shared.Get(v.Remembered)
	if !ok {
		e = r.newSharedPart(v)
		r.shared.Put(v.Remembered, e, rememberedVerdicts)
	}
	return e
}

func (r *Rows) newSharedPart(v *rules.Verdict) (e Endpoint) {
	e.Product = Clean(v.Product)
	e.Chain = make([]Certificate, len(v.Entries))
	for i, entry := range v.Entries {
		e.Chain[i] = r.presented(i, entry)
		if i < len(v.Roles) {
			e.Chain[i].Role = v.Roles[i]
		}
	}
	e.Missing = make([]Missing, len(v.Missing))
	for i, ref := range v.Missing {
		e.Missing[i] = missing(ref)
		e.Missing[i].AIAURL = aiaURL(v, i)
	}
	e.leafFacts(v)
	e.Clients = clientVerdicts(v.Clients)
	e.unsentOnPaths(v.Clients)
	return e
}

// presented is the form of an entry of a list.
func (r *Rows) presented(position int, entry chain.Entry) Certificate {
	if entry.Cert == nil || !entry.Cert.IsCA { // most leaves come once, or with their whole row
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
