package client

import (
	"crypto"
	"crypto/sha1"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// The deviations as a set that profiles can be compared by.
const (
	negativeSerial Deviations = 1 << iota
	zeroSerial
	longSerial
	trailingData
	duplicateExtension
	extensionsInOld
	algorithmMismatch
	badExtension
	badKey
	badTime
	badString
	badSerial
)

var deviationNames = [...]cert.Deviation{
	cert.NegativeSerial, cert.ZeroSerial, cert.LongSerial, cert.TrailingData,
	cert.DuplicateExtension, cert.ExtensionsInOld, cert.AlgorithmMismatch,
	cert.BadExtension, cert.BadKey, cert.BadTime, cert.BadString, cert.BadSerial,
}

// A node is a certificate with everything about it that does not depend on
// the client, worked out once a chain for all profiles.
type node struct {
	c          *cert.Certificate
	pos        int  // position in the list; -1: from a store, or known
	known      bool // neither sent nor from a store: a fact that would be fetched or preloaded
	sentToo    bool // in a store, and in the list as well
	odd        Deviations
	traits     cert.Traits
	valid      bool
	early      bool // not valid yet, and valid a day later
	selfIssued bool // issuer and subject are the same name
	sha2EC     bool
	hash       HashStrength
	rsa        int     // bits; 0: another kind of key
	issuer     int     // index of the issuer's name in presentedChain.names; -1: not looked up
	subject    int     // the same of the subject's
	up         []*edge // to presented and known certificates, and to what stores have answered
	reordered  []*edge // to presented certificates whose name is the issuer's but for the order of its parts
	own        *edge   // to itself, for self-issued ones; made when asked for
	onPath     int     // the run of the presented chain in which it is on the path
	candsOf    int     // the run that cands are of
	cands      []*edge // what a client would try as its issuer, best first
	sent       int     // how many of up lead to presented certificates

	others map[source]*edge // those of up that lead to others, where they are many; nil: they are few

	permitted, excluded *subtrees // of its name constraints; nil: not read yet
}

// An edge leads from a certificate to one that may have issued it: the names
// are equal as RFC 5280 section 7.1 compares them.
type edge struct {
	child, to *node
	names     NameMatch // the strictest comparison that calls the names equal
	keyID     int8      // 1: identifiers agree, 0: one is absent, -1: they differ
	serial    bool      // issuer and serial number of the AKI, where present, fit
	kind      bool      // the key can make such a signature
	asked     bool
	answer    chain.Answer
}

// valid reports whether n is valid at the time, to this client.
func (pb *pathBuilder) valid(n *node) bool { return n.valid || pb.b.EarlyDay && n.early }

// newNode makes a node of a certificate.
func (pc *presentedChain) newNode(c *cert.Certificate, pos int, known bool) *node {
	n, at := pc.slabOfNodes.next(), pc.q.At
	*n = node{
		c: c, pos: pos, known: known, valid: c.ValidAt(at), selfIssued: c.SelfIssued(), traits: c.AllTraits(), issuer: -1, subject: -1,
		up: n.up[:0], reordered: n.reordered[:0], cands: n.cands[:0],
	}
	n.early = !n.valid && at.Before(c.NotBefore) && c.ValidAt(at.Add(24*time.Hour))
	for _, d := range c.Deviations {
		for i, x := range deviationNames {
			if d == x {
				n.odd |= 1 << i
			}
		}
	}
	switch c.SignatureAlg.Hash {
	case crypto.MD5:
	case crypto.SHA1:
		n.hash = SHA1
	default:
		n.hash = SHA256
		n.sha2EC = c.SignatureAlg.Key == cert.EC
	}
	if c.SignatureAlg.OID == "1.2.840.113549.1.1.2" { // MD2
		n.hash = AnyHash
	}
	if c.Key.Kind == cert.RSA || c.Key.Kind == cert.RSAPSS {
		n.rsa = c.Key.Bits
	}
	return n
}

// newEdge makes an edge.
func (pc *presentedChain) newEdge(child, to *node) *edge {
	e := pc.slabOfEdges.next()
	*e = edge{child: child, to: to, names: Folded, serial: true}
	c, i := child.c, to.c
	switch {
	case string(c.Issuer.DER) == string(i.Subject.DER):
		e.names = Bytes
	case c.Issuer.Text == i.Subject.Text:
		e.names = Text
	}
	if c.AKI != nil && i.SKI != nil {
		e.keyID = -1
		if string(c.AKI) == string(i.SKI) {
			e.keyID = 1
		}
	}
	if c.AKISerial != nil && string(c.AKISerial) != string(i.Serial) {
		e.serial = false
	}
	if c.AKIIssuer != nil && string(c.AKIIssuer) != string(i.Issuer.DER) {
		n, _, ok := cert.ParseName(c.AKIIssuer)
		e.serial = e.serial && ok && n.Canon == i.Issuer.Canon
	}
	e.kind = fits(c.SignatureAlg, i.Key)
	return e
}

// fits reports whether a key of this kind could make such a signature.
func fits(alg cert.SignatureAlg, key cert.Key) bool {
	return alg.Key == cert.UnknownKey || key.Kind == cert.UnknownKey || alg.Key == key.Kind ||
		alg.Key == cert.RSA && key.Kind == cert.RSAPSS
}

// keyID is the SHA-1 of the subjectPublicKey's bits (RFC 5280 section 4.2.1.2).
func keyID(spki []byte) []byte {
	in := cryptobyte.String(spki)
	var seq, bits cryptobyte.String
	if in.ReadASN1(&seq, asn1.SEQUENCE) && seq.SkipASN1(asn1.SEQUENCE) &&
		seq.ReadASN1(&bits, asn1.BIT_STRING) && len(bits) > 0 {
		bits = bits[1:]
	}
	id := sha1.Sum(bits)
	return id[:]
}
