package history_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/audit/history"
)

// counted counts what Counts and Fixes give, from the list of endpoints.
func counted(t testing.TB, db *history.DB) (counts []history.Count, fixes []history.Fix) {
	t.Helper()
	list, err := db.Endpoints(t.Context(), history.Query{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(list, func(a, b history.Current) int { return cmp.Compare(a.Endpoint.ID, b.Endpoint.ID) })
	for _, c := range list {
		of := history.Count{Group: c.Endpoint.Group, Status: c.Status, Worst: c.Worst}
		i := slices.IndexFunc(counts, func(c history.Count) bool { return c.Group == of.Group && c.Status == of.Status && c.Worst == of.Worst })
		if i < 0 {
			i, counts = len(counts), append(counts, of)
		}
		counts[i].N++
		if c.Worst == 0 || c.Bundle == (history.Hash{}) {
			continue
		}
		i = slices.IndexFunc(fixes, func(m history.Fix) bool { return m.Bundle == c.Bundle })
		if i < 0 {
			i, fixes = len(fixes), append(fixes, history.Fix{Bundle: c.Bundle, Example: c.Endpoint})
		}
		fixes[i].N++
	}
	slices.SortFunc(counts, func(a, b history.Count) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Worst, b.Worst))
	})
	slices.SortFunc(fixes, func(a, b history.Fix) int {
		return cmp.Or(b.N-a.N, slices.Compare(a.Bundle[:], b.Bundle[:]))
	})
	return counts, fixes
}

// rulesCounted counts what RuleCounts gives, from the list of endpoints.
func rulesCounted(t testing.TB, db *history.DB) map[history.RuleCount]int {
	t.Helper()
	list, err := db.Endpoints(t.Context(), history.Query{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[history.RuleCount]int{}
	for _, c := range list {
		for _, finding := range strings.Fields(c.Rules) {
			rule, severity, _ := strings.Cut(finding, "=")
			counts[history.RuleCount{Group: c.Endpoint.Group, Rule: rule, Severity: severity}]++
		}
	}
	return counts
}

func agree(t *testing.T, when string, db *history.DB) {
	t.Helper()
	counts, fixes := counted(t, db)
	got, err := db.Counts(t.Context())
	if err != nil || !slices.Equal(got, counts) {
		t.Errorf("%s: counts %v %v, the list says %v", when, got, err, counts)
	}
	rules, err := db.RuleCounts(t.Context())
	listed := map[history.RuleCount]int{}
	for _, c := range rules {
		n := c.N
		c.N = 0
		listed[c] = n
	}
	if want := rulesCounted(t, db); err != nil || !maps.Equal(listed, want) {
		t.Errorf("%s: rules %v %v, the list says %v", when, listed, err, want)
	}
	gotFixes, err := db.Fixes(t.Context(), 10)
	if err != nil || !slices.Equal(gotFixes, fixes) {
		t.Errorf("%s: fixes %v %v, the list says %v", when, gotFixes, err, fixes)
	}
}

// countsAgree: whatever the end of an audit is, what it counted is what is
// listed.
func countsAgree(t *testing.T, db *history.DB, where string) {
	agree(t, "before the first audit", db)
	other := bad("d", "D", 1)
	other.Bundle = history.Hash{7}
	silent := seen("e", "no answer")
	silent.Status, silent.Failure = "failed", "refused"
	night(t, db, "web", 0, bad("a", "A", 3), bad("b", "B", 2), seen("c", "C"), other, silent)
	agree(t, "the first audit", db)
	night(t, db, "mail", 0, bad("a", "A", 3), bad("x", "B", 2))
	agree(t, "a second group with the same mend", db)
	counts, _ := counted(t, db)
	if len(counts) != 7 {
		t.Fatalf("there is little to count: %v", counts)
	}
	night(t, db, "web", 1, seen("a", "A mended"), bad("b", "B", 2), silent)
	agree(t, "one mended and two gone", db)

	w := begin(t, db, "web", 2)
	add(t, w, bad("b", "B worse", 3), seen("f", "F"))
	agree(t, "an audit that runs", db)
	finish(t, w, 2, false)
	agree(t, "a partial audit", db)

	add(t, begin(t, db, "web", 3), seen("b", "B mended")) // killed here
	again := open(t, where)                               // by another process
	agree(t, "a killed audit", db)
	begin(t, again, "web", 4)
	agree(t, "what the killed audit saw", db)
	if err := db.Prune(t.Context(), "web", day(1000)); err != nil {
		t.Fatal(err)
	}
	agree(t, "pruned", db)
	night(t, db, "mail", 5)
	agree(t, "a group that is empty", db)
}
