package history_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/audit/history"
)

func pagedLists(t *testing.T, db *history.DB, _ string) {
	var all []history.Seen
	for n := range 60 {
		one := bad(fmt.Sprintf("host%02d", n), fmt.Sprint("severity", n%4, " end", n%3), n%4)
		one.Expires = day(100 * (n % 3)) // day 0 is of those that are not known
		all = append(all, one)
	}
	all[7].Tags = history.NewTags(map[string]string{"team": "web", "env": "prod"})
	all[8].Tags = history.NewTags(map[string]string{"team": "Web", "env": "test"})
	all[9].Tags = history.NewTags(map[string]string{"myteam": "web", "env": "prod\nteam=web"})
	all = append(all, seen("100%.example", "clean"), seen("Über_all", "clean"))
	night(t, db, "web", 0, all...)
	night(t, db, "mail", 1, bad("mx", "severity3", 3))

	var got []history.Current
	q := history.Query{Limit: 7}
	for {
		page, err := db.Endpoints(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		q.After = page[len(page)-1].Next()
	}
	expect(t, "endpoints over all pages", len(got), 63)
	seenKeys := map[string]bool{}
	for i, c := range got {
		seenKeys[c.Endpoint.Group+c.Endpoint.Key] = true
		if i > 0 && (got[i-1].Worst < c.Worst || got[i-1].Worst == c.Worst && got[i-1].Expires.After(c.Expires) ||
			got[i-1].Worst == c.Worst && got[i-1].Expires.Equal(c.Expires) && got[i-1].Endpoint.Key > c.Endpoint.Key) {
			t.Errorf("%v is listed before %v", got[i-1].Endpoint, c.Endpoint)
		}
	}
	expect(t, "different endpoints over all pages", len(seenKeys), 63)

	for _, c := range []struct {
		q    history.Query
		want int
	}{
		{history.Query{Group: "mail"}, 1}, {history.Query{Group: "web", Worst: 2}, 30}, {history.Query{Worst: 3}, 16},
		{history.Query{Search: "HOST0"}, 10}, {history.Query{Search: "0%."}, 1}, {history.Query{Search: "%"}, 1}, {history.Query{Search: "_"}, 1},
		{history.Query{Status: "failed"}, 0}, {history.Query{Rule: "wrong-order"}, 61}, {history.Query{Rule: "order"}, 0},
		{history.Query{Tags: []string{"team=web"}}, 1}, {history.Query{Tags: []string{"team"}}, 2}, {history.Query{Tags: []string{"env=prod", "team"}}, 1},
		{history.Query{Tags: []string{"team=we"}}, 0}, {history.Query{Tags: []string{"tea"}}, 0}, {history.Query{Tags: []string{"env=t%"}}, 0},
		{history.Query{Bundle: all[1].Bundle, Group: "web"}, 45},
	} {
		page, err := db.Endpoints(t.Context(), c.q)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, fmt.Sprintf("%+v", c.q), len(page), c.want)
	}
	counts, err := db.Counts(t.Context())
	expect(t, "counts", strings.Trim(fmt.Sprint(counts), "[]"), "{mail ok 3 1} {web ok 0 17} {web ok 1 15} {web ok 2 15} {web ok 3 15}")
	if err != nil {
		t.Error(err)
	}
}

func keysByBeginning(t *testing.T, db *history.DB, _ string) {
	night(t, db, "web", 0, seen("a at 2", "A"), seen("a at 1", "A"), seen("a", "A"), seen("a atlas", "A"), seen("ab at 1", "A"), seen("a at é", "A"), seen("a at 0", "A"))
	night(t, db, "mail", 0, seen("a at 3", "A"))
	night(t, db, "web", 1, seen("a at 2", "A"), seen("a at 1", "A"), seen("a", "A"), seen("a atlas", "A"), seen("ab at 1", "A"), seen("a at é", "A"))
	for prefix, want := range map[string]string{"a at ": "a at 1, a at 2, a at é", "a%": "", "": "a, a at 1, a at 2, a at é, a atlas, ab at 1"} {
		keys, err := db.Keys(t.Context(), "web", prefix)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "keys that begin with "+prefix, strings.Join(keys, ", "), want)
	}
}

