package sqlite

import (
	"context"
	"database/sql"
	"errors"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// faultOf gives an error of the database the code that the contract speaks in.
// Errors that have one already, and nil, stay as they are.
func (s *Store) faultOf(err error) error {
	if err == nil || fault.CodeOf(err) != fault.Internal {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if errors.Is(err, sql.ErrConnDone) || s.queue.open() != nil {
		return fault.Wrap(fault.Unavailable, err, "the store is closed")
	}
	e, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return &fault.Error{Code: fault.Unavailable, Message: "the disk is full", RetryAfter: retryAfter, Err: err}
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL:
		return &fault.Error{Code: fault.Unavailable, Message: "the database cannot be used now", RetryAfter: retryAfter, Err: err}
	case sqlite3.SQLITE_TOOBIG:
		return fault.Wrap(fault.TooLarge, err, "a value is too large to be stored")
	}
	return err
}

// readFault is faultOf for reads: what a cancelled context breaks is the
// context's error.
func (s *Store) readFault(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return s.faultOf(err)
}
