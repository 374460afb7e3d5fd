package tlstest

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"sync"
)

// rsaKeys remembers the keys made so far in this process: a pure function's
// memo, so nobody can tell that it is shared, but by the time saved.
var rsaKeys sync.Map // "label/bits" -> crypto.Signer

func rsaKey(label string, bits int) (crypto.Signer, error) {
	name := fmt.Sprintf("%s/%d", label, bits)
	if key, ok := rsaKeys.Load(name); ok {
		return key.(crypto.Signer), nil
	}
	key, err := findRSA(label, bits)
	if err != nil {
		return nil, err
	}
	var signer crypto.Signer = key
	if bits < 1024 {
		signer = smallRSA{key}
	}
	kept, _ := rsaKeys.LoadOrStore(name, signer)
	return kept.(crypto.Signer), nil
}

// findRSA looks for primes in the label's stream of numbers.
func findRSA(label string, bits int) (*rsa.PrivateKey, error) {
	count := max(2, (bits+1023)/1024)
	e := big.NewInt(65537)
	for try := range uint32(100) {
		stream := rand.NewChaCha8(seed(label, fmt.Sprint("rsa", bits), try))
		one := big.NewInt(1)
		n, phi := big.NewInt(1), big.NewInt(1)
		var primes []*big.Int
		for i := range count {
			// Each prime is sought between the bounds that leave the product
			// room for the others, the last between those of the modulus.
			want := bits * (i + 1) / count
			lo := new(big.Int).Lsh(one, uint(want-1))
			lo.Div(lo, n).Add(lo, one)
			p := primeFrom(stream, lo)
			primes = append(primes, p)
			n.Mul(n, p)
			phi.Mul(phi, new(big.Int).Sub(p, one))
		}
		d := new(big.Int).ModInverse(e, phi)
		if d == nil || n.BitLen() != bits || primes[0].Cmp(primes[1]) == 0 {
			continue
		}
		key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}, D: d, Primes: primes}
		if bits >= 1024 { // crypto/rsa refuses smaller ones
			key.Precompute()
			if err := key.Validate(); err != nil {
				return nil, err
			}
		}
		return key, nil
	}
	return nil, errors.New("found no primes")
}

// primeFrom finds a prime somewhat above lo and below twice lo.
func primeFrom(stream io.Reader, lo *big.Int) *big.Int {
	raw := make([]byte, (lo.BitLen()+7)/8)
	two := big.NewInt(2)
	for {
		io.ReadFull(stream, raw)
		p := new(big.Int).SetBytes(raw)
		p.Mod(p, lo).Add(p, lo)
		p.SetBit(p, 0, 1)
		for _, divisible := range sieved(p) { // walk on from here: cheaper than drawing again
			if !divisible && p.ProbablyPrime(1) {
				return p
			}
			p.Add(p, two)
		}
	}
}

// sieved tells of 200 odd numbers from p on, which is far above all small primes,
// those that one of these divides: they need no test that costs something.
func sieved(p *big.Int) (divisible [200]bool) {
	var rest big.Int
	for _, q := range smallPrimes() {
		r := int(rest.Mod(p, big.NewInt(int64(q))).Int64())
		for i := (q - r) * ((q + 1) / 2) % q; i < len(divisible); i += q { // p + 2i is a multiple of q
			divisible[i] = true
		}
	}
	return divisible
}

// smallPrimes are the odd ones up to 2^13.
var smallPrimes = sync.OnceValue(func() (primes []int) {
	var composite [1 << 13]bool
	for q := 3; q < len(composite); q += 2 {
		if composite[q] {
			continue
		}
		primes = append(primes, q)
		for i := q * q; i < len(composite); i += q {
			composite[i] = true
		}
	}
	return primes
})

// smallRSA signs with keys that crypto/rsa refuses to use (under 1024 bits):
// PKCS #1 v1.5, RFC 8017 section 8.2.1. It is not constant-time: there is no
// secret to keep.
type smallRSA struct{ key *rsa.PrivateKey }

func (s smallRSA) Public() crypto.PublicKey { return &s.key.PublicKey }

func (s smallRSA) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if _, ok := opts.(*rsa.PSSOptions); ok {
		return nil, errors.New("a small RSA key signs by PKCS #1 v1.5 only")
	}
	info, err := digestInfo(opts.HashFunc(), digest)
	if err != nil {
		return nil, err
	}
	size := (s.key.N.BitLen() + 7) / 8
	if len(info)+11 > size {
		return nil, rsa.ErrMessageTooLong
	}
	em := make([]byte, size)
	em[1] = 1
	for i := 2; i < size-len(info)-1; i++ {
		em[i] = 0xff
	}
	copy(em[size-len(info):], info)
	m := new(big.Int).SetBytes(em)
	return m.Exp(m, s.key.D, s.key.N).FillBytes(em), nil
}

// digestInfo is the DER that says which hash a digest is of; TLS before 1.2
// signs MD5 and SHA-1 together without saying so.
func digestInfo(hash crypto.Hash, digest []byte) ([]byte, error) {
	oids := map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.MD5:    {1, 2, 840, 113549, 2, 5},
		crypto.SHA1:   {1, 3, 14, 3, 2, 26},
		crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
		crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2},
		crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
	}
	if hash == crypto.MD5SHA1 {
		return digest, nil
	}
	oid, ok := oids[hash]
	if !ok {
		return nil, x509.ErrUnsupportedAlgorithm
	}
	return asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}{pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.NullRawValue}, digest})
}
