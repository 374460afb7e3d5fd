package history

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// A history of the first version, with data in it, comes up to date: what later
// steps derive from the data is there.
func TestMigrateFilledHistory(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { migrateFilled(t, filepath.Join(t.TempDir(), "history.db"), goose.DialectSQLite3) })
	t.Run("PostgreSQL", func(t *testing.T) { migrateFilled(t, pgtest.Start(t).Database(t), goose.DialectPostgres) })
}

func migrateFilled(t *testing.T, where string, dialect goose.Dialect) {
	db, err := Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w, err := db.Begin(t.Context(), "web", time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	facts := Facts{Status: "ok", Worst: 3, Bundle: Hash{1}, Rules: "wrong-order=warning missing-intermediate=error"}
	if err := w.Add(t.Context(), Seen{Key: "a", State: State{Facts: facts}}, Seen{Key: "b", State: State{Facts: facts}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(t.Context(), time.Unix(2, 0), true, ""); err != nil {
		t.Fatal(err)
	}
	steps, err := fs.Sub(migrations, "migrations/"+db.name)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(dialect, db.sql, steps)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.DownTo(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Counts(t.Context()); err == nil {
		t.Fatal("the first version already counts")
	}
	if err := db.migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	counts, err := db.Counts(t.Context())
	if want := []Count{{"web", "ok", 3, 2}}; err != nil || !slices.Equal(counts, want) {
		t.Errorf("counts %v %v, want %v", counts, err, want)
	}
	rules, err := db.RuleCounts(t.Context())
	if want := []RuleCount{{"web", "missing-intermediate", "error", 2}, {"web", "wrong-order", "warning", 2}}; err != nil || !slices.Equal(rules, want) {
		t.Errorf("rules %v %v, want %v", rules, err, want)
	}
	fixes, err := db.Fixes(t.Context(), 10)
	if err != nil || len(fixes) != 1 || fixes[0].N != 2 || fixes[0].Example.Key != "a" {
		t.Errorf("fixes %v %v", fixes, err)
	}
}
