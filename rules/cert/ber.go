package cert

import (
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// outermost reads the SEQUENCE that a certificate is. Many clients take BER for
// it: a length in more octets than it needs, or an indefinite one. What is
// inside is read as DER.
func (c *Certificate) outermost(der []byte) (body cryptobyte.String, ok bool) {
	in := cryptobyte.String(der)
	if in.ReadASN1(&body, cbasn1.SEQUENCE) {
		if !in.Empty() {
			c.note(TrailingData)
			c.Traits.Add(TrailingBytes)
		}
		return body, true
	}
	if len(der) < 4 || der[0] != 0x30 || der[1]&0x80 == 0 {
		return nil, false
	}
	octets := int(der[1] & 0x7f)
	if octets == 0 {
		return c.indefinite(der[2:])
	}
	if octets > 8 || len(der) < 2+octets {
		return nil, false
	}
	size := 0
	for _, b := range der[2 : 2+octets] {
		size = size<<8 | int(b)
		if size > len(der) {
			return nil, false
		}
	}
	body = der[2+octets:]
	if size > len(body) {
		return nil, false
	}
	if size < len(body) {
		c.note(TrailingData)
		c.Traits.Add(TrailingBytes)
	}
	c.note(NotDER)
	c.Traits.Add(LongLength)
	return body[:size], true
}

// indefinite reads up to the two zero octets that end an indefinite length.
func (c *Certificate) indefinite(in cryptobyte.String) (body cryptobyte.String, ok bool) {
	all := in
	for len(in) >= 2 && (in[0] != 0 || in[1] != 0) {
		if !in.ReadAnyASN1(new(cryptobyte.String), new(cbasn1.Tag)) {
			return nil, false
		}
	}
	if len(in) < 2 {
		return nil, false
	}
	if len(in) > 2 {
		c.note(TrailingData)
		c.Traits.Add(TrailingBytes)
	}
	c.note(NotDER)
	c.Traits.Add(IndefiniteLength)
	return all[:len(all)-len(in)], true
}
