package rules

import (
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/revocation"
)

// A Staple is what a stapled OCSP response says of the leaf (RFC 6960).
type Staple struct {
	Status     StapleStatus
	ThisUpdate time.Time
	NextUpdate time.Time // zero: newer ones are always there
	RevokedAt  time.Time // of a revoked leaf
	Fault      string    // why clients do not go by it; empty: nothing
}

// A StapleStatus is what a response says.
type StapleStatus string

// The statuses.
const (
	StapleGood    StapleStatus = "good"
	StapleRevoked StapleStatus = "revoked"
	StapleUnknown StapleStatus = "unknown"
	StapleBroken  StapleStatus = "broken" // it cannot be read
)

// readStaple is what the response that came with the leaf says; nil: none came.
func (s *Subject) readStaple() *Staple {
	if s.staple == nil {
		s.staple = s.judgeStaple()
	}
	return s.staple
}

func (s *Subject) judgeStaple() *Staple {
	leaf := s.leaf()
	if len(s.OCSP) == 0 || leaf == nil {
		return nil
	}
	at := s.At
	if s.Seen.After(at) { // a scan takes hours, and servers renew their staples meanwhile
		at = s.Seen
	}
	r, err := revocation.ReadResponse(s.OCSP, leaf, s.issuerOf(leaf), at)
	if err != nil {
		return &Staple{Status: StapleBroken, Fault: "it cannot be read"}
	}
	return &Staple{Status: StapleStatus(r.Status), ThisUpdate: r.ThisUpdate, NextUpdate: r.NextUpdate, RevokedAt: r.RevokedAt, Fault: r.Fault}
}

// issuerOf gives the certificate above the leaf with its key: sent or known.
func (s *Subject) issuerOf(leaf *cert.Certificate) *cert.Certificate {
	for _, step := range s.Chain.Path {
		if step.Cert != leaf && step.Cert.Subject.Canon == leaf.Issuer.Canon {
			return step.Cert
		}
	}
	if a := s.Chain.Anchor; a != nil && a.Subject.Canon == leaf.Issuer.Canon {
		return a
	}
	return nil
}
