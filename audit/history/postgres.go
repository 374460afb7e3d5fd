package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const idleInTransaction = "idle_in_transaction_session_timeout"

// openPostgres makes a pool for the URL, whose every parameter pgx reads.
func openPostgres(where string) (*DB, error) {
	config, err := pgx.ParseConfig(where)
	if err != nil {
		return nil, errors.New("reading the PostgreSQL URL: it is not of the form postgres://user@host:5432/database?sslmode=verify-full")
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "tlschain"
	}
	// A process that was frozen, or cut off, within a transaction holds up nobody
	// for longer.
	if config.RuntimeParams[idleInTransaction] == "" {
		config.RuntimeParams[idleInTransaction] = "60s"
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(8)
	pool.SetMaxIdleConns(2)
	// A lock holds its connection as long as an audit lasts. From the same pool,
	// as many groups as it has connections would wait for each other for ever.
	locks := stdlib.OpenDB(*config)
	locks.SetMaxIdleConns(-1)
	return &DB{sql: pool, dialect: dialect{
		name: "postgres",
		lock: func(ctx context.Context, group string) (func(), error) {
			return lockAdvisory(ctx, locks, group)
		},
		lockIn: func(ctx context.Context, tx *sql.Tx, group string) (func(), error) {
			var ok bool
			if err := tx.QueryRowContext(ctx, "SELECT pg_try_advisory_xact_lock($1)", lockKey("audit of "+group)).Scan(&ok); err != nil {
				return nil, fmt.Errorf("locking the group %s: %w", strconv.Quote(group), err)
			}
			if !ok {
				return nil, ErrBusy
			}
			return func() {}, nil
		},
		end:   locks.Close,
		guard: guardAdvisory,
		// Autovacuum may be a minute late, and sees pending when it is empty. With
		// that in mind, the planner would walk all of a group for each few of its
		// endpoints: minutes, where it takes a second.
		analyze: func(ctx context.Context, tx *sql.Tx, tables string) error {
			_, err := tx.ExecContext(ctx, "ANALYZE "+tables)
			return err
		},
		compact: func(context.Context, *sql.DB) error { return nil }, // autovacuum's business
		size:    "SELECT pg_database_size(current_database())",
		now:     "(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
		share:   " FOR SHARE",
		update:  " FOR UPDATE",
	}}, nil
}

// lockAdvisory takes a lock that lives as long as one connection, which the
// server ends when the process at the other end dies.
func lockAdvisory(ctx context.Context, db *sql.DB, group string) (func(), error) {
	key := lockKey("audit of " + group)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("locking the group %s: %w", strconv.Quote(group), err)
	}
	var ok bool
	if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", key).Scan(&ok); err != nil {
		conn.Close()
		return nil, fmt.Errorf("locking the group %s: %w", strconv.Quote(group), err)
	}
	if !ok {
		conn.Close()
		return nil, ErrBusy
	}
	return func() {
		// Also when ctx has ended: the connection goes back to the pool.
		conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", key)
		conn.Close()
	}, nil
}

// deadlocked reports whether PostgreSQL ended a transaction so that another one
// could go on.
func deadlocked(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && said.Code == deadlockDetected
}

const deadlockDetected = "40P01" // deadlock_detected, appendix A of PostgreSQL's manual

// lockKey is the number that an advisory lock is known by.
func lockKey(what string) int64 {
	sum := fnv.New64a()
	sum.Write([]byte("tlschain " + what))
	return int64(sum.Sum64())
}

// guardKey is the advisory lock between those who add states and whoever
// deletes the states that nothing points at.
const guardKey = 0x746c73636861696e // "tlschain"

// guardAdvisory holds until the transaction ends: many may add, one may prune
// alone. Else a state could be deleted between being found and being used.
func guardAdvisory(ctx context.Context, tx *sql.Tx, alone bool) error {
	query := "SELECT pg_advisory_xact_lock_shared($1)"
	if alone {
		query = "SELECT pg_advisory_xact_lock($1)"
	}
	_, err := tx.ExecContext(ctx, query, int64(guardKey))
	return err
}
