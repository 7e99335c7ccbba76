package sqldb

import (
	"errors"
	"io/fs"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is what engines disagree on.
type dialect struct {
	goose      goose.Dialect
	migrations func() (fs.FS, error)
	classify   func(error) failure
}

// failure is what an engine's error means to a store.
type failure int

const (
	otherFailure failure = iota
	uniqueViolation
	foreignViolation
	busy      // another process holds the lock; nothing has happened yet
	temporary // full, unreachable: trying again later can help
)

func sqliteDialect() dialect {
	return dialect{
		goose:      goose.DialectSQLite3,
		migrations: sqliteMigrations,
		classify:   classifySQLite,
	}
}

func classifySQLite(err error) failure {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return otherFailure
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return uniqueViolation
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return foreignViolation
	}
	switch e.Code() & 0xff { // the primary code of an extended one
	case sqlite3.SQLITE_BUSY:
		return busy
	case sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_READONLY:
		return temporary
	}
	return otherFailure
}
