package clickhouse

import (
	"cmp"
	"context"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Trace implements [telemetry.Reader].
func (s *Store) Trace(ctx context.Context, p id.Project, traceID string, parts telemetry.Parts) (trace.Tree, error) {
	if err := s.begin(ctx); err != nil {
		return trace.Tree{}, err
	}
	defer s.calls.RUnlock()
	f, names, err := s.load(ctx, p, []string{traceID}, parts)
	if err != nil {
		return trace.Tree{}, err
	}
	traceID = names.resolve(traceID)
	t := f[traceID]
	if t == nil {
		return trace.Tree{}, fault.New(fault.NotFound, "trace not found")
	}
	shown := t.show(p, traceID)
	return trace.Tree{Trace: shown.Trace, Observations: shown.observations}, nil
}

// lookAgain is how often an observation is looked for in a trace that it has just
// moved out of.
const lookAgain = 5

// Observation implements [telemetry.Reader].
func (s *Store) Observation(ctx context.Context, p id.Project, observationID string, parts telemetry.Parts) (trace.Observation, error) {
	if err := s.begin(ctx); err != nil {
		return trace.Observation{}, err
	}
	defer s.calls.RUnlock()
	for range lookAgain {
		f, err := s.loadIDs(ctx, p, []string{observationID}, parts, nil)
		if err != nil {
			return trace.Observation{}, err
		}
		var found *trace.Observation
		for _, t := range f {
			for _, r := range t.observations {
				o := observationOf(r)
				if found == nil || cmp.Or(cmp.Compare(o.Start, found.Start), strings.Compare(o.TraceID, found.TraceID)) > 0 {
					found = &o
				}
			}
		}
		if found == nil {
			return trace.Observation{}, fault.New(fault.NotFound, "observation not found")
		}
		around, _, err := s.load(ctx, p, []string{found.TraceID}, telemetry.Parts{})
		if err != nil {
			return trace.Observation{}, err
		}
		if t := around[found.TraceID]; t != nil {
			fold.Inherit(found, &t.show(p, found.TraceID).Trace)
			return *found, nil
		}
	}
	return trace.Observation{}, fault.New(fault.Unavailable, "the observation is being moved")
}
