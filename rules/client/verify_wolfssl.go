package client

import (
	"crypto/sha1"
	"encoding/binary"
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
)

// What is here is about clients that verify every entry for itself (wolfSSL):
// the last first, by anchors and by the CAs that were verified so far. Those
// signers are in a table by key identifier. Facts beside the model's are from
// wolfSSL 5.5.4's own source: ParseCertRelative, ProcessPeerCerts, AddCA.

// wolfSSL is the verifier of these clients. It goes from each entry upwards as
// [depthFirst] does, but by its own table of signers.
type wolfSSL struct{ depthFirst }

func (wolfSSL) begin(pb *pathBuilder) bool           { return pb.verifyEach() }
func (wolfSSL) checkPath(pb *pathBuilder) *pathError { return pb.checkRoom() }
func (wolfSSL) everyEntry() bool                     { return true }

func (wolfSSL) issuers(pb *pathBuilder, out []*edge, x *node, _ bool) []*edge {
	return pb.signer(out, x)
}

// verifyEach verifies every entry after the first. A CA without issuer does no
// harm and no good, any other fault is fatal.
func (pb *pathBuilder) verifyEach() bool {
	pb.signers = pb.signers[:0]
	for _, n := range slices.Backward(pb.presented.list[1:]) {
		if n == nil {
			continue // junk, to a client that minds none
		}
		if pb.run(n) {
			if n.c.IsCA && !pb.addSigner(n) {
				return false
			}
			continue
		}
		switch pb.found.what {
		case noIssuer, untrustedRoot, selfSignedLeaf:
			if n.c.IsCA {
				continue
			}
			pb.found = pathError{what: uselessEntry, at: n}
		}
		return false
	}
	return true
}

// addSigner makes a verified CA a signer, unless there is one of its key
// identifier. That question comes first for certificates with an authority key
// identifier, and after key usage for others.
func (pb *pathBuilder) addSigner(n *node) bool {
	there := pb.hasSigner(n)
	if there && n.c.AKI != nil {
		return true
	}
	if !n.selfIssued && n.c.KeyUsage&cert.CertSign == 0 {
		pb.found = pathError{what: cannotSign, at: n}
		return false
	}
	if !there && len(pb.path) > 0 { // a leaf that is trusted has no path
		pb.signers = append(pb.signers, pb.path[0])
	}
	return true
}

// hasSigner reports whether a signer has n's key identifier.
func (pb *pathBuilder) hasSigner(n *node) bool {
	key := n.tableKey()
	for _, e := range pb.signers {
		if e.child.tableKey() == key {
			return true
		}
	}
	for _, a := range pb.sameName(n) {
		if o := (node{c: a}); len(a.UnknownCritical) == 0 && o.tableKey() == key {
			return true
		}
	}
	return false
}

// signer appends to out the edge to what verifies x, if anything does: for the
// certificate under test the signer in the table, which may be that very
// certificate if it was sent twice; for one above it that by which it was
// verified in its turn.
func (pb *pathBuilder) signer(out []*edge, x *node) []*edge {
	if x != pb.leaf || len(pb.path) > 0 {
		for _, e := range pb.signers {
			if e.child == x {
				return append(out, e)
			}
		}
	}
	signers := pb.stored(x)
	for _, s := range pb.signers {
		if e := edgeTo(x, s.child); e != nil && e.names == Bytes {
			signers = append(signers, e)
		}
	}
	if e := pb.pick(x, signers); e != nil {
		return append(out, e)
	}
	if pb.reach != reachNothing {
		return pb.addKnown(out, x)
	}
	return out
}

// stored is the edges from x to the signers of its issuer's name that the store
// makes: the first of each key identifier, and none that has an unknown critical
// extension.
func (pb *pathBuilder) stored(x *node) []*edge {
	var out []*edge
	for _, c := range pb.named(x) {
		e := pb.presented.towards(x, c, false)
		same := func(o *edge) bool { return o.to.tableKey() == e.to.tableKey() }
		if e.names == Bytes && len(c.UnknownCritical) == 0 && !slices.ContainsFunc(out, same) {
			out = append(out, e)
		}
	}
	return out
}

