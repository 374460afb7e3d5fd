package wire

import (
	"bytes"
	"hash/maphash"
	"sync"
)

// buffers are what one flight needs: the bytes as received, and the handshake
// bytes of their records joined.
type buffers struct {
	raw  []byte
	hand []byte
	pool *Pool // that they are from; nil: none
}

// A Pool keeps the memory of flights between connections, and certificates that came
// lately: most servers show the intermediate of others, and many their leaf. The zero
// value is ready for use, and the nil pointer keeps nothing.
type Pool struct {
	kept sync.Pool

	mu           sync.Mutex
	certificates [poolCertificates][]byte // by hash
}

// A pool keeps a certificate of ordinary length until another one with its place
// comes: half a megabyte of them, and 2 of hostile ones.
const (
	poolCertificates = 1 << 10
	maxPooled        = 2 << 10
)

var poolSeed = maphash.MakeSeed()

func (p *Pool) take() *buffers {
	if p != nil {
		if b, ok := p.kept.Get().(*buffers); ok {
			return b
		}
	}
	return &buffers{make([]byte, 0, 8<<10), make([]byte, 0, 8<<10), p}
}

func (p *Pool) give(b *buffers) {
	if p == nil || cap(b.raw) > maxKept || cap(b.hand) > maxKept {
		return
	}
	b.raw, b.hand = b.raw[:0], b.hand[:0]
	p.kept.Put(b)
}

// copyOf gives a copy of a certificate that nobody changes: maybe one that others
// have.
func (p *Pool) copyOf(certificate []byte) []byte {
	if p == nil || len(certificate) == 0 || len(certificate) > maxPooled {
		return bytes.Clone(certificate)
	}
	place := maphash.Bytes(poolSeed, certificate) % poolCertificates
	p.mu.Lock()
	defer p.mu.Unlock()
	if !bytes.Equal(p.certificates[place], certificate) {
		p.certificates[place] = bytes.Clone(certificate)
	}
	return p.certificates[place]
}
