package rules

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlsa"
)

// A DANEMatch says what one TLSA record is to the chain that was presented.
type DANEMatch struct {
	tlsa.Record
	State    DANEState
	Position int               // of the certificate that it names, if that was sent; else -1
	Unsent   *cert.Certificate // that it names, which belongs to the chain and was not sent; nil: none
}

// A DANEState is whether a client that goes by a record would accept the chain.
type DANEState string

// The states.
const (
	DANEMatches   DANEState = "matches"   // it would
	DANEUntrusted DANEState = "untrusted" // it names a certificate of the chain, and asks for a path to a public root, of which there is none
	DANENotSent   DANEState = "not-sent"  // it names a certificate of the chain that is not sent
	DANEOther     DANEState = "other"     // it names none of the chain: one to come, or one that is gone
	DANEUnusable  DANEState = "unusable"  // no client can go by it
)

// SetDANE notes what DNS says of the certificates, in whichever handshake they
// are shown.
func (p *Presentation) SetDANE(a *tlsa.Answer, mail bool) {
	p.DANE, p.Mail = a, mail
	for i := range p.Variants {
		p.Variants[i].SetDANE(a, mail)
	}
}

// daneMatches holds each record against the chain. Mail servers go by usages 2
// and 3 only (RFC 7672 section 3.1.3).
func (s *Subject) daneMatches() []DANEMatch {
	if s.DANE == nil || s.dane != nil {
		return s.dane
	}
	for _, r := range s.DANE.Records {
		m := DANEMatch{Record: r, State: DANEOther, Position: -1}
		if !usable(r) || s.Mail && r.Usage < tlsa.DANETA {
			m.State = DANEUnusable
		} else {
			s.daneMatch(&m)
		}
		s.dane = append(s.dane, m)
	}
	return s.dane
}

// usable reports whether a record is of a form that there is.
func usable(r tlsa.Record) bool {
	length, ok := map[uint8]int{0: len(r.Data), 1: sha256.Size, 2: sha512.Size}[r.Matching]
	return ok && len(r.Data) == length && length > 0 && r.Usage <= tlsa.DANEEE && r.Selector <= 1
}

func (s *Subject) daneMatch(m *DANEMatch) {
	if m.Usage == tlsa.DANEEE || m.Usage == tlsa.PKIXEE {
		// It is about the first certificate, whatever that is.
		if len(s.Entries) > 0 && names(m.Record, s.Entries[0].Cert) {
			m.State, m.Position = s.pkix(m.Usage), 0
		}
		return
	}
	for i, e := range s.Entries {
		above := slices.Contains([]chain.Role{chain.Intermediate, chain.Cross, chain.Root}, s.Chain.Roles[i])
		if (above || i == s.Chain.Leaf && e.Cert != nil && e.Cert.SelfIssued()) && names(m.Record, e.Cert) {
			m.State, m.Position = s.pkix(m.Usage), i
			return
		}
	}
	for _, c := range s.unsentAbove() {
		if !names(m.Record, c) {
			continue
		}
		m.Unsent = c
		switch {
		case m.Usage == tlsa.PKIXTA:
			m.State = s.pkix(m.Usage) // clients have that one
		case m.Matching == 0:
			m.State = DANEMatches // the record has the certificate or its key itself (RFC 7671 section 5.2.2)
		default:
			m.State = DANENotSent
		}
		return
	}
}

// pkix is the state of a record that names a certificate of the chain: usages 0
// and 1 ask for a path to a root that clients have besides.
func (s *Subject) pkix(usage uint8) DANEState {
	if usage <= tlsa.PKIXEE && s.Chain.State != chain.Complete {
		return DANEUntrusted
	}
	return DANEMatches
}

// unsentAbove gives the certificates above the leaf that were not sent: of the
// path, and its anchor.
func (s *Subject) unsentAbove() (all []*cert.Certificate) {
	for _, step := range s.Chain.Path {
		if step.Position < 0 {
			all = append(all, step.Cert)
		}
	}
	if len(s.Chain.Path) == 0 {
		return nil
	}
	if s.Chain.Anchor != nil {
		all = append(all, s.Chain.Anchor)
	}
	// The root of a private CA, say, that --pool has.
	top := s.Chain.Path[len(s.Chain.Path)-1].Cert
	for _, source := range s.Judge.Known {
		for _, k := range source.Set.BySubject(top.Issuer) {
			if k.SHA256 != top.SHA256 && chain.Certifies(s.session, k, top) {
				all = append(all, k)
			}
		}
	}
	return all
}

// names reports whether a record names a certificate.
func names(r tlsa.Record, c *cert.Certificate) bool {
	if c == nil {
		return false
	}
	content, sum := c.Raw, c.SHA256
	if r.Selector == 1 {
		content, sum = c.Key.DER, c.Key.SPKI
	}
	switch r.Matching {
	case 1:
		return bytes.Equal(r.Data, sum[:])
	case 2:
		long := sha512.Sum512(content)
		return len(content) > 0 && bytes.Equal(r.Data, long[:])
	}
	return len(content) > 0 && bytes.Equal(r.Data, content)
}

// daneNeeds reports whether a TLSA record of usage 2 names the certificate at a
// position.
func (s *Subject) daneNeeds(i int) bool {
	return slices.ContainsFunc(s.daneMatches(), func(m DANEMatch) bool {
		return m.Usage == tlsa.DANETA && m.State == DANEMatches && m.Position == i
	})
}

// daneFitting are records that would be right for the chain as it is sent: for
// the leaf's key, and where there is one, for the CA above it.
func (s *Subject) daneFitting() (fit []tlsa.Record) {
	if len(s.Entries) == 0 || s.Entries[0].Cert == nil {
		return nil
	}
	spki := s.Entries[0].Cert.Key.SPKI
	fit = append(fit, tlsa.Record{Usage: tlsa.DANEEE, Selector: 1, Matching: 1, Data: spki[:]})
	for _, step := range s.presented() {
		if step.Position > 0 && !s.Judge.IsRevoked(step.Cert) {
			return append(fit, tlsa.Record{Usage: tlsa.DANETA, Selector: 1, Matching: 1, Data: step.Cert.Key.SPKI[:]})
		}
	}
	return fit
}
