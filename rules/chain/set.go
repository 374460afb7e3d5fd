package chain

import (
	"bytes"
	"crypto/sha256"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/tlschain/tlschain/rules/cert"
)

// An Entry is one item of a presented list: a certificate, or bytes that even
// the lenient view cannot read.
type Entry struct {
	Raw    []byte // as sent; nil for a certificate that is known from facts only
	SHA256 cert.Hash
	Cert   *cert.Certificate // nil: unparsable
	Err    error             // what is wrong with it, when unparsable
}

// Read makes an entry of bytes from the wire or from a file.
func Read(raw []byte) Entry {
	c, err := cert.Parse(raw)
	return Entry{Raw: raw, SHA256: sha256.Sum256(raw), Cert: c, Err: err}
}

// A Reader reads entries and remembers the certificates in them, so that the
// intermediate of a hundred thousand hosts is parsed once. The zero value is
// ready; it must not be copied.
type Reader struct {
	known Cache[uint64, *cert.Certificate] // by a hash that no peer can foresee
}

// readings is how many certificates a Reader remembers, and as many older ones:
// a megabyte or two.
const readings = 1 << 8

var readerSeed = maphash.MakeSeed()

// Read makes an entry of bytes from the wire or from a file.
func (r *Reader) Read(raw []byte) Entry {
	hash := maphash.Bytes(readerSeed, raw)
	if c, ok := r.known.Get(hash); ok && bytes.Equal(c.Raw, raw) {
		return EntryFrom(c)
	}
	e := Read(raw)
	if e.Cert != nil {
		r.known.Put(hash, e.Cert, readings)
	}
	return e
}

// HashOf tells presented lists apart: see [cert.HashOf].
func HashOf(entries []Entry) cert.Hash {
	return cert.HashOf(func(yield func(cert.Hash) bool) {
		for i := range entries {
			if !yield(entries[i].SHA256) {
				return
			}
		}
	})
}

// EntryFrom makes an entry of a certificate that was not presented, to ask what
// would be if it were.
func EntryFrom(c *cert.Certificate) Entry {
	return Entry{Raw: c.Raw, SHA256: c.SHA256, Cert: c}
}

// A Set is an ordered list of certificates that can be found by name and by
// key: a trust store, a pool, or the CA certificates we know as facts. The
// order is the one it was made in, which matters to some clients. A nil Set is
// empty. A Set does not change once it is made. What it finds by is made when it
// is first asked for: there are dozens of trust stores, and most runs need a few.
type Set struct {
	list     func() []*cert.Certificate
	byName   func(canon string) []*cert.Certificate
	byKey    func(spki cert.Hash) []*cert.Certificate
	byLength func(n int) []*cert.Certificate // of the subject's name
}

// NewSet makes a set of certificates. Duplicates stay: a client's store may hold
// them.
func NewSet(certs []*cert.Certificate) *Set {
	return SetOf(func() []*cert.Certificate { return certs })
}

// SetOf makes a set of what list gives, which is called when the set is asked
// for anything, and gives the same each time.
func SetOf(list func() []*cert.Certificate) *Set {
	return &Set{
		list:     list,
		byName:   indexed(list, func(c *cert.Certificate) string { return c.Subject.Canon }),
		byKey:    indexed(list, func(c *cert.Certificate) cert.Hash { return c.Key.SPKI }),
		byLength: indexed(list, func(c *cert.Certificate) int { return len(c.Subject.Canon) }),
	}
}

// Find makes a set that is not listed to find something in it: list is as for
// [SetOf], and bySubject and bySPKI give those of its certificates that have a
// subject in canonical form, and a key, in the order of the list.
func Find(list func() []*cert.Certificate, bySubject func(canon string) []*cert.Certificate,
	bySPKI func(cert.Hash) []*cert.Certificate) *Set {
	s := SetOf(list)
	s.byName, s.byKey = bySubject, bySPKI
	return s
}

// Without is the set without the certificates that are dead, in the same order.
func (s *Set) Without(dead func(*cert.Certificate) bool) *Set {
	living := func(certs []*cert.Certificate) []*cert.Certificate {
		if slices.ContainsFunc(certs, dead) {
			return slices.DeleteFunc(slices.Clone(certs), dead)
		}
		return certs
	}
	return Find(sync.OnceValue(func() []*cert.Certificate { return living(s.All()) }),
		func(canon string) []*cert.Certificate { return living(s.BySubject(cert.Name{Canon: canon})) },
		func(spki cert.Hash) []*cert.Certificate { return living(s.BySPKI(spki)) })
}

// indexed gives an index of certificates that is made when it is asked for.
func indexed[K comparable](list func() []*cert.Certificate, key func(*cert.Certificate) K) func(K) []*cert.Certificate {
	all := sync.OnceValue(func() map[K][]*cert.Certificate {
		certs := list()
		index := make(map[K][]*cert.Certificate, len(certs))
		for i, c := range certs {
			k := key(c)
			if found := index[k]; found != nil {
				index[k] = append(found, c)
			} else {
				index[k] = certs[i : i+1 : i+1] // most are the only one
			}
		}
		return index
	})
	return func(k K) []*cert.Certificate { return all()[k] }
}

// All returns the certificates in order.
func (s *Set) All() []*cert.Certificate {
	if s == nil {
		return nil
	}
	return s.list()
}

// BySubject returns those whose subject is n, by the comparison of RFC 5280
// section 7.1.
func (s *Set) BySubject(n cert.Name) []*cert.Certificate {
	if s == nil {
		return nil
	}
	return s.byName(n.Canon)
}

// ByParts returns those whose subject is n but for the order of its parts.
func (s *Set) ByParts(n cert.Name) (found []*cert.Certificate) {
	if s == nil {
		return nil
	}
	for _, c := range s.byLength(len(n.Canon)) {
		if c.Subject.Canon != n.Canon && c.Subject.SameParts(n) {
			found = append(found, c)
		}
	}
	return found
}

// BySPKI returns those that certify the key with this SPKI hash.
func (s *Set) BySPKI(spki cert.Hash) []*cert.Certificate {
	if s == nil {
		return nil
	}
	return s.byKey(spki)
}

// Anchors reports whether the set, as a trust store, trusts c's subject and key.
// Stores are compared by key and never by fingerprint: Android 10 to 13 hold
// an older self-signed GTS Root R1 with the key of today's.
func (s *Set) Anchors(c *cert.Certificate) bool {
	for _, a := range s.BySPKI(c.Key.SPKI) {
		if a.Subject.Canon == c.Subject.Canon {
			return true
		}
	}
	return false
}
