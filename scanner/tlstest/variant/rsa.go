package variant

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
)

// rsaNumbers are an RSA key that is not bound to what crypto/rsa allows: any
// size, any exponent. There is no secret to keep: nothing is constant-time.
type rsaNumbers struct {
	n, e, d *big.Int
	primes  []*big.Int
}

// newRSA finds a key. Over 2048 bits it has more than two primes, which no
// verifier can see and which makes them quick to find. pss is "" for a key of
// rsaEncryption, else the hash that an id-RSASSA-PSS key is restricted to, or
// "none".
func newRSA(stream io.Reader, bits int, exponent, pss string) (*Key, error) {
	e, ok := map[string]*big.Int{
		"": big.NewInt(65537), "3": big.NewInt(3), "17": big.NewInt(17),
		"34bit": big.NewInt(1<<33 + 9), "128bit": new(big.Int).SetBit(new(big.Int).Lsh(big.NewInt(1), 127), 0, 1),
	}[exponent]
	if !ok || bits < 384 || bits > 16384 {
		return nil, fmt.Errorf("want rsa384 to rsa16384, and e3, e17, e34bit or e128bit after it")
	}
	numbers := findRSA(stream, bits, e)
	k := &Key{family: "rsa", primary: numbers.sign}
	k.public = sequence(positive(numbers.n), positive(e))
	k.algo = sequence(oid("1.2.840.113549.1.1.1"), null())
	switch pss {
	case "":
	case "none":
		k.algo = sequence(oid(oidPSS))
	default:
		s, err := parseScheme("pss" + pss)
		if err != nil {
			return nil, err
		}
		k.algo = s.pssIdentifier()
	}
	k.PKCS8 = sequence(number(0), k.algo, octets(numbers.pkcs1()))
	if pss == "" {
		k.Signer = rsaSigner{numbers, numbers.standard()}
	}
	return k, nil
}

func findRSA(stream io.Reader, bits int, e *big.Int) *rsaNumbers {
	one := big.NewInt(1)
	count := max(2, (bits+1023)/1024)
	for {
		k := &rsaNumbers{n: big.NewInt(1), e: e}
		phi := big.NewInt(1)
		for i := range count {
			// Each prime is sought between the bounds that leave the product
			// room for the others, the last between those of the modulus.
			lo := new(big.Int).Lsh(one, uint(bits*(i+1)/count-1))
			lo.Div(lo, k.n).Add(lo, one)
			p := findPrime(stream, lo, e)
			k.primes = append(k.primes, p)
			k.n.Mul(k.n, p)
			phi.Mul(phi, new(big.Int).Sub(p, one))
		}
		k.d = new(big.Int).ModInverse(e, phi)
		if k.d != nil && k.n.BitLen() == bits && k.primes[0].Cmp(k.primes[1]) != 0 {
			return k
		}
	}
}

// findPrime finds one between lo and twice lo whose predecessor shares no
// factor with e.
func findPrime(stream io.Reader, lo, e *big.Int) *big.Int {
	raw := make([]byte, (lo.BitLen()+7)/8)
	one, two := big.NewInt(1), big.NewInt(2)
	for {
		io.ReadFull(stream, raw)
		p := new(big.Int).SetBytes(raw)
		p.Mod(p, lo).Add(p, lo)
		p.SetBit(p, 0, 1)
		for range 200 {
			if p.ProbablyPrime(1) && new(big.Int).GCD(nil, nil, new(big.Int).Sub(p, one), e).Cmp(one) == 0 {
				return p
			}
			p.Add(p, two)
		}
	}
}

// power is m to the d, prime by prime, and put together.
func (k *rsaNumbers) power(m *big.Int) *big.Int {
	x, product := new(big.Int), big.NewInt(1)
	for _, p := range k.primes {
		part := new(big.Int).Exp(new(big.Int).Mod(m, p), new(big.Int).Mod(k.d, new(big.Int).Sub(p, big.NewInt(1))), p)
		part.Sub(part, x).Mul(part, new(big.Int).ModInverse(product, p)).Mod(part, p)
		x.Add(x, part.Mul(part, product))
		product.Mul(product, p)
	}
	return x
}

