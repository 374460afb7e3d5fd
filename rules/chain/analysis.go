// Package chain sees a presented list as a graph: keys are nodes, certificates
// are edges from the key that signed to the key that is certified.
//
// It finds the leaf, each certificate's role, whether the list is complete and
// in order, and the best path. It asks what is there, not what is allowed:
// dates and algorithms only rank alternatives. It is pure: no I/O, no clock.
package chain

import (
	"bytes"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
)

// A World is what a list is held against.
type World struct {
	At      time.Time
	Anchors *Set   // the trust anchors of all chosen clients
	Known   []*Set // CA certificates that may fill gaps, best source first
	// SameLine tells, by a CA's catalogue, that a was sold where b is needed
	// (an older or newer generation of the same product). Nil: nobody knows.
	SameLine func(a, b *cert.Certificate) bool
	// Revoked tells that a presented certificate is revoked: a path goes through it
	// only where no other one that was presented will do. Nil: none is.
	Revoked func(*cert.Certificate) bool
}

// A State answers whether the list is complete. Exactly one holds.
type State uint8

// The states. The zero value means that there is no leaf to start from.
const (
	NoLeaf         State = iota
	Complete             // a path by key leads to an anchor
	Incomplete           // known certificates would join the list to an anchor
	SelfSignedLeaf       // the leaf is signed by its own key, which is no anchor
	Untrusted            // anything else
)

// A Step is one certificate of a path.
type Step struct {
	Cert     *cert.Certificate
	Position int // in the presented list; -1: it was not presented
	Source   int // index into World.Known where it was not presented
}

// A Misplaced certificate stands before one that it certifies.
type Misplaced struct {
	Position int
	Behind   int // the position behind which it belongs
}

// An Analysis is the shape of one presented list.
type Analysis struct {
	Leaf       int // position; -1: none could be read
	Roles      []Role
	State      State
	Path       []Step            // the best path, leaf first; of an incomplete list with what is missing in it
	Anchor     *cert.Certificate // where the path ends when Complete or Incomplete
	Misplaced  []Misplaced       // in order of position; empty: in order
	StandsIn   []int             // for each position of role Wrong, that of the certificate it does not fit; else -1
	TooComplex bool              // limits were hit: the answers may be incomplete

	parents [][]int // presented issuers of each position, by key
}

// maxPairs bounds how many pairs of equal names are looked at. A list of 60
// certificates that all carry one name makes 3,540; honest lists make a dozen.
const maxPairs = 4096

type analyser struct {
	*Analysis
	entries []Entry
	world   World
	session *Session
	first   []int // position of the first copy of the same DER
	pairs   int
}

// Analyse finds the shape of a presented list.
func Analyse(s *Session, entries []Entry, w World) *Analysis {
	a := &analyser{
		Analysis: &Analysis{Leaf: findLeaf(entries), Roles: make([]Role, len(entries)), StandsIn: make([]int, len(entries))},
		entries:  entries, world: w, session: s,
	}
	a.findCopies()
	a.findParents()
	reached := make([]bool, len(entries))
	if a.Leaf >= 0 {
		a.findPath()
		a.reach(reached)
	}
	a.assignRoles(reached)
	a.findMisplaced()
	a.TooComplex = a.TooComplex || s.Starved
	return a.Analysis
}

// findLeaf gives position 0, unless that is a CA certificate and exactly one
// certificate that is none follows.
func findLeaf(entries []Entry) int {
	if len(entries) == 0 || entries[0].Cert == nil {
		return -1
	}
	if !isCA(entries[0].Cert) {
		return 0
	}
	leaf := 0
	for i, e := range entries[1:] {
		if e.Cert == nil || isCA(e.Cert) {
			continue
		}
		if leaf != 0 && e.SHA256 != entries[leaf].SHA256 {
			return 0
		}
		if leaf == 0 {
			leaf = i + 1
		}
	}
	return leaf
}

// isCA reports whether a certificate is meant to certify others. Version 1 has no
// basicConstraints; its self-signed certificates are roots of old.
func isCA(c *cert.Certificate) bool {
	return c.IsCA || c.Version == 1 && c.SelfIssued()
}

func (a *analyser) findCopies() {
	a.first = make([]int, len(a.entries))
	seen := make(map[cert.Hash]int, len(a.entries))
	for i, e := range a.entries {
		if j, ok := seen[e.SHA256]; ok {
			a.first[i] = j
			continue
		}
		seen[e.SHA256], a.first[i] = i, i
	}
}

// certAt gives the certificate at a position, nil for copies and junk.
func (a *analyser) certAt(i int) *cert.Certificate {
	if a.first[i] != i {
		return nil
	}
	return a.entries[i].Cert
}

func (a *analyser) findParents() {
	a.parents = make([][]int, len(a.entries))
	byName := make(map[string][]int, len(a.entries))
	for i := range a.entries {
		if c := a.certAt(i); c != nil {
			byName[c.Subject.Canon] = append(byName[c.Subject.Canon], i)
		}
	}
	for i := range a.entries {
		c := a.certAt(i)
		if c == nil {
			continue
		}
		for _, j := range byName[c.Issuer.Canon] {
			if j != i && a.certifies(a.entries[j].Cert, c) {
				a.parents[i] = append(a.parents[i], j)
			}
		}
	}
}

