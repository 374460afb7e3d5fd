package revocation

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// maxSerial is how long a serial number may be that is asked for; RFC 5280 wants
// no more than 20.
const maxSerial = 64

// RequestURL is where to ask a responder for a certificate by GET (RFC 6960
// appendix A.1), the way that caches know; empty: it cannot be asked.
func RequestURL(responder string, c, issuer *cert.Certificate) string {
	key := keyBits(issuer.Key.DER)
	if key == nil || len(c.Serial) > maxSerial || strings.ContainsAny(responder, "?#") {
		return ""
	}
	nameHash, keyHash := sha1.Sum(c.Issuer.DER), sha1.Sum(key)
	var b cryptobyte.Builder
	sequence := func(f cryptobyte.BuilderContinuation) cryptobyte.BuilderContinuation {
		return func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SEQUENCE, f) }
	}
	// OCSPRequest, TBSRequest, requestList, Request, CertID.
	sequence(sequence(sequence(sequence(sequence(func(b *cryptobyte.Builder) {
		sequence(func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}) // SHA-1, the one hash that all responders know
			b.AddASN1NULL()
		})(b)
		b.AddASN1OctetString(nameHash[:])
		b.AddASN1OctetString(keyHash[:])
		b.AddASN1(cbasn1.INTEGER, func(b *cryptobyte.Builder) { b.AddBytes(c.Serial) })
	})))))(&b)
	der, err := b.Bytes()
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(responder, "/") + "/" + url.PathEscape(base64.StdEncoding.EncodeToString(der))
}

// keyBits is what is in the BIT STRING of a SubjectPublicKeyInfo.
func keyBits(spki cryptobyte.String) []byte {
	var in, bits cryptobyte.String
	if !spki.ReadASN1(&in, cbasn1.SEQUENCE) || !in.SkipASN1(cbasn1.SEQUENCE) || !in.ReadASN1(&bits, cbasn1.BIT_STRING) || len(bits) < 1 {
		return nil
	}
	return bits[1:]
}

// A Response is what an OCSP response says of a certificate.
type Response struct {
	Answer              // its Status is what is said, whatever Fault there is
	Signed chain.Answer // by the certificate's issuer, or by whom that has made its responder
}

// Trusted is the answer as far as it is to be gone by.
func (r *Response) Trusted() Answer {
	a := r.Answer
	if a.Fault == "" && r.Signed == chain.CannotTell {
		a.Fault = "its signature cannot be checked"
	}
	if a.Fault != "" {
		a.Status, a.Reason, a.RevokedAt = NotJudged, "", time.Time{}
	}
	return a
}

// ReadResponse reads an OCSP response about a certificate. The issuer may be nil:
// nobody knows it, and Signed is CannotTell. An error says that there is nothing to read.
func ReadResponse(body []byte, c, issuer *cert.Certificate, at time.Time) (*Response, error) {
	r, err := ocsp.ParseResponse(body, nil) // checks the signature by a certificate that is in it
	if err != nil {
		return nil, err
	}
	about := sameSerial(r.SerialNumber, c.Serial)
	if !about { // there may be several
		if other, err := ocsp.ParseResponseForCert(body, &x509.Certificate{SerialNumber: new(big.Int).SetBytes(c.Serial)}, nil); err == nil {
			r, about = other, true
		}
	}
	out := &Response{Answer: Answer{Source: OCSP, Status: Unknown, ThisUpdate: r.ThisUpdate, NextUpdate: r.NextUpdate}}
	switch r.Status {
	case ocsp.Good:
		out.Status = Good
	case ocsp.Revoked:
		out.Status, out.RevokedAt, out.Reason = Revoked, r.RevokedAt, reasonName(r.RevocationReason)
	}
	if issuer != nil {
		out.Signed = signedBy(r, issuer, at)
	}
	switch {
	case !about:
		out.Fault = "it is about another certificate"
	case out.Signed == chain.No:
		out.Fault = "it is not signed by the certificate's issuer, nor for it"
	case at.Before(out.ThisUpdate):
		out.Fault = "it is of a later time"
	case !out.NextUpdate.IsZero() && at.After(out.NextUpdate):
		out.Fault = "it is out of date"
	}
	return out, nil
}

// sameSerial compares a serial number with the octets of one.
func sameSerial(n *big.Int, octets []byte) bool {
	return n != nil && n.Sign() >= 0 && bytes.Equal(n.Bytes(), bytes.TrimLeft(octets, "\x00"))
}

// signedBy checks the signature of a response: by the issuer itself, or by a
// responder that it has made (RFC 6960 section 4.2.2.2). A key that crypto/x509
// cannot read is no fault of the response.
func signedBy(r *ocsp.Response, issuer *cert.Certificate, at time.Time) chain.Answer {
	key, err := x509.ParsePKIXPublicKey(issuer.Key.DER)
	if err != nil {
		return chain.CannotTell
	}
	by, responder := &x509.Certificate{PublicKey: key}, r.Certificate
	switch {
	case responder == nil:
		err = r.CheckSignatureFrom(by)
	case bytes.Equal(responder.RawSubjectPublicKeyInfo, issuer.Key.DER): // some send the issuer's own
	case !slices.Contains(responder.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning), at.Before(responder.NotBefore), at.After(responder.NotAfter):
		return chain.No
	default:
		err = by.CheckSignature(responder.SignatureAlgorithm, responder.RawTBSCertificate, responder.Signature)
	}
	var weak x509.InsecureAlgorithmError
	switch {
	case errors.As(err, &weak), errors.Is(err, x509.ErrUnsupportedAlgorithm):
		return chain.CannotTell
	case err != nil:
		return chain.No
	}
	return chain.Yes
}
