package telemetrytest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Reference is a telemetry store that keeps every record and folds them all
// again on the first read after a write. It holds everything in memory and is safe
// for concurrent use.
type Reference struct {
	folder *fold.Folder

	mu       sync.Mutex
	closed   bool
	arrivals int64
	calls    int64
	projects map[id.Project][]arrival
	worlds   map[id.Project]*world // worked out since the last write
}

// arrival is a record with its place in the order of arrival, which also serves
// as the time of arrival, and the number of the call that brought it.
type arrival struct {
	record fold.Record
	said   string // all of the record, to tell one that is sent again
	n      int64
	call   int64
}

// NewReference returns an empty store that folds by the given table.
func NewReference(rules []fold.Rule) *Reference {
	return &Reference{folder: fold.New(rules), projects: map[id.Project][]arrival{}, worlds: map[id.Project]*world{}}
}

// Write implements [telemetry.Writer].
func (r *Reference) Write(ctx context.Context, p id.Project, records []fold.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.usable(ctx); err != nil {
		return err
	}
	for i := range records {
		if k := records[i].Kind; k != fold.Trace && k != fold.Observation && k != fold.Score {
			return fault.New(fault.Unsupported, "records of kind %s are not kept", k)
		}
	}
	delete(r.worlds, p)
	r.calls++
	for _, rec := range records {
		r.arrivals++
		r.projects[p] = append(r.projects[p], arrival{rec, fmt.Sprintf("%+v", rec), r.arrivals, r.calls})
	}
	return nil
}

// DeleteScore implements [telemetry.Writer]: the records are forgotten.
func (r *Reference) DeleteScore(ctx context.Context, p id.Project, scoreID string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.usable(ctx); err != nil {
		return err
	}
	delete(r.worlds, p)
	r.projects[p] = slices.DeleteFunc(r.projects[p], func(a arrival) bool { return a.record.Kind == fold.Score && a.record.ID == scoreID })
	return nil
}

func (r *Reference) usable(ctx context.Context) error {
	if r.closed {
		return fault.New(fault.Unavailable, "the store is closed")
	}
	return ctx.Err()
}

// Ping implements [telemetry.Store].
func (r *Reference) Ping(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.usable(ctx)
}

// Close implements [telemetry.Store].
func (r *Reference) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return nil
}

// Trace implements [telemetry.Reader].
func (r *Reference) Trace(ctx context.Context, p id.Project, traceID string, parts telemetry.Parts) (trace.Tree, error) {
	w, err := r.world(ctx, p)
	if err != nil {
		return trace.Tree{}, err
	}
	t, ok := w.traces[w.aliases.resolve(traceID)]
	if !ok {
		return trace.Tree{}, fault.New(fault.NotFound, "no such trace")
	}
	tree := trace.Tree{Trace: stripTrace(t.shown, parts)}
	held := 0
	for _, o := range t.observations {
		o = stripObservation(o, parts)
		held += len(o.Metadata.Object)
		for _, text := range []*trace.Text{o.Input, o.Output, o.Raw} {
			if text != nil {
				held += len(text.S)
			}
		}
		tree.Observations = append(tree.Observations, o)
	}
	if parts.MaxBytes > 0 && int64(held) > parts.MaxBytes {
		return trace.Tree{}, fault.New(fault.TooCostly, "The trace holds more than %d bytes of input, output and metadata. Ask for less with `fields`.", parts.MaxBytes)
	}
	return tree, nil
}

// Observation implements [telemetry.Reader].
func (r *Reference) Observation(ctx context.Context, p id.Project, observationID string, parts telemetry.Parts) (trace.Observation, error) {
	w, err := r.world(ctx, p)
	if err != nil {
		return trace.Observation{}, err
	}
	for _, o := range w.observations() { // newest start first
		if o.ID == observationID {
			return stripObservation(o, parts), nil
		}
	}
	return trace.Observation{}, fault.New(fault.NotFound, "no such observation")
}

// Traces implements [telemetry.Reader].
func (r *Reference) Traces(ctx context.Context, p id.Project, q telemetry.TraceQuery) (telemetry.TraceList, error) {
	w, err := r.world(ctx, p)
	if err != nil {
		return telemetry.TraceList{}, err
	}
	var found []*worldTrace
	for _, t := range w.traces {
		if matchesTrace(&t.shown, q.Where) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *worldTrace) int { return compareTraces(&a.shown, &b.shown, q.Order) })
	var list telemetry.TraceList
	if q.Total {
		list.Total = len(found)
	}
	for _, t := range cut(found, q.Offset, q.Limit) {
		list.Traces = append(list.Traces, stripTrace(t.shown, q.Parts))
		if q.Parts.Observations {
			ids := make([]string, len(t.observations))
			for i, o := range t.observations {
				ids[i] = o.ID
			}
			list.ObservationIDs = append(list.ObservationIDs, ids)
		}
		if q.Parts.Scores {
			list.ScoreIDs = append(list.ScoreIDs, w.scoreIDs(t.shown.ID))
		}
	}
	return list, nil
}

// Observations implements [telemetry.Reader].
func (r *Reference) Observations(ctx context.Context, p id.Project, q telemetry.ObservationQuery) (telemetry.ObservationList, error) {
	w, err := r.world(ctx, p)
	if err != nil {
		return telemetry.ObservationList{}, err
	}
	var found []trace.Observation
	for _, o := range w.observations() {
		if matchesObservation(&o, q.Where) {
			found = append(found, o)
		}
	}
	var list telemetry.ObservationList
	if q.Total {
		list.Total = len(found)
	}
	if q.After != nil {
		found = slices.DeleteFunc(found, func(o trace.Observation) bool { return comparePositions(positionOf(&o), *q.After) <= 0 })
	}
	page := cut(found, q.Offset, q.Limit)
	for _, o := range page {
		list.Observations = append(list.Observations, stripObservation(o, q.Parts))
	}
	if len(page) > 0 && q.Offset+len(page) < len(found) {
		next := positionOf(&page[len(page)-1])
		list.Next = &next
	}
	return list, nil
}

func cut[T any](rows []T, offset, limit int) []T {
	from := min(offset, len(rows))
	return rows[from:min(from+limit, len(rows))]
}

func positionOf(o *trace.Observation) telemetry.Position {
	return telemetry.Position{Start: o.Start, TraceID: o.TraceID, ID: o.ID}
}

// comparePositions orders as observations are listed: newest start first, then
// greater trace id, then greater id.
func comparePositions(a, b telemetry.Position) int {
	return cmp.Or(cmp.Compare(b.Start, a.Start), strings.Compare(b.TraceID, a.TraceID), strings.Compare(b.ID, a.ID))
}

func stripTrace(t trace.Trace, parts telemetry.Parts) trace.Trace {
	if !parts.IO {
		t.Input, t.Output = nil, nil
	}
	if !parts.Metadata {
		t.Metadata = trace.Metadata{}
	}
	if !parts.Raw {
		t.Raw = nil
	}
	return t
}

func stripObservation(o trace.Observation, parts telemetry.Parts) trace.Observation {
	if !parts.IO {
		o.Input, o.Output = nil, nil
	}
	if !parts.Metadata {
		o.Metadata = trace.Metadata{}
	}
	if !parts.Raw {
		o.Raw, o.Reasons = nil, nil
	}
	return o
}
