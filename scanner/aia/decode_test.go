package aia

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// bag makes a PKCS #7 bag of certificates by hand, as openssl crl2pkcs7 does,
// in DER or with the indefinite lengths of BER.
func bag(ber bool, certs ...[]byte) []byte {
	wrap := func(tag byte, content []byte) []byte {
		switch {
		case ber:
			return slices.Concat([]byte{tag, 0x80}, content, []byte{0, 0})
		case len(content) < 128:
			return slices.Concat([]byte{tag, byte(len(content))}, content)
		}
		return slices.Concat([]byte{tag, 0x82, byte(len(content) >> 8), byte(len(content))}, content)
	}
	signed := slices.Concat([]byte{2, 1, 1, 0x31, 0}, // version, no digest algorithms
		wrap(0x30, append([]byte{6, 9}, data...)),
		wrap(0xa0, slices.Concat(certs...)), []byte{0x31, 0})
	return wrap(0x30, slices.Concat([]byte{6, 9}, signedData, wrap(0xa0, wrap(0x30, signed))))
}

func TestDecodeForms(t *testing.T) {
	mk := tlstest.For(t)
	a := mk.Root("A", func(c *tlstest.Template) { c.Key = mk.Key("A", "rsa2048") })
	negative := mk.Root("N", func(c *tlstest.Template) { c.Edits = append(c.Edits, func(t *tlstest.TBS) { t.Serial.Neg(t.Serial) }) })
	forms := map[string]struct {
		body []byte
		want [][]byte
	}{
		"DER":                       {a.DER, [][]byte{a.DER}},
		"DER with rubbish behind":   {append(bytes.Clone(a.DER), "\r\n"...), [][]byte{a.DER}},
		"two in DER, end to end":    {slices.Concat(a.DER, negative.DER), [][]byte{a.DER, negative.DER}},
		"PEM":                       {a.PEM(), [][]byte{a.DER}},
		"two in PEM, text between":  {slices.Concat([]byte("subject=x\n"), a.PEM(), []byte("\nissuer=y\n"), negative.PEM()), [][]byte{a.DER, negative.DER}},
		"PKCS #7":                   {bag(false, a.DER, negative.DER), [][]byte{a.DER, negative.DER}},
		"PKCS #7 in BER":            {bag(true, a.DER, negative.DER), [][]byte{a.DER, negative.DER}},
		"PKCS #7 in PEM":            {pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: bag(false, a.DER)}), [][]byte{a.DER}},
		"an empty bag":              {bag(false), nil},
		"base64 without its lines":  {[]byte(base64.StdEncoding.EncodeToString(a.DER)), nil},
		"a key in PEM":              {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: a.DER}), nil},
		"half a certificate":        {a.DER[:len(a.DER)/2], nil},
		"text":                      {[]byte("not found"), nil},
		"a DER sequence of numbers": {[]byte{0x30, 3, 2, 1, 1}, nil},
	}
	for name, f := range forms {
		got, failure := Decode(f.body)
		if !slices.EqualFunc(got, f.want, bytes.Equal) || (failure == nil) != (f.want != nil) {
			t.Errorf("%s: %d certificates of %d, %v", name, len(got), len(f.want), failure)
		}
	}
}

func TestNoMoreThanABagful(t *testing.T) {
	ca := tlstest.For(t).Root("R")
	var many [][]byte
	for range maxCerts + 10 {
		many = append(many, ca.DER)
	}
	if got, _ := Decode(bag(true, many...)); len(got) != maxCerts {
		t.Errorf("%d certificates", len(got))
	}
}

func FuzzDecode(f *testing.F) {
	ca, err := tlstest.Root("R")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(ca.DER)
	f.Add(ca.PEM())
	f.Add(bag(false, ca.DER, ca.DER))
	f.Add(bag(true, ca.DER))
	f.Add(bytes.Repeat([]byte{0x30, 0x80}, 32<<10))
	f.Fuzz(func(t *testing.T, body []byte) {
		certs, failure := Decode(body)
		if (failure == nil) != (len(certs) > 0) {
			t.Fatalf("%d certificates and failure %v", len(certs), failure)
		}
		for _, c := range certs {
			if len(c) == 0 || c[0] != 0x30 || !bytes.Contains(body, c) && !bytes.Contains(body, []byte("-----BEGIN ")) {
				t.Fatal("a certificate that was not in the body")
			}
		}
	})
}
