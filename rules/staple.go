package rules

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/tlschain/tlschain/rules/cert"
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
	response, err := ocsp.ParseResponse(s.OCSP, nil)
	if err != nil {
		return &Staple{Status: StapleBroken, Fault: "it cannot be read"}
	}
	out := &Staple{Status: StapleUnknown, ThisUpdate: response.ThisUpdate, NextUpdate: response.NextUpdate}
	switch response.Status {
	case ocsp.Good:
		out.Status = StapleGood
	case ocsp.Revoked:
		out.Status, out.RevokedAt = StapleRevoked, response.RevokedAt
	}
	switch issuer := s.issuerOf(leaf); {
	case response.SerialNumber == nil || !sameSerial(response.SerialNumber.Bytes(), leaf.Serial):
		out.Fault = "it is about another certificate"
	case issuer != nil && signedBy(s.OCSP, issuer) != nil:
		out.Fault = "it is not signed by the leaf's issuer, nor for it"
	case s.At.Before(out.ThisUpdate):
		out.Fault = "it is of a later time"
	case !out.NextUpdate.IsZero() && s.At.After(out.NextUpdate):
		out.Fault = "it is out of date"
	}
	return out
}

// sameSerial compares a positive serial number with the octets of one.
func sameSerial(magnitude, octets []byte) bool {
	for len(octets) > 0 && octets[0] == 0 {
		octets = octets[1:]
	}
	return slices.Equal(magnitude, octets)
}

// issuerOf gives the certificate above the leaf that has its bytes: sent or known.
func (s *Subject) issuerOf(leaf *cert.Certificate) *cert.Certificate {
	for _, step := range s.Chain.Path {
		if step.Cert != leaf && step.Cert.Subject.Canon == leaf.Issuer.Canon && len(step.Cert.Raw) > 0 {
			return step.Cert
		}
	}
	if a := s.Chain.Anchor; a != nil && a.Subject.Canon == leaf.Issuer.Canon && len(a.Raw) > 0 {
		return a
	}
	return nil
}

// signedBy checks the signature of a response: by the issuer itself, or by a
// responder that it has made (RFC 6960 section 4.2.2.2). A key that crypto/x509
// cannot read is no fault of the response.
func signedBy(response []byte, issuer *cert.Certificate) error {
	c, err := x509.ParseCertificate(issuer.Raw)
	if err != nil {
		return nil
	}
	r, err := ocsp.ParseResponse(response, nil) // checks the signature by the certificate in it
	switch {
	case err != nil:
		return err
	case r.Certificate == nil:
		err = r.CheckSignatureFrom(c)
	case bytes.Equal(r.Certificate.RawSubjectPublicKeyInfo, c.RawSubjectPublicKeyInfo): // some send the issuer's own
	case !slices.Contains(r.Certificate.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning):
		return errors.New("the responder's certificate is not for OCSP")
	default:
		err = c.CheckSignature(r.Certificate.SignatureAlgorithm, r.Certificate.RawTBSCertificate, r.Certificate.Signature)
	}
	var weak x509.InsecureAlgorithmError
	if errors.As(err, &weak) {
		return nil
	}
	return err
}
