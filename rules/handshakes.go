package rules

import (
	"fmt"
	"slices"

	"github.com/tlschain/tlschain/scanner"
)

// handshakeNames call the handshakes of an address for people.
var handshakeNames = map[scanner.Variant]string{
	scanner.NoSNI: "without SNI",
	scanner.RSA:   "RSA handshake",
	scanner.ECDSA: "ECDSA handshake",
	scanner.TLS12: "TLS 1.2 handshake",
	scanner.TLS13: "TLS 1.3 handshake",

	scanner.OverQUIC: "QUIC handshake",
}

// HandshakeName calls a handshake for people, such as "RSA handshake".
func HandshakeName(v scanner.Variant) string { return handshakeNames[v] }

// otherChains gives the chains that other handshakes with the address showed, each
// once, and without the one that the first handshake showed.
func (p *Presentation) otherChains() (out []Presentation) {
	for _, q := range p.Variants {
		same := func(o Presentation) bool {
			return sameChain(o.Entries, q.Entries) && (o.Variant == scanner.NoSNI) == (q.Variant == scanner.NoSNI)
		}
		if len(q.Entries) == 0 || sameChain(q.Entries, p.Entries) || slices.ContainsFunc(out, same) {
			continue
		}
		q.Name, q.Variants = p.Name, nil
		if q.Variant == scanner.NoSNI {
			q.Name = "" // the client named nothing to hold the certificate against
		}
		out = append(out, q)
	}
	return out
}

// name says that a finding is about what another handshake showed.
func (f *Finding) name(variant scanner.Variant) {
	f.Variant = variant
	f.Message = fmt.Sprintf("%s: %s", capital(handshakeNames[variant]), f.Message)
	f.Fix = fmt.Sprintf("%s: %s", capital(handshakeNames[variant]), f.Fix)
}

// judgeOthers judges what the other handshakes showed as if each were alone, and
// adds what is found to the verdict, named by the handshake: a client that gets
// that chain is as badly off as any.
func (j *Judge) judgeOthers(v *Verdict) {
	for _, p := range v.otherChains() {
		other := j.Judge([]Presentation{p})[0]
		v.Others = append(v.Others, other)
		v.State = max(v.State, other.State)
		for _, f := range other.Findings {
			f.name(p.Variant)
			v.Findings = append(v.Findings, f)
		}
	}
}
