package audit

import (
	"testing"

	"github.com/tlschain/tlschain/audit/history"
)

// The command for a fix is about an endpoint that it mends, if one is among them.
func TestFixesShowWhatIsMended(t *testing.T) {
	change := func(key, found string) Change {
		return Change{Kinds: []Kind{Worse}, Change: history.Change{Endpoint: history.Ref{Key: key},
			After: &history.Facts{Status: "ok", Worst: 3, Rules: found, Bundle: history.Hash{1}}}}
	}
	changes := []Change{
		change("a.example:443", "missing-intermediate=error name-mismatch=error"),
		change("b.example:443", "missing-intermediate=error"),
	}
	for range 2 {
		if got := Fixes(changes); len(got) != 1 || got[0].N != 2 || got[0].Example.Key != "b.example:443" {
			t.Errorf("%+v", got)
		}
		changes[0], changes[1] = changes[1], changes[0]
	}
}
