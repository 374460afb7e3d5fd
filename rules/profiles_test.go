package rules

import (
	"testing"

	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// profiles gives the named clients, or two that differ much: one that takes
// the list as it stands and one that sorts.
func profiles(t *testing.T, names []string, r *tlstest.Recipe) (ps []*client.Profile) {
	t.Helper()
	if len(names) == 0 {
		names = []string{"go", "openssl-3.0"}
	}
	for _, n := range names {
		b, ok := client.Builders()[n]
		if !ok {
			t.Fatalf("%s: no client %q", r.File, n)
		}
		ps = append(ps, &client.Profile{ID: n, Group: client.Modern, Builder: b})
	}
	return ps
}
