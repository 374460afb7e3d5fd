package chain

import (
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
)

// Bounds of the search for paths. Honest hierarchies have at most a dozen paths
// from a leaf to the anchors of all clients, and at most four certificates on one.
const (
	maxPaths = 48   // that are given
	MaxDepth = 6    // certificates above the leaf
	maxTried = 1024 // certificates that are looked at
)

// Paths gives the lists of certificates that can stand above the leaf at a
// position, each leading to an anchor, short ones first: a list that is made to
// lead astray hides no short path behind long ones. They go through what was
// presented and what is known. An empty path is that of a leaf whose issuer is
// an anchor. Sound paths are of CAs, for TLS, valid at the world's date, and neither revoked
// nor self-signed; of the others some client may still take one.
func Paths(s *Session, entries []Entry, leaf int, w World, sound bool) (paths [][]Step) {
	c := entries[leaf].Cert
	type climber struct {
		top  *cert.Certificate
		path []Step
	}
	open := []climber{{top: c}}
	for i := 0; i < len(open) && len(paths) < maxPaths; i++ {
		at := open[i]
		if anchored(s, w.Anchors, at.top, at.top == c) {
			paths = append(paths, at.path)
		}
		if len(at.path) == MaxDepth {
			continue
		}
		for _, issuer := range issuers(s, entries, at.top, w, sound) {
			again := func(have Step) bool { return have.Cert.Key.SPKI == issuer.Cert.Key.SPKI }
			if len(open) < maxTried && issuer.Cert.Key.SPKI != c.Key.SPKI && !slices.ContainsFunc(at.path, again) {
				open = append(open, climber{issuer.Cert, append(slices.Clip(at.path), issuer)})
			}
		}
	}
	return paths
}

// anchored reports whether some client trusts c, or the key that signed it.
func anchored(s *Session, anchors *Set, c *cert.Certificate, leaf bool) bool {
	if !leaf && anchors.Anchors(c) {
		return true
	}
	return slices.ContainsFunc(anchors.BySubject(c.Issuer), func(a *cert.Certificate) bool { return Certifies(s, a, c) })
}

// issuers gives the certificates that can stand above c in a list, those that
// were presented first.
func issuers(s *Session, entries []Entry, c *cert.Certificate, w World, sound bool) (out []Step) {
	seen := make(map[cert.Hash]bool)
	add := func(k *cert.Certificate, position, source int) {
		fit := func() bool {
			return k.ValidAt(w.At) && k.ForTLS() && k.IsCA && !SelfSigned(s, k) && (w.Revoked == nil || !w.Revoked(k))
		}
		if k != nil && !seen[k.SHA256] && k.SHA256 != c.SHA256 && (!sound || fit()) && Certifies(s, k, c) {
			seen[k.SHA256] = true
			out = append(out, Step{Cert: k, Position: position, Source: source})
		}
	}
	for i, e := range entries {
		add(e.Cert, i, 0)
	}
	for source, set := range w.Known {
		for _, k := range set.BySubject(c.Issuer) {
			add(k, -1, source)
		}
	}
	return out
}
