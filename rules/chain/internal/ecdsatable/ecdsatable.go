// Package ecdsatable checks many ECDSA signatures of one key by a table of the
// key's multiples, as libraries have one for the base point of a curve. The points
// are those of package nistec; what is done with them is SEC 1, version 2.0, section
// 4.1.4. Keys and signatures are public, so nothing here takes care to need the same
// time for each.
package ecdsatable

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"math/big"

	"filippo.io/nistec"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// A Table checks signatures of one key. Make it with [New]; it is safe for
// concurrent use.
type Table struct {
	order *big.Int // of the base point
	size  int      // bytes of a scalar
	sumX  func(u1, u2 []byte) (x []byte, err error)
}

// New makes the table of a key of P-256 or P-384; of another key it is nil. That
// takes as long as 15 or 3 checks without it, and 230 or 220 KB.
func New(pub *ecdsa.PublicKey) *Table {
	point, err := pub.Bytes()
	if err != nil {
		return nil
	}
	t := &Table{order: pub.Params().N, size: (pub.Params().BitSize + 7) / 8}
	switch pub.Curve {
	case elliptic.P256():
		t.sumX, err = newSumX(nistec.NewP256Point, point, t.size, 7)
	case elliptic.P384():
		t.sumX, err = newSumX(nistec.NewP384Point, point, t.size, 5) // its points are four objects each
	default:
		return nil
	}
	if err != nil {
		return nil
	}
	return t
}

// Verify answers as [ecdsa.VerifyASN1] does for the key.
func (t *Table) Verify(digest, signature []byte) bool {
	r, s, ok := t.read(signature)
	if !ok {
		return false
	}
	e := new(big.Int).SetBytes(digest[:min(len(digest), t.size)])
	w := s.ModInverse(s, t.order)
	u1, u2 := e.Mul(e, w), w.Mul(w, r)
	x, err := t.sumX(u1.Mod(u1, t.order).FillBytes(make([]byte, t.size)), u2.Mod(u2, t.order).FillBytes(make([]byte, t.size)))
	if err != nil { // the point at infinity
		return false
	}
	v := new(big.Int).SetBytes(x)
	return v.Mod(v, t.order).Cmp(r) == 0
}

// read reads a signature in DER (RFC 3279 section 2.2.3).
func (t *Table) read(signature []byte) (r, s *big.Int, ok bool) {
	in, inner := cryptobyte.String(signature), cryptobyte.String(nil)
	r, s = new(big.Int), new(big.Int)
	if !in.ReadASN1(&inner, asn1.SEQUENCE) || !in.Empty() || !inner.ReadASN1Integer(r) || !inner.ReadASN1Integer(s) || !inner.Empty() {
		return nil, nil, false
	}
	return r, s, r.Sign() > 0 && s.Sign() > 0 && r.Cmp(t.order) < 0 && s.Cmp(t.order) < 0
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

// newSumX makes what gives the x-coordinate of u1 times the base point and u2 times q,
// for scalars of size bytes, of which a row of the table stands for width bits.
func newSumX[P any, Point point[P]](zero func() *P, q []byte, size, width int) (func(u1, u2 []byte) ([]byte, error), error) {
	unit, err := Point(zero()).SetBytes(q)
	if err != nil {
		return nil, err
	}
	// u2 is written with digits from 1-half to half, to the base of 2 to the power of
	// width. Row i has q times the i-th power of the base, once to half times.
	half := 1 << (width - 1)
	rows := make([][]P, (8*size+width)/width)
	for i := range rows {
		row := make([]P, half)
		rows[i] = row
		row[0] = *unit
		for j := 1; j < half; j++ {
			row[j] = *zero()
			Point(&row[j]).Add(&row[j-1], unit)
		}
		unit = Point(zero()).Double(&row[len(row)-1])
	}
	return func(u1, u2 []byte) ([]byte, error) {
		at, err := Point(zero()).ScalarBaseMult(u1)
		if err != nil {
			return nil, err
		}
		minus := zero()
		carry := 0
		for i := range rows {
			digit := carry + bitsAt(u2, i*width, width)
			if carry = 0; digit > half {
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

// bitsAt gives n bits of a big-endian scalar from one on.
func bitsAt(scalar []byte, from, n int) (digit int) {
	for i := range n {
		at := from + i
		if at/8 < len(scalar) {
			digit |= int(scalar[len(scalar)-1-at/8]>>(at%8)&1) << i
		}
	}
	return digit
}
