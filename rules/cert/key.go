package cert

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// A KeyKind is the algorithm family of a public key.
type KeyKind string

// The kinds of public keys that occur in TLS certificates.
const (
	RSA        KeyKind = "RSA"
	RSAPSS     KeyKind = "RSA-PSS"
	EC         KeyKind = "EC"
	Ed25519    KeyKind = "Ed25519"
	Ed448      KeyKind = "Ed448"
	DSA        KeyKind = "DSA"
	MLDSA      KeyKind = "ML-DSA"
	UnknownKey KeyKind = "unknown"
)

// A Key is a subject public key. Two certificates are about the same node of
// the chain graph exactly if their SPKI hashes are equal.
type Key struct {
	DER   []byte // the whole SubjectPublicKeyInfo
	SPKI  Hash
	Kind  KeyKind
	Bits  int    // RSA modulus or field size in bits; 0: not known
	Curve string // EC: name of the curve, or its OID

	N *big.Int         // RSA modulus
	E *big.Int         // RSA exponent
	P crypto.PublicKey // *ecdsa.PublicKey or ed25519.PublicKey where Go knows the curve; else nil
}

// String tells kind and size, such as "RSA 2048", "EC P-256" or "Ed25519".
func (k Key) String() string {
	switch k.Kind {
	case RSA, RSAPSS, DSA:
		return fmt.Sprintf("%s %d", k.Kind, k.Bits)
	case EC:
		return "EC " + k.Curve
	}
	return string(k.Kind)
}

var curves = map[string]struct {
	name string
	bits int
	c    elliptic.Curve
}{
	"1.2.840.10045.3.1.7":   {"P-256", 256, elliptic.P256()},
	"1.3.132.0.34":          {"P-384", 384, elliptic.P384()},
	"1.3.132.0.35":          {"P-521", 521, elliptic.P521()},
	"1.3.132.0.33":          {"P-224", 224, elliptic.P224()},
	"1.3.132.0.10":          {"secp256k1", 256, nil},
	"1.2.840.10045.3.1.1":   {"P-192", 192, nil},
	"1.3.36.3.3.2.8.1.1.7":  {"brainpoolP256r1", 256, nil},
	"1.3.36.3.3.2.8.1.1.11": {"brainpoolP384r1", 384, nil},
	"1.3.36.3.3.2.8.1.1.13": {"brainpoolP512r1", 512, nil},
}

// ParseKey reads a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7). It never
// fails: a key that cannot be read has Kind UnknownKey or no number in it, and
// odd set; it is still a node of the graph.
func ParseKey(der []byte) (k Key, odd bool) {
	k = Key{DER: der, SPKI: sha256.Sum256(der), Kind: UnknownKey}
	in := cryptobyte.String(der)
	var spki, alg, bits cryptobyte.String
	var oid string
	if !in.ReadASN1(&spki, cbasn1.SEQUENCE) || !spki.ReadASN1(&alg, cbasn1.SEQUENCE) ||
		!readOID(&alg, &oid) || !spki.ReadASN1(&bits, cbasn1.BIT_STRING) || len(bits) < 1 {
		return k, true
	}
	point := []byte(bits[1:])
	switch oid {
	case "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10":
		k.Kind = RSA
		if oid == "1.2.840.113549.1.1.10" {
			k.Kind = RSAPSS
		}
		var seq, n, e cryptobyte.String
		s := cryptobyte.String(point)
		if !s.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1(&n, cbasn1.INTEGER) || !seq.ReadASN1(&e, cbasn1.INTEGER) {
			return k, true
		}
		// Read as unsigned whatever the sign bit says, as OpenSSL does.
		k.N, k.E = new(big.Int).SetBytes(n), new(big.Int).SetBytes(e)
		k.Bits = k.N.BitLen()
		return k, len(n) == 0 || n[0]&0x80 != 0 || len(e) == 0 || e[0]&0x80 != 0
	case "1.2.840.10045.2.1":
		k.Kind = EC
		var curve string
		if !readOID(&alg, &curve) {
			k.Curve = "explicit parameters"
			return k, true
		}
		known, ok := curves[curve]
		if !ok {
			k.Curve = curve
			return k, false
		}
		k.Curve, k.Bits = known.name, known.bits
		if known.c != nil {
			pub, err := ecdsa.ParseUncompressedPublicKey(known.c, point)
			if err != nil {
				return k, true
			}
			k.P = pub
		}
		return k, false
	case "1.3.101.112":
		k.Kind, k.Bits = Ed25519, 256
		if len(point) != ed25519.PublicKeySize {
			return k, true
		}
		k.P = ed25519.PublicKey(point)
		return k, false
	case "1.3.101.113":
		k.Kind, k.Bits = Ed448, 456
		return k, false
	case "1.2.840.10040.4.1":
		k.Kind = DSA
		var params, p cryptobyte.String
		if alg.ReadASN1(&params, cbasn1.SEQUENCE) && params.ReadASN1(&p, cbasn1.INTEGER) {
			k.Bits = new(big.Int).SetBytes(p).BitLen()
		}
		return k, false
	case "2.16.840.1.101.3.4.3.17", "2.16.840.1.101.3.4.3.18", "2.16.840.1.101.3.4.3.19":
		k.Kind = MLDSA
		return k, false
	}
	return k, false
}
