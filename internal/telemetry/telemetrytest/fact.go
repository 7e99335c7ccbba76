package telemetrytest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// fact is something that a reader sees.
type fact struct {
	name  string
	check func(ctx context.Context, s telemetry.Store, p id.Project) error
}

// everything asks for all parts.
func everything() telemetry.Parts {
	return telemetry.Parts{IO: true, Metadata: true, Observations: true, Scores: true, Raw: true}
}

// derived stands, where a case names a trace, for the trace in which an
// observation lives while no record names one.
func derived(observationID string) string { return derivedPrefix + observationID }

const derivedPrefix = "derived for "

func resolve(p id.Project, traceID string) string {
	if obs, ok := strings.CutPrefix(traceID, derivedPrefix); ok {
		return id.TraceOfObservation(p, obs)
	}
	return traceID
}

// traceShows expects a trace to show the given fields, named as in [showTrace].
func traceShows(traceID string, want fields) fact {
	return fact{fmt.Sprintf("trace %q", traceID), func(ctx context.Context, s telemetry.Store, p id.Project) error {
		tree, err := s.Trace(ctx, p, resolve(p, traceID), everything())
		if err != nil {
			return err
		}
		return compareFields(want, showTrace(&tree.Trace))
	}}
}

// observationShows expects an observation, read with its trace and by its id, to
// show the given fields, named as in [showObservation].
func observationShows(traceID, obs string, want fields) fact {
	return fact{fmt.Sprintf("observation %q in trace %q", obs, traceID), func(ctx context.Context, s telemetry.Store, p id.Project) error {
		tree, err := s.Trace(ctx, p, resolve(p, traceID), everything())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(tree.Observations, func(o trace.Observation) bool { return o.ID == obs })
		if i < 0 {
			return fmt.Errorf("the trace has no such observation, only %q", idsOf(tree.Observations))
		}
		if err := compareFields(want, showObservation(&tree.Observations[i])); err != nil {
			return fmt.Errorf("read with its trace: %w", err)
		}
		one, err := s.Observation(ctx, p, obs, everything())
		if err != nil {
			return fmt.Errorf("read by its id: %w", err)
		}
		if one.TraceID != resolve(p, traceID) {
			return nil // another trace holds the id, with a newer start
		}
		if err := compareFields(want, showObservation(&one)); err != nil {
			return fmt.Errorf("read by its id: %w", err)
		}
		return nil
	}}
}

// foundIn expects that an observation that is asked for by its id comes from the
// given trace.
func foundIn(traceID, obs string) fact {
	return fact{fmt.Sprintf("observation %q by its id", obs), func(ctx context.Context, s telemetry.Store, p id.Project) error {
		o, err := s.Observation(ctx, p, obs, everything())
		if err != nil {
			return err
		}
		if o.TraceID != resolve(p, traceID) {
			return fmt.Errorf("it comes from trace %q, want %q", o.TraceID, resolve(p, traceID))
		}
		return nil
	}}
}

// holdsObservations expects a trace to have exactly these observations, in this order.
func holdsObservations(traceID string, want ...string) fact {
	return fact{fmt.Sprintf("the observations of trace %q", traceID), func(ctx context.Context, s telemetry.Store, p id.Project) error {
		tree, err := s.Trace(ctx, p, resolve(p, traceID), everything())
		if err != nil {
			return err
		}
		if diff := cmp.Diff(append([]string{}, want...), idsOf(tree.Observations)); diff != "" {
			return fmt.Errorf("(-want +got)\n%s", diff)
		}
		return nil
	}}
}

// noTrace expects that there is no such trace.
func noTrace(traceID string) fact {
	return fact{fmt.Sprintf("trace %q is not there", traceID), func(ctx context.Context, s telemetry.Store, p id.Project) error {
		_, err := s.Trace(ctx, p, resolve(p, traceID), everything())
		if !fault.Is(err, fault.NotFound) {
			return fmt.Errorf("got error %w, want not found", err)
		}
		return nil
	}}
}

// listed expects exactly these traces in the list of traces, newest first.
func listed(want ...string) fact {
	return fact{"the list of traces", func(ctx context.Context, s telemetry.Store, p id.Project) error {
		list, err := s.Traces(ctx, p, telemetry.TraceQuery{Limit: 100, Total: true})
		if err != nil {
			return err
		}
		ids := make([]string, len(want))
		for i, w := range want {
			ids[i] = resolve(p, w)
		}
		got := make([]string, len(list.Traces))
		for i, t := range list.Traces {
			got[i] = t.ID
		}
		if diff := cmp.Diff(ids, got); diff != "" || list.Total != len(ids) {
			return fmt.Errorf("total %d; (-want +got)\n%s", list.Total, diff)
		}
		return nil
	}}
}

// observationsListed expects exactly these observations, each as "trace/id", in
// the list of the observations that meet a condition, newest first.
func observationsListed(q telemetry.ObservationQuery, want ...string) fact {
	return fact{"the list of observations", func(ctx context.Context, s telemetry.Store, p id.Project) error {
		q.Limit, q.Total = 100, true
		list, err := s.Observations(ctx, p, q)
		if err != nil {
			return err
		}
		got := []string{}
		for _, o := range list.Observations {
			traceID := o.TraceID
			if traceID == id.TraceOfObservation(p, o.ID) {
				traceID = derived(o.ID)
			}
			got = append(got, traceID+"/"+o.ID)
		}
		if diff := cmp.Diff(append([]string{}, want...), got); diff != "" || list.Total != len(want) {
			return fmt.Errorf("total %d; (-want +got)\n%s", list.Total, diff)
		}
		return nil
	}}
}

// countsUp expects that an engine which can count everything anew from its rows
// comes to the same.
func countsUp() fact {
	type verifier interface {
		Verify(ctx context.Context) error
	}
	return fact{"everything counted anew", func(ctx context.Context, s telemetry.Store, _ id.Project) error {
		if v, ok := s.(verifier); ok {
			return v.Verify(ctx)
		}
		return nil
	}}
}

func idsOf(observations []trace.Observation) []string {
	ids := make([]string, len(observations))
	for i, o := range observations {
		ids[i] = o.ID
	}
	return ids
}

// compareFields compares the fields that are wanted and no others.
func compareFields(want, got fields) error {
	seen := fields{}
	for name := range want {
		v, ok := got[name]
		if !ok {
			return fmt.Errorf("the case names a field %q that nothing shows", name)
		}
		seen[name] = v
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		return fmt.Errorf("(-want +got)\n%s", diff)
	}
	return nil
}
