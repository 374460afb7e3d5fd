package client

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// TestJudgedTogether holds that a verdict, with its reason and path, does not depend
// on who judges the same list beside it: random lists and random stores of
// certificates that share names and keys are judged by all clients together, in
// two orders, and by each alone.
func TestJudgedTogether(t *testing.T) {
	random := rand.New(rand.NewPCG(18, 14))
	for _, recipe := range []string{
		"root R\nroot O\nca J by R\nca I by J\ncross X of R by O\ncopy Ix of I from=2020-01-01 to=2024-01-01\ncopy In of I newkey\ncopy Rn of R newkey\nleaf L by I\npresent L I J X R O Ix In Rn\nanchors R",
		"root R\nroot O\nca I by R\nca J by O\ncross K of I by J\ncross Y of J by R\ncopy Jn of J newkey\nleaf L by I\npresent L I K J Y R O Jn\nanchors R",
		"root R\nroot O\ncross X of R by O\nca I by R aki=none\ncross V of I by O ski=none\ncopy Vn of V newkey\nleaf L by I\njunk Q hex=3000\npresent L I V X R O Vn Q\nanchors R",
	} {
		r, certs, _ := readRecipe(t, recipe)
		for range 80 {
			list := certs[:1:1]
			for range 1 + random.IntN(4) {
				list = append(list, certs[random.IntN(len(certs))])
			}
			var stores []*chain.Set
			for range 4 {
				stores = append(stores, someOf(random, certs))
			}
			var profiles []*Profile
			for _, id := range everyone() {
				profiles = append(profiles, &Profile{ID: id, Builder: Builders()[id], Store: stores[random.IntN(len(stores))],
					AIA: random.IntN(3) == 0, Preload: random.IntN(3) == 0})
			}
			random.Shuffle(len(profiles), func(i, j int) { profiles[i], profiles[j] = profiles[j], profiles[i] })
			q := Question{Name: r.Name, At: r.At, Known: []*chain.Set{someOf(random, certs)}}
			together := Judge(profiles, new(chain.Verifier).Begin(), list, q)
			for i, p := range profiles {
				if alone := p.Judge(new(chain.Verifier).Begin(), list, q); !reflect.DeepEqual(alone, together[i]) {
					t.Fatalf("%s\n%s of\n%s\nalone:    %+v\ntogether: %+v", p.ID, labels(list), recipe, alone, together[i])
				}
			}
		}
	}
}

func someOf(random *rand.Rand, entries []chain.Entry) *chain.Set {
	var certs []*cert.Certificate
	for _, e := range entries[1:] {
		if e.Cert != nil && random.IntN(3) == 0 {
			certs = append(certs, e.Cert)
		}
	}
	return chain.NewSet(certs)
}

func labels(list []chain.Entry) (out string) {
	for _, e := range list {
		if e.Cert != nil {
			out += e.Cert.Subject.Text + " by " + e.Cert.Issuer.Text + "; "
		}
	}
	return out
}
