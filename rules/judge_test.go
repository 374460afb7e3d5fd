package rules

import (
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// TestRememberedVerdict holds that a verdict that is remembered is the one that
// was judged, whatever its first owner did with it, and that nothing else is
// taken for it: another name, another order, something beside the list.
func TestRememberedVerdict(t *testing.T) {
	r, err := tlstest.ParseRecipe("remembered", "root R\nca I by R\nleaf L by I\nleaf M by I\npresent L R I\nanchors R\n")
	if err != nil {
		t.Fatal(err)
	}
	j := NewJudge(Criteria{At: r.At, Profiles: recipeClients(t, r)}, nil)
	judge := func(p Presentation) *Verdict { return j.Judge([]Presentation{p})[0] }
	p := presentation(r, r.Presented, "192.0.2.1:443")
	first := judge(p)
	want := describe(first)
	first.Findings[0].Severity, first.Findings[0].Message = None, "mine"

	p.Addr = "192.0.2.2:443"
	if again := judge(p); describe(again) != want || again.Addr != p.Addr {
		t.Errorf("the second time, for %s:\n%s\nwant\n%s", again.Addr, describe(again), want)
	}
	other := p
	other.Name = "other.example.test"
	if describe(judge(other)) == want {
		t.Error("another name got the same verdict")
	}
	other = p
	other.Unordered = true
	if describe(judge(other)) == want {
		t.Error("a set got the verdict of a list")
	}
	other = p
	other.ServerKey = parse(t, r.Cert("M")).Key.SPKI
	if describe(judge(other)) == want {
		t.Error("a key that does not belong was not seen")
	}
}
