// Package telemetry owns the contract for what arrives at volume: traces and
// observations, later scores and sessions.
//
// The engines live underneath (sqlite, clickhouse); package telemetrytest is the
// suite that each of them passes. Every sentence of the contract has a case in
// it. Nothing here assumes a transaction that spans metadata and telemetry, or
// that an engine can read before it writes.
package telemetry

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Writer takes records in.
type Writer interface {
	// Write folds the records into the project's state and returns nil only
	// once they are durable: they survive a crash of the process and a power
	// cut. From then on every read sees them.
	//
	// All records are taken or none. Later records of a call count as arrived
	// later. Writing the same records again changes no content. The state that
	// results is the one package fold defines; rules that need more than one
	// entity are these:
	//
	//   - An observation belongs to the trace that its record names, and
	//     creates it; the same id in another trace is another observation.
	//   - A record of an observation that names no trace belongs to the
	//     observation of the project with that id. While no record names its
	//     trace, the observation lives in the trace id.TraceOfObservation gives,
	//     which reads and lists like any other; the first record that names a
	//     trace moves it there, whole. Where several traces hold the id, such a
	//     record joins the one with the newest start at that moment.
	//   - A trace exists once a record names it.
	//
	// Write may be called by many goroutines at once; concurrent calls may
	// share a commit, and each gets its own result. The records belong to the
	// engine from the call on; the caller must not change them afterwards.
	//
	// Errors: fault.Unavailable when the engine cannot take the records now
	// (nothing is stored then, or it may be stored and the answer was lost: the
	// caller may send again), the context's error when it ends first (same).
	// Record kinds an engine does not keep are fault.Unsupported.
	Write(ctx context.Context, p id.Project, records []fold.Record) error
}

// Parts says which of the costly parts of an answer are wanted.
type Parts struct {
	IO           bool // input, output
	Metadata     bool
	Observations bool // of a trace list: the ids of the observations
	Raw          bool // the raw side value
	// MaxBytes bounds the inputs, outputs, metadata and raw values that Trace
	// reads, in bytes; 0 is no bound. A trace that holds more is refused with
	// fault.TooCostly before much more than that is in memory.
	MaxBytes int64
}

// Reader answers questions about one project. All methods honour cancellation.
// Texts come back as they were written, byte for byte; a text that lives in blob
// storage comes back as its preview and reference.
type Reader interface {
	// Trace returns a trace with all its observations, ordered by start, then
	// id. fault.NotFound when the project has no such trace.
	Trace(ctx context.Context, p id.Project, traceID string, parts Parts) (trace.Tree, error)
	// Observation returns the observation with that id; where several traces
	// hold the id, the one with the newest start. fault.NotFound when there is
	// none.
	Observation(ctx context.Context, p id.Project, observationID string, parts Parts) (trace.Observation, error)
	// Traces lists traces.
	Traces(ctx context.Context, p id.Project, q TraceQuery) (TraceList, error)
	// Observations lists observations.
	Observations(ctx context.Context, p id.Project, q ObservationQuery) (ObservationList, error)
}

// Store is a telemetry engine.
type Store interface {
	Writer
	Reader
	// Ping returns nil when the engine can answer.
	Ping(ctx context.Context) error
	// Close finishes what Write has begun and releases everything. Closing
	// again does nothing.
	Close() error
}

// Order is a sort order. Ties are broken by id, in the same direction, so that
// pages do not overlap.
type Order struct {
	Field filter.Field
	Desc  bool
}

// TraceQuery asks for traces, by page.
type TraceQuery struct {
	Where filter.All
	// Order is by one of: Timestamp, TraceID, Name, UserID, Release, Version,
	// Public, Bookmarked, SessionID. The zero value is newest timestamp first.
	// Nulls sort as the smallest value.
	Order  Order
	Offset int
	Limit  int
	// Total asks for the exact number of matches. A count that takes more than
	// two seconds is refused with fault.TooCostly.
	Total bool
	Parts Parts
}

// TraceList is a page of traces.
type TraceList struct {
	Traces []trace.Trace
	// ObservationIDs holds, for each trace, the ids of its observations when
	// asked for.
	ObservationIDs [][]string
	Total          int
}

// ObservationQuery asks for observations, newest start first, then greater trace
// id, then greater id. Either Offset or After positions the page.
type ObservationQuery struct {
	Where  filter.All
	Offset int
	// After continues behind the last row of an earlier page. Rows that are
	// inserted meanwhile never make a later page repeat or skip a row.
	After *Position
	Limit int
	Total bool // as in TraceQuery
	Parts Parts
}

// Position is the place of a row in the order of observations.
type Position struct {
	Start   trace.Micros
	TraceID string
	ID      string
}

// ObservationList is a page of observations.
type ObservationList struct {
	Observations []trace.Observation
	// Next is set when there are more rows behind the page.
	Next  *Position
	Total int
}
