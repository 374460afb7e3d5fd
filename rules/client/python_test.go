package client

import (
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/chain"
)

// TestStrictPython: what Python 3.13 asks of certificates beside what 3.11 does,
// one after the other, and that it says which certificate is at fault.
func TestStrictPython(t *testing.T) {
	builders := Builders()
	for name, c := range map[string]struct{ recipe, reason string }{
		"as it should be": {"root R\nca I by R\nleaf L by I\npresent L I\nanchors R", ""},
		"leaf without authority key identifier": {
			"root R\nca I by R\nleaf L by I aki=none\npresent L I\nanchors R",
			`does not take certificates without authority key identifier: "www.example.test" (position 0)`,
		},
		"intermediate without authority key identifier": {
			"root R\nca I by R aki=none\nleaf L by I\npresent L I\nanchors R",
			`does not take certificates without authority key identifier: "Example CA I" (position 1)`,
		},
		"root without subject key identifier": {
			"root R ski=none\nca I by R aki=bad\nleaf L by I\npresent L I\nanchors R",
			`does not take CA certificates without subject key identifier: "Example CA R" in its store`,
		},
	} {
		r, list, store := readRecipe(t, c.recipe)
		for _, id := range []string{"python-3.11", "python-3.13"} {
			p := &Profile{ID: id, Builder: builders[id], Store: store}
			v := p.Judge(new(chain.Verifier).Begin(), list, Question{Name: r.Name, At: truthAt})
			if wanted := id == "python-3.11" || c.reason == ""; v.Accepted != wanted || !wanted && !strings.HasPrefix(v.Reason, c.reason) {
				t.Errorf("%s: %s: %v, %s", name, id, v.Accepted, v.Reason)
			}
		}
	}
}

// TestAliases: each alias stands for a profile, and is not the name of another.
func TestAliases(t *testing.T) {
	profiles := Profiles(catalog.Embedded(), truthAt)
	for _, r := range rows {
		for _, a := range r.aliases {
			chosen, named, err := Select(profiles, []string{a.word})
			if err != nil || len(chosen) != 1 || chosen[0].ID != r.id || len(named) != 1 || named[0] != r.id || a.grounds == "" || a.evidence == "" {
				t.Errorf("%s: %d profiles, named %q: %v", a.word, len(chosen), named, err)
			}
			if slices.ContainsFunc(profiles, func(p *Profile) bool { return p.ID == a.word }) {
				t.Errorf("%s is a profile, too", a.word)
			}
		}
	}
}
