package clickhouse

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Lists fold all of a project without its payloads, choose and sort in memory,
// and read the payloads of the page alone.

// Traces implements [telemetry.Reader].
func (s *Store) Traces(ctx context.Context, p id.Project, q telemetry.TraceQuery) (telemetry.TraceList, error) {
	if err := s.begin(ctx); err != nil {
		return telemetry.TraceList{}, err
	}
	defer s.calls.RUnlock()
	matches, compare, err := ofTraces(q.Where, q.Order)
	if err != nil {
		return telemetry.TraceList{}, err
	}
	f, names, err := s.loadAll(ctx, p)
	if err != nil {
		return telemetry.TraceList{}, err
	}
	var found []*shownTrace
	for traceID, t := range f {
		if shown := t.show(p, traceID); matches(&shown.Trace) {
			found = append(found, shown)
		}
	}
	slices.SortFunc(found, func(a, b *shownTrace) int { return compare(&a.Trace, &b.Trace) })
	var list telemetry.TraceList
	if q.Total {
		list.Total = len(found)
	}
	found = page(found, q.Offset, q.Limit)
	if err := s.addPayloads(ctx, p, found, q.Parts, names); err != nil {
		return telemetry.TraceList{}, err
	}
	if q.Parts.Scores && len(found) > 0 {
		scores, err := s.loadScores(ctx, p, false)
		if err != nil {
			return telemetry.TraceList{}, err
		}
		of := idsByTrace(scores)
		for _, t := range found {
			list.ScoreIDs = append(list.ScoreIDs, append([]string{}, of[t.ID]...))
		}
	}
	for _, t := range found {
		list.Traces = append(list.Traces, t.Trace)
		if q.Parts.Observations {
			ids := make([]string, len(t.observations))
			for i, o := range t.observations {
				ids[i] = o.ID
			}
			list.ObservationIDs = append(list.ObservationIDs, ids)
		}
	}
	return list, nil
}

// addPayloads adds input, output and metadata to a page of traces, which come
// from their own rows and from their roots.
func (s *Store) addPayloads(ctx context.Context, p id.Project, page []*shownTrace, parts telemetry.Parts, names aliases) error {
	if len(page) == 0 || !parts.IO && !parts.Metadata && !parts.Raw {
		return nil
	}
	var traces, roots []string
	for _, t := range page {
		traces = append(traces, t.ID)
		if t.root != "" {
			roots = append(roots, t.root)
		}
	}
	parts = telemetry.Parts{IO: parts.IO, Metadata: parts.Metadata, Raw: parts.Raw}
	own, err := s.rows(ctx, p, query{
		where: "kind = 'trace' AND trace IN {traces:Array(String)}", args: []any{clickhouse.Named("traces", names.members(traces))}, parts: parts,
	})
	if err != nil {
		return err
	}
	owned := s.grow(own, names)
	rooted, err := s.loadIDs(ctx, p, roots, parts, names)
	if err != nil {
		return err
	}
	for _, t := range page {
		var state fold.State
		if read := owned[t.ID]; read != nil {
			state = read.own.state
		}
		seen := t.seen
		if r := rooted.observation(t.ID, t.root); r != nil {
			seen.Root = &r.state
		}
		full := fold.TraceView(t.ID, &state, seen)
		t.Input, t.Output, t.Metadata, t.Raw = full.Input, full.Output, full.Metadata, full.Raw
	}
	return nil
}

// Observations implements [telemetry.Reader].
func (s *Store) Observations(ctx context.Context, p id.Project, q telemetry.ObservationQuery) (telemetry.ObservationList, error) {
	if err := s.begin(ctx); err != nil {
		return telemetry.ObservationList{}, err
	}
	defer s.calls.RUnlock()
	matches, err := ofObservations(q.Where)
	if err != nil {
		return telemetry.ObservationList{}, err
	}
	f, names, err := s.loadAll(ctx, p)
	if err != nil {
		return telemetry.ObservationList{}, err
	}
	var found []trace.Observation
	for traceID, t := range f {
		for _, o := range t.show(p, traceID).observations {
			if matches(&o) {
				found = append(found, o)
			}
		}
	}
	slices.SortFunc(found, func(a, b trace.Observation) int { return positionOf(&a).compare(positionOf(&b)) })
	var list telemetry.ObservationList
	if q.Total {
		list.Total = len(found)
	}
	if q.After != nil {
		found = behind(found, func(o trace.Observation) bool { return positionOf(&o).compare(position(*q.After)) > 0 })
	}
	chosen := page(found, q.Offset, q.Limit)
	if n := len(chosen); n > 0 && q.Offset+n < len(found) {
		next := telemetry.Position(positionOf(&chosen[n-1]))
		list.Next = &next
	}
	list.Observations, err = s.withPayloads(ctx, p, chosen, q.Parts, names)
	if err != nil {
		return telemetry.ObservationList{}, err
	}
	return list, nil
}

// withPayloads adds the wanted parts to a page of observations. One that has
// moved to another trace since the page was chosen is left out: there is none at
// its place any more.
func (s *Store) withPayloads(ctx context.Context, p id.Project, page []trace.Observation, parts telemetry.Parts, names aliases) ([]trace.Observation, error) {
	if len(page) == 0 || !parts.IO && !parts.Metadata && !parts.Raw {
		return page, nil
	}
	var ids []string
	for _, o := range page {
		ids = append(ids, o.ID)
	}
	f, err := s.loadIDs(ctx, p, ids, parts, names)
	if err != nil {
		return nil, err
	}
	out := make([]trace.Observation, 0, len(page))
	for _, o := range page {
		if r := f.observation(o.TraceID, o.ID); r != nil {
			full := observationOf(r)
			o.Input, o.Output, o.Metadata, o.Raw, o.Reasons = full.Input, full.Output, full.Metadata, full.Raw, full.Reasons
			out = append(out, o)
		}
	}
	return out, nil
}

// behind returns the rows from the first on that is behind a position.
func behind[T any](rows []T, is func(T) bool) []T {
	if first := slices.IndexFunc(rows, is); first >= 0 {
		return rows[first:]
	}
	return nil
}

// page returns the rows of a page.
func page[T any](rows []T, offset, limit int) []T {
	from := min(offset, len(rows))
	return rows[from:min(from+limit, len(rows))]
}

// position is the place of a row in the order of observations: newest start
// first, then greater trace id, then greater id.
type position telemetry.Position

func positionOf(o *trace.Observation) position { return position{o.Start, o.TraceID, o.ID} }

func (a position) compare(b position) int {
	return cmp.Or(cmp.Compare(b.Start, a.Start), strings.Compare(b.TraceID, a.TraceID), strings.Compare(b.ID, a.ID))
}
