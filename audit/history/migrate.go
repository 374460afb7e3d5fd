package history

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// The tables, one file a step. A released step never changes: later ones add.
//
//go:embed migrations
var migrations embed.FS

// migrate brings the tables to the newest step. Several processes may try at
// once: PostgreSQL serialises them by a lock of goose's, SQLite step by step by its
// own. There a step fails that another process has made since this one looked.
func (db *DB) migrate(ctx context.Context) error {
	steps, err := fs.Sub(migrations, "migrations/"+db.name)
	if err != nil {
		return fmt.Errorf("reading the history's migrations: %w", err)
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption(nil)
	if db.name == "postgres" {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("locking the history for its migrations: %w", err)
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db.sql, steps, options...)
	if err != nil {
		return fmt.Errorf("reading the history's migrations: %w", err)
	}
	_, err = provider.Up(ctx)
	for range provider.ListSources() {
		if err == nil || db.name == "postgres" || ctx.Err() != nil {
			break
		}
		_, err = provider.Up(ctx)
	}
	if err != nil {
		return fmt.Errorf("bringing the history's tables up to date: %w", err)
	}
	return nil
}
