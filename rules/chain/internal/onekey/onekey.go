// Package onekey checks many ECDSA signatures by one key: by a table of multiples
// of the key, as is usual for the base point of a curve. The intermediates of a few
// CAs have signed most of what a scan sees. Everything here is public, so nothing
// takes care to need the same time for each signature.
package onekey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"math/big"

	"filippo.io/nistec"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// A Key checks signatures. Make it with [New]; it is safe for concurrent use.
type Key struct {
	n     *big.Int // order of the base point
	size  int      // bytes of a scalar
	share func(u1, u2 []byte) (x []byte, err error)
}

// New makes the table of a key; that takes as long as some thirty signatures, and
// some hundred kilobytes. It is nil if the key is none of P-256 or P-384.
func New(pub *ecdsa.PublicKey) *Key {
	point, err := pub.Bytes()
	if err != nil {
		return nil
	}
	k := &Key{n: pub.Params().N, size: (pub.Params().BitSize + 7) / 8}
	switch pub.Curve {
	case elliptic.P256():
		k.share, err = sum(nistec.NewP256Point, point, k.size)
	case elliptic.P384():
		k.share, err = sum(nistec.NewP384Point, point, k.size)
	default:
		return nil
	}
	if err != nil {
		return nil
	}
	return k
}

// Verify is [ecdsa.VerifyASN1] by this key.
func (k *Key) Verify(digest, signature []byte) bool {
	r, s, ok := k.read(signature)
	if !ok {
		return false
	}
	// SEC 1, version 2.0, section 4.1.4
	e := new(big.Int).SetBytes(digest[:min(len(digest), k.size)])
	w := new(big.Int).ModInverse(s, k.n)
	u1, u2 := e.Mul(e, w), w.Mul(w, r)
	x, err := k.share(u1.Mod(u1, k.n).FillBytes(make([]byte, k.size)), u2.Mod(u2, k.n).FillBytes(make([]byte, k.size)))
	if err != nil { // the point at infinity
		return false
	}
	v := new(big.Int).SetBytes(x)
	return v.Mod(v, k.n).Cmp(r) == 0
}

// read reads a signature in DER.
func (k *Key) read(signature []byte) (r, s *big.Int, ok bool) {
	in, inner := cryptobyte.String(signature), cryptobyte.String(nil)
	r, s = new(big.Int), new(big.Int)
	if !in.ReadASN1(&inner, asn1.SEQUENCE) || !in.Empty() || !inner.ReadASN1Integer(r) || !inner.ReadASN1Integer(s) || !inner.Empty() {
		return nil, nil, false
	}
	return r, s, r.Sign() > 0 && s.Sign() > 0 && r.Cmp(k.n) < 0 && s.Cmp(k.n) < 0
}

// A point is a point of a curve, as package nistec has them.
type point[P any] interface {
	*P
	SetBytes([]byte) (*P, error)
	ScalarBaseMult([]byte) (*P, error)
	Add(*P, *P) *P
	Double(*P) *P
	Negate(*P) *P
	BytesX() ([]byte, error)
}

// width is how many bits of a scalar one entry of a table stands for.
const width = 6

// sum makes what gives the x-coordinate of u1 times the base point and u2 times q,
// for scalars of so many bytes.
func sum[P any, Point point[P]](zero func() *P, q []byte, size int) (func(u1, u2 []byte) ([]byte, error), error) {
	key, err := Point(zero()).SetBytes(q)
	if err != nil {
		return nil, err
	}
	// Row i has q times 1 to 32 times 64 to the power of i: digits are -31 to 32.
	rows := make([][1 << (width - 1)]P, (8*size+width)/width)
	for i := range rows {
		row := &rows[i]
		row[0] = *key
		for j := 1; j < len(row); j++ {
			row[j] = *zero()
			Point(&row[j]).Add(&row[j-1], key)
		}
		key = Point(zero()).Double(&row[len(row)-1])
	}
	return func(u1, u2 []byte) ([]byte, error) {
		at, err := Point(zero()).ScalarBaseMult(u1)
		if err != nil {
			return nil, err
		}
		minus := zero()
		carry := 0
		for i := range rows {
			digit := carry + bitsAt(u2, i*width)
			if carry = 0; digit > 1<<(width-1) {
				digit, carry = digit-1<<width, 1
			}
			switch {
			case digit > 0:
				Point(at).Add(at, &rows[i][digit-1])
			case digit < 0:
				Point(at).Add(at, Point(minus).Negate(&rows[i][-digit-1]))
			}
		}
		return Point(at).BytesX()
	}, nil
}

// bitsAt gives the bits of a big-endian scalar from one on, as many as width.
func bitsAt(scalar []byte, from int) (digit int) {
	for i := range width {
		at := from + i
		if at/8 < len(scalar) {
			digit |= int(scalar[len(scalar)-1-at/8]>>(at%8)&1) << i
		}
	}
	return digit
}