// pick chooses among the signers of the name of x's issuer, which stand in the
// order in which they came: by the authority key identifier, by x's own, and if x
// has no authority key identifier, the last one of the first row.
func (pb *pathBuilder) pick(x *node, signers []*edge) *edge {
	for _, id := range [][]byte{x.c.AKI, x.c.SKI} {
		for _, e := range signers {
			if id != nil && e.to.tableKey() == tableKey(id) {
				return e
			}
		}
	}
	if x.c.AKI != nil {
		return nil
	}
	var best *edge
	for _, e := range signers {
		if best == nil || pb.tableRow(e.to) <= pb.tableRow(best.to) {
			best = e
		}
	}
	return best
}

// tableRow is the row of the table in which a signer is.
func (pb *pathBuilder) tableRow(n *node) int {
	key := n.tableKey()
	return int(binary.BigEndian.Uint32(key[:]) % uint32(pb.b.SignerTableSize))
}

// tableKey is the subject key identifier, or where there is none the SHA-1 of
// the public key: of the whole SPKI for EC keys, which no authority key
// identifier agrees with [r0505].
func (n *node) tableKey() [sha1.Size]byte {
	switch {
	case n.c.SKI != nil:
		return tableKey(n.c.SKI)
	case n.c.Key.Kind == cert.EC:
		return sha1.Sum(n.c.Key.DER)
	}
	return tableKey(keyID(n.c.Key.DER))
}

// tableKey is a key identifier in the one size that the table has.
func tableKey(id []byte) [sha1.Size]byte {
	if len(id) == sha1.Size {
		return [sha1.Size]byte(id)
	}
	return sha1.Sum(id)
}

// checkRoom holds the path to its path lengths: each certificate leaves so much
// room to those below it.
func (pb *pathBuilder) checkRoom() *pathError {
	room := pb.roomBelow(pb.end())
	for i, e := range slices.Backward(pb.path) {
		left, ok := leaveRoom(e.child, room)
		if !ok {
			f := pb.lacksRoom(i)
			return &f
		}
		room = left
	}
	return nil
}

// lacksRoom is the fault of the i-th step of the path, for which there is no room: of
// the lowest certificate above it with a path length.
func (pb *pathBuilder) lacksRoom(i int) pathError {
	above := i
	if pb.path[0].child != pb.presented.list[0] { // wolfSSL verifies intermediates one by one
		above++
	}
	for below, e := range pb.path[i:] {
		if e.to.c.MaxPathLen >= 0 {
			return pathError{what: pathLength, at: e.to, n: above + below, limit: e.to.c.MaxPathLen, depth: i + 1}
		}
	}
	return pathError{what: pathLength, at: pb.end(), n: above, depth: i + 1}
}

// unlimited is the room below a certificate that is not limited.
const unlimited = 127

// roomBelow is the room that an anchor leaves. A self-issued one is not limited,
// nor is any other whose issuer does not stand before it in the store.
func (pb *pathBuilder) roomBelow(a *node) int {
	if a.selfIssued {
		return unlimited
	}
	all := pb.view.store.All()
	place := slices.Index(all, a.c)
	earlier := slices.DeleteFunc(pb.stored(a), func(e *edge) bool { return slices.Index(all, e.to.c) >= place })
	e := pb.pick(a, earlier)
	if e == nil {
		return unlimited
	}
	room, _ := leaveRoom(a, pb.roomBelow(e.to))
	return room
}

// leaveRoom is the room for intermediates that n leaves of what is above it;
// false if there is none for n itself.
func leaveRoom(n *node, room int) (int, bool) {
	c := n.c
	signs := !c.HasKeyUsage || c.KeyUsage&cert.CertSign != 0
	switch {
	case n.selfIssued || !c.IsCA:
		return unlimited, true
	case c.MaxPathLen >= 0 && signs && c.MaxPathLen < room:
		return c.MaxPathLen, true
	case room > 0:
		return room - 1, true
	}
	return 0, false
}
