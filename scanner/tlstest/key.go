package tlstest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// A Key is a private key that follows from its label and type.
type Key struct {
	crypto.Signer
	Label string
	Type  string // p256, p384, p521, ed25519 or rsa with the modulus' bits: rsa2048
}

// NewKey derives the key of a type for a label. RSA moduli have 384 to 16384
// bits; those over 2048 are products of more than two primes, which no verifier
// can see and which makes them quick to find.
func NewKey(label, keyType string) (*Key, error) {
	signer, err := newSigner(label, keyType)
	if err != nil {
		return nil, fmt.Errorf("making key %s of type %s: %w", label, keyType, err)
	}
	return &Key{signer, label, keyType}, nil
}

func newSigner(label, keyType string) (crypto.Signer, error) {
	switch keyType {
	case "p256":
		return ecdsaKey(elliptic.P256(), label)
	case "p384":
		return ecdsaKey(elliptic.P384(), label)
	case "p521":
		return ecdsaKey(elliptic.P521(), label)
	case "ed25519":
		seed := seed(label, keyType, 0)
		return ed25519.NewKeyFromSeed(seed[:]), nil
	}
	if size, ok := strings.CutPrefix(keyType, "rsa"); ok {
		if bits, err := strconv.Atoi(size); err == nil && bits >= 384 && bits <= 16384 {
			return rsaKey(label, bits)
		}
	}
	return nil, fmt.Errorf("want p256, p384, p521, ed25519, or rsa384 to rsa16384")
}

// ecdsaKey takes the first number from the label's stream that is a scalar of
// the curve.
func ecdsaKey(curve elliptic.Curve, label string) (crypto.Signer, error) {
	raw := make([]byte, (curve.Params().BitSize+7)/8)
	stream := rand.NewChaCha8(seed(label, curve.Params().Name, 0))
	for {
		stream.Read(raw)
		raw[0] &= byte(0xff >> (8*len(raw) - curve.Params().BitSize))
		if key, err := ecdsa.ParseRawPrivateKey(curve, raw); err == nil {
			return key, nil
		}
	}
}

// seed turns a label into the start of a stream of numbers.
func seed(label, use string, n uint32) [32]byte {
	h := sha256.New()
	fmt.Fprintf(h, "tlschain tlstest\x00%s\x00%s\x00", label, use)
	binary.Write(h, binary.BigEndian, n)
	return [32]byte(h.Sum(nil))
}

// sign makes the signature of a certificate. Signatures are deterministic: no
// randomness goes into them (ECDSA by RFC 6979).
func (k *Key) sign(tbs []byte, hash crypto.Hash) ([]byte, error) {
	if _, ok := k.Signer.(ed25519.PrivateKey); ok {
		return k.Sign(nil, tbs, crypto.Hash(0))
	}
	h := hash.New()
	h.Write(tbs)
	if key, ok := k.Signer.(*rsa.PrivateKey); ok {
		return rsa.SignPKCS1v15(nil, key, hash, h.Sum(nil))
	}
	return k.Sign(nil, h.Sum(nil), hash)
}
