package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// newScenario makes up scenario number n of a run. It depends on nothing but
// the two numbers.
func newScenario(seed uint64, n int) *scenario {
	d := dice{rand.New(rand.NewPCG(seed, uint64(n)))}
	h := newHierarchy(d)
	s := &scenario{id: fmt.Sprintf("s%dn%d", seed, n), keys: h.keys, bare: d.chance(20), first: map[string]certificate{}}
	for name, certs := range h.certs {
		s.first[name] = certs[0]
	}
	path := h.path()
	s.presented = slices.Clone(path)
	if top := path[len(path)-1]; top.subject == top.issuer && d.chance(70) {
		s.presented = path[:len(path)-1] // most servers leave the root out
	}
	for range d.weighted(4, 5, 4, 2, 1) {
		s.presented = h.edit(s.presented, path)
	}
	s.presented = s.presented[:min(len(s.presented), 12)]
	s.anchors = h.store(path)
	return s
}

// path walks from the leaf to a self-issued certificate, mostly the usual way.
func (h *hierarchy) path() []certificate {
	path := []certificate{h.certs["L"][0]}
	visited := map[string]bool{}
	for name := path[0].issuer; !visited[name] && len(path) < 9; {
		visited[name] = true
		certs := h.certs[name]
		c := certs[0]
		if h.chance(30) {
			c = certs[h.IntN(len(certs))]
		}
		path = append(path, c)
		name = c.issuer
	}
	return path
}

// anyCA is any certificate of the hierarchy that is no leaf.
func (h *hierarchy) anyCA() certificate {
	names := h.names()
	certs := h.certs[names[h.IntN(len(names))]]
	return certs[h.IntN(len(certs))]
}

// twin is another certificate of a name that the path has.
func (h *hierarchy) twin(path []certificate) certificate {
	certs := h.certs[path[h.IntN(len(path))].subject]
	return certs[h.IntN(len(certs))]
}

// edit does to a list what careless people and programs do.
func (h *hierarchy) edit(list, path []certificate) []certificate {
	list = slices.Clone(list)
	somewhere := 1 + h.IntN(len(list)) // never before the leaf
	inside := func() int { return 1 + h.IntN(len(list)-1) }
	insert := func(c certificate) []certificate { return slices.Insert(list, somewhere, c) }
	switch h.weighted(12, 3, 3, 2, 2, 1, 3, 2, 2, 2, 2, 1) {
	case 0:
		return insert(h.twin(path))
	case 1:
		return insert(h.anyCA())
	case 2: // a root at the end
		certs := h.certs[h.anyRoot()]
		return append(list, certs[h.IntN(len(certs))])
	case 3:
		return insert(list[h.IntN(len(list))])
	case 4:
		return insert(certificate{subject: "U", issuer: "UI", tags: h.some(20, anyTag)})
	case 5:
		return insert(certificate{subject: "UR", issuer: "UR"})
	case 6:
		if len(list) > 2 {
			i, j := inside(), inside()
			list[i], list[j] = list[j], list[i]
		}
	case 7:
		slices.Reverse(list[1:])
	case 8:
		if len(list) > 2 {
			slices.Reverse(list[inside():])
		}
	case 9:
		if len(list) > 1 {
			i := inside()
			return slices.Delete(list, i, i+1)
		}
	case 10:
		return insert(certificate{subject: "Lo", issuer: h.above(0), tags: "~other"})
	case 11:
		return insert(certificate{subject: junk})
	}
	return list
}

// store makes up what the clients trust: mostly the root where the path ends,
// sometimes with its twins, other roots, or intermediates.
func (h *hierarchy) store(path []certificate) []certificate {
	var store []certificate
	add := func(c certificate) {
		if !slices.Contains(store, c) && !c.isLeaf() {
			store = append(store, c)
		}
	}
	top := path[len(path)-1].issuer
	if h.chance(80) {
		add(h.certs[top][0])
	}
	for range h.weighted(6, 3, 1) {
		certs := h.certs[top]
		add(certs[h.IntN(len(certs))])
	}
	if h.chance(25) {
		add(h.certs[h.anyRoot()][0])
	}
	if h.chance(12) {
		add(h.twin(path))
	}
	if h.chance(5) {
		add(h.anyCA())
	}
	if len(store) == 0 {
		add(h.certs[h.anyRoot()][0])
	}
	h.Shuffle(len(store), func(i, j int) { store[i], store[j] = store[j], store[i] })
	return store
}
