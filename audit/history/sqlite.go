package history

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the driver "sqlite": no cgo, so that one binary is enough
)

// sqliteNow is the time, in milliseconds.
const sqliteNow = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"

// sqliteSize asks for the bytes in use.
const sqliteSize = "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size)"

// openSQLite opens the file with a write-ahead log, so that pages are served
// while an audit writes. synchronous is FULL: an audit commits every few
// seconds, which makes the difference to NORMAL free, and a finished audit
// survives the power cut that follows it.
func openSQLite(path string) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening the history %s: %w", path, err)
	}
	if dir, err := os.Stat(filepath.Dir(abs)); err != nil || !dir.IsDir() {
		return nil, fmt.Errorf("opening the history %s: there is no directory %s", path, filepath.Dir(abs))
	}
	query := url.Values{
		"_pragma": {"busy_timeout(30000)", "auto_vacuum(incremental)", "journal_mode(wal)", "synchronous(full)", "cache_size(-8000)",
			"temp_store(memory)"},
		"_txlock": {"immediate"}, // all transactions write; upgrading a read lock later could not wait its turn
	}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: query.Encode()}
	pool, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("opening the history %s: %w", path, err)
	}
	pool.SetMaxOpenConns(4) // readers beside the one writer; each has its own page cache
	pool.SetMaxIdleConns(2)
	return &DB{sql: pool, dialect: dialect{
		serial: true,
		name:   "sqlite",
		lock:   func(_ context.Context, group string) (func(), error) { return lockFile(abs, group) },
		lockIn: func(_ context.Context, _ *sql.Tx, group string) (func(), error) { return lockFile(abs, group) },
		end:    func() error { return nil },
		guard:  func(context.Context, *sql.Tx, bool) error { return nil }, // one writer at a time anyway
		// It walks the indexes that are there, however much it knows.
		analyze: func(context.Context, *sql.Tx, string) error { return nil },
		// Freed pages go back to the file system, and the log is folded in.
		compact: func(ctx context.Context, db *sql.DB) error {
			for _, pragma := range []string{"PRAGMA incremental_vacuum", "PRAGMA optimize", "PRAGMA wal_checkpoint(TRUNCATE)"} {
				if err := drain(ctx, db, pragma); err != nil {
					return err
				}
			}
			return nil
		},
		size: sqliteSize,
		now:  sqliteNow, // one writer at a time: nothing to lock
	}}, nil
}

// unwritable tells what keeps this account from writing a history, which SQLite
// tells without the file's name; nil: nothing does.
func unwritable(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		err = file.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the history %s %w: the file may only be read: %v", path, ErrUnwritable, withoutPath(err))
	}
	beside, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("the history %s %w: SQLite keeps its log beside it, and no file can be made there: %v", path, ErrUnwritable,
			withoutPath(err))
	}
	return errors.Join(beside.Close(), os.Remove(beside.Name()))
}

func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// drain runs a pragma that works only as far as its rows are read.
func drain(ctx context.Context, db *sql.DB, pragma string) error {
	rows, err := db.QueryContext(ctx, pragma)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

// lockFile takes a lock that the kernel gives back when the process dies. The
// file stays: removing it would let two processes lock two files of one name.
func lockFile(path, group string) (func(), error) {
	sum := sha256.Sum256([]byte(group)) // a group's name may not fit a file name
	lock := flock.New(path + ".lock-" + hex.EncodeToString(sum[:6]))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking the group %s: %w", strconv.Quote(group), err)
	}
	if !ok {
		return nil, ErrBusy
	}
	return func() { lock.Close() }, nil
}
