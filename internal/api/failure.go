package api

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// Shape says how the errors of a route are written.
type Shape uint8

// The shapes. A refused key is {message} in all of them but Named; a body over its
// size limit is {message} everywhere, an exceeded rate {message, code, details}.
const (
	// Standard is {message, error}, error being a class name, and
	// {message, error: [issue, …]} where the request breaks the schema.
	Standard Shape = iota
	// Plain is {message}.
	Plain
	// Coded is {message, code, details}.
	Coded
	// Bare is {error, message}, with the same text in both.
	Bare
	// Named is {error, message}, error being a class name, also for refused keys.
	Named
)

// MessageError is an error in words.
type MessageError struct {
	// What went wrong.
	Message string `json:"message"`
}

// ClassError is an error in words with the name of its class.
type ClassError struct {
	// What went wrong.
	Message string `json:"message"`
	// The class of the error; for errors without one, the message again.
	Error string `json:"error"`
}

// ValidationError lists what is wrong with the data of a request.
type ValidationError struct {
	// Always `Invalid request data`.
	Message string `json:"message"`
	// Everything that is wrong.
	Error []Issue `json:"error"`
}

// CodedError is an error in words with a code.
type CodedError struct {
	// What went wrong.
	Message string `json:"message"`
	// The kind of error.
	Code string `json:"code"`
	// More about it; what is in here depends on the code.
	Details Object `json:"details,omitempty"`
}

const invalidData = "Invalid request data"

// classOf is the name that clients know a kind of failure by; its status is
// fault's own.
func classOf(c fault.Code) string {
	switch c {
	case fault.Invalid, fault.Unsupported, fault.RateLimited:
		return "InvalidRequestError"
	case fault.Unauthenticated:
		return "UnauthorizedError"
	case fault.Forbidden:
		return "ForbiddenError"
	case fault.NotFound:
		return "LangfuseNotFoundError"
	case fault.Conflict:
		return "LangfuseConflictError"
	case fault.TooLarge, fault.TooCostly:
		return "PayloadTooLargeError"
	case fault.Unavailable:
		return "ServiceUnavailableError"
	case fault.Internal:
	}
	return "InternalServerError"
}

// messageOf returns what a client may read about an error.
func messageOf(code fault.Code, err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok && code != fault.Internal && e.Message != "" {
		return e.Message
	}
	switch code {
	case fault.Unavailable:
		return "Service Unavailable"
	case fault.TooCostly:
		return "Response payload is too large"
	case fault.Internal:
		return "Internal Server Error"
	}
	return http.StatusText(code.HTTPStatus())
}

// writeFailure answers a request that failed.
func writeFailure(w http.ResponseWriter, shape Shape, err error) {
	if issues, ok := errors.AsType[IssuesError](err); ok {
		writeError(w, http.StatusBadRequest, issuesBody(shape, issues))
		return
	}
	code := fault.CodeOf(err)
	status, message := code.HTTPStatus(), messageOf(code, err)
	if code == fault.Unavailable || code == fault.RateLimited {
		setRetryAfter(w.Header(), err)
	}
	var answer any
	switch {
	case code == fault.RateLimited:
		answer = tooMany(message, w.Header())
	case code == fault.TooLarge, shape == Plain, refusesKey(code) && shape != Named:
		answer = MessageError{Message: message}
	case shape == Coded:
		answer = CodedError{Message: message, Code: code.String()}
	case shape == Bare:
		answer = ClassError{Message: message, Error: message}
	default:
		answer = ClassError{Message: message, Error: classOf(code)}
	}
	writeError(w, status, answer)
}

func refusesKey(c fault.Code) bool { return c == fault.Unauthenticated || c == fault.Forbidden }

// tooMany is the answer to an exceeded rate, the same on every route.
func tooMany(message string, h http.Header) CodedError {
	return CodedError{
		Message: message, Code: fault.RateLimited.String(),
		Details: Object(`{"retryAfterSeconds":` + h.Get("Retry-After") + `}`),
	}
}

func issuesBody(shape Shape, issues IssuesError) any {
	switch shape {
	case Plain:
		return MessageError{Message: issues.Error()}
	case Coded:
		return CodedError{Message: issues.Error(), Code: fault.Invalid.String()}
	case Bare:
		return ClassError{Message: invalidData, Error: issues.Error()}
	}
	return ValidationError{Message: invalidData, Error: issues}
}

// setRetryAfter says when trying again makes sense: what the error hints at,
// otherwise in a second.
func setRetryAfter(h http.Header, err error) {
	after := time.Second
	if e, ok := errors.AsType[*fault.Error](err); ok && e.RetryAfter > after {
		after = e.RetryAfter
	}
	h.Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
}

func writeError(w http.ResponseWriter, status int, answer any) {
	if err := writeJSON(w, status, answer); err != nil {
		// The shapes above always encode.
		w.WriteHeader(http.StatusInternalServerError)
	}
}
