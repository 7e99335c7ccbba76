// Package sqldb keeps metadata in an SQL database through database/sql: SQLite
// now, written so that PostgreSQL fits with a second dialect.
//
// The SQL is shared: numbered placeholders, ON CONFLICT, RETURNING, times as int64
// microseconds. What engines disagree on sits in [dialect]; statements are never
// rewritten by pattern. The package holds no rules of the domain beyond what the
// store contracts say, reads no configuration, and starts no goroutines of its
// own.
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/metadata"
)

// DB is an open metadata database. It is safe for concurrent use.
type DB struct {
	// write and read are one pool on engines that do not care. On SQLite write is
	// a single connection, so that writers queue in Go instead of in the file.
	write, read *sql.DB
	dialect     dialect

	closed    atomic.Bool
	closeOnce sync.Once
	closeErr  error
}

// Stores returns the stores inside the database.
func (d *DB) Stores() metadata.Stores {
	return metadata.Stores{
		Accounts: accounts{db: d},
		Models:   models{db: d},
		Media:    mediaStore{db: d},
		Tasks:    taskStore{db: d},
		Ping:     d.Ping,
		Close:    d.Close,
	}
}

// Ping returns nil when the database answers a query; fault.Unavailable
// otherwise.
func (d *DB) Ping(ctx context.Context) error {
	if d.closed.Load() {
		return fault.New(fault.Unavailable, "the metadata database is closed")
	}
	var one int
	return fault.Wrap(fault.Unavailable, d.read.QueryRowContext(ctx, "SELECT 1").Scan(&one), "the metadata database does not answer")
}

// Close waits for running calls and closes the database. Closing again does
// nothing.
func (d *DB) Close() error {
	d.closeOnce.Do(func() {
		d.closed.Store(true)
		d.closeErr = errors.Join(d.read.Close(), d.write.Close())
	})
	return d.closeErr
}

// busyAttempts is how often a lock held by another process is tried for. Each try
// waits in the engine for its own, short time, during which a cancelled context
// goes unseen.
const busyAttempts = 20

// tx runs fn in one write transaction and commits it when fn returns nil.
func (d *DB) tx(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	for n := 1; n < busyAttempts && ctx.Err() == nil && d.dialect.classify(err) == busy; n++ {
		tx, err = d.write.BeginTx(ctx, nil)
	}
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing to roll back after a commit
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// fail turns an engine's error into one of the contract. What already carries a
// code keeps it; op says what was tried, for the log.
func (d *DB) fail(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	const unavailable = "the metadata store is not available"
	switch {
	case ctx.Err() != nil:
		// The driver may say "interrupted"; the caller wants to see its context.
		return fault.Wrap(fault.Unavailable, fmt.Errorf("%s: %w (%w)", op, ctx.Err(), err), unavailable)
	case d.closed.Load(), errors.Is(err, sql.ErrConnDone):
		return fault.Wrap(fault.Unavailable, fmt.Errorf("%s: %w", op, err), unavailable)
	}
	switch d.dialect.classify(err) {
	case uniqueViolation:
		return fault.Wrap(fault.Conflict, fmt.Errorf("%s: %w", op, err), "this already exists")
	case foreignViolation:
		return fault.Wrap(fault.NotFound, fmt.Errorf("%s: %w", op, err), "what this belongs to does not exist")
	case busy, temporary:
		return fault.Wrap(fault.Unavailable, fmt.Errorf("%s: %w", op, err), unavailable)
	default:
		return fmt.Errorf("%s: %w", op, err)
	}
}

// collect reads all rows and closes them.
func collect[T any](rows *sql.Rows, scan func(*sql.Rows) (T, error)) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// inserted turns "INSERT … ON CONFLICT DO NOTHING RETURNING" into whether a row was
// inserted.
func inserted(row *sql.Row) (bool, error) {
	var id string
	switch err := row.Scan(&id); {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	}
	return true, nil
}

// changed turns the answer of an update into whether it found a row.
func changed(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(n int64) time.Time { return time.UnixMicro(n).UTC() }