// certifies reports whether issuer's key signed c, or may have where nobody can
// tell and the key identifiers do not object. The names are known to fit.
func (a *analyser) certifies(issuer, c *cert.Certificate) bool {
	if a.pairs++; a.pairs > maxPairs {
		a.TooComplex = true
		return false
	}
	return Certifies(a.session, issuer, c)
}

// Certifies reports whether issuer's subject is c's issuer and its key signed c.
// Where the signature cannot be told, key identifiers that agree, or are
// absent, make the edge.
func Certifies(s *Session, issuer, c *cert.Certificate) bool {
	if issuer.Subject.Canon != c.Issuer.Canon {
		return false
	}
	switch s.Signed(c, issuer) {
	case Yes:
		return true
	case No:
		return false
	}
	return len(c.AKI) == 0 || len(issuer.SKI) == 0 || bytes.Equal(c.AKI, issuer.SKI)
}

// SelfSigned reports whether c is signed by its own key under its own name.
func SelfSigned(s *Session, c *cert.Certificate) bool {
	return c.SelfIssued() && Certifies(s, c, c)
}

// assignRoles names what each certificate is, given which positions some path
// from the leaf reaches.
func (a *analyser) assignRoles(reached []bool) {
	for i, e := range a.entries {
		a.StandsIn[i] = -1
		switch {
		case e.Cert == nil:
			a.Roles[i] = Unparsable
		case a.first[i] != i:
			a.Roles[i] = Duplicate
		case i == a.Leaf:
			a.Roles[i] = Leaf
		case a.Leaf >= 0 && !reached[i]:
			a.Roles[i] = Unrelated
			if j := a.standsInFor(e.Cert, reached); j >= 0 {
				a.Roles[i], a.StandsIn[i] = Wrong, j
			}
		case SelfSigned(a.session, e.Cert):
			a.Roles[i] = Root
		case a.hasSelfSigned(e.Cert):
			a.Roles[i] = Cross
		default:
			a.Roles[i] = Intermediate
		}
	}
}

// hasSelfSigned reports whether a self-signed certificate of c's key is known,
// trusted or presented: then c, which is not self-signed, is a cross-certificate.
func (a *analyser) hasSelfSigned(c *cert.Certificate) bool {
	twin := func(k *cert.Certificate) bool {
		return k != nil && k.Key.SPKI == c.Key.SPKI && k.SelfIssued() && k.Subject.Canon == c.Subject.Canon
	}
	for _, set := range a.world.Known {
		if slices.ContainsFunc(set.BySPKI(c.Key.SPKI), twin) {
			return true
		}
	}
	if slices.ContainsFunc(a.world.Anchors.BySPKI(c.Key.SPKI), twin) {
		return true
	}
	for i := range a.entries {
		if k := a.certAt(i); k != c && twin(k) {
			return true
		}
	}
	return false
}

// standsInFor gives the position of the certificate whose missing issuer w
// stands in for: by the same subject with another key, or by the catalogue.
func (a *analyser) standsInFor(w *cert.Certificate, reached []bool) int {
	for i := range a.entries {
		c := a.certAt(i)
		if c != nil && (reached[i] || i == a.Leaf) && len(a.parents[i]) == 0 && !c.SelfIssued() &&
			c.Issuer.Canon == w.Subject.Canon && a.anchorOver(c) == nil {
			return i
		}
	}
	if a.world.SameLine == nil {
		return -1
	}
	for i, step := range a.Path {
		if i > 0 && step.Position < 0 && a.Path[i-1].Position >= 0 && a.world.SameLine(w, step.Cert) {
			return a.Path[i-1].Position
		}
	}
	return -1
}

// findMisplaced finds the certificates after the first that certify a later one
// and no earlier one (RFC 5246 section 7.4.2, RFC 8446 section 4.4.2). Those
// that have findings of their own are set aside; one that certifies nothing
// here stands above a gap and is not judged.
func (a *analyser) findMisplaced() {
	for i := range a.entries {
		if i == 0 || !a.ordered(i) {
			continue
		}
		earlier, behind := false, -1
		for j := range a.entries {
			if j == i || !a.ordered(j) || !a.certifiesByKey(i, j) {
				continue
			}
			earlier = earlier || j < i
			if j > i && behind < 0 {
				behind = j
			}
		}
		if !earlier && behind >= 0 {
			a.Misplaced = append(a.Misplaced, Misplaced{Position: i, Behind: behind})
		}
	}
}

// certifiesByKey reports whether the key at position i signed the certificate at j.
func (a *analyser) certifiesByKey(i, j int) bool {
	for _, p := range a.parents[j] {
		if p == i || a.entries[p].Cert.Key.SPKI == a.entries[i].Cert.Key.SPKI {
			return true
		}
	}
	return false
}

func (a *analyser) ordered(i int) bool {
	switch a.Roles[i] {
	case Leaf, Intermediate, Cross, Root:
		return true
	}
	return false
}
