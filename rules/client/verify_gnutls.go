package client

import (
	"math/bits"
	"slices"
	"strconv"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// What is here is about clients that make the whole list one chain and verify
// that from its end (GnuTLS). Facts beside the model's are from the source of
// GnuTLS 3.7.9 as Debian has it: gnutls_x509_trust_list_verify_crt2,
// _gnutls_sort_clist, shorten_clist, _gnutls_verify_crt_status and verify_crt.

// gnuTLS is the verifier of these clients.
type gnuTLS struct{}

func (gnuTLS) begin(*pathBuilder) bool               { return true }
func (gnuTLS) connect(pb *pathBuilder, _ *node) bool { return pb.wholeList() }
func (gnuTLS) checkPath(*pathBuilder) *pathError     { return nil }
func (gnuTLS) everyEntry() bool                      { return false }

// issuers is not asked for: the list is one chain as it stands.
func (gnuTLS) issuers(_ *pathBuilder, out []*edge, _ *node, _ bool) []*edge { return out }

// wholeList judges the list with the certificates in the row of the name of its
// end's issuer as anchors. If these are none, too old or too weak, it tries those
// in the row of the end's own name.
func (pb *pathBuilder) wholeList() bool {
	list := pb.arrange()
	list = pb.shorten(pb.lengthen(list))
	last := list[len(list)-1].c
	f, again := pb.verifyList(list, last.Issuer.DER)
	if again && string(last.Issuer.DER) != string(last.Subject.DER) {
		if second, _ := pb.verifyList(list, last.Subject.DER); second.what == nothing {
			f = second
		}
	}
	if f.what == noIssuer {
		f = pb.deadEnd(pb.follow())
	}
	pb.found = f
	return f.what == nothing
}

// isIssuer reports whether an edge, which may be nil, counts by name and key
// identifier.
func (pb *pathBuilder) isIssuer(e *edge) bool {
	return e != nil && e.names >= pb.b.Names && pb.passes(e, pb.b.CandidateFilter)
}

// issues reports whether a presented certificate is by its names the issuer of
// another, or of itself.
func (pb *pathBuilder) issues(to, n *node) bool {
	if to == n {
		return n.selfIssued && pb.isIssuer(pb.self(n))
	}
	return pb.isIssuer(edgeTo(n, to))
}

// arrange puts the list into order, segment by segment, and ends it at the first
// segment whose end has its issuer in the store.
func (pb *pathBuilder) arrange() []*node {
	list := slices.DeleteFunc(slices.Clone(pb.presented.list), func(n *node) bool { return n == nil }) // junk, to a client that minds none
	var seen []*node
	for i := 0; i < len(list); {
		n := pb.arrangeSegment(list[i:])
		again := func(n *node) bool { return slices.Contains(seen, n) }
		if j := slices.IndexFunc(list[i:i+n], again); j >= 0 {
			// What should close the gap moves one entry only.
			if i+j < len(list)-1 {
				list[i+j] = list[i+j+1]
			}
			list = list[:len(list)-1]
			continue
		}
		seen = append(seen, list[i:i+n]...)
		i += n
		if pb.anchored(list[i-1]) {
			return list[:i]
		}
	}
	return list
}

// arrangeSegment moves what leads upwards from the first entry right behind it,
// and says how many these are with it. Of several issuers it takes the first.
func (pb *pathBuilder) arrangeSegment(list []*node) int {
	if pb.b.MaxEntries > 0 && len(list) > pb.b.MaxEntries {
		return 1
	}
	order := []int{0}
	for at := 0; !pb.issues(list[at], list[at]); {
		next := 1 + slices.IndexFunc(list[1:], func(n *node) bool { return n != list[at] && pb.issues(n, list[at]) })
		if next == 0 || slices.Contains(order, next) {
			break
		}
		order = append(order, next)
		at = next
	}
	before := slices.Clone(list)
	for i, from := range order {
		list[i] = before[from]
	}
	rest := list[len(order):]
	for i, n := range before {
		if !slices.Contains(order, i) {
			rest[0], rest = n, rest[1:]
		}
	}
	return len(order)
}

// anchored reports whether the store has an issuer for x.
func (pb *pathBuilder) anchored(x *node) bool { return pb.anchorIn(x.c.Issuer.DER, x) != nil }

// lengthen adds what was not sent but is known, while it is asked how far that
// would lead.
func (pb *pathBuilder) lengthen(list []*node) []*node {
	for last := list[len(list)-1]; pb.reach != reachNothing && !pb.anchored(last); last = list[len(list)-1] {
		known := pb.addKnown(nil, last)
		if len(known) == 0 || slices.Contains(list, known[0].to) {
			break
		}
		list = append(list, known[0].to)
	}
	return list
}

// shorten drops a self-signed end and what is behind a certificate that is in
// the store, which is noticed only if issuer and subject are in the same row.
func (pb *pathBuilder) shorten(list []*node) []*node {
	list = pb.dropSelfSigned(list)
	for i, n := range list {
		if i > 0 && pb.row(n.c.Issuer.DER) == pb.row(n.c.Subject.DER) && pb.holds(n) {
			return list[:i+1]
		}
	}
	return list
}

func (pb *pathBuilder) dropSelfSigned(list []*node) []*node {
	if end := list[len(list)-1]; len(list) > 1 && pb.issues(end, end) {
		return list[:len(list)-1]
	}
	return list
}

// verifyList verifies the list, its end by what the store has in the row of a
// name, and each other certificate by the one behind it. It reports whether what
// went wrong makes the client look for other anchors.
func (pb *pathBuilder) verifyList(list []*node, name []byte) (pathError, bool) {
	list = pb.dropSelfSigned(list)
	for i, n := range list {
		if a := pb.twinIn(name, n, i == 0); a != nil { // trusted for its name and key
			if !a.valid {
				return pathError{what: outOfDate, at: a, depth: i}, pb.expired(a)
			}
			list = list[:i]
			break
		}
	}
	pb.path = pb.path[:0]
	if len(list) == 0 {
		return pathError{}, false // the leaf itself
	}
	for i, n := range list[1:] {
		e := edgeTo(list[i], n)
		if e == nil && n.known {
			e = pb.presented.towards(list[i], n.c, true)
		}
		if !pb.isIssuer(e) {
			return pathError{what: noIssuer, at: list[i], depth: i}, true
		}
		pb.path = append(pb.path, e)
	}
	end := list[len(list)-1]
	anchor := pb.anchorIn(name, end)
	if anchor == nil {
		return pathError{what: noIssuer, at: end, depth: len(pb.path)}, true
	}
	pb.path = append(pb.path, anchor)
	return pb.verifySteps()
}

// twinIn finds in the row of a name what has n's name and key; for the leaf, what
// is the same certificate.
func (pb *pathBuilder) twinIn(name []byte, n *node, leaf bool) *node {
	for _, a := range pb.sameName(n) {
		same := a.SHA256 == n.c.SHA256
		if !leaf {
			same = a.Key.SPKI == n.c.Key.SPKI && (pb.b.Names < Bytes || string(a.Subject.DER) == string(n.c.Subject.DER))
		}
		if same && pb.row(a.Subject.DER) == pb.row(name) {
			return pb.presented.towards(n, a, false).to
		}
	}
	return nil
}

// anchorIn finds in the row of a name an issuer for x: the first, or if there
// are more, the last one that is valid.
func (pb *pathBuilder) anchorIn(name []byte, x *node) *edge {
	var found *edge
	for _, c := range pb.named(x) {
		e := pb.presented.towards(x, c, false)
		if pb.row(c.Subject.DER) == pb.row(name) && pb.isIssuer(e) && (found == nil || e.to.valid) {
			found = e
		}
	}
	return found
}

// verifySteps verifies the path from its anchor downwards.
func (pb *pathBuilder) verifySteps() (pathError, bool) {
	room := unlimited
	for i, e := range slices.Backward(pb.path) {
		if !trusted(e) && e.to.c.EKU != nil && !pb.servesTLS(e.to.c) {
			return pathError{what: notForTLS, at: e.to, depth: i + 1}, false
		}
		if room == 0 {
			return pb.lacksRoom(i), false
		}
		room--
		if p := e.to.c.MaxPathLen; p >= 0 && e.to.c.IsCA {
			room = min(room, p)
		}
		// MD5 is below the level that every signature must reach, SHA-1 is not.
		f, weak := pb.verifyStep(e), e.child.hash < min(pb.b.MinHash, SHA1) || e.child.hash < pb.b.MinHash && !pb.issues(e.child, e.child)
		if f.what == nothing && weak {
			f = pathError{what: weakHash, at: e.child}
		}
		if f.what != nothing {
			f.depth = i
			return f, weak || pb.expired(e.to) || pb.expired(e.child)
		}
	}
	f := pb.checkLeaf(pb.leaf)
	if f.what == nothing {
		f = pb.checkConditions()
	}
	return f, false
}

// verifyStep verifies a certificate by its issuer, all but the strength of its
// signature's hash.
func (pb *pathBuilder) verifyStep(e *edge) pathError {
	n, x := e.to, e.child
	where := inIssuer
	if trusted(e) {
		where = inAnchor
	}
	if f := pb.checkTraits(n, where); f.what != nothing {
		return f
	}
	if x == pb.leaf {
		if f := pb.checkTraits(x, inLeaf); f.what != nothing {
			return f
		}
	}
	switch {
	case n.rsa > 0 && n.rsa < pb.b.MinRSA:
		return pathError{what: weakKey, at: n, n: n.rsa, limit: pb.b.MinRSA}
	case x == pb.leaf && x.rsa > 0 && x.rsa < pb.b.MinRSA:
		return pathError{what: weakKey, at: x, n: x.rsa, limit: pb.b.MinRSA}
	case !pb.mayIssue(e):
		return pathError{what: notCA, at: n}
	case n.c.HasKeyUsage && n.c.KeyUsage&cert.CertSign == 0:
		return pathError{what: cannotSign, at: n}
	case pb.presented.signed(e) == chain.No:
		return pathError{what: badSignature, at: x, by: n}
	case !pb.pssFits(e):
		return pathError{what: foreignPSS, at: x, by: n}
	case len(n.c.UnknownCritical) > 0:
		return pathError{what: unknownCritical, at: n}
	case x == pb.leaf && len(x.c.UnknownCritical) > 0:
		return pathError{what: unknownCritical, at: x}
	case !n.valid:
		return pathError{what: outOfDate, at: n}
	case !x.valid:
		return pathError{what: outOfDate, at: x}
	}
	if x != pb.leaf {
		return pathError{}
	}
	for _, above := range pb.path {
		if above.to.c.NameConstraints != nil {
			if f := pb.checkNameConstraints(above.to, above); f.what != nothing {
				return f
			}
		}
	}
	return pathError{}
}

// mayIssue reports whether the issuer is a CA. An anchor that says nothing of
// itself is one if it is self-issued.
func (pb *pathBuilder) mayIssue(e *edge) bool {
	n := e.to
	if trusted(e) && (n.c.Version < 3 || !n.c.HasBasicConstraints && n.selfIssued) {
		return true
	}
	return n.c.HasBasicConstraints && n.c.IsCA
}

func (pb *pathBuilder) expired(n *node) bool {
	return !n.valid && !pb.presented.q.At.Before(n.c.NotBefore)
}

// follow is the end of the way that leads up from the leaf, whatever else is in
// the list.
func (pb *pathBuilder) follow() *node {
	pb.path = pb.path[:0]
	x := pb.leaf
	for !pb.issues(x, x) {
		i := slices.IndexFunc(x.up[:x.sent], func(e *edge) bool { return pb.isIssuer(e) && !pb.inPath(e.to) })
		if i < 0 {
			break
		}
		pb.path = append(pb.path, x.up[i])
		x = x.up[i].to
	}
	return x
}

// edgeTo is the edge between two presented certificates, if there is one.
func edgeTo(child, to *node) *edge {
	for _, e := range child.up[:child.sent] {
		if e.to == to {
			return e
		}
	}
	return nil
}

// row is where a name stands in the table of anchors. GnuTLS folds the DER by
// P. J. Weinberger's hash as gnulib has it (hash_pjw_bare), over 64 bits, and
// does not look whether what it finds in a row has the name that it looks for.
func (pb *pathBuilder) row(name []byte) string {
	if pb.b.AnchorTableSize == 0 {
		return string(name)
	}
	var h uint64
	for _, b := range name {
		h = uint64(b) + bits.RotateLeft64(h, 9)
	}
	return strconv.FormatUint(h%uint64(pb.b.AnchorTableSize), 10)
}
