package chain

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// algorithm is an AlgorithmIdentifier, with NULL as parameters if there are
// none given.
func algorithm(t testing.TB, dotted string, parameters ...byte) []byte {
	t.Helper()
	oid, err := x509.ParseOID(dotted)
	if err != nil {
		t.Fatal(err)
	}
	content, err := oid.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(content) })
		if parameters == nil {
			parameters = []byte{5, 0}
		}
		b.AddBytes(parameters)
	})
	return b.BytesOrPanic()
}

// certify makes a certificate of the serial number, for the key, whose
// signature sign makes of the signed part.
func certify(t testing.TB, serial int64, spki, alg []byte, sign func(tbs []byte) []byte) *cert.Certificate {
	t.Helper()
	name, err := asn1.Marshal(pkix.Name{CommonName: "any"}.ToRDNSequence())
	if err != nil {
		t.Fatal(err)
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(serial)
		b.AddBytes(alg)
		b.AddBytes(name)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1UTCTime(tlstest.Now())
			b.AddASN1UTCTime(tlstest.Now().AddDate(1, 0, 0))
		})
		b.AddBytes(name)
		b.AddBytes(spki)
	})
	tbs := b.BytesOrPanic()
	var whole cryptobyte.Builder
	whole.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		b.AddBytes(alg)
		b.AddASN1BitString(sign(tbs))
	})
	c, err := cert.Parse(whole.BytesOrPanic())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func spkiOf(t testing.TB, public crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// rsaSPKI is the SubjectPublicKeyInfo of any RSA key, sane or not.
func rsaSPKI(t testing.TB, dotted string, n, e *big.Int) []byte {
	t.Helper()
	alg := algorithm(t, dotted)
	var key, b cryptobyte.Builder
	key.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(n)
		b.AddASN1BigInt(e)
	})
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(alg)
		b.AddASN1BitString(key.BytesOrPanic())
	})
	return b.BytesOrPanic()
}

// otherSPKI is one of an algorithm that has no parameters and whose key is
// bytes.
func otherSPKI(alg, key []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(alg)
		b.AddASN1BitString(key)
	})
	return b.BytesOrPanic()
}

// digest hashes what is signed.
func digest(h crypto.Hash, tbs []byte) []byte {
	d := h.New()
	d.Write(tbs)
	return d.Sum(nil)
}

// raw is RSA's bare operation on a padded block: 0, 1, many 0xff, 0, content.
func raw(n, d *big.Int, content []byte) []byte {
	block := make([]byte, (n.BitLen()+7)/8)
	for i := range block {
		block[i] = 0xff
	}
	block[0], block[1] = 0, 1
	copy(block[len(block)-len(content):], content)
	block[len(block)-len(content)-1] = 0
	m := new(big.Int).SetBytes(block)
	return m.Exp(m, d, n).FillBytes(make([]byte, len(block)))
}

// rsaPair derives a modulus and, for the exponent e or the next that suits it,
// the private one.
func rsaPair(t testing.TB, bits string, e *big.Int) (n, public, private *big.Int) {
	t.Helper()
	key := tlstest.For(t).Key("pair", bits).Signer.(*rsa.PrivateKey)
	n, phi := big.NewInt(1), big.NewInt(1)
	for _, p := range key.Primes {
		n.Mul(n, p)
		phi.Mul(phi, new(big.Int).Sub(p, big.NewInt(1)))
	}
	for public = new(big.Int).Set(e); ; public.Add(public, big.NewInt(2)) {
		if private = new(big.Int).ModInverse(public, phi); private != nil {
			return n, public, private
		}
	}
}
