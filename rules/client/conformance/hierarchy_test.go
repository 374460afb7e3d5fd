package conformance

import (
	"fmt"
	"math/rand/v2"
)

// A hierarchy is what the generator draws lists and stores from: for each name
// the certificates that were ever made for it, the usual one first.
type hierarchy struct {
	dice
	depth int // how many intermediates the usual path has
	roots int
	keys  map[string]string
	certs map[string][]certificate
}

// newHierarchy makes up one to three roots, none to six intermediates under
// the first of them, sometimes a CA to the side, and for each a few further
// certificates that cross, renew, expire, impersonate or err.
func newHierarchy(d dice) *hierarchy {
	h := &hierarchy{
		dice: d, depth: d.weighted(1, 7, 8, 5, 3, 1, 1), roots: 1 + d.weighted(3, 3, 2),
		keys: map[string]string{}, certs: map[string][]certificate{},
	}
	names := h.names()
	mixed := d.chance(30)
	for _, name := range append([]string{"L", "U", "UI", "UR"}, names...) {
		h.keys[name] = "rsa2048"
		switch {
		case mixed && d.chance(50):
			h.keys[name] = "p256"
		case name[0] != 'L' && d.chance(2):
			h.keys[name] = "rsa1024"
		case mixed && d.chance(5):
			h.keys[name] = "p384"
		}
	}
	for i := 1; i <= h.depth; i++ {
		h.intermediate(i)
	}
	for i := 1; i <= h.roots; i++ {
		h.root(fmt.Sprint("R", i))
	}
	for range 1 + d.weighted(3, 2, 1) {
		h.add(certificate{subject: "S", issuer: h.anyRoot(), tags: h.some(30, anyTag)})
	}
	h.add(certificate{subject: "L", issuer: h.above(0), tags: h.some(20, leafTag)})
	for range d.weighted(8, 2) {
		h.add(certificate{subject: "L", issuer: h.above(0), tags: d.pick("~exp", "~fut", "~ibad")})
	}
	return h
}

// names lists the CAs that may have issued something.
func (h *hierarchy) names() []string {
	names := []string{"S"}
	for i := 1; i <= h.depth; i++ {
		names = append(names, fmt.Sprint("I", i))
	}
	for i := 1; i <= h.roots; i++ {
		names = append(names, fmt.Sprint("R", i))
	}
	return names
}

func (h *hierarchy) anyRoot() string { return fmt.Sprint("R", 1+h.IntN(h.roots)) }

// above is the usual issuer of intermediate i, or of the leaf, which is 0.
func (h *hierarchy) above(i int) string {
	if i < h.depth {
		return fmt.Sprint("I", i+1)
	}
	return "R1"
}

// add keeps a certificate, numbered if there is one like it.
func (h *hierarchy) add(c certificate) {
	for _, have := range h.certs[c.subject] {
		if have.subject == c.subject && have.issuer == c.issuer && have.tags == c.tags {
			c.copy = max(c.copy+1, have.copy+1, 2)
		}
	}
	h.certs[c.subject] = append(h.certs[c.subject], c)
}

// intermediate makes the certificates of one intermediate.
func (h *hierarchy) intermediate(i int) {
	name := fmt.Sprint("I", i)
	usual := certificate{subject: name, issuer: h.above(i)}
	switch {
	case h.chance(35):
		usual.tags = harmlessTag(h.dice, i)
	case h.chance(8):
		usual.tags = anyTag(h.dice)
	}
	h.add(usual)
	for range h.weighted(3, 4, 3, 1) {
		c := certificate{subject: name, issuer: h.above(i), tags: h.some(85, anyTag)}
		if h.chance(40) {
			names := h.names()
			c.issuer = names[h.IntN(len(names))]
		}
		if c.issuer == h.above(i) && c.tags == "" {
			c.tags = "~ren"
		}
		if h.chance(8) {
			c.tags += anyTag(h.dice)
		}
		h.add(c)
	}
}

// root makes the certificates of one root, its own and cross-certificates.
func (h *hierarchy) root(name string) {
	usual := certificate{subject: name, issuer: name}
	if h.chance(25) {
		usual.tags = h.pick("~old", "~ren", "~noKI", "~selfAKI", "~selfAKI", "~sha1", "~noKU", "~exp", "~pl1", "~pl2", "~ekuS", "~v1", "~v1")
	}
	h.add(usual)
	for range h.weighted(3, 4, 2) {
		c := certificate{subject: name, issuer: name, tags: h.some(90, rootTag)}
		if h.chance(40) {
			names := h.names()
			c.issuer, c.tags = names[h.IntN(len(names))], h.some(30, anyTag)
		}
		if c.issuer == name && c.tags == "" {
			c.tags = "~ren"
		}
		h.add(c)
	}
}

// some is a tag by chance, or none.
func (h *hierarchy) some(percent int, tag func(dice) string) string {
	if h.chance(percent) {
		return tag(h.dice)
	}
	return ""
}

// harmlessTag is one that most clients accept in intermediate i.
func harmlessTag(d dice, i int) string {
	return d.pick("~ren", "~old", "~ekuS", "~noKI", "~noSKI", "~noAKI", "~noKU", "~akiS", "~ncP", "~ekuA",
		fmt.Sprint("~pl", min(i-1, 2)), fmt.Sprint("~pl", min(i-1, 2)))
}

func anyTag(d dice) string {
	return d.pick("~exp", "~exp", "~exp", "~expnow", "~expnow", "~fut", "~ren", "~ren", "~ren", "~old", "~old",
		"~imp", "~imp", "~impX", "~impLie", "~ibad", "~ibadLie", "~noKI", "~noSKI", "~noAKI", "~badAKI", "~badSKI", "~akiS", "~akiX",
		"~ekuC", "~ekuS", "~ekuA", "~pl0", "~pl0", "~pl1", "~caF", "~noKCS", "~noKU", "~sha1", "~md5", "~ncP", "~ncO", "~ncX", "~crit", "~v1")
}

// rootTag is one for a further self-signed certificate.
func rootTag(d dice) string {
	return d.pick("~exp", "~exp", "~exp", "~fut", "~ren", "~ren", "~old", "~old", "~imp", "~imp", "~impX", "~impLie", "~ibad",
		"~noKI", "~selfAKI", "~sha1", "~pl0", "~pl1", "~caF", "~noKCS", "~noKU", "~ekuC", "~ncP", "~ncO", "~badSKI", "~v1", "~v1")
}

func leafTag(d dice) string {
	return d.pick("~exp", "~fut", "~badAKI", "~badAKI", "~noAKI", "~akiS", "~akiX", "~sha1", "~ekuC", "~noKU", "~kuS", "~kuS", "~caT", "~cnOnly", "~other", "~crit", "~ibad")
}

// dice are a source of numbers with the throws that the generator needs.
type dice struct{ *rand.Rand }

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func (d dice) pick(from ...string) string { return from[d.IntN(len(from))] }

// weighted is an index, as often as its weight says.
func (d dice) weighted(weights ...int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	n := d.IntN(total)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	panic("weights that do not add up")
}
