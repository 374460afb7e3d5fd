package fix

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// verdictOn judges a recipe by the clients that it names (go and OpenSSL 3.0
// if none), with its pool.
func verdictOn(t *testing.T, r *tlstest.Recipe) (*rules.Judge, *rules.Verdict) {
	t.Helper()
	names := slices.Clone(r.Clients)
	for id := range r.Stores {
		names = append(names, id)
	}
	if len(names) == 0 {
		names = []string{"go", "openssl-3.0"}
	}
	slices.Sort(names)
	c := rules.Criteria{At: r.At, Known: []rules.Source{{Name: "pool", Set: set(t, r.Pool)}}}
	for _, id := range slices.Compact(names) {
		p := &client.Profile{ID: id, Group: client.Modern, Builder: client.Builders()[id]}
		anchors := r.Anchors
		if own, ok := r.Stores[id]; ok {
			anchors = own
		}
		c.Profiles = append(c.Profiles, p.WithStore(set(t, anchors)))
	}
	p := rules.Presentation{Name: r.Name}
	for _, der := range r.Presented {
		p.Entries = append(p.Entries, chain.Read(der))
	}
	j := rules.NewJudge(c, nil)
	return j, j.Judge([]rules.Presentation{p})[0]
}

func set(t *testing.T, ders [][]byte) *chain.Set {
	t.Helper()
	var certs []*cert.Certificate
	for _, der := range ders {
		c, err := cert.Parse(der)
		if err != nil {
			t.Fatal(err)
		}
		certs = append(certs, c)
	}
	return chain.NewSet(certs)
}

// names gives a bundle by the names of the recipe.
func names(r *tlstest.Recipe, bundle []Certificate, among ...string) string {
	var out []string
	for _, c := range bundle {
		name := "?"
		for _, n := range among {
			if der := r.Cert(n); der != nil && string(der) == string(c.Cert.Raw) {
				name = n
			}
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

const hierarchy = `
root R
root OLD
ca I by R
ca J by I
cross X of R by OLD
leaf L by J
anchors R
`

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name, recipe string
		options      Options
		want         string // names of the bundle
		fixes        bool
	}{
		{"nothing to mend", "present L J I", Options{}, "J I", false},
		{"both intermediates missing", "present L\npool I J", Options{}, "J I", true},
		{"one missing", "present L J\npool I", Options{}, "J I", true},
		{"in the wrong order", "present L I J", Options{}, "J I", true},
		{"leaf not first", "present J I L", Options{}, "J I", true},
		{"the root is sent", "present L J I R", Options{}, "J I", true},
		{"the root is wanted", "present L J I R", Options{WithRoot: true}, "J I R", false},
		{"the root is wanted and not sent", "present L J I\npool R", Options{WithRoot: true}, "J I R", false},
		{"sent twice", "present L J J I", Options{}, "J I", true},
		{"of another hierarchy", "root S\nca U by S\npresent L U J I", Options{}, "J I", true},
		{"the wrong one of the same name", "ca W by R subject=\"CN=Example CA J\"\npresent L W I\npool J", Options{}, "J I", true},
		{"expired, with a live twin", "copy E of I to=2026-01-01\npresent L J E\npool I", Options{}, "J I", true},
		{"a client that has the old root only", "store go R\nstore openssl-3.0 OLD\npresent L J I\npool X", Options{}, "J I X", true},
		{"a cross-certificate nobody needs is not missed", "present L J I\npool X", Options{}, "J I", false},
		{"a cross-certificate nobody needs is not called a fault", "present L J I X", Options{}, "J I", false},
		{"widest keeps it", "present L J I X", Options{Prefer: Widest}, "J I X", false},
		{"an expired cross-certificate", "cross Y of R by OLD to=2026-01-01\npresent L J I Y", Options{}, "J I", true},
		{"a client that refuses the root of the user's own CA all the same", "root Q ku=none\nca K by Q\nleaf L2 by K\nanchors Q\n" +
			"clients go openssl-3.0 python-3.13\npresent L2\npool K", Options{}, "K", true},
		{"weak twin", "copy S of I alg=sha1\npresent L J\npool S I", Options{}, "J I", true},
		{"the twin that lasts longer than the leaf", "copy S of I to=2026-12-01\npresent L J\npool S I", Options{}, "J I", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := tlstest.ParseRecipe(c.name, hierarchy+c.recipe)
			if err != nil {
				t.Fatal(err)
			}
			j, v := verdictOn(t, r)
			p := New(j, c.options).Plan(v)
			if p == nil {
				t.Fatal("no plan")
			}
			if got := names(r, p.Bundle, "R", "I", "J", "X", "Y", "S", "E", "W", "K"); got != c.want || p.Fixes != c.fixes {
				t.Errorf("bundle %q, fixes %v; findings before %v, after %v", got, p.Fixes, p.Before.Findings, p.After.Findings)
			}
		})
	}
}

