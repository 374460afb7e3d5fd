package catalog

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// records are the certificates of a table that was read. They are decoded in
// blocks, when somebody asks for one of a block, and stay decoded.
type records struct {
	mu      sync.Mutex
	from    codec // its columns begin with the first certificate
	index   *index
	sources int     // how many there are to refer to
	known   []Known // by place
	decoded []bool  // by block
	left    int     // blocks that are not decoded
	bad     bool    // what was decoded is damaged
	rest    int     // bytes behind the last block, without an index

	bySubject found[string]
	bySPKI    found[cert.Hash]
}

// A found remembers certificates that were found; there are no more than are known.
type found[K comparable] struct {
	mu    sync.RWMutex
	certs map[K][]*cert.Certificate
}

func newRecords(n int, ix *index) *records {
	blocks := 1
	if ix != nil {
		blocks = (n + blockSize - 1) / blockSize
	}
	return &records{index: ix, known: make([]Known, n), decoded: make([]bool, blocks), left: blocks}
}

// blockOf gives the block in which a place is, and where that begins and ends.
func (r *records) blockOf(place int) (block, begin, end int) {
	if r.index == nil {
		return 0, 0, len(r.known)
	}
	block = place / blockSize
	return block, block * blockSize, min(len(r.known), (block+1)*blockSize)
}

// at gives the certificate in a place of the table.
func (r *records) at(place int) Known {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.decode(place)
	return r.known[place]
}

// certs gives the certificates in some places.
func (r *records) certs(places []uint32) []*cert.Certificate {
	certs := make([]*cert.Certificate, len(places))
	for i, place := range places {
		certs[i] = r.at(int(place)).Cert
	}
	return certs
}

// all decodes what is not decoded yet, and gives everything by place.
func (r *records) all() []Known {
	r.mu.Lock()
	defer r.mu.Unlock()
	for place := 0; place < len(r.known); {
		r.decode(place)
		_, _, place = r.blockOf(place)
	}
	return r.known
}

// decode decodes the block in which a place is.
func (r *records) decode(place int) {
	block, begin, end := r.blockOf(place)
	if r.decoded[block] {
		return
	}
	c := r.from
	if r.index != nil {
		r.index.seek(&c, block)
	}
	certs := make([]cert.Certificate, end-begin)
	for i := range certs {
		k := &r.known[begin+i]
		k.Cert = &certs[i]
		c.certificate(k.Cert)
		c.sources(&k.Sources, r.sources)
	}
	r.bad = r.bad || c.bad
	r.decoded[block] = true
	if r.left--; r.left > 0 {
		return
	}
	for _, col := range c.cols {
		r.rest += len(col)
	}
	r.from = codec{} // nobody needs the tables any more
}

// named gives the certificates whose subject is canon, in the order of a [listing].
func (r *records) named(canon string) []*cert.Certificate {
	return r.find(r.index.subjects.of(hashOfText(canon)), func(c *cert.Certificate) bool { return c.Subject.Canon == canon })
}

// keyed gives the certificates of a key, in the order of a [listing].
func (r *records) keyed(spki cert.Hash) []*cert.Certificate {
	return r.find(r.index.keys.of(hashOfHash(spki)), func(c *cert.Certificate) bool { return c.Key.SPKI == spki })
}

func (r *records) find(places []uint32, fits func(*cert.Certificate) bool) []*cert.Certificate {
	var some []Known
	for _, place := range places {
		if k := r.at(int(place)); fits(k.Cert) {
			some = append(some, k)
		}
	}
	slices.SortFunc(some, compareKnown)
	var certs []*cert.Certificate
	for _, k := range some {
		certs = append(certs, k.Cert)
	}
	return certs
}

// in gives what find finds for k, once.
func (f *found[K]) in(k K, find func(K) []*cert.Certificate) []*cert.Certificate {
	f.mu.RLock()
	certs, ok := f.certs[k]
	f.mu.RUnlock()
	if ok {
		return certs
	}
	if certs = find(k); certs == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.certs == nil {
		f.certs = make(map[K][]*cert.Certificate)
	}
	f.certs[k] = certs
	return certs
}

// set is all certificates, of which those that are asked for by name or key are
// decoded. list gives all of them in order.
func (r *records) set(list func() []*cert.Certificate) *chain.Set {
	return chain.Find(list,
		func(canon string) []*cert.Certificate { return r.bySubject.in(canon, r.named) },
		func(spki cert.Hash) []*cert.Certificate { return r.bySPKI.in(spki, r.keyed) })
}

// blockSize is how many certificates are decoded together.
const blockSize = 16

// An index tells where in a table something is, so that what nobody asks for is
// not decoded. It is of one table, and made from it by TestIndex.
type index struct {
	offsets  []byte // by block and record column: where it begins, 4 bytes
	subjects places // by hashOfText of the subject's canonical form
	keys     places // by hashOfHash of the key
}

// recordColumns are those of which each certificate has a part.
var recordColumns = [...]column{
	colHash, colSerial, colSubject, colIssuer, colKey, colSigner, colVersion, colNotBefore, colNotAfter, colAlg, colFlags, colUsage,
	colPathLen, colEKU, colSKI, colAKI, colAKIMore, colConstraints, colAIA, colPolicies, colCritical, colDeviations, colSource,
}

// readIndex reads the index of a table of n certificates: the offsets, and both
// lists of places. It is nil if there is none.
func readIndex(data []byte, n int) *index {
	offsets := (n + blockSize - 1) / blockSize * len(recordColumns) * 4
	if len(data) == 0 || len(data) != offsets+2*n*placeSize {
		return nil
	}
	return &index{data[:offsets], data[offsets : offsets+n*placeSize], data[offsets+n*placeSize:]}
}

// indexFor gives the index that comes with the program without the checksum that it
// begins with, which is its table's; nil if the table is another one.
func indexFor(sum []byte) []byte {
	if rest, ok := bytes.CutPrefix(tableIndex, sum); ok {
		return rest
	}
	return nil
}

// seek moves the columns of c to the beginning of a block.
func (ix *index) seek(c *codec, block int) {
	for i, col := range recordColumns {
		at := (block*len(recordColumns) + i) * 4
		c.cols[col] = c.cols[col][binary.BigEndian.Uint32(ix.offsets[at:]):]
	}
}

// places are pairs of a hash and a place in the table, 4 bytes each, by hash.
type places []byte

const placeSize = 8

func (p places) of(hash uint32) (found []uint32) {
	i, j := 0, len(p)/placeSize
	for i < j {
		if m := (i + j) / 2; binary.BigEndian.Uint32(p[m*placeSize:]) < hash {
			i = m + 1
		} else {
			j = m
		}
	}
	for ; i < len(p)/placeSize && binary.BigEndian.Uint32(p[i*placeSize:]) == hash; i++ {
		found = append(found, binary.BigEndian.Uint32(p[i*placeSize+4:]))
	}
	return found
}

// hashOfText is FNV-1a.
func hashOfText(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

func hashOfHash(h cert.Hash) uint32 { return binary.BigEndian.Uint32(h[:]) }
