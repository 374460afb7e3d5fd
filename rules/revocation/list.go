package revocation

import (
	"bytes"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// A List is a CRL, small enough to keep: 20 bytes for each certificate in it.
type List struct {
	ThisUpdate time.Time
	NextUpdate time.Time // zero: not said

	issuer  cert.Name
	signed  chain.Answer // by the key that it was read for
	fault   string       // why no certificate can be judged by it; empty: nothing
	scope   scope
	entries []entry // by key
}

// An entry is one revoked certificate.
type entry struct {
	key    [12]byte // of its serial number
	at     uint32   // in seconds of Unix time; 0: not said
	reason uint8
}

// Size is about how many bytes of memory the list takes.
func (l *List) Size() int { return 512 + 20*cap(l.entries) }

// Signed reports whether the key that it was read for has signed the list.
func (l *List) Signed() bool { return l.signed == chain.Yes }

// Len is how many certificates are listed.
func (l *List) Len() int { return len(l.entries) }

// ParseList reads a CRL, in DER or PEM, that a key should have signed. The
// memory of der can be used again afterwards.
func ParseList(der []byte, key cert.Key) (*List, error) {
	if bytes.HasPrefix(der, []byte("-----BEGIN ")) {
		block, _ := pem.Decode(der)
		if block == nil {
			return nil, errors.New("it is PEM that cannot be read")
		}
		der = block.Bytes
	}
	in := cryptobyte.String(der)
	var outer, tbs, alg, signature cryptobyte.String
	if !in.ReadASN1(&outer, cbasn1.SEQUENCE) || !outer.ReadASN1Element(&tbs, cbasn1.SEQUENCE) ||
		!outer.ReadASN1Element(&alg, cbasn1.SEQUENCE) || !outer.ReadASN1(&signature, cbasn1.BIT_STRING) || len(signature) < 1 {
		return nil, errors.New("it is no CRL")
	}
	l := new(List)
	if err := l.read(tbs, alg); err != nil {
		return nil, err
	}
	l.signed = chain.Verify(cert.ParseSignatureAlg(alg), key, tbs, signature[1:])
	return l, nil
}

func (l *List) read(tbs, outerAlg cryptobyte.String) error {
	var in, alg, name, extensions cryptobyte.String
	var extended bool
	if !tbs.ReadASN1(&in, cbasn1.SEQUENCE) || in.PeekASN1Tag(cbasn1.INTEGER) && !in.SkipASN1(cbasn1.INTEGER) ||
		!in.ReadASN1Element(&alg, cbasn1.SEQUENCE) || !in.ReadASN1Element(&name, cbasn1.SEQUENCE) || !readTime(&in, &l.ThisUpdate) {
		return errors.New("it is no CRL")
	}
	if !bytes.Equal(alg, outerAlg) {
		return errors.New("its two signature algorithms differ")
	}
	var ok bool
	if l.issuer, _, ok = cert.ParseName(bytes.Clone(name)); !ok {
		return errors.New("the name of its issuer cannot be read")
	}
	if isTime(in) && !readTime(&in, &l.NextUpdate) {
		return errors.New("its dates cannot be read")
	}
	if in.PeekASN1Tag(cbasn1.SEQUENCE) {
		if err := l.readEntries(&in); err != nil {
			return err
		}
	}
	if !in.ReadOptionalASN1(&extensions, &extended, cbasn1.Tag(0).Constructed().ContextSpecific()) || !in.Empty() {
		return errors.New("what follows its entries cannot be read")
	}
	if extended {
		return l.readExtensions(extensions)
	}
	return nil
}

func (l *List) readEntries(in *cryptobyte.String) error {
	var list cryptobyte.String
	if !in.ReadASN1(&list, cbasn1.SEQUENCE) {
		return errors.New("its entries cannot be read")
	}
	n := 0
	for rest := list; rest.SkipASN1(cbasn1.SEQUENCE); {
		n++
	}
	l.entries = make([]entry, 0, n)
	for !list.Empty() {
		var one, serial, extensions cryptobyte.String
		var at time.Time
		if !list.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1(&serial, cbasn1.INTEGER) || !readTime(&one, &at) {
			return fmt.Errorf("entry %d cannot be read", len(l.entries)+1)
		}
		e := entry{key: keyOf(serial), at: seconds(at)}
		if one.ReadASN1(&extensions, cbasn1.SEQUENCE) {
			if err := l.readReason(extensions, &e); err != nil {
				return fmt.Errorf("entry %d: %w", len(l.entries)+1, err)
			}
		}
		l.entries = append(l.entries, e)
	}
	slices.SortFunc(l.entries, func(a, b entry) int { return bytes.Compare(a.key[:], b.key[:]) })
	return nil
}

// readReason reads the extensions of an entry.
func (l *List) readReason(extensions cryptobyte.String, e *entry) error {
	return forEachExtension(extensions, func(oid string, critical bool, value cryptobyte.String) error {
		switch {
		case oid == "2.5.29.21":
			var code int
			if !value.ReadASN1Enum(&code) || code < 0 || code > 255 {
				return errors.New("its reason cannot be read")
			}
			e.reason = uint8(code)
		case oid == "2.5.29.29":
			l.fault = "it lists certificates of other issuers (indirect CRL), which is not supported"
		case critical:
			l.fault = "an entry has a critical extension that is not known (" + oid[:min(len(oid), 100)] + ")"
		}
		return nil
	})
}

// keyOf is a serial number, made short: 96 bits of a hash, which nobody finds
// two of.
func keyOf(serial []byte) (key [12]byte) {
	for len(serial) > 1 && serial[0] == 0 && serial[1] < 0x80 { // padded
		serial = serial[1:]
	}
	sum := sha256.Sum256(serial)
	copy(key[:], sum[:])
	return key
}

func seconds(t time.Time) uint32 {
	if u := t.Unix(); u > 0 && u < 1<<32 {
		return uint32(u)
	}
	return 0
}

func isTime(in cryptobyte.String) bool {
	return in.PeekASN1Tag(cbasn1.UTCTime) || in.PeekASN1Tag(cbasn1.GeneralizedTime)
}

func readTime(in *cryptobyte.String, out *time.Time) bool {
	if in.PeekASN1Tag(cbasn1.UTCTime) {
		return in.ReadASN1UTCTime(out)
	}
	return in.ReadASN1GeneralizedTime(out)
}
