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

	N   *big.Int         // RSA modulus
	E   *big.Int         // RSA exponent
	PSS *PSSParameters   // RSASSA-PSS: what the key holds its signatures to; nil: nothing
	P   crypto.PublicKey // *ecdsa.PublicKey or ed25519.PublicKey where Go knows the curve; else nil

	Traits Traits
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
	name   string
	bits   int
	c      elliptic.Curve
	traits Traits
}{
	"1.2.840.10045.3.1.7":   {"P-256", 256, elliptic.P256(), Traits{}},
	"1.3.132.0.34":          {"P-384", 384, elliptic.P384(), Traits{}},
	"1.3.132.0.35":          {"P-521", 521, elliptic.P521(), Of(KeyP521)},
	"1.3.132.0.33":          {"P-224", 224, elliptic.P224(), Of(KeyP224)},
	"1.3.132.0.10":          {"secp256k1", 256, nil, Of(KeySecp256k1)},
	"1.2.840.10045.3.1.1":   {"P-192", 192, nil, Of(KeyP192)},
	"1.3.36.3.3.2.8.1.1.7":  {"brainpoolP256r1", 256, nil, Of(KeyBrainpool)},
	"1.3.36.3.3.2.8.1.1.11": {"brainpoolP384r1", 384, nil, Of(KeyBrainpool)},
	"1.3.36.3.3.2.8.1.1.13": {"brainpoolP512r1", 512, nil, Of(KeyBrainpool)},
}

// ParseKey reads a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7). It never
// fails: a key that cannot be read has Kind [UnknownKey] or no number in it, and
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
			k.Traits.Add(KeyRSAPSS)
			if alg.Empty() {
				k.Traits.Add(KeyBarePSS)
			} else {
				k.Traits.Add(KeyParamPSS)
				k.PSS = parsePSS(alg).PSS
			}
		} else if alg.Empty() {
			k.Traits.Add(NoKeyNull)
		}
		return k, !k.readRSA(point)
	case "1.2.840.10045.2.1":
		k.Kind = EC
		return k, !k.readPoint(alg, point)
	case "1.3.101.112":
		k.Kind, k.Bits, k.Traits = Ed25519, 256, Of(KeyEd25519)
		if len(point) != ed25519.PublicKeySize {
			return k, true
		}
		k.P = ed25519.PublicKey(point)
	case "1.3.101.113":
		k.Kind, k.Bits, k.Traits = Ed448, 456, Of(KeyEd448)
	case "1.2.840.10040.4.1":
		k.Kind, k.Traits = DSA, Of(KeyDSA)
		var params, p cryptobyte.String
		if alg.ReadASN1(&params, cbasn1.SEQUENCE) && params.ReadASN1(&p, cbasn1.INTEGER) {
			k.Bits = new(big.Int).SetBytes(p).BitLen()
			if k.Bits < 2048 {
				k.Traits.Add(KeyShortDSA)
			}
		}
	case "2.16.840.1.101.3.4.3.17", "2.16.840.1.101.3.4.3.18", "2.16.840.1.101.3.4.3.19":
		k.Kind, k.Traits = MLDSA, Of(KeyMLDSA)
	default:
		k.Traits.Add(KeyUnknown)
	}
	return k, false
}

// readRSA reads modulus and exponent as unsigned whatever the sign bit says, as
// OpenSSL does. It reports whether they are as they should be.
func (k *Key) readRSA(der []byte) bool {
	var seq, n, e cryptobyte.String
	s := cryptobyte.String(der)
	if !s.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1(&n, cbasn1.INTEGER) || !seq.ReadASN1(&e, cbasn1.INTEGER) {
		return false
	}
	k.N, k.E = new(big.Int).SetBytes(n), new(big.Int).SetBytes(e)
	k.Bits = k.N.BitLen()
	if bits := k.E.BitLen(); bits > 31 {
		k.Traits.Add(Exponent31)
		if bits > 33 {
			k.Traits.Add(Exponent33)
		}
		if bits > 64 {
			k.Traits.Add(Exponent64)
		}
	}
	if len(n) == 0 || n[0]&0x80 != 0 || len(e) == 0 || e[0]&0x80 != 0 {
		k.Traits.Add(NegativeKey)
		return false
	}
	return true
}

// readPoint reads an EC key. It reports whether it is one.
func (k *Key) readPoint(params cryptobyte.String, point []byte) bool {
	var curve string
	if !readOID(&params, &curve) {
		k.Curve = "explicit parameters"
		k.Traits.Add(ExplicitCurve)
		return false
	}
	known, ok := curves[curve]
	if !ok {
		k.Curve = curve
		k.Traits.Add(KeyOtherCurve)
		return true
	}
	k.Curve, k.Bits, k.Traits = known.name, known.bits, known.traits
	form := byte(0)
	if len(point) > 0 {
		form = point[0]
	}
	switch form {
	case 2, 3:
		k.Traits.Add(Compressed)
	case 6, 7:
		k.Traits.Add(Hybrid)
	}
	if known.c == nil {
		return true
	}
	switch form {
	case 2, 3:
		x, y := elliptic.UnmarshalCompressed(known.c, point)
		if x == nil {
			return false
		}
		size := (known.bits + 7) / 8
		point = make([]byte, 1+2*size)
		point[0] = 4
		x.FillBytes(point[1 : 1+size])
		y.FillBytes(point[1+size:])
	case 6, 7: // X9.62 section 4.3.6: the last bit is that of y
		if point[len(point)-1]&1 != form&1 {
			return false
		}
		point = append([]byte{4}, point[1:]...)
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(known.c, point)
	if err != nil {
		return false
	}
	k.P = pub
	return true
}
