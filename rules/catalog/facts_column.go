package catalog

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
)

// A column is one stream of a file. Values of one kind stand together, because
// that compresses best: most of them tenfold, but keys and hashes hardly at
// all, so these stand first and stay as they are: a third of the reading time
// for a tenth of the size.
type column int

const (
	colKeys column = iota
	colHash
	colBlobs
	colSerial
	colAbout // when made, sources, stores; here begins what is compressed
	colNames
	colTexts
	colAlgs
	colSubject
	colIssuer
	colKey
	colSigner
	colVersion
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
	colTrust    // constraints of stores, policies, lists
	colRevoked  // entries of lists
	colPreloads // what a client ships
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
	place     map[cert.Hash]uint64 // writing: of certificates

	records *records // reading: the certificates
}

func (c *codec) fail() { c.bad = true }

// more reports whether something is left to read in a column.
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

// join makes the two parts of a file of the columns: each begins with the
// columns' sizes.
func (c *codec) join() (plain, packed []byte) {
	return concat(c.cols[:colAbout]), concat(c.cols[colAbout:])
}

func concat(cols [][]byte) (out []byte) {
	for _, col := range cols {
		out = binary.AppendUvarint(out, uint64(len(col)))
	}
	for _, col := range cols {
		out = append(out, col...)
	}
	return out
}

var errDamaged = errors.New("the tables contradict themselves")

// split is join, the other way round.
func (c *codec) split(plain, packed []byte) error {
	if !cut(plain, c.cols[:colAbout]) || !cut(packed, c.cols[colAbout:]) {
		return errDamaged
	}
	return nil
}

func cut(part []byte, cols [][]byte) bool {
	sizes := make([]uint64, len(cols))
	for i := range sizes {
		n, used := binary.Uvarint(part)
		if used <= 0 {
			return false
		}
		sizes[i], part = n, part[used:]
	}
	for i, n := range sizes {
		if n > uint64(len(part)) {
			return false
		}
		cols[i], part = part[:n:n], part[n:]
	}
	return len(part) == 0
}
