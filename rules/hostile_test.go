package rules

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// hostile are chains made to cost as much as possible.
func hostile(b testing.TB) map[string]*tlstest.Recipe {
	b.Helper()
	texts := map[string]string{}
	same := "root R\nca I by R\nleaf L by I\n"
	names := ""
	for i := range 100 {
		same += fmt.Sprintf("root Q%d subject=\"CN=Same\"\n", i)
		names += fmt.Sprintf(" Q%d", i)
	}
	texts["100 certificates of one name"] = same + "present L I" + names + "\nanchors R\n"

	loop := "root R\n"
	names = ""
	for i := range 12 {
		loop += fmt.Sprintf("root C%d subject=\"CN=Mesh\"\n", i)
	}
	for i := range 12 {
		for j := range 12 {
			if i != j {
				loop += fmt.Sprintf("cross X%d-%d of C%d by C%d\n", i, j, i, j)
				names += fmt.Sprintf(" X%d-%d", i, j)
			}
		}
	}
	texts["cross-sign loops"] = loop + "leaf L by C0\npresent L" + names + "\nanchors R\n"

	big, names := "root R\n", ""
	for i := range 24 {
		big += fmt.Sprintf("root B%d subject=\"CN=Big\" keytype=rsa4096 key=B0\n", i)
		names += fmt.Sprintf(" B%d", i)
	}
	big = strings.Replace(big, "root B0 subject=\"CN=Big\" keytype=rsa4096 key=B0", "root B0 subject=\"CN=Big\" keytype=rsa4096", 1)
	texts["RSA-4096 keys"] = big + "leaf L by B0\npresent L" + names + "\nanchors R\n"

	out := make(map[string]*tlstest.Recipe)
	for name, text := range texts {
		r, err := tlstest.ParseRecipe(name, text)
		if err != nil {
			b.Fatal(err)
		}
		out[name] = r
	}
	return out
}

// TestHostileChainsEnd holds that the costly chains come to a verdict that says
// it may be incomplete, and still find the leaf. What they cost is measured by
// BenchmarkHostile.
func TestHostileChainsEnd(t *testing.T) {
	for name, r := range hostile(t) {
		v := judgeRecipe(t, r)
		if v.Leaf != 0 {
			t.Errorf("%s: leaf at %d", name, v.Leaf)
		}
		if name != "RSA-4096 keys" && !strings.Contains(describe(v), "chain-too-complex") {
			t.Errorf("%s: not called too complex:\n%s", name, describe(v))
		}
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, r := range hostile(b) {
		b.Run(name, func(b *testing.B) {
			p := presentation(r, r.Presented, "")
			j := NewJudge(Criteria{At: r.At, Profiles: nil}, nil)
			for b.Loop() {
				j.Judge([]Presentation{p})
			}
		})
	}
}

func BenchmarkJudge(b *testing.B) {
	text, err := os.ReadFile("../testdata/rules/root-in-chain/near-miss.txt")
	if err != nil {
		b.Fatal(err)
	}
	r, err := tlstest.ParseRecipe("good", string(text))
	if err != nil {
		b.Fatal(err)
	}
	p := presentation(r, r.Presented, "")
	j := NewJudge(Criteria{At: r.At}, new(chain.Verifier))
	for b.Loop() {
		j.Judge([]Presentation{p})
	}
}
