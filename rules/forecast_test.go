package rules

import (
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

func TestForecast(t *testing.T) {
	// go takes any path: it lives as long as the leaf. openssl-1.0.1 follows
	// what is sent and stops when the cross-certificate has ended.
	r, err := tlstest.ParseRecipe("outlook", `
root OLD
root R
cross X of R by OLD to=2026-12-01
ca I by R
leaf L by I to=2027-01-10
present L I X
anchors OLD R
clients go openssl-1.0.1
`)
	if err != nil {
		t.Fatal(err)
	}
	judge := func(at time.Time) *Judge {
		return NewJudge(Criteria{At: at, Profiles: recipeClients(t, r)}, nil)
	}
	p := presentation(r, r.Presented, "")
	got := judge(r.At).Forecast(p, r.At.AddDate(1, 0, 0), nil, judge)
	want := map[string]string{"go": "2027-01-10", "openssl-1.0.1": "2026-12-01"}
	if len(got) != len(want) {
		t.Fatalf("%d rejections, want %d: %+v", len(got), len(want), got)
	}
	for _, b := range got {
		if b.At.Format(time.DateOnly) != want[b.Client] || b.Reason == "" {
			t.Errorf("%s first rejects on %s (%s), want %s", b.Client, b.At, b.Reason, want[b.Client])
		}
	}
	if got := judge(r.At).Forecast(p, r.At.AddDate(0, 0, 5), nil, judge); len(got) != 0 {
		t.Errorf("within five days: %+v, want none", got)
	}
}
