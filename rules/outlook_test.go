package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// outlookOf judges a recipe by its clients, with conditions.
func outlookOf(t *testing.T, text string, until time.Time, conditions map[string]*client.Conditions, public bool) (*Outlook, *tlstest.Recipe) {
	t.Helper()
	r, err := tlstest.ParseRecipe("outlook", text)
	if err != nil {
		t.Fatal(err)
	}
	judge := func(at time.Time) *Judge {
		c := Criteria{At: at}
		for _, p := range recipeClients(t, r) {
			if k := conditions[p.ID]; k != nil {
				q := *p
				q.Conditions = k
				p = &q
			}
			c.Profiles = append(c.Profiles, p)
		}
		if public {
			var roots []*cert.Certificate
			for _, a := range r.Anchors {
				roots = append(roots, parse(t, a))
			}
			c.Known = []Source{{Name: "catalog", Set: chain.NewSet(roots)}}
		}
		return NewJudge(c, nil)
	}
	return judge(r.At).Outlook(presentation(r, r.Presented, ""), until, nil, judge), r
}

func describeTurns(turns []Turn) string {
	var out []string
	for _, turn := range turns {
		text := turn.At.Format(time.DateOnly) + " " + string(turn.Kind)
		if turn.Cert != nil {
			text += " " + strings.TrimPrefix(turn.Cert.Subject.Common, "Example CA ")
		}
		if turn.Days > 0 {
			text += fmt.Sprint(" ", turn.Days)
		}
		out = append(out, strings.TrimSpace(text+" "+strings.Join(turn.Clients, " ")))
	}
	return strings.Join(out, "; ")
}

// One client follows what is sent and loses its path with the cross-certificate;
// the other has the leaf's whole life.
func TestOutlookOfEnds(t *testing.T) {
	until := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	o, r := outlookOf(t, `
root OLD
root R
cross X of R by OLD to=2026-12-01
ca I by R
leaf L by I to=2027-01-10
present L I X
anchors OLD R
clients go openssl-1.0.1
`, until, nil, false)
	leaf := parse(t, r.Presented[0])
	turns := o.Turns(leaf.NotBefore, leaf.NotAfter, nil, until)
	if got, want := describeTurns(turns), "2026-12-01 intermediate-end R openssl-1.0.1; 2027-01-10 leaf-end go"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	// A leaf that ends first takes all with it; who refuses today loses nothing.
	short := o.Turns(leaf.NotBefore, time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), []string{"go"}, until)
	if got, want := describeTurns(short), "2026-11-30 leaf-end openssl-1.0.1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := o.Turns(leaf.NotBefore, leaf.NotAfter, nil, r.At.Add(time.Hour)); len(got) > 0 {
		t.Errorf("within an hour: %s", describeTurns(got))
	}
}

// A root that a client is leaving: the day itself, and the renewal after it; not
// where a cross-certificate leads to another root.
func TestOutlookOfPhaseOuts(t *testing.T) {
	until := time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)
	const one = `
root R
ca I by R
leaf L by I from=2026-11-01 to=2027-01-30
present L I
anchors R
clients go openssl-3.0
`
	end := time.Date(2026, 12, 15, 23, 59, 59, 0, time.UTC)
	leaving := func(r *tlstest.Recipe) map[string]*client.Conditions {
		return map[string]*client.Conditions{"go": {Anchors: map[cert.Hash]catalog.Constraint{parse(t, r.Anchors[0]).SHA256: {NotBeforeUntil: end}}}}
	}
	_, r := outlookOf(t, one, until, nil, false)
	o, _ := outlookOf(t, one, until, leaving(r), true)
	leaf := parse(t, r.Presented[0])
	got := describeTurns(o.Turns(leaf.NotBefore, leaf.NotAfter, nil, until))
	if want := "2026-12-16 issuance-end R go; 2026-12-31 phase-out R go; 2027-01-30 leaf-end go openssl-3.0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	early := describeTurns(o.Turns(leaf.NotBefore, leaf.NotBefore.AddDate(0, 0, 60), nil, until)) // renewed on 2026-12-11
	if want := "2026-12-16 issuance-end R go; 2026-12-31 leaf-end go openssl-3.0"; early != want {
		t.Errorf("renewed before: %s, want %s", early, want)
	}

	// Timestamps may have come beside the leaf: that none is known means nothing.
	sct := catalog.Constraint{SCTUntil: end}
	o, _ = outlookOf(t, one, until, map[string]*client.Conditions{"go": {Anchors: map[cert.Hash]catalog.Constraint{parse(t, r.Anchors[0]).SHA256: sct}}}, true)
	got = describeTurns(o.Turns(leaf.NotBefore, leaf.NotAfter, nil, until))
	if want := "2027-01-30 leaf-end openssl-3.0"; got != want {
		t.Errorf("without a timestamp: %s, want %s", got, want)
	}

	const two = `
root R
root S
cross X of R by S
ca I by R
leaf L by I from=2026-11-01 to=2027-01-30
present L I X
anchors R S
clients go openssl-3.0
`
	_, r = outlookOf(t, two, until, nil, false)
	o, _ = outlookOf(t, two, until, leaving(r), false)
	leaf = parse(t, r.Presented[0])
	got = describeTurns(o.Turns(leaf.NotBefore, leaf.NotAfter, nil, until))
	if want := "2027-01-30 leaf-end go openssl-3.0"; got != want {
		t.Errorf("with another root: %s, want %s", got, want)
	}
}

// Steps of the Baseline Requirements concern what is valid for longer, under
// public roots.
func TestOutlookOfLifetimes(t *testing.T) {
	until := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for public, want := range map[bool]string{true: "2027-03-15 lifetime 100; 2029-03-15 lifetime 47", false: ""} {
		o, _ := outlookOf(t, `
root R
ca I by R
leaf L by I
present L I
anchors R
clients go
`, until, nil, public)
		issued := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		var steps []Turn
		for _, turn := range o.Turns(issued, issued.AddDate(0, 0, 199), nil, until) {
			if turn.Kind == LifetimeStep {
				steps = append(steps, turn)
			}
		}
		if got := describeTurns(steps); got != want {
			t.Errorf("public is %v: %q, want %q", public, got, want)
		}
		if n := len(o.Turns(issued, issued.AddDate(0, 0, 47).Add(-time.Second), nil, until)); n != 1 {
			t.Errorf("of 47 days: %d turns", n)
		}
	}
}

func TestTurnsAreJapaneseToo(t *testing.T) {
	r := recipes(t)[0]
	for _, kind := range []TurnKind{LeafEnds, IntermediateEnds, AnchorEnds, RevokedFrom, DistrustedFrom, StoreChanges, IssuanceEnds, NextRefused, LifetimeStep} {
		turn := Turn{Kind: kind, Cert: parse(t, r.Anchors[0]), Until: r.At, Days: 100}
		wantJapanese(t, string(kind), turn.Reason())
		wantJapanese(t, string(kind), turn.Fix())
	}
}
