// Package telemetry owns the contract for what arrives at volume: traces,
// observations and scores, and the sessions that traces form.
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
	"github.com/fusebox-llm/fusebox/internal/score"
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
	//   - A score is one of its project whatever it is about, and needs nothing of
	//     that to exist; it creates neither trace nor session.
	//   - A trace record may absorb another id (fold.Record.Absorbs). What lies
	//     under that id, observations, explicit fields and scores, becomes part of
	//     the record's trace, whole, and the id is an alias of it from then on:
	//     what a record of a later call says of it is said of the trace, and Trace
	//     opens the trace by it. The observation ids that both have are one
	//     observation. Within a call, where the absorbing record stands does not
	//     matter. An id is absorbed once: the trace that absorbed it first keeps
	//     it, and what another record says about absorbing it later changes
	//     nothing. Where a record's own id, or that of its trace, is an alias, the
	//     record is one of the trace that the alias stands for, and so is what it
	//     absorbs. A trace that absorbs itself absorbs nothing.
	//
	// Write may be called by many goroutines at once; concurrent calls may
	// share a commit, and each gets its own result. The records belong to the
	// engine from the call on; the caller must not change them afterwards.
	//
	// Errors: fault.Unavailable when the engine cannot take the records now
	// (nothing is stored then, or it may be stored and the answer was lost: the
	// caller may send again), the context's error when it ends first (same).
	// Record kinds an engine does not keep are fault.Unsupported: today sessions.
	Write(ctx context.Context, p id.Project, records []fold.Record) error
	// DeleteScore removes a score. When it returns nil, that is durable and no
	// read finds the score. There need not be one. Records that are written
	// afterwards under the same id, those sent again included, make a new score.
	// Errors are those of Write.
	DeleteScore(ctx context.Context, p id.Project, scoreID string) error
}

// Parts says which of the costly parts of an answer are wanted.
type Parts struct {
	IO           bool // input, output
	Metadata     bool
	Observations bool // of a trace list: the ids of the observations
	Scores       bool // of a trace list: the ids of the scores
	Raw          bool // the raw side value, and the reasons
	// MaxBytes bounds the inputs, outputs, metadata and raw values that Trace
	// reads, in bytes; 0 is no bound. A trace that holds more is refused with
	// fault.TooCostly before much more than that is in memory.
	MaxBytes int64
}

// Reader answers questions about one project. All methods honour cancellation.
// Texts come back as they were written, byte for byte; a text that lives in blob
// storage comes back as its preview and reference.
//
// What an observation costs is what fold.ObservationView says, which works it out
// from the model's prices where the sender reported nothing; the sums of a trace add
// up just that. A record that brings another model, other usage, another start or
// other prices changes both at once.
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
	// Score returns a score. fault.NotFound when the project has none of that id.
	Score(ctx context.Context, p id.Project, scoreID string) (score.Score, error)
	// Scores lists scores.
	Scores(ctx context.Context, p id.Project, q ScoreQuery) (ScoreList, error)
	// Session returns a session: there is one as long as a trace shows its id.
	// fault.NotFound when none does.
	Session(ctx context.Context, p id.Project, sessionID string) (trace.Session, error)
	// Sessions lists sessions.
	Sessions(ctx context.Context, p id.Project, q SessionQuery) (SessionList, error)
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
	// ScoreIDs holds, for each trace, the ids of the scores that are about it or
	// one of its observations, corrections excepted, when asked for: newest
	// timestamp first, then greater id.
	ScoreIDs [][]string
	Total    int
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

// ScoreQuery asks for scores, newest timestamp first, then greater id. Either
// Offset or After positions the page. A score's timestamp is compared by
// conditions in milliseconds, and ordered in microseconds.
type ScoreQuery struct {
	Where  filter.All
	Offset int
	// After continues behind the last row of an earlier page, as in
	// ObservationQuery.
	After *ScorePosition
	Limit int
	Total bool // as in TraceQuery
	// Trace asks for what is shown of each score's trace.
	Trace bool
}

// ScorePosition is the place of a row in the order of scores.
type ScorePosition struct {
	Timestamp trace.Micros
	ID        string
}

// ScoreList is a page of scores.
type ScoreList struct {
	Scores []score.Score
	// Next is set when there are more rows behind the page.
	Next  *ScorePosition
	Total int
}

// SessionQuery asks for sessions, by page: the last created first, then greater
// id. Conditions are about Environment, by AnyOf, and CreatedAt.
type SessionQuery struct {
	Where  filter.All
	Offset int
	Limit  int
	Total  bool // as in TraceQuery
}

// SessionList is a page of sessions.
type SessionList struct {
	Sessions []trace.Session
	Total    int
}
