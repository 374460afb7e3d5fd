package history

import (
	"os"
	"strings"
	"testing"
)

// However a place is mistyped, and whatever cannot be reached, no error has a
// password, and no file is made that is named after one.
func TestPlacesTellNoPassword(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, where := range []string{
		"postgres://ann:s3cret@127.0.0.1:1/audits", "postgresql://ann:s3cret@127.0.0.1:1/audits?connect_timeout=1",
		"postgres://127.0.0.1:1/audits?user=ann&password=s3cret", "postgres://ann@127.0.0.1:1/audits?password=s3cret&sslpassword=s3cret",
		"postgres://ann:s3cret@127.0.0.1:port/audits", "postgres://ann:s3cret%zz@127.0.0.1:1/audits", "postgres://ann:s3cret@127.0.0.1:1/%zz",
		"postgres://ann:s3cret@[::1/audits", "postgres://ann:s3cret", "postgres://ann:s3cret@/audits?host=/nowhere&sslmode=s3cret",
		"postgres://ann:s3cret@127.0.0.1:1/audits?target_session_attrs=s3cret", "postgres://ann:s3cret/audits", "postgres://ann:s3cret#@127.0.0.1:1/audits",
		"host=127.0.0.1 port=1 user=ann password=s3cret dbname=audits", "password = s3cret", "user=ann password='s3cret'", "dbname=audits password=s3cret",
		"Postgres://ann:s3cret@127.0.0.1:1/audits", "postgres:/ann:s3cret@127.0.0.1:1/audits", "mysql://ann:s3cret@127.0.0.1/audits",
		"jdbc:postgresql://127.0.0.1:1/audits?user=ann&password=s3cret", " postgres://ann:s3cret@127.0.0.1:1/audits", "pg://ann:s3cret@127.0.0.1:1/audits",
	} {
		for name, open := range map[string]func() (*DB, error){
			"Open": func() (*DB, error) { return Open(t.Context(), where) }, "OpenReading": func() (*DB, error) { return OpenReading(t.Context(), where) },
		} {
			db, err := open()
			if err == nil {
				db.Close()
				t.Errorf("%s of %q opens", name, where)
			} else if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s of %q: %v", name, where, err)
			}
		}
	}
	if made, _ := os.ReadDir("."); len(made) > 0 {
		t.Errorf("%v are made", made)
	}
	for _, where := range []string{`C:\\audits\\history.db`, "C:/audits/history.db", "audits=2026/history.db", "./a:b.db", "history.db"} {
		if err := checkPlace(where); err != nil {
			t.Errorf("%q: %v", where, err)
		}
	}
}
