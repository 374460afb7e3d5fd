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

func (gnuTLS) begin(*walk) bool              { return true }
func (gnuTLS) connect(w *walk, _ *node) bool { return w.wholeList() }
func (gnuTLS) checkPath(*walk) fault         { return fault{} }
func (gnuTLS) everyEntry() bool              { return false }

// issuers is not asked for: the list is one chain as it stands.
func (gnuTLS) issuers(_ *walk, out []*edge, _ *node, _ bool) []*edge { return out }

// wholeList judges the list with the certificates in the row of the name of its
// end's issuer as anchors. If these are none, too old or too weak, it tries those
// in the row of the end's own name.
func (w *walk) wholeList() bool {
	list := w.arrange()
	list = w.shorten(w.lengthen(list))
	last := list[len(list)-1].c
	f, again := w.verifyList(list, last.Issuer.DER)
	if again && string(last.Issuer.DER) != string(last.Subject.DER) {
		if second, _ := w.verifyList(list, last.Subject.DER); second.what == nothing {
			f = second
		}
	}
	if f.what == noIssuer {
		f = w.deadEnd(w.follow())
	}
	w.found = f
	return f.what == nothing
}

// isIssuer says whether an edge, which may be nil, counts by name and key
// identifier.
func (w *walk) isIssuer(e *edge) bool {
	return e != nil && e.names >= w.b.Names && w.passes(e, w.b.Skip)
}

// issues says whether a presented certificate is by its names the issuer of
// another, or of itself.
func (w *walk) issues(to, n *node) bool {
	if to == n {
		return n.selfish && w.isIssuer(w.self(n))
	}
	return w.isIssuer(edgeTo(n, to))
}

// arrange puts the list into order, segment by segment, and ends it at the first
// segment whose end has its issuer in the store.
func (w *walk) arrange() []*node {
	list := slices.DeleteFunc(slices.Clone(w.d.list), func(n *node) bool { return n == nil }) // junk, to a client that minds none
	var seen []*node
	for i := 0; i < len(list); {
		n := w.arrangeSegment(list[i:])
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
		if w.anchored(list[i-1]) {
			return list[:i]
		}
	}
	return list
}

