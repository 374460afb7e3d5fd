package audit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/audit/history"
)

// Of many new endpoints those are listed that somebody has to do something about.
func TestDigestCountsWhatIsWell(t *testing.T) {
	facts := func(f history.Facts) *history.Facts { f.Status = "ok"; return &f }
	var changes []history.Change
	for i := range 1000 {
		changes = append(changes, history.Change{Endpoint: history.Ref{Key: fmt.Sprintf("host%d.example:443", i)}, After: facts(history.Facts{})})
	}
	changes[7].After = facts(history.Facts{Rules: "missing-intermediate", Worst: 3})
	changes[8].After = facts(history.Facts{Refused: "go"})
	changes[9].After = &history.Facts{Status: "failed", Failure: "refused"}
	text := new(Config).digest(english, Classify(changes), 0, (*Change).String)
	for _, want := range []string{"host7.example:443: new: missing-intermediate", "refused by go", "host9.example:443", "\n  997 without findings\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "\n"); n > 10 {
		t.Errorf("%d lines", n)
	}
}

// Clients that are many are counted as what they are, and one alone is named.
func TestManyClientsAreCounted(t *testing.T) {
	clients := "a b c d e f g h i"
	for _, c := range []struct {
		in   *language
		n    int // of clients
		want string
	}{
		{english, 7, "refused by a, b, c, d, e, f, g"},
		{english, 9, "refused by a, b, c, d, e, f and 3 more clients"},
		{japanese, 9, "拒否するクライアント: a, b, c, d, e, f ほか 3 クライアント"},
	} {
		change := Change{Change: history.Change{After: &history.Facts{Status: "ok", Rules: "missing-intermediate", Refused: clients[:2*c.n-1]}}}
		if got := change.sentence(c.in); got != "missing-intermediate; "+c.want {
			t.Errorf("%d clients: %s", c.n, got)
		}
	}
}
