package variant

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"io"
	"math/big"

	"github.com/cloudflare/circl/sign"
	"github.com/cloudflare/circl/sign/ed448"
	"github.com/cloudflare/circl/sign/schemes"
)

// otherOID names key and signature alike.
func otherOID(kind string) string {
	return map[string]string{
		"ed25519": "1.3.101.112", "ed448": "1.3.101.113",
		"mldsa44": "2.16.840.1.101.3.4.3.17", "mldsa65": "2.16.840.1.101.3.4.3.18", "mldsa87": "2.16.840.1.101.3.4.3.19",
	}[kind]
}

func newOther(stream io.Reader, kind string) (*Key, error) {
	switch kind {
	case "ed25519", "ed448":
		return newEdwards(stream, kind), nil
	case "mldsa44", "mldsa65", "mldsa87":
		return newMLDSA(stream, kind), nil
	case "dsa1024":
		return newDSA(stream, 1024, 160), nil
	case "dsa2048":
		return newDSA(stream, 2048, 256), nil
	}
	return nil, fmt.Errorf("no such kind")
}

// newEdwards makes a key of RFC 8410.
func newEdwards(stream io.Reader, kind string) *Key {
	k := &Key{family: kind, algo: sequence(oid(otherOID(kind)))}
	if kind == "ed25519" {
		raw := make([]byte, ed25519.SeedSize)
		io.ReadFull(stream, raw)
		private := ed25519.NewKeyFromSeed(raw)
		k.public, k.Signer = private[32:], private
		k.PKCS8 = sequence(number(0), k.algo, octets(octets(raw)))
		k.primary = func(message []byte, _ scheme) ([]byte, error) { return ed25519.Sign(private, message), nil }
		return k
	}
	raw := make([]byte, ed448.SeedSize)
	io.ReadFull(stream, raw)
	private := ed448.NewKeyFromSeed(raw)
	k.public = private[ed448.SeedSize:]
	k.PKCS8 = sequence(number(0), k.algo, octets(octets(raw)))
	k.primary = func(message []byte, _ scheme) ([]byte, error) { return ed448.Sign(private, message, ""), nil }
	return k
}

// newMLDSA makes a key of RFC 9881, kept as its seed.
func newMLDSA(stream io.Reader, kind string) *Key {
	var algorithm sign.Scheme
	switch kind {
	case "mldsa44":
		algorithm = schemes.ByName("ML-DSA-44")
	case "mldsa65":
		algorithm = schemes.ByName("ML-DSA-65")
	default:
		algorithm = schemes.ByName("ML-DSA-87")
	}
	raw := make([]byte, algorithm.SeedSize())
	io.ReadFull(stream, raw)
	public, private := algorithm.DeriveKey(raw)
	k := &Key{family: kind, algo: sequence(oid(otherOID(kind)))}
	k.public, _ = public.MarshalBinary() // it has no error to tell
	k.PKCS8 = sequence(number(0), k.algo, octets(tlv(0x80, raw)))
	k.primary = func(message []byte, _ scheme) ([]byte, error) { return algorithm.Sign(private, message, nil), nil }
	return k
}

// newDSA makes a key of FIPS 186-4; the domain parameters are found by walking
// from a random number, which is quicker than the standard's way.
func newDSA(stream io.Reader, bits, subgroup int) *Key {
	one := big.NewInt(1)
	q := findPrime(stream, new(big.Int).Lsh(one, uint(subgroup-1)), one)
	raw := make([]byte, bits/8)
	p := new(big.Int)
	for {
		io.ReadFull(stream, raw)
		raw[0] |= 0x80
		p.SetBytes(raw)
		p.Sub(p, new(big.Int).Mod(p, new(big.Int).Lsh(q, 1))).Add(p, one)
		if p.BitLen() == bits && p.ProbablyPrime(1) {
			break
		}
	}
	g := new(big.Int).Exp(big.NewInt(2), new(big.Int).Div(new(big.Int).Sub(p, one), q), p)
	x := new(big.Int)
	io.ReadFull(stream, raw)
	x.SetBytes(raw).Mod(x, q)
	d := dsaNumbers{p, q, g, x}
	k := &Key{family: "dsa", algo: sequence(oid("1.2.840.10040.4.1"), sequence(positive(p), positive(q), positive(g)))}
	k.public = positive(new(big.Int).Exp(g, x, p))
	k.PKCS8 = sequence(number(0), k.algo, octets(positive(x)))
	k.primary = func(message []byte, s scheme) ([]byte, error) { return d.sign(s.digest(message)), nil }
	return k
}

type dsaNumbers struct{ p, q, g, x *big.Int }

// sign signs with a nonce that follows from key and digest.
func (d dsaNumbers) sign(digest []byte) []byte {
	z := new(big.Int).SetBytes(digest)
	if excess := 8*len(digest) - d.q.BitLen(); excess > 0 {
		z.Rsh(z, uint(excess))
	}
	nonce := sha256.Sum256(append(d.x.Bytes(), digest...))
	k := new(big.Int).SetBytes(nonce[:])
	k.Mod(k, new(big.Int).Sub(d.q, big.NewInt(1))).Add(k, big.NewInt(1))
	r := new(big.Int).Exp(d.g, k, d.p)
	r.Mod(r, d.q)
	s := new(big.Int).Mul(r, d.x)
	s.Add(s, z).Mul(s, new(big.Int).ModInverse(k, d.q)).Mod(s, d.q)
	return sequence(positive(r), positive(s))
}
