package chain

import (
	"crypto/sha256"
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
	known Memory[cert.Hash, *cert.Certificate]
}

// readings is how many certificates a Reader remembers, and as many older ones:
// some megabytes.
const readings = 1 << 10

// Read makes an entry of bytes from the wire or from a file.
func (r *Reader) Read(raw []byte) Entry {
	sum := sha256.Sum256(raw)
	if c, ok := r.known.Recall(sum); ok {
		return Entry{Raw: c.Raw, SHA256: sum, Cert: c}
	}
	e := Read(raw)
	if e.Cert != nil {
		r.known.Remember(sum, e.Cert, readings)
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
// empty. A Set does not change once it is made.
type Set struct {
	list   []*cert.Certificate
	byName map[string][]*cert.Certificate
	byKey  map[cert.Hash][]*cert.Certificate

	byLength func() map[int][]*cert.Certificate // of the subject's name; made when it is asked for
}

// NewSet indexes certificates. Duplicates stay: a client's store may hold them.
func NewSet(certs []*cert.Certificate) *Set {
	s := &Set{
		list:   certs,
		byName: make(map[string][]*cert.Certificate, len(certs)),
		byKey:  make(map[cert.Hash][]*cert.Certificate, len(certs)),
	}
	for _, c := range certs {
		s.byName[c.Subject.Canon] = append(s.byName[c.Subject.Canon], c)
		s.byKey[c.Key.SPKI] = append(s.byKey[c.Key.SPKI], c)
	}
	s.byLength = sync.OnceValue(func() map[int][]*cert.Certificate {
		found := make(map[int][]*cert.Certificate)
		for _, c := range certs {
			found[len(c.Subject.Canon)] = append(found[len(c.Subject.Canon)], c)
		}
		return found
	})
	return s
}

// All returns the certificates in order.
func (s *Set) All() []*cert.Certificate {
	if s == nil {
		return nil
	}
	return s.list
}

// BySubject returns those whose subject is n, by the comparison of RFC 5280
// section 7.1.
func (s *Set) BySubject(n cert.Name) []*cert.Certificate {
	if s == nil {
		return nil
	}
	return s.byName[n.Canon]
}

// ByParts returns those whose subject is n but for the order of its parts.
func (s *Set) ByParts(n cert.Name) (found []*cert.Certificate) {
	if s == nil {
		return nil
	}
	for _, c := range s.byLength()[len(n.Canon)] {
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
	return s.byKey[spki]
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
