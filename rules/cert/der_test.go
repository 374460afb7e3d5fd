package cert_test

import "encoding/asn1"

// der is one DER element.
func der(tag byte, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	n := len(body)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, body...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, body...)
	}
	return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, body...)
}

// Tags that certificates are made of.
const (
	sequence    = 0x30
	set         = 0x31
	integer     = 0x02
	boolean     = 0x01
	bitString   = 0x03
	octetString = 0x04
	utf8String  = 0x0c
	printable   = 0x13
	t61String   = 0x14
	utcTime     = 0x17
	generalTime = 0x18
	bmpString   = 0x1e
)

func oid(arcs ...int) []byte {
	b, err := asn1.Marshal(asn1.ObjectIdentifier(arcs))
	if err != nil {
		panic(err)
	}
	return b
}

// attribute is an RDN of one attribute of X.520: 3 is the common name.
func attribute(number int, tag byte, value string) []byte {
	return der(set, der(sequence, oid(2, 5, 4, number), der(tag, []byte(value))))
}

func extension(critical bool, id []byte, value []byte) []byte {
	if critical {
		return der(sequence, id, der(boolean, []byte{0xff}), der(octetString, value))
	}
	return der(sequence, id, der(octetString, value))
}

// parts are the elements of a certificate, each open to change. The signature
// is none: Parse checks nothing.
type parts struct {
	version, serial, innerAlg, issuer, notBefore, notAfter, subject, spki []byte
	afterSPKI, extensions                                                 []byte
	outerAlg, signature, inTail, tail                                     []byte
}

// plain is an unremarkable version 3 CA certificate.
func plain() *parts {
	alg := der(sequence, oid(1, 2, 840, 113549, 1, 1, 11), []byte{5, 0})
	modulus := make([]byte, 257)
	modulus[1], modulus[256] = 0x80, 1
	key := der(sequence, der(integer, modulus), der(integer, []byte{1, 0, 1}))
	return &parts{
		version: []byte{0xa0, 3, 2, 1, 2}, serial: der(integer, []byte{0x12, 0x34}), innerAlg: alg, outerAlg: alg,
		issuer:    der(sequence, attribute(3, utf8String, "Issuer")),
		subject:   der(sequence, attribute(3, utf8String, "Subject")),
		notBefore: der(utcTime, []byte("260101000000Z")), notAfter: der(utcTime, []byte("360101000000Z")),
		spki: der(sequence, der(sequence, oid(1, 2, 840, 113549, 1, 1, 1), []byte{5, 0}), der(bitString, []byte{0}, key)),
		extensions: slicesOf(
			extension(true, oid(2, 5, 29, 19), der(sequence, der(boolean, []byte{0xff}))),
			extension(true, oid(2, 5, 29, 15), der(bitString, []byte{1, 0x06}))),
		signature: der(bitString, []byte{0, 1, 2, 3}),
	}
}

func slicesOf(list ...[]byte) (out []byte) {
	for _, b := range list {
		out = append(out, b...)
	}
	return out
}

func (p *parts) bytes() []byte {
	tbs := slicesOf(p.version, p.serial, p.innerAlg, p.issuer, der(sequence, p.notBefore, p.notAfter), p.subject, p.spki, p.afterSPKI)
	if p.extensions != nil {
		tbs = append(tbs, der(0xa3, der(sequence, p.extensions))...)
	}
	return append(der(sequence, der(sequence, tbs), p.outerAlg, p.signature, p.inTail), p.tail...)
}