func (k *rsaNumbers) sign(message []byte, s scheme) ([]byte, error) {
	return k.signDigest(s.digest(message), s)
}

// signDigest signs by RFC 8017, section 8.1 or 8.2.
func (k *rsaNumbers) signDigest(digest []byte, s scheme) ([]byte, error) {
	size := (k.n.BitLen() + 7) / 8
	var encoded []byte
	if s.pss {
		encoded = s.encodePSS(digest, k.n.BitLen()-1)
	} else {
		info := s.digestInfo(digest)
		if fill := size - 3 - len(info); fill >= 8 {
			encoded = append(append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, fill)...), 0)
			encoded = append(encoded, info...)
		}
	}
	if encoded == nil {
		return nil, errors.New("the key is too short for such a signature")
	}
	return k.power(new(big.Int).SetBytes(encoded)).FillBytes(make([]byte, size)), nil
}

// encodePSS is EMSA-PSS, RFC 8017 section 9.1.1; nil if there is no room.
func (s scheme) encodePSS(digest []byte, bits int) []byte {
	size := (bits + 7) / 8
	salt := make([]byte, s.salt)
	rand.NewChaCha8(seed("salt", string(digest))).Read(salt)
	h := s.hash.New()
	h.Write(make([]byte, 8))
	h.Write(digest)
	h.Write(salt)
	sum := h.Sum(nil)
	fill := size - len(sum) - s.salt - 2
	if fill < 0 {
		return nil
	}
	block := append(append(make([]byte, fill), 1), salt...)
	for counter, done := byte(0), 0; done < len(block); counter++ { // MGF1
		h := s.mgf.New()
		h.Write(sum)
		h.Write([]byte{0, 0, 0, counter})
		for _, b := range h.Sum(nil) {
			if done < len(block) {
				block[done] ^= b
				done++
			}
		}
	}
	block[0] &= 0xff >> (8*size - bits)
	return append(append(block, sum...), 0xbc)
}

// pkcs1 is the key in the form of RFC 8017 A.1.2, for keys of two primes.
func (k *rsaNumbers) pkcs1() []byte {
	one := big.NewInt(1)
	p, q := k.primes[0], k.primes[1]
	return sequence(number(0), positive(k.n), positive(k.e), positive(k.d), positive(p), positive(q),
		positive(new(big.Int).Mod(k.d, new(big.Int).Sub(p, one))), positive(new(big.Int).Mod(k.d, new(big.Int).Sub(q, one))),
		positive(new(big.Int).ModInverse(q, p)))
}

// standard is the key as crypto/rsa has it, nil where it would not.
func (k *rsaNumbers) standard() *rsa.PrivateKey {
	if k.e.BitLen() > 31 || k.n.BitLen() < 1024 {
		return nil
	}
	key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: k.n, E: int(k.e.Int64())}, D: k.d, Primes: k.primes}
	key.Precompute()
	return key
}

// An rsaSigner is for Go's server: it looks at the size of the public key, and
// never at the exponent.
type rsaSigner struct {
	*rsaNumbers
	decrypter *rsa.PrivateKey
}

func (s rsaSigner) Public() crypto.PublicKey { return &rsa.PublicKey{N: s.n, E: 65537} }

func (s rsaSigner) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	to := scheme{hash: opts.HashFunc(), mgf: opts.HashFunc()}
	if _, ok := opts.(*rsa.PSSOptions); ok {
		to.pss, to.salt = true, to.hash.Size()
	}
	return s.signDigest(digest, to)
}

// Decrypt is for handshakes in which the client encrypts a secret to the key.
func (s rsaSigner) Decrypt(random io.Reader, message []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	if s.decrypter == nil {
		return nil, errors.New("crypto/rsa does not decrypt with such a key")
	}
	return s.decrypter.Decrypt(random, message, opts)
}
