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
	text := new(Config).Digest(Classify(changes), 0, (*Change).String)
	for _, want := range []string{"host7.example:443: new: missing-intermediate", "refused by go", "host9.example:443", "\n  997 without findings\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "\n"); n > 10 {
		t.Errorf("%d lines", n)
	}
}
