package rules

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// FuzzJudge judges lists made of the recipes' certificates, in any order and
// with any bytes changed. No rule may panic, every position has one role, and
// judging twice gives the same findings.
func FuzzJudge(f *testing.F) {
	r, err := tlstest.ParseRecipe("seed", "root OLD\nroot R\ncross X of R by OLD\nca I by R\ncopy J of I\nleaf L by I\npresent L I J X R OLD\nanchors R\npool I\n")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{0, 1, 3}, uint16(0), byte(0))
	f.Add([]byte{0, 4, 1, 1, 5, 2, 3}, uint16(30), byte(0x80))
	f.Add([]byte{3, 0}, uint16(4), byte(1))
	anchors := []chain.Entry{chain.Read(r.Anchors[0])}
	profile := &client.Profile{ID: "go", Group: client.Modern, Builder: client.Builders()["go"], Store: setOf(anchors)}
	j := NewJudge(Criteria{At: r.At, Profiles: []*client.Profile{profile}, Known: []Source{{Name: "pool", Set: setOf([]chain.Entry{chain.Read(r.Pool[0])})}}}, nil)
	f.Fuzz(func(t *testing.T, order []byte, offset uint16, flip byte) {
		var p Presentation
		p.Name = r.Name
		for i, n := range order[:min(len(order), 20)] {
			der := bytes.Clone(r.Presented[int(n)%len(r.Presented)])
			if i%3 == 1 {
				der[int(offset)%len(der)] ^= flip
			}
			p.Entries = append(p.Entries, chain.Read(der))
		}
		v := j.Judge([]Presentation{p})[0]
		if len(v.Roles) != len(p.Entries) {
			t.Fatalf("%d roles for %d entries", len(v.Roles), len(p.Entries))
		}
		for _, f := range v.Findings {
			if strings.Contains(f.Message, "this rule failed") {
				t.Fatalf("%s: %s", f.Rule, f.Message)
			}
		}
		if a, b := describe(v), describe(j.Judge([]Presentation{p})[0]); a != b {
			t.Fatalf("two verdicts on one chain:\n%s\n%s", a, b)
		}
	})
}
