package chain

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	_ "crypto/md5"
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha3"
	_ "crypto/sha512"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlschain/tlschain/rules/cert"
)

// An Answer to "did this key sign that certificate?". [CannotTell] is an answer
// of its own: DSA, Ed448, brainpool, huge keys, or no bytes to check.
type Answer uint8

// The answers; the zero value is CannotTell.
const (
	CannotTell Answer = iota
	Yes
	No
)

// A Verifier checks signatures and remembers what it found, across chains and
// goroutines. The zero value is ready; it must not be copied.
type Verifier struct {
	known  Cache[edge, Answer]
	tables ecdsaTables
}

// An edge of the chain graph: a certificate and the key that may have signed it.
type edge struct{ child, key cert.Hash }

// generation is how many edges are remembered, and as many older ones: 20 MB at
// the most.
const generation = 1 << 16

// A Session is the signature checks of one judgement, under a budget. What the
// [Verifier] remembers makes a session faster and never changes its answers: a
// check is charged at its estimated cost whether or not it was done before.
// Not safe for concurrent use.
type Session struct {
	v       *Verifier
	asked   map[edge]Answer
	left    int  // microseconds, estimated
	Starved bool // some check was not made because the budget had run out
}

// budget is what one judgement may spend on signature checks, in estimated
// microseconds on one core of 2020: 15 ms, so that the worst hostile chain
// stays under 50 ms with everything else on a slower one. A list of 100
// certificates in order costs 6 ms with P-256 and 10 ms with RSA-4096.
const budget = 15_000

// Begin starts a judgement. v may be nil: then nothing is remembered beyond it.
func (v *Verifier) Begin() *Session {
	return &Session{v: v, asked: make(map[edge]Answer), left: budget}
}

// Signed answers whether issuer's key signed child. It looks at keys and
// signatures only: names, dates and extensions are the caller's. Once the
// budget is spent every new question is answered [CannotTell] and Starved is set.
func (s *Session) Signed(child, issuer *cert.Certificate) Answer {
	if child.Raw == nil { // a fact: its table's generator checked the signature
		switch child.SignedBy {
		case cert.Hash{}:
			return CannotTell
		case issuer.Key.SPKI:
			return Yes
		}
		return No
	}
	alg := child.SignatureAlg
	if !fits(alg, issuer.Key) {
		return No
	}
	e := edge{child.SHA256, issuer.Key.SPKI}
	if a, ok := s.asked[e]; ok {
		return a
	}
	price, ok := cost(alg, issuer.Key)
	if !ok {
		return CannotTell
	}
	price += len(child.TBS) / 256 // hashing
	if price > s.left {
		s.Starved = true
		return CannotTell
	}
	s.left -= price
	a := s.v.checkEdge(e, alg, issuer.Key, child)
	s.asked[e] = a
	return a
}

// checkEdge checks the signature of an edge, if it is not remembered. v may be nil.
func (v *Verifier) checkEdge(e edge, alg cert.SignatureAlg, key cert.Key, child *cert.Certificate) Answer {
	if v == nil {
		return check(nil, alg, key, child.TBS, child.Signature)
	}
	a, known := v.known.Get(e)
	if !known {
		a = check(&v.tables, alg, key, child.TBS, child.Signature)
		v.known.Put(e, a, generation)
	}
	return a
}

// fits reports whether a key of this kind could make such a signature at all.
func fits(alg cert.SignatureAlg, key cert.Key) bool {
	if alg.Key == cert.UnknownKey || key.Kind == cert.UnknownKey {
		return true
	}
	if key.Kind == cert.RSAPSS {
		return alg.Key == cert.RSA && alg.OID == pssOID
	}
	return alg.Key == key.Kind
}

const pssOID = "1.2.840.113549.1.1.10"

// maxRSABits and maxExponentBits bound what one RSA check may cost.
const (
	maxRSABits      = 8192
	maxExponentBits = 33
)

