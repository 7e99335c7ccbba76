// Package fault owns the closed list of error codes that contracts speak in.
//
// Stores, services and edges return errors that carry one [Code]; the edge that
// answers a client maps the code to a status once. Everything without a code is
// [Internal]: its text goes to the log, never to a client.
//
// The package never logs, never knows a transport, and starts no goroutines.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Code says what kind of failure an error is. The list is closed: a new code is
// a change to every edge.
type Code uint8

const (
	Internal        Code = iota // a bug or a broken part; the cause is for the log
	Invalid                     // the caller's input breaks a rule
	Unauthenticated             // no credentials, or wrong ones
	Forbidden                   // known caller, not allowed
	NotFound                    // no such thing in the caller's project
	Conflict                    // the state does not allow it
	TooLarge                    // over a size limit
	RateLimited                 // over a configured rate
	Unsupported                 // a form we do not take (content type, encoding)
	Unavailable                 // cannot be done now; trying later can succeed
	TooCostly                   // the answer would take too much; a narrower question is needed
)

// String returns the code's name as used in logs and metrics.
func (c Code) String() string {
	names := [...]string{
		"internal", "invalid", "unauthenticated", "forbidden", "not_found",
		"conflict", "too_large", "rate_limited", "unsupported", "unavailable", "too_costly",
	}
	if int(c) < len(names) {
		return names[c]
	}
	return "internal"
}

// Error is an error with a code. Message is safe to show to the client that
// caused it; Err, if any, is for the log.
type Error struct {
	Code    Code
	Message string
	// RetryAfter is a hint for [Unavailable] and [RateLimited]; 0 means none.
	RetryAfter time.Duration
	Err        error
}

// Error returns the message, followed by the cause if there is one.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Message
	}
	return e.Message + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New returns an error with a code and a message formatted as by [fmt.Sprintf].
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap gives err a code and a public message. It returns nil for a nil err.
func Wrap(code Code, err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: err}
}

// CodeOf returns the code of the outermost [Error] in err's chain, and
// [Internal] when there is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// Is reports whether err carries the code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }
