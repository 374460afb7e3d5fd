package reports

import (
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules"
)

// The endpoint that stands for a fix is one that it mends, where there is one: the
// command that is printed writes a file. Of those it is the worst.
func TestExampleIsMended(t *testing.T) {
	endpoint := func(host string, found ...string) *Endpoint {
		e := served(host)
		for _, rule := range found {
			e.Findings = append(e.Findings, Finding{Rule: rule, Severity: rules.Lookup(rule).Severity})
		}
		return &e
	}
	all := []*Endpoint{
		endpoint("a.example", "name-mismatch", "missing-intermediate"),
		endpoint("b.example", "root-in-chain"),
		endpoint("c.example", "missing-intermediate"),
		endpoint("d.example", "expired-leaf", "missing-intermediate"),
	}
	for range 2 {
		var m Fix
		for _, e := range all {
			m.consider(e)
		}
		if want := all[slices.IndexFunc(all, func(e *Endpoint) bool { return e.Host == "c.example" })].toType(); m.example != want {
			t.Errorf("the example is %s, want %s", m.example, want)
		}
		slices.Reverse(all)
	}
	var m Fix
	m.consider(all[0])
	if m.example == "" {
		t.Error("where none is mended, there is no example")
	}
	// Where a client refuses the fix all the same, or the leaf has a fault of its own,
	// only --best-effort writes a file.
	partial := *endpoint("c.example", "missing-intermediate")
	partial.partial = true
	for _, c := range []struct {
		e    *Endpoint
		want bool
	}{{endpoint("c.example", "missing-intermediate"), false}, {&partial, true}, {endpoint("a.example", "name-mismatch", "missing-intermediate"), true}} {
		var m Fix
		m.consider(c.e)
		if got := m.command(nil); strings.HasSuffix(got, " --best-effort") != c.want {
			t.Errorf("%s, partial %t: %s", c.e.Host, c.e.partial, got)
		}
	}
}
