package ecdsatable

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"math/big"
	mathrand "math/rand/v2"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

func newKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func withSecret(t testing.TB, curve elliptic.Curve, secret *big.Int) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.ParseRawPrivateKey(curve, secret.FillBytes(make([]byte, (curve.Params().BitSize+7)/8)))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestVerify holds that a Table answers as crypto/ecdsa does: on signatures that are
// good, of another key or text, and damaged in any byte; by digests of any length.
func TestVerify(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		key, other := newKey(t, curve), newKey(t, curve)
		table := New(&key.PublicKey)
		good := 0
		for i := range 60 {
			digest := make([]byte, i)
			rand.Read(digest)
			signature, err := ecdsa.SignASN1(rand.Reader, key, digest)
			if err != nil {
				t.Fatal(err)
			}
			foreign, err := ecdsa.SignASN1(rand.Reader, other, digest)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range [][]byte{signature, foreign, damaged(signature), append(signature, 0), signature[:len(signature)-1], nil} {
				want := ecdsa.VerifyASN1(&key.PublicKey, digest, s)
				if got := table.Verify(digest, s); got != want {
					t.Fatalf("%s, a digest of %d bytes, %x: %t, want %t", curve.Params().Name, i, s, got, want)
				} else if got {
					good++
				}
			}
		}
		if good < 60 {
			t.Errorf("%s: %d good signatures, want 60 at least", curve.Params().Name, good)
		}
	}
}

func damaged(signature []byte) []byte {
	out := append([]byte(nil), signature...)
	out[mathrand.IntN(len(out))] ^= 1 << mathrand.IntN(8)
	return out
}

// TestOddNumbers shows numbers that honest signers never make, each to a key whose
// secret is small, so that sums meet the point at infinity and equal points.
func TestOddNumbers(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		n := curve.Params().N
		numbers := []*big.Int{new(big.Int), big.NewInt(-1), n, new(big.Int).Sub(n, big.NewInt(1)), new(big.Int).Add(n, big.NewInt(1)),
			new(big.Int).Lsh(n, 9), new(big.Int).Mod(curve.Params().Gx, n), big.NewInt(1), big.NewInt(33)}
		secrets := []*big.Int{big.NewInt(1), big.NewInt(64), new(big.Int).Sub(n, big.NewInt(1))}
		good := 0
		for _, secret := range secrets {
			pub := &withSecret(t, curve, secret).PublicKey
			table := New(pub)
			for _, r := range numbers {
				for _, s := range numbers {
					var b cryptobyte.Builder
					b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1BigInt(r)
						b.AddASN1BigInt(s)
					})
					signature := b.BytesOrPanic()
					// The digest for which u1 is minus u2 times the secret, and one for which u1 is u2 times it.
					against := new(big.Int).Mul(r, secret)
					with := new(big.Int).Mod(against, n)
					against.Neg(against).Mod(against, n)
					for _, e := range []*big.Int{against, with, big.NewInt(0), big.NewInt(1), n} {
						digest := e.FillBytes(make([]byte, (curve.Params().BitSize+7)/8))
						want := ecdsa.VerifyASN1(pub, digest, signature)
						if got := table.Verify(digest, signature); got != want {
							t.Fatalf("%s, secret %d, r %d, s %d, digest %x: %t, want %t", curve.Params().Name, secret, r, s, digest, got, want)
						} else if got {
							good++
						}
					}
				}
			}
		}
		if good == 0 {
			t.Errorf("%s: no signature is good: nothing was tried", curve.Params().Name)
		}
	}
}

// FuzzVerify holds the same for keys, digests and signatures of anybody's choice.
func FuzzVerify(f *testing.F) {
	key := newKey(f, elliptic.P256())
	signature, err := ecdsa.SignASN1(rand.Reader, key, []byte("digest"))
	if err != nil {
		f.Fatal(err)
	}
	secret, err := key.Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(secret, []byte("digest"), signature)
	f.Add([]byte{1}, []byte{}, []byte{0x30, 6, 2, 1, 1, 2, 1, 1})
	f.Fuzz(func(t *testing.T, secret, digest, signature []byte) {
		for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
			d := new(big.Int).SetBytes(secret)
			d.Mod(d, new(big.Int).Sub(curve.Params().N, big.NewInt(1))).Add(d, big.NewInt(1))
			key := withSecret(t, curve, d)
			table := New(&key.PublicKey)
			own, err := ecdsa.SignASN1(rand.Reader, key, digest)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range [][]byte{own, signature} {
				if got, want := table.Verify(digest, s), ecdsa.VerifyASN1(&key.PublicKey, digest, s); got != want {
					t.Errorf("%s, secret %d, digest %x, signature %x: %t, want %t", curve.Params().Name, d, digest, s, got, want)
				}
			}
		}
	})
}

func TestOtherCurves(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P224(), elliptic.P521()} {
		if New(&newKey(t, curve).PublicKey) != nil {
			t.Errorf("%s: there is a table", curve.Params().Name)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		key := newKey(b, curve)
		sum := sha256.Sum256(nil)
		digest := sum[:]
		if curve == elliptic.P384() {
			sum := sha512.Sum384(nil)
			digest = sum[:]
		}
		signature, err := ecdsa.SignASN1(rand.Reader, key, digest)
		if err != nil {
			b.Fatal(err)
		}
		table := New(&key.PublicKey)
		b.Run(curve.Params().Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				table.Verify(digest, signature)
			}
		})
		b.Run(curve.Params().Name+" ecdsa", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ecdsa.VerifyASN1(&key.PublicKey, digest, signature)
			}
		})
		b.Run(curve.Params().Name+" table", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				New(&key.PublicKey)
			}
		})
	}
}