// cost estimates one check in microseconds (BenchmarkSigned shows both); ok is false
// where we cannot check.
func cost(alg cert.SignatureAlg, key cert.Key) (us int, ok bool) {
	switch key.Kind {
	case cert.RSA, cert.RSAPSS:
		if key.N == nil || key.Bits > maxRSABits || key.Bits < 256 || key.E.BitLen() > maxExponentBits ||
			// crypto/rsa knows one hash for both
			key.E.Sign() == 0 || key.N.Bit(0) == 0 || !alg.Hash.Available() || alg.Traits.Has(cert.PSSOddMask) {
			return 0, false
		}
		return 15 + key.Bits*key.Bits/150_000*max(key.E.BitLen(), 17)/17, true
	case cert.EC:
		if key.P == nil || !alg.Hash.Available() {
			return 0, false
		}
		switch key.Curve {
		case "P-256":
			return 60, true
		case "P-384":
			return 700, true
		case "P-521":
			return 2800, true
		}
		return 250, true // P-224
	case cert.Ed25519:
		return 60, key.P != nil
	}
	return 0, false
}

// Verify answers whether a key signed something that is no certificate: a CRL,
// say. It has no budget: the caller bounds what is asked.
func Verify(alg cert.SignatureAlg, key cert.Key, signed, signature []byte) Answer {
	if !fits(alg, key) {
		return No
	}
	if _, ok := cost(alg, key); !ok {
		return CannotTell
	}
	return check(nil, alg, key, signed, signature)
}

// check checks a signature, with tables of some keys if there are any.
func check(tables *ecdsaTables, alg cert.SignatureAlg, key cert.Key, signed, signature []byte) Answer {
	var digest []byte
	if alg.Hash != 0 {
		h := alg.Hash.New()
		h.Write(signed)
		digest = h.Sum(nil)
	}
	good := false
	switch pub := key.P.(type) {
	case *ecdsa.PublicKey:
		good = tables.verify(key, pub, digest, signature)
	case ed25519.PublicKey:
		good = ed25519.Verify(pub, signed, signature)
	default:
		return checkRSA(alg, key, digest, signature)
	}
	return answer(good)
}

func answer(good bool) Answer {
	if good {
		return Yes
	}
	return No
}

func checkRSA(alg cert.SignatureAlg, key cert.Key, digest, sig []byte) Answer {
	if alg.OID == pssOID {
		if key.Bits < 1024 || key.E.BitLen() > 31 {
			return CannotTell
		}
		pub := &rsa.PublicKey{N: key.N, E: int(key.E.Int64())}
		opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto, Hash: alg.Hash}
		return answer(rsa.VerifyPSS(pub, alg.Hash, digest, sig, opts) == nil)
	}
	// PKCS #1 v1.5 by math/big, because crypto/rsa refuses keys under 1024 bits
	// and exponents over 31 bits. RFC 8017 section 8.2.2, by comparing encodings.
	size := (key.Bits + 7) / 8
	s := new(big.Int).SetBytes(sig)
	if len(sig) != size || s.Cmp(key.N) >= 0 {
		return No
	}
	em := s.Exp(s, key.E, key.N).FillBytes(make([]byte, size))
	for _, info := range digestInfos(alg.Hash, digest) {
		if len(info)+11 > size {
			continue
		}
		want := make([]byte, size)
		want[1] = 1
		pad := size - len(info)
		for i := 2; i < pad-1; i++ {
			want[i] = 0xff
		}
		copy(want[pad:], info)
		if bytes.Equal(em, want) {
			return Yes
		}
	}
	return No
}

// digestInfos gives both encodings of DigestInfo that verifiers accept: with a
// NULL parameter, and without one (RFC 8017 appendix B.1).
func digestInfos(h crypto.Hash, digest []byte) [][]byte {
	oids := map[crypto.Hash][]byte{
		crypto.MD5:        {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5},
		crypto.SHA1:       {0x2b, 0x0e, 3, 2, 0x1a},
		crypto.SHA224:     {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 4},
		crypto.SHA256:     {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1},
		crypto.SHA384:     {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2},
		crypto.SHA512:     {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3},
		crypto.SHA512_224: {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 5},
		crypto.SHA512_256: {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 6},
		crypto.SHA3_224:   {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 7},
		crypto.SHA3_256:   {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 8},
		crypto.SHA3_384:   {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 9},
		crypto.SHA3_512:   {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 10},
	}
	var out [][]byte
	for _, null := range []bool{true, false} {
		var b cryptobyte.Builder
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(oids[h]) })
				if null {
					b.AddASN1NULL()
				}
			})
			b.AddASN1OctetString(digest)
		})
		out = append(out, b.BytesOrPanic())
	}
	return out
}
