package history_test

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// readable fails unless the history where shows its one audit.
func readable(t *testing.T, where string) {
	t.Helper()
	db, err := history.OpenReading(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	list, err := db.Audits(t.Context(), "", 0, 10)
	if err != nil || len(list) != 1 || list[0].Endpoints != 2 {
		t.Errorf("audits %v %v", list, err)
	}
	if _, err := db.Size(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := db.Changes(t.Context(), list[0].ID); err != nil {
		t.Error(err)
	}
}

// Reading a file that is not there makes none.
func TestReadingMakesNothing(t *testing.T) {
	dir := t.TempDir()
	for _, where := range []string{filepath.Join(dir, "typo.db"), filepath.Join(dir, "no", "typo.db")} {
		if _, err := history.OpenReading(t.Context(), where); !errors.Is(err, history.ErrNone) || !strings.Contains(err.Error(), where) {
			t.Errorf("%s: %v", where, err)
		}
	}
	empty := filepath.Join(dir, "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := history.OpenReading(t.Context(), empty); err == nil {
		t.Error("an empty file is a history")
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("reading left %v behind, %v", files, err)
	}
	if info, err := os.Stat(empty); err != nil || info.Size() != 0 {
		t.Errorf("reading wrote into the file: %v", err)
	}
}

// An account that only may read is enough.
func TestReadOnlyAccount(t *testing.T) {
	server := pgtest.Start(t)
	where := server.Database(t)
	if _, err := history.OpenReading(t.Context(), where); !errors.Is(err, history.ErrNone) {
		t.Errorf("an empty database: %v", err)
	}
	db := open(t, where)
	night(t, db, "web", 0, seen("a", "A"), seen("b", "B"))

	admin, err := pgx.Connect(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context())
	for _, statement := range []string{"CREATE ROLE viewer LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO viewer",
		"ALTER ROLE viewer SET default_transaction_read_only = on"} {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	u, err := url.Parse(where)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("user", "viewer")
	u.RawQuery = query.Encode()
	readable(t, u.String())
}
