package sqldb

import (
	"database/sql"
	"testing"
)

// WriterPragma returns a setting of the writing connection.
func (d *DB) WriterPragma(t *testing.T, name string) string { return pragma(t, d.write, name) }

// ReaderPragma returns a setting of a reading connection.
func (d *DB) ReaderPragma(t *testing.T, name string) string { return pragma(t, d.read, name) }

func pragma(t *testing.T, db *sql.DB, name string) string {
	t.Helper()
	var value string
	if err := db.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}
