package sqldb

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrationFiles embed.FS

func sqliteMigrations() (fs.FS, error) { return fs.Sub(migrationFiles, "migrations/sqlite") }

// migrate brings the schema to the newest version. Migrations only go forward,
// each in a transaction of its own.
//
// Several processes may start on one new database at the same moment. The loser
// of a race sees its statement fail while the version moves on, or the lock held;
// it tries again as long as that is so.
func migrate(ctx context.Context, db *sql.DB, d dialect) error {
	files, err := d.migrations()
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	provider, err := goose.NewProvider(d.goose, db, files,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version

	for waits := 0; ; {
		before := schemaVersion(ctx, db)
		if before > newest {
			return fmt.Errorf("the database has schema version %d, this program knows %d: a newer version has written it", before, newest)
		}
		_, err := provider.Up(ctx)
		if err == nil {
			return nil
		}
		if waits < busyAttempts && ctx.Err() == nil && d.classify(err) == busy {
			waits++
			continue
		}
		if ctx.Err() != nil || schemaVersion(ctx, db) == before {
			return fmt.Errorf("migrate the database from schema version %d: %w", before, err)
		}
	}
}

// schemaVersion returns the version in the database, or -1 where there is none.
func schemaVersion(ctx context.Context, db *sql.DB) int64 {
	var version sql.NullInt64
	err := db.QueryRowContext(ctx, `SELECT MAX(version_id) FROM `+goose.DefaultTablename+` WHERE is_applied`).Scan(&version)
	if err != nil || !version.Valid { // usually: no such table
		return -1
	}
	return version.Int64
}
