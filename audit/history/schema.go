package history

import (
	"context"
	"errors"
	"fmt"
)

// Schema makes room beside the history for tables of somebody else's: it makes
// the schema where it is missing and calls fill, one process at a time. The
// name is the program's own. SQLite has no schemas: an error.
func (db *DB) Schema(ctx context.Context, name string, fill func() error) error {
	if db.name != "postgres" {
		return errors.New("a schema needs PostgreSQL")
	}
	// A connection of its own: the lock lives as long, whatever happens to us.
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("making the schema %s: %w", name, err)
	}
	defer conn.Close()
	key := lockKey("schema " + name)
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", key); err != nil {
		return fmt.Errorf("making the schema %s: %w", name, err)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", key)
	var there bool
	err = conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)", name).Scan(&there)
	if err == nil && !there { // asked first: who may not make schemas may use one that is there
		_, err = conn.ExecContext(ctx, `CREATE SCHEMA "`+name+`"`)
	}
	if err != nil {
		return fmt.Errorf("making the schema %s: %w", name, err)
	}
	return fill()
}
