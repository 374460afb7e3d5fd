package catalog

import (
	"crypto"
	"encoding/binary"

	"github.com/tlschain/tlschain/rules/cert"
)

// tables hold once what many certificates share; records refer to them by
// number, in the order of first use.
type tables struct {
	names pool[cert.Name]
	keys  pool[cert.Key]
	algs  pool[cert.SignatureAlg]
	blobs pool[[]byte] // key identifiers, names and serials in AKIs, foreign SPKI hashes
	texts pool[string] // URLs, OIDs, deviations
}

type pool[T any] struct {
	list  []T
	index map[string]uint64 // writing: the number of what has this key

	// Reading: what the values are made of, how, and those that somebody has referred to.
	pieces pieces
	parse  func(der []byte) (T, bool)
	made   []*T
}

// pieces are a column that was read, and where each value of it begins.
type pieces struct {
	column []byte
	at     []uint32
}

func (p *pieces) get(n uint64) ([]byte, bool) {
	if n >= uint64(len(p.at)) {
		return nil, false
	}
	rest := p.column[p.at[n]:]
	size, used := binary.Uvarint(rest)
	end := used + int(size)
	return rest[used:end:end], true
}

// get gives the value with a number; false if there is none.
func (p *pool[T]) get(n uint64) (v T, ok bool) {
	if p.parse == nil {
		if n >= uint64(len(p.list)) {
			return v, false
		}
		return p.list[n], true
	}
	der, ok := p.pieces.get(n)
	if !ok {
		return v, false
	}
	if p.made[n] == nil {
		if v, ok = p.parse(der); !ok {
			return v, false
		}
		p.made[n] = &v
	}
	return *p.made[n], true
}

// number gives v's number, adding it if it is new. The key identifies v.
func (p *pool[T]) number(key string, v T) uint64 {
	n, ok := p.index[key]
	if !ok {
		if p.index == nil {
			p.index = make(map[string]uint64)
		}
		n = uint64(len(p.list))
		p.index[key] = n
		p.list = append(p.list, v)
	}
	return n
}

// refer codes a reference to v, which key identifies.
func refer[T any](c *codec, col column, p *pool[T], key string, v *T) {
	var n uint64
	if !c.reading {
		n = p.number(key, *v)
	}
	c.uint(col, &n)
	if c.reading {
		value, ok := p.get(n)
		if !ok {
			c.fail()
			return
		}
		*v = value
	}
}

func (c *codec) blob(col column, b *[]byte) { // nil and empty differ
	var n uint64
	if !c.reading && *b != nil {
		n = 1 + c.blobs.number(string(*b), *b)
	}
	c.uint(col, &n)
	if !c.reading {
		return
	}
	*b = nil
	if n > 0 {
		var ok bool
		if *b, ok = c.blobs.pieces.get(n - 1); !ok {
			c.fail()
		}
	}
}

// list codes the length of a list, nil told from empty.
func list[T any](c *codec, col column, l *[]T) {
	n := 0
	if *l != nil {
		n = 1 + len(*l)
	}
	u := uint64(n)
	c.uint(col, &u)
	if !c.reading {
		return
	}
	*l = nil
	if u > uint64(len(c.cols[col]))+1 || u > maxItems {
		c.fail()
	} else if u > 0 {
		*l = make([]T, u-1)
	}
}

func (c *codec) textList(col column, l *[]string) {
	list(c, col, l)
	for i := range *l {
		refer(c, col, &c.texts, (*l)[i], &(*l)[i])
	}
}

// writeTables writes what the records refer to, once all records are written.
func (c *codec) writeTables() {
	for _, n := range c.names.list {
		c.raw(colNames, &n.DER)
	}
	for _, k := range c.keys.list {
		c.raw(colKeys, &k.DER)
	}
	for _, b := range c.blobs.list {
		c.raw(colBlobs, &b)
	}
	for _, s := range c.texts.list {
		c.text(colTexts, &s)
	}
	for _, a := range c.algs.list {
		c.alg(&a)
	}
}

// readTables reads what the records refer to, before them.
func (c *codec) readTables() {
	c.names.later(c.pieces(colNames), func(der []byte) (cert.Name, bool) {
		n, _, ok := cert.ParseName(der)
		return n, ok
	})
	c.keys.later(c.pieces(colKeys), func(der []byte) (cert.Key, bool) {
		k, _ := cert.ParseKey(der)
		return k, true
	})
	c.blobs.pieces = c.pieces(colBlobs)
	c.texts.later(c.pieces(colTexts), func(text []byte) (string, bool) { return string(text), true })
	for c.more(colAlgs) && len(c.algs.list) < maxItems {
		var a cert.SignatureAlg
		c.alg(&a)
		c.algs.list = append(c.algs.list, a)
	}
}

// pieces finds all that is in a column.
func (c *codec) pieces(col column) pieces {
	all := pieces{column: c.cols[col], at: make([]uint32, 0, 1<<13)}
	for c.more(col) && len(all.at) < maxItems {
		all.at = append(all.at, uint32(len(all.column)-len(c.cols[col])))
		var piece []byte
		c.raw(col, &piece)
	}
	if c.bad { // the last one is none
		all.at = nil
	}
	return all
}

// later tells what the values of a pool are made of, once they are referred to.
func (p *pool[T]) later(of pieces, parse func(der []byte) (T, bool)) {
	p.pieces, p.parse, p.made = of, parse, make([]*T, len(of.at))
}

func (c *codec) alg(a *cert.SignatureAlg) {
	hash, kind := uint64(a.Hash), string(a.Key)
	c.text(colAlgs, &a.Name)
	c.text(colAlgs, &a.OID)
	c.uint(colAlgs, &hash)
	c.text(colAlgs, &kind)
	a.Hash, a.Key = crypto.Hash(hash), cert.KeyKind(kind)
	if c.reading && a.Hash != 0 && !a.Hash.Available() {
		c.fail()
	}
}
