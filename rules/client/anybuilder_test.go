package client

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/tlschain/tlschain/rules/chain"
)

// TestAnyBuilder holds that whatever parameters a user gives a client, it comes
// to a verdict in words, on lists with junk, twins and loops in them.
func TestAnyBuilder(t *testing.T) {
	var builders []Builder
	for _, b := range Builders() {
		builders = append(builders, b)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, recipe := range []string{
		"root R\nca J by R\nca I by J\nroot U\ncopy Ix of I from=2020-01-01 to=2024-01-01\njunk Q hex=3003020100\nleaf L by I\npresent L Q U J Ix I I R Q\nanchors R J",
		"root R\nroot O\ncross X of R by O\nca I by R nc=permit:example.test\nleaf L by I\njunk Q hex=00\npresent L Q I R X X Q\nanchors O I",
		"root R ski=none\nca I by R ski=none aki=none\ncross Iv of I by R ski=none aki=none v1\nleaf L by I aki=none ca=true\njunk Q hex=00\npresent L L Q Iv I L\nanchors R L Iv",
		"root L\npresent L L\nanchors L",
	} {
		r, list, store := readRecipe(t, recipe)
		p := &Profile{Store: store, AIA: true, Preload: true}
		q := Question{Name: r.Name, At: r.At, Known: []*chain.Set{p.Store}}
		for range 3000 {
			p.Builder = builders[random.IntN(len(builders))]
			for range random.IntN(6) {
				change(random, reflect.ValueOf(&p.Builder).Elem())
			}
			if v := p.Judge(new(chain.Verifier).Begin(), list, q); v.Reason == "" {
				t.Fatalf("%+v\n%s\n%+v", p.Builder, recipe, v)
			}
		}
	}
}

// change gives one parameter another value.
func change(random *rand.Rand, b reflect.Value) {
	switch f := b.Field(random.IntN(b.NumField())); f.Kind() {
	case reflect.Bool:
		f.SetBool(!f.Bool())
	case reflect.Int:
		f.SetInt(int64(random.IntN(4) * random.IntN(12)))
	case reflect.Uint8:
		f.SetUint(uint64(random.IntN(4)))
	case reflect.Uint16:
		f.SetUint(uint64(random.IntN(1 << 12)))
	}
}
