package catalog

import (
	"encoding/binary"
	"errors"
	"time"

	"tlschain/rules/cert"
)

// A column is one stream of the payload. Values of one kind stand together,
// because that compresses best: keys and hashes not at all, the rest tenfold.
type column int

const (
	colAbout column = iota // when made, sources, stores
	colNames
	colKeys
	colBlobs
	colTexts
	colAlgs
	colHash
	colSubject
	colIssuer
	colKey
	colSigner
	colVersion
	colSerial
	colNotBefore
	colNotAfter
	colAlg
	colFlags
	colUsage
	colPathLen
	colEKU
	colSKI
	colAKI
	colAKIMore
	colConstraints
	colAIA
	colPolicies
	colCritical
	colDeviations
	colSource
	colAnchors
	columns
)

// maxItems bounds how many names, keys or certificates a file may hold: ten
// times what there is in the world.
const maxItems = 100_000

// A codec reads or writes facts. One description of each record serves both
// ways, so that the two cannot drift apart. A damaged payload sets bad, and
// everything read after that is zero.
type codec struct {
	reading bool
	bad     bool
	cols    [columns][]byte // reading: what is left; writing: what there is
	tables
	keyNumber map[cert.Hash]uint64 // writing: numbers of keys by SPKI hash
}

func (c *codec) fail() { c.bad = true }

// more says whether something is left to read in a column.
func (c *codec) more(col column) bool { return !c.bad && len(c.cols[col]) > 0 }

func (c *codec) uint(col column, v *uint64) {
	if !c.reading {
		c.cols[col] = binary.AppendUvarint(c.cols[col], *v)
		return
	}
	*v = 0
	if c.bad {
		return
	}
	x, n := binary.Uvarint(c.cols[col])
	if n <= 0 {
		c.fail()
		return
	}
	*v, c.cols[col] = x, c.cols[col][n:]
}

// int codes any int64, small ones in few bytes.
func (c *codec) int(col column, v *int64) {
	u := uint64(*v<<1) ^ uint64(*v>>63)
	c.uint(col, &u)
	*v = int64(u>>1) ^ -int64(u&1)
}

// length codes the length of what follows in the column, at a byte an item or more.
func (c *codec) length(col column, n int) int {
	u := uint64(n)
	c.uint(col, &u)
	if c.reading && u > uint64(len(c.cols[col])) {
		c.fail()
		return 0
	}
	return int(u)
}

// fixed codes bytes whose number both sides know.
func (c *codec) fixed(col column, b []byte) {
	if !c.reading {
		c.cols[col] = append(c.cols[col], b...)
		return
	}
	if c.bad || len(c.cols[col]) < len(b) {
		c.fail()
		return
	}
	c.cols[col] = c.cols[col][copy(b, c.cols[col]):]
}

// raw codes bytes. What is read aliases the payload.
func (c *codec) raw(col column, b *[]byte) {
	n := c.length(col, len(*b))
	if !c.reading {
		c.cols[col] = append(c.cols[col], *b...)
		return
	}
	*b = c.cols[col][:n:n]
	c.cols[col] = c.cols[col][n:]
}

func (c *codec) text(col column, s *string) {
	b := []byte(*s)
	c.raw(col, &b)
	*s = string(b)
}

// time codes a time to the second; the zero Time keeps its meaning.
func (c *codec) time(col column, t *time.Time) {
	u := t.Unix()
	c.int(col, &u)
	*t = time.Unix(u, 0).UTC()
	if t.Unix() == (time.Time{}).Unix() {
		*t = time.Time{}
	}
}

// join and split make one payload of the columns, and the other way round.
func (c *codec) join() []byte {
	out := binary.AppendUvarint(nil, uint64(columns))
	for _, col := range c.cols {
		out = binary.AppendUvarint(out, uint64(len(col)))
	}
	for _, col := range c.cols {
		out = append(out, col...)
	}
	return out
}

var errDamaged = errors.New("the tables contradict themselves")

func (c *codec) split(payload []byte) error {
	next := func() uint64 {
		x, n := binary.Uvarint(payload)
		if n <= 0 {
			c.fail()
			return 0
		}
		payload = payload[n:]
		return x
	}
	if next() != uint64(columns) {
		return errDamaged
	}
	var sizes [columns]uint64
	for i := range sizes {
		sizes[i] = next()
	}
	for i, n := range sizes {
		if n > uint64(len(payload)) {
			return errDamaged
		}
		c.cols[i], payload = payload[:n:n], payload[n:]
	}
	if c.bad || len(payload) > 0 {
		return errDamaged
	}
	return nil
}
