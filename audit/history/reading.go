package history

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrNone is for a place where no history was made yet.
var ErrNone = errors.New("there is no history")

const undefinedTable = "42P01" // PostgreSQL's code

// OpenReading opens a history that only is read: it makes none, and a file or an
// account that may not be written is enough. One of an older version is brought
// up to date first, as [Open] does, which has to be allowed.
func OpenReading(ctx context.Context, where string) (*DB, error) {
	if err := checkPlace(where); err != nil {
		return nil, err
	}
	open := openSQLiteReading
	if IsPostgres(where) {
		open = openPostgres
	}
	db, err := open(where)
	if err != nil {
		return nil, err
	}
	version, err := db.version(ctx)
	if err == nil && version >= newestVersion(db.name) {
		return db, nil
	}
	db.Close()
	if missing := (*pgconn.PgError)(nil); errors.As(err, &missing) && missing.Code == undefinedTable {
		return nil, fmt.Errorf("%w in %s: tlschain audit run makes one", ErrNone, Visible(where))
	}
	if err != nil {
		return nil, cmp.Or(ofAnotherKind(where, err), fmt.Errorf("opening the history %s: %w", Visible(where), err))
	}
	writable, err := Open(ctx, where)
	if err != nil {
		return nil, fmt.Errorf("the history is of an older version, and is brought up to date by whoever may write it: %w", err)
	}
	return writable, nil
}

// Visible is where a history is, without the passwords of a URL: pgx takes some
// in the query too. With the password from elsewhere it leads to the same.
func Visible(where string) string {
	if !IsPostgres(where) {
		return where
	}
	u, err := url.Parse(where)
	if err != nil {
		return "that URL names"
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if name := u.User.Username(); name != "" {
		shown.User = url.User(name)
	}
	query := url.Values{}
	for _, name := range []string{"host", "port", "user", "dbname", "database", "service", "servicefile", "passfile",
		"sslrootcert", "sslcert", "sslkey"} {
		if u.Query().Has(name) {
			query.Set(name, u.Query().Get(name))
		}
	}
	if mode := u.Query().Get("sslmode"); slices.Contains([]string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}, mode) {
		query.Set("sslmode", mode)
	}
	shown.RawQuery = query.Encode()
	return shown.String()
}

// version is that of the tables that are there.
func (db *DB) version(ctx context.Context) (version int64, err error) {
	err = db.sql.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&version)
	return version, err
}

// newestVersion is how many steps there are: their files are numbered from 1 on.
func newestVersion(dialect string) int64 {
	steps, err := migrations.ReadDir("migrations/" + dialect)
	if err != nil {
		return 0 // they are part of the program
	}
	return int64(len(steps))
}

// openSQLiteReading opens a file that is there, without a write to it. In a
// folder that may not be written either, SQLite cannot keep readers and writers
// apart by the files beside it: then the file is taken for one that nobody
// writes, unless such files show that somebody does.
func openSQLiteReading(path string) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening the history %s: %w", path, err)
	}
	if _, err := os.Stat(abs); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at %s: tlschain audit run makes one", ErrNone, path)
	}
	query := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(30000)", "cache_size(-8000)", "temp_store(memory)"}}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: query.Encode()}
	pool, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("opening the history %s: %w", path, err)
	}
	if _, busy := os.Stat(abs + "-wal"); pool.Ping() != nil && errors.Is(busy, fs.ErrNotExist) {
		pool.Close()
		query.Set("immutable", "1")
		name.RawQuery = query.Encode()
		if pool, err = sql.Open("sqlite", name.String()); err != nil {
			return nil, fmt.Errorf("opening the history %s: %w", path, err)
		}
	}
	pool.SetMaxOpenConns(4)
	pool.SetMaxIdleConns(2)
	return &DB{sql: pool, dialect: dialect{name: "sqlite", end: func() error { return nil }, size: sqliteSize, now: sqliteNow}}, nil
}
