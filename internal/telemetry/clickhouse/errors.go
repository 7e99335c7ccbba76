package clickhouse

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// retryAfter is what a caller is told to wait when the server cannot answer now.
const retryAfter = time.Second

// faultOf gives an error of the driver the code that the contract speaks in. Nil
// stays nil.
func (s *Store) faultOf(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	// The driver hands the context's deadline to the connection, which may notice
	// first.
	if deadline, ok := ctx.Deadline(); ok && errors.Is(err, os.ErrDeadlineExceeded) && !s.now().Before(deadline) {
		return context.DeadlineExceeded
	}
	refused, ok := errors.AsType[*clickhouse.Exception](err)
	if ok && !passing(refused.Code) {
		return err // a statement of ours that the server does not understand
	}
	message := "the ClickHouse server cannot be reached"
	if ok {
		message = "the ClickHouse server cannot do it now"
	}
	return &fault.Error{Code: fault.Unavailable, Message: message, RetryAfter: retryAfter, Err: err}
}

// passing reports whether the server's error code is one that trying again later
// may mend.
func passing(code int32) bool {
	switch code {
	case 159, // TIMEOUT_EXCEEDED
		164, // READONLY
		202, // TOO_MANY_SIMULTANEOUS_QUERIES
		209, // SOCKET_TIMEOUT
		210, // NETWORK_ERROR
		236, // ABORTED
		241, // MEMORY_LIMIT_EXCEEDED
		242, // TABLE_IS_READ_ONLY
		243, // NOT_ENOUGH_SPACE
		252, // TOO_MANY_PARTS
		285, // TOO_FEW_LIVE_REPLICAS
		319, // UNKNOWN_STATUS_OF_INSERT
		341, // UNFINISHED, of a delete that was waited for
		394, // QUERY_WAS_CANCELLED
		439, // CANNOT_SCHEDULE_TASK
		999: // KEEPER_EXCEPTION
		return true
	}
	return false
}