func expiryAndFixes(t *testing.T, db *history.DB, _ string) {
	soon, later, past := bad("soon", "S", 2), bad("later", "L", 3), seen("past", "P")
	soon.Expires, later.Expires, past.Expires = day(10), day(20), day(1)
	other := bad("other", "O", 2)
	other.Bundle = history.Hash{7}
	other.Expires = day(400)
	night(t, db, "web", 5, soon, later, past, other)
	list, err := db.Expiring(t.Context(), "", day(5), 2)
	if err != nil || len(list) != 2 || list[0].Endpoint.Key != "soon" || list[1].Endpoint.Key != "later" {
		t.Errorf("expiring: %v %v", list, err)
	}
	fixes, err := db.Fixes(t.Context(), 5)
	if err != nil || len(fixes) != 2 || fixes[0].N != 2 || fixes[0].Bundle != soon.Bundle || fixes[1].Example.Key != "other" {
		t.Errorf("fixes: %v %v", fixes, err)
	}
}

func pruning(t *testing.T, db *history.DB, where string) {
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"), seen("c", "C"))
	night(t, db, "web", 1, seen("a", "A2"), seen("b", "B"))
	night(t, db, "web", 2, seen("a", "A3"), seen("b", "B"))
	kept := night(t, db, "web", 3, seen("a", "A3"), seen("b", "B"))
	if err := db.Prune(t.Context(), "web", day(2)); err != nil {
		t.Fatal(err)
	}
	expect(t, "timeline of a", intervals(t, db, "web", "a"), "3-4 A3")
	expect(t, "timeline of b", intervals(t, db, "web", "b"), "1-4 B")
	for table, want := range map[string]int{"audit": 4, "endpoint": 2, "observation": 2, "state": 2, "chain": 2, "certificate": 3, "chain_certificate": 4} {
		expect(t, "rows of "+table, count(t, where, table), want)
	}
	if _, err := db.Diff(t.Context(), 1, kept); err == nil || !strings.Contains(err.Error(), "retention") {
		t.Errorf("a diff with a pruned audit: %v", err)
	}
	expect(t, "rows of the last audit", len(rows(t, db, kept)), 2)
	// However old, the newest complete audit stays readable.
	if err := db.Prune(t.Context(), "web", day(1000)); err != nil {
		t.Fatal(err)
	}
	expect(t, "rows of the last audit", len(rows(t, db, kept)), 2)
	next := night(t, db, "web", 4, seen("a", "A3"), seen("b", "B4"))
	changes, err := db.Changes(t.Context(), next)
	expect(t, "changes after pruning", told(t, changes, err), "b: B>B4")
}

// count counts rows behind the package's back.
func count(t testing.TB, where, table string) (n int) {
	t.Helper()
	driver := "sqlite"
	if history.IsPostgres(where) {
		driver = "pgx"
	}
	db, err := sql.Open(driver, where)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Tags are those of the newest audit, and are counted by the condition of who has
// them.
func tagged(t *testing.T, db *history.DB, _ string) {
	a, b := seen("a", "clean"), bad("b", "severity3", 3)
	a.Tags, b.Tags = history.NewTags(map[string]string{"team": "web"}), history.NewTags(map[string]string{"team": "web"})
	night(t, db, "web", 0, a, b)
	counts, err := db.TagCounts(t.Context(), "web")
	if err != nil || len(counts) != 2 || counts[0].Tags != a.Tags || counts[0].N != 1 || counts[0].Worst+counts[1].Worst != 3 {
		t.Errorf("%+v %v", counts, err)
	}
	a.Tags = history.NewTags(map[string]string{"team": "shop", "site": "b=c"})
	night(t, db, "web", 1, a, b)
	for _, key := range []string{"a", "b"} {
		c, err := db.EndpointByKey(t.Context(), "web", key)
		if want := map[string]string{"a": "shop", "b": "web"}[key]; err != nil || c.Endpoint.Tags.Get("team") != want {
			t.Errorf("%s: %q %v", key, c.Endpoint.Tags, err)
		}
	}
	if got := a.Tags.Get("site"); got != "b=c" {
		t.Errorf("a value with = is read as %q", got)
	}
}
