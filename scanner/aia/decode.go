package aia

import (
	"bytes"
	"encoding/pem"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlschain/tlschain/scanner/fetch"
)

// Decode finds the certificates in a body, whatever its content type says: DER
// (one or more, end to end), PEM, or a PKCS #7 bag of certificates (RFC 5280
// section 4.2.2.1 allows DER and BER-encoded PKCS #7; people serve PEM too).
// Certificates are not parsed: each is just an element of the right shape.
func Decode(body []byte) ([][]byte, *fetch.Failure) {
	var certs [][]byte
	if bytes.Contains(body, []byte("-----BEGIN ")) {
		certs = decodePEM(body)
	} else {
		certs = decodeDER(body)
	}
	switch {
	case len(certs) == 0:
		return nil, fetch.Failed(fetch.Format, "the answer is %s, not a certificate in DER, PEM or PKCS #7", guess(body))
	case len(certs) > maxCerts:
		certs = certs[:maxCerts]
	}
	return certs, nil
}

func guess(body []byte) string {
	start := strings.ToLower(string(bytes.TrimSpace(body[:min(len(body), 256)])))
	switch {
	case start == "":
		return "empty"
	case strings.HasPrefix(start, "<!doctype html"), strings.HasPrefix(start, "<html"), strings.Contains(start, "<head"):
		return "a web page"
	case strings.HasPrefix(start, "<"):
		return "XML or HTML"
	}
	return "something else"
}

func decodePEM(body []byte) (certs [][]byte) {
	for {
		var block *pem.Block
		block, body = pem.Decode(body)
		if block == nil {
			return certs
		}
		switch block.Type {
		case "CERTIFICATE", "X509 CERTIFICATE", "PKCS7", "CMS": // RFC 7468 sections 5, 8 and 9
			certs = append(certs, decodeDER(block.Bytes)...)
		}
	}
}

func decodeDER(body []byte) (certs [][]byte) {
	if bag := bagOf(body); bag != nil {
		return bag
	}
	return sequence(body, true)
}

// sequence takes certificates that stand end to end. Behind the first one,
// what is no certificate is trailing data and does not matter; in a bag there
// may be attribute certificates between.
func sequence(in cryptobyte.String, stopAtOther bool) (certs [][]byte) {
	for !in.Empty() {
		var element cryptobyte.String
		var tag cbasn1.Tag
		if !in.ReadAnyASN1Element(&element, &tag) {
			return certs
		}
		inner, body := element, cryptobyte.String(nil)
		if tag == cbasn1.SEQUENCE && inner.ReadASN1(&body, cbasn1.SEQUENCE) && body.PeekASN1Tag(cbasn1.SEQUENCE) {
			certs = append(certs, element)
		} else if stopAtOther {
			return certs
		}
	}
	return certs
}

// bagOf takes a PKCS #7 SignedData apart (RFC 2315 section 9.1) as far as its
// certificates. It is our own reading because a certificate that Go's x509
// refuses must be fetched too, and because a library that recurses as deep as
// a stranger likes is no guard.
func bagOf(body []byte) [][]byte {
	in := cryptobyte.String(body)
	if !open(&in, cbasn1.SEQUENCE) || !skipOID(&in, signedData) ||
		!open(&in, cbasn1.Tag(0).Constructed().ContextSpecific()) || !open(&in, cbasn1.SEQUENCE) ||
		!in.SkipASN1(cbasn1.INTEGER) || !in.SkipASN1(cbasn1.SET) || !skipContent(&in) ||
		!open(&in, cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return nil
	}
	return sequence(in, false)
}

// signedData and data are 1.2.840.113549.1.7.2 and .1.
var (
	signedData = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2}
	data       = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1}
)

// open goes into an element of definite or, as BER has it, indefinite length.
// The latter's end is not looked for: what we want comes before it.
func open(in *cryptobyte.String, tag cbasn1.Tag) bool {
	if len(*in) > 1 && (*in)[0] == byte(tag) && (*in)[1] == 0x80 {
		*in = (*in)[2:]
		return true
	}
	var content cryptobyte.String
	ok := in.ReadASN1(&content, tag)
	*in = content
	return ok
}

// skipContent steps over the content that is signed: there is none in a bag of
// certificates, only its type.
func skipContent(in *cryptobyte.String) bool {
	if len(*in) > 1 && (*in)[0] == byte(cbasn1.SEQUENCE) && (*in)[1] == 0x80 {
		*in = (*in)[2:]
		return skipOID(in, data) && in.Skip(2) // the two zeros of its end
	}
	return in.SkipASN1(cbasn1.SEQUENCE)
}

func skipOID(in *cryptobyte.String, want []byte) bool {
	var oid cryptobyte.String
	return in.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) && bytes.Equal(oid, want)
}