func TestNoPlan(t *testing.T) {
	for name, recipe := range map[string]string{
		"unknown issuer": "root R\nroot S\nca I by S\nleaf L by I\npresent L\nanchors R",
		"self-signed":    "root R\nleaf L\npresent L\nanchors R",
		"no certificate": "root R\njunk J hex=00\npresent J\nanchors R",
	} {
		r, err := tlstest.ParseRecipe(name, recipe)
		if err != nil {
			t.Fatal(err)
		}
		j, v := verdictOn(t, r)
		if p := New(j, Options{}).Plan(v); p != nil {
			t.Errorf("%s: a plan from nowhere: %v", name, p.Bundle)
		}
	}
}

// What no list can fix stays refused, and the plan says by whom and why.
func TestWhatNoListFixes(t *testing.T) {
	r, err := tlstest.ParseRecipe("expired", "root R\nca I by R\nleaf L by I to=2026-11-01\npresent L\npool I\nanchors R")
	if err != nil {
		t.Fatal(err)
	}
	j, v := verdictOn(t, r)
	p := New(j, Options{}).Plan(v)
	refused := p.Refused()
	if len(refused) != 2 || refused[0].Cause != client.Expired || refused[0].Reason == "" {
		t.Errorf("%+v", refused)
	}
	if !p.Fixes {
		t.Error("the missing intermediate can be mended all the same")
	}
}

// The laws that hold on every chain that any rule is tried on.
func TestLaws(t *testing.T) {
	recipes, err := tlstest.Recipes(os.DirFS("../../testdata/rules"))
	if err != nil {
		t.Fatal(err)
	}
	fixes := 0
	for _, r := range recipes {
		j, v := verdictOn(t, r)
		m := New(j, Options{})
		p := m.Plan(v)
		if p == nil {
			continue
		}
		for _, c := range p.Bundle {
			if chain.SelfSigned(new(chain.Verifier).Begin(), c.Cert) {
				t.Errorf("%s: a root in the bundle", r.File)
			}
			if !c.Cert.ValidAt(r.At) {
				t.Errorf("%s: something out of date in the bundle", r.File)
			}
		}
		m.Fill(v)
		if (v.Bundle != nil) != p.Fixes || len(v.Fix) > 0 && !p.Fixes {
			t.Errorf("%s: bundle %v, fixes %v", r.File, v.Bundle, p.Fixes)
		}
		if !p.Fixes {
			continue
		}
		fixes++
		for i, before := range p.Before.Clients {
			if before.Accepted && !p.After.Clients[i].Accepted {
				t.Errorf("%s: the mend loses %s", r.File, before.Client)
			}
		}
		// Fixing the fixed changes nothing.
		again := m.Plan(p.After)
		if again == nil || again.Fixes || again.Hash != p.Hash {
			t.Errorf("%s: the mend can be mended", r.File)
		}
	}
	if fixes < 20 {
		t.Errorf("only %d of %d recipes have a fix", fixes, len(recipes))
	}
}

func TestPlansAreRemembered(t *testing.T) {
	r, err := tlstest.ParseRecipe("x", hierarchy+"present L\npool I J")
	if err != nil {
		t.Fatal(err)
	}
	j, v := verdictOn(t, r)
	m := New(j, Options{})
	first, second := m.Plan(v), m.Plan(v)
	if first.After != second.After {
		t.Error("the same chain was proven twice")
	}
	for i := range 2*remembered + 10 {
		w := *v
		w.Name = fmt.Sprint("host", i, ".example.test")
		m.Plan(&w)
	}
	if _, known := m.plans.Get(key{v.Name, chain.HashOf(v.Entries), "[]"}); known {
		t.Error("the memory grows without end")
	}
}

func TestDiff(t *testing.T) {
	r, err := tlstest.ParseRecipe("x", hierarchy+"root S\nca U by S\npresent L R I U\npool J")
	if err != nil {
		t.Fatal(err)
	}
	j, v := verdictOn(t, r)
	var got []string
	for _, l := range New(j, Options{}).Plan(v).Diff() {
		got = append(got, fmt.Sprintf("[%s] %s", l.Change, l.Cert.Subject.Common))
	}
	want := "[ ] www.example.test, [+] Example CA J, [-] Example CA R, [ ] Example CA I, [-] Example CA U"
	if strings.Join(got, ", ") != want {
		t.Errorf("%s", strings.Join(got, ", "))
	}
}