// arrangeSegment moves what leads upwards from the first entry right behind it,
// and says how many these are with it. Of several issuers it takes the first.
func (w *walk) arrangeSegment(list []*node) int {
	if w.b.MaxEntries > 0 && len(list) > w.b.MaxEntries {
		return 1
	}
	order := []int{0}
	for at := 0; !w.issues(list[at], list[at]); {
		next := 1 + slices.IndexFunc(list[1:], func(n *node) bool { return n != list[at] && w.issues(n, list[at]) })
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

// anchored says whether the store has an issuer for x.
func (w *walk) anchored(x *node) bool { return w.anchorIn(x.c.Issuer.DER, x) != nil }

// lengthen adds what was not sent but is known, while it is asked how far that
// would lead.
func (w *walk) lengthen(list []*node) []*node {
	for last := list[len(list)-1]; w.reach != reachNothing && !w.anchored(last); last = list[len(list)-1] {
		known := w.addKnown(nil, last)
		if len(known) == 0 || slices.Contains(list, known[0].to) {
			break
		}
		list = append(list, known[0].to)
	}
	return list
}

// shorten drops a self-signed end and what is behind a certificate that is in
// the store, which is noticed only if issuer and subject are in the same row.
func (w *walk) shorten(list []*node) []*node {
	list = w.dropSelfSigned(list)
	for i, n := range list {
		if i > 0 && w.row(n.c.Issuer.DER) == w.row(n.c.Subject.DER) && w.holds(n) {
			return list[:i+1]
		}
	}
	return list
}

func (w *walk) dropSelfSigned(list []*node) []*node {
	if end := list[len(list)-1]; len(list) > 1 && w.issues(end, end) {
		return list[:len(list)-1]
	}
	return list
}

// verifyList verifies the list, its end by what the store has in the row of a
// name, and each other certificate by the one behind it. It says whether what
// went wrong makes the client look for other anchors.
func (w *walk) verifyList(list []*node, name []byte) (fault, bool) {
	list = w.dropSelfSigned(list)
	for i, n := range list {
		if a := w.twinIn(name, n, i == 0); a != nil { // trusted for its name and key
			if !a.valid {
				return fault{what: outOfDate, at: a, depth: i}, w.expired(a)
			}
			list = list[:i]
			break
		}
	}
	w.path = w.path[:0]
	if len(list) == 0 {
		return fault{}, false // the leaf itself
	}
	for i, n := range list[1:] {
		e := edgeTo(list[i], n)
		if e == nil && n.known {
			e = w.d.towards(list[i], n.c, true)
		}
		if !w.isIssuer(e) {
			return fault{what: noIssuer, at: list[i], depth: i}, true
		}
		w.path = append(w.path, e)
	}
	end := list[len(list)-1]
	anchor := w.anchorIn(name, end)
	if anchor == nil {
		return fault{what: noIssuer, at: end, depth: len(w.path)}, true
	}
	w.path = append(w.path, anchor)
	return w.verifySteps()
}

// twinIn finds in the row of a name what has n's name and key; for the leaf, what
// is the same certificate.
func (w *walk) twinIn(name []byte, n *node, leaf bool) *node {
	for _, a := range w.sameName(n) {
		same := a.SHA256 == n.c.SHA256
		if !leaf {
			same = a.Key.SPKI == n.c.Key.SPKI && (w.b.Names < Bytes || string(a.Subject.DER) == string(n.c.Subject.DER))
		}
		if same && w.row(a.Subject.DER) == w.row(name) {
			return w.d.towards(n, a, false).to
		}
	}
	return nil
}

// anchorIn finds in the row of a name an issuer for x: the first, or if there
// are more, the last one that is valid.
func (w *walk) anchorIn(name []byte, x *node) *edge {
	var found *edge
	for _, c := range w.named(x) {
		e := w.d.towards(x, c, false)
		if w.row(c.Subject.DER) == w.row(name) && w.isIssuer(e) && (found == nil || e.to.valid) {
			found = e
		}
	}
	return found
}

// verifySteps verifies the path from its anchor downwards.
func (w *walk) verifySteps() (fault, bool) {
	room := unlimited
	for i, e := range slices.Backward(w.path) {
		if !trusted(e) && e.to.c.EKU != nil && !w.servesTLS(e.to.c) {
			return fault{what: notForTLS, at: e.to, depth: i + 1}, false
		}
		if room == 0 {
			return fault{what: pathLength, at: w.limiting(i), n: i, depth: i + 1}, false
		}
		room--
		if p := e.to.c.MaxPathLen; p >= 0 && e.to.c.IsCA {
			room = min(room, p)
		}
		// MD5 is below the level that every signature must reach, SHA-1 is not.
		f, weak := w.verifyStep(e), e.child.hash < min(w.b.MinHash, SHA1) || e.child.hash < w.b.MinHash && !w.issues(e.child, e.child)
		if f.what == nothing && weak {
			f = fault{what: weakHash, at: e.child}
		}
		if f.what != nothing {
			f.depth = i
			return f, weak || w.expired(e.to) || w.expired(e.child)
		}
	}
	return w.checkLeaf(w.leaf), false
}

// verifyStep verifies a certificate by its issuer, all but the strength of its
// signature's hash.
func (w *walk) verifyStep(e *edge) fault {
	n, x := e.to, e.child
	where := inIssuer
	if trusted(e) {
		where = inAnchor
	}
	if f := w.checkTraits(n, where); f.what != nothing {
		return f
	}
	if x == w.leaf {
		if f := w.checkTraits(x, inLeaf); f.what != nothing {
			return f
		}
	}
	switch {
	case n.rsa > 0 && n.rsa < w.b.MinRSA:
		return fault{what: weakKey, at: n, n: n.rsa, limit: w.b.MinRSA}
	case x == w.leaf && x.rsa > 0 && x.rsa < w.b.MinRSA:
		return fault{what: weakKey, at: x, n: x.rsa, limit: w.b.MinRSA}
	case !w.mayIssue(e):
		return fault{what: notCA, at: n}
	case n.c.HasKeyUsage && n.c.KeyUsage&cert.CertSign == 0:
		return fault{what: cannotSign, at: n}
	case w.d.signed(e) == chain.No:
		return fault{what: badSignature, at: x, by: n}
	case len(n.c.UnknownCritical) > 0:
		return fault{what: unknownCritical, at: n}
	case x == w.leaf && len(x.c.UnknownCritical) > 0:
		return fault{what: unknownCritical, at: x}
	case !n.valid:
		return fault{what: outOfDate, at: n}
	case !x.valid:
		return fault{what: outOfDate, at: x}
	}
	if x != w.leaf {
		return fault{}
	}
	for _, above := range w.path {
		if above.to.c.NameConstraints != nil {
			if f := w.checkLimits(above.to, above); f.what != nothing {
				return f
			}
		}
	}
	return fault{}
}

// mayIssue says whether the issuer is a CA. An anchor that says nothing of
// itself is one if it is self-issued.
func (w *walk) mayIssue(e *edge) bool {
	n := e.to
	if trusted(e) && (n.c.Version < 3 || !n.c.HasBasicConstraints && n.selfish) {
		return true
	}
	return n.c.HasBasicConstraints && n.c.IsCA
}

func (w *walk) expired(n *node) bool { return !n.valid && !w.d.q.At.Before(n.c.NotBefore) }

// follow is the end of the way that leads up from the leaf, whatever else is in
// the list.
func (w *walk) follow() *node {
	w.path = w.path[:0]
	x := w.leaf
	for !w.issues(x, x) {
		i := slices.IndexFunc(x.up[:x.sent], func(e *edge) bool { return w.isIssuer(e) && !w.inPath(e.to) })
		if i < 0 {
			break
		}
		w.path = append(w.path, x.up[i])
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
func (w *walk) row(name []byte) string {
	if w.b.NameRows == 0 {
		return string(name)
	}
	var h uint64
	for _, b := range name {
		h = uint64(b) + bits.RotateLeft64(h, 9)
	}
	return strconv.FormatUint(h%uint64(w.b.NameRows), 10)
}
