// Package history keeps what audits saw, in SQLite or in PostgreSQL.
//
// It stores what changed: a certificate once, a chain once, the judged state
// of an endpoint once by its hash, and an observation as an interval of audits
// [first, last] over which an endpoint kept one state. A quiet night over
// 10,000 endpoints is one UPDATE.
//
// An audit becomes visible as a whole or not at all: what it saw is kept aside
// while it runs and joins the intervals in one transaction at its end, which
// also counts the group once for all pages. What a killed audit left behind
// joins too, at the next audit of the same group, and that audit is shown as
// partial for ever. Whoever was taken for dead and is not can write no more.
//
// The package knows SQL and intervals. It refuses to know rules, reports or
// what makes a change material: states are documents to it, beside the few
// facts that lists are filtered and compared by. It reads no clock but the
// database's.
package history

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// A DB is an open history. All methods are safe for concurrent use, also by
// several processes on the same database.
type DB struct {
	sql *sql.DB
	dialect
	clock   clock
	writing sync.Mutex // where the database lets one write at a time: it queues fairly, SQLite does not
}

// A dialect is what differs between the two databases. All other SQL is
// written once: both number their parameters $1, $2, ...
type dialect struct {
	serial  bool                                                                           // one writer at a time
	name    string                                                                         // directory of the migrations
	lock    func(ctx context.Context, group string) (unlock func(), err error)             // ErrBusy: held by another
	lockIn  func(ctx context.Context, tx *sql.Tx, group string) (unlock func(), err error) // lock, at most until tx ends
	end     func() error                                                                   // after the last unlock
	guard   func(ctx context.Context, tx *sql.Tx, alone bool) error                        // keeps pruning apart from adding
	analyze func(ctx context.Context, tx *sql.Tx, tables string) error                     // lets the planner know of what came in
	compact func(ctx context.Context, db *sql.DB) error
	size    string // a query for the bytes in use
	now     string // the database's clock, in milliseconds since 1970
	share   string // ends a query whose row others may read meanwhile, and none may change
	update  string // ends a query whose row is about to be changed
}

// Errors that callers tell apart.
var (
	ErrNotFound   = errors.New("not in the history")
	ErrBusy       = errors.New("another audit of this group is running")
	ErrUnwritable = errors.New("cannot be written")
	ErrTaken      = errors.New("another audit of this group has begun meanwhile: the lock was lost, as when the database is restarted")
)

// Open opens the history named by a postgres:// URL or else by the path of an
// SQLite file, which is made when missing, and brings its tables up to date.
// The text of the error never holds the URL's password; it is [ErrUnwritable] where
// this account has no right to write the file.
func Open(ctx context.Context, where string) (*DB, error) {
	if err := checkPlace(where); err != nil {
		return nil, err
	}
	open := openSQLite
	if IsPostgres(where) {
		open = openPostgres
	}
	db, err := open(where)
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		db.Close()
		if !IsPostgres(where) {
			err = cmp.Or(unwritable(where), ofAnotherKind(where, err), err)
		}
		return nil, err
	}
	db.Now() // from here on it is known
	return db, nil
}

// ofAnotherKind words the error of a file that is no database; nil: it is another
// error.
func ofAnotherKind(where string, err error) error {
	const notADatabase = 26 // SQLITE_NOTADB
	var coded interface {
		error
		Code() int
	}
	if errors.As(err, &coded) && coded.Code() == notADatabase {
		return fmt.Errorf("%s is a file of another kind, and no history: type --db FILE, or name another one as database in tlschain.yaml", where)
	}
	return nil
}

// IsPostgres tells a PostgreSQL URL from the path of an SQLite file.
func IsPostgres(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// keywords is how libpq writes connections beside URLs.
var keywords = regexp.MustCompile(`(?i)\b(host|hostaddr|port|dbname|user|password|passfile|service|sslmode)\s*=`)

// checkPlace refuses what would be taken for the path of a file and is meant as a
// database. It quotes none of it: there may be a password in it.
func checkPlace(where string) error {
	if IsPostgres(where) {
		return nil
	}
	if scheme, _, ok := strings.Cut(where, ":/"); ok && len(scheme) > 1 || keywords.MatchString(where) {
		return errors.New("the place of the history is neither a file nor a PostgreSQL URL: " +
			"type postgres://user@host:5432/database?sslmode=verify-full")
	}
	return nil
}

// Close ends all connections. Whoever holds a lock or writes must be done.
func (db *DB) Close() error { return errors.Join(db.end(), db.sql.Close()) }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.sql.PingContext(ctx); err != nil {
		return fmt.Errorf("asking the history: %w", err)
	}
	return nil
}

// Lock keeps others, in this process and in all others on this database, from
// auditing the group until unlock is called or the process dies, however it
// dies. It does not wait: [ErrBusy] when somebody else holds it.
func (db *DB) Lock(ctx context.Context, group string) (unlock func(), err error) {
	return db.lock(ctx, group)
}

// Size is the space that the history takes, in bytes, without what the
// database keeps for recovery.
func (db *DB) Size(ctx context.Context) (int64, error) {
	var n int64
	if err := db.sql.QueryRowContext(ctx, db.size).Scan(&n); err != nil {
		return 0, fmt.Errorf("measuring the history: %w", err)
	}
	return n, nil
}

// inTx runs f in a transaction that is rolled back when f or the commit fails.
func (db *DB) inTx(ctx context.Context, f func(*sql.Tx) error) error {
	if db.serial {
		db.writing.Lock()
		defer db.writing.Unlock()
	}
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit this does nothing
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// exec runs one statement that writes.
func (db *DB) exec(ctx context.Context, query string, args ...any) error {
	if db.serial {
		db.writing.Lock()
		defer db.writing.Unlock()
	}
	_, err := db.sql.ExecContext(ctx, query, args...)
	return err
}
