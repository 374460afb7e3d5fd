package client

import (
	"math/bits"
	"strconv"
)

// closeList ends a path for a client that keeps the whole list as its chain
// (GnuTLS): the presented part ends at x. Where the store has an issuer of x,
// what is off the path is dropped; else it stays behind x and takes part, up to
// a certificate of which the store has the issuer. A
// self-signed end is set aside. What then is last is anchored by a certificate
// of its issuer's name, and failing that by one of its own name; either way a
// certificate whose name and key are such an anchor's cuts the chain there.
func (w *walk) closeList(x *node) bool {
	walked := len(w.path)
	for end := x; !w.anchored(end); end = w.end() {
		n := w.leftover(end)
		if n == nil {
			break
		}
		e := edgeTo(end, n)
		if e == nil || !w.passes(e, w.b.Skip) { // stands there, although it certifies nothing
			e = &edge{child: end, to: n, asked: true, apart: true}
		}
		w.path = append(w.path, e)
	}
	if end := w.end(); len(w.path) > 0 && end.selfish && w.passes(w.self(end), w.b.Skip) {
		w.path = w.path[:len(w.path)-1]
	}
	for i, n := range targets(w.path) {
		if w.row(n.c.Issuer.DER) == w.row(n.c.Subject.DER) && w.holds(n) {
			w.path = w.path[:i+1] // the rest is dropped, but only if the row is the right one
			break
		}
	}
	last := w.end()
	list := append([]*edge(nil), w.path...)
	w.note(w.deadEnd(x))
	for _, name := range [2]string{string(last.c.Issuer.DER), string(last.c.Subject.DER)} {
		w.path = append(w.path[:0], list...)
		f := w.closeBy(last, name)
		if f.what == nothing {
			return true
		}
		w.note(f)
		if !retriable(f.what) || last.selfish {
			break
		}
	}
	w.path = append(w.path[:0], list[:min(walked, len(list))]...)
	return false
}

// leftover is the next certificate that is not on the path: one that certifies
// end, or else the first.
func (w *walk) leftover(end *node) *node {
	for _, e := range end.up[:end.sent] {
		if !w.inPath(e.to) && w.passes(e, w.b.Skip) {
			return e.to
		}
	}
	for i, n := range w.d.list {
		if n != nil && n.pos == i && !w.inPath(n) {
			return n
		}
	}
	return nil
}

// retriable says whether the client looks for another anchor after a fault.
func retriable(o obstacle) bool {
	switch o {
	case noIssuer, outOfDate, weakHash:
		return true
	}
	return false
}

// closeBy anchors the list by what the store has in the row of name, which is
// DER: an issuer of its end, or a certificate of the name and key of an entry.
func (w *walk) closeBy(last *node, name string) fault {
	nodes := append([]*node{w.leaf}, targets(w.path)...)
cut:
	for i := 1; i < len(nodes); i++ {
		for _, a := range w.sameName(nodes[i]) {
			if a.Key.SPKI != nodes[i].c.Key.SPKI || string(a.Subject.DER) != string(nodes[i].c.Subject.DER) || w.row([]byte(name)) != w.row(a.Subject.DER) {
				continue
			}
			w.path, last = w.path[:i-1], nodes[i-1]
			if e := w.d.towards(last, a, false); !e.to.valid { // of the first that is met, though another is taken
				w.path = append(w.path, e)
				return fault{what: outOfDate, at: e.to, depth: i}
			}
			break cut
		}
	}
	var buf [4]*edge
	cands := buf[:0]
	for _, c := range w.named(last) {
		if e := w.d.towards(last, c, false); w.row(c.Subject.DER) == w.row([]byte(name)) && e.names >= w.b.AnchorNames && w.passes(e, w.b.SkipStore) {
			cands = append(cands, e)
		}
	}
	if len(cands) == 0 {
		return fault{what: noIssuer, at: last, depth: len(w.path)}
	}
	w.rank(cands, w.b.PreferStore[:], true)
	w.path = append(w.path, cands[0])
	return w.checkWhole()
}

// checkWhole is check for a path that may hold certificates that certify
// nothing.
func (w *walk) checkWhole() fault {
	for i, e := range w.path {
		if e.apart {
			return fault{what: noIssuer, at: e.child, depth: i}
		}
	}
	return w.check()
}

// anchored says whether the store has an issuer for x.
func (w *walk) anchored(x *node) bool {
	for _, c := range w.named(x) {
		if e := w.d.towards(x, c, false); e.names >= w.b.AnchorNames && w.passes(e, w.b.SkipStore) {
			return true
		}
	}
	return false
}

// end is the last certificate of the path so far.
func (w *walk) end() *node {
	if len(w.path) == 0 {
		return w.leaf
	}
	return w.path[len(w.path)-1].to
}

func targets(path []*edge) []*node {
	out := make([]*node, len(path))
	for i, e := range path {
		out[i] = e.to
	}
	return out
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
