package telemetrytest

import (
	"context"
	"maps"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// methods are all methods of a store that ask about a project, by name, called
// for trace "T", observation "g", score "s" and session "ts". Each returns what
// came back, and whether that is nothing. Those that write come back with nothing.
func methods() map[string]func(ctx context.Context, s telemetry.Store, p id.Project) (answer any, nothing bool, err error) {
	type result = func(ctx context.Context, s telemetry.Store, p id.Project) (any, bool, error)
	return map[string]result{
		"Write": func(ctx context.Context, s telemetry.Store, p id.Project) (any, bool, error) {
			return nil, true, s.Write(ctx, p, []fold.Record{create("T", "g", 9, text(fold.Name, string(p)))})
		},
		"DeleteScore": func(ctx context.Context, s telemetry.Store, p id.Project) (any, bool, error) {
			return nil, true, s.DeleteScore(ctx, p, "s")
		},
		"Score": func(ctx context.Context, s telemetry.Store, p id.Project) (any, bool, error) {
			sc, err := s.Score(ctx, p, "s")
			if fault.Is(err, fault.NotFound) {
				return nil, true, nil
			}
			return sc, false, err
		},
		"Scores": func(ctx context.Context, s telemetry.Store, p id.Project) (any, bool, error) {
			list, err := s.Scores(ctx, p, telemetry.ScoreQuery{Limit: 10, Total: true, Trace: true})
			return list, len(list.Scores)+list.Total == 0, err
		},
		"Session": func(ctx context.Context, s telemetry.Store, p id.Project) (any, bool, error) {
			session, err := s.Session(ctx, p, "ts")
			if fault.Is(err, fault.NotFound) {
				return nil, true, nil
			}
			return session, false, err
		},
		"Sessions": func(ctx context.Context, s telemetry.Store, p id.Project) (any, bool, error) {
			list, err := s.Sessions(ctx, p, telemetry.SessionQuery{Limit: 10, Total: true})
			return list, len(list.Sessions)+list.Total == 0, err
		},
		"Trace": func(ctx context.Context, s telemetry.Store, p id.Project) (any, bool, error) {
			tree, err := s.Trace(ctx, p, "T", everything())
			if fault.Is(err, fault.NotFound) {
				return nil, true, nil
			}
			return tree, false, err
		},
		"Observation": func(ctx context.Context, s telemetry.Store, p id.Project) (any, bool, error) {
			o, err := s.Observation(ctx, p, "g", everything())
			if fault.Is(err, fault.NotFound) {
				return nil, true, nil
			}
			return o, false, err
		},
		"Traces": func(ctx context.Context, s telemetry.Store, p id.Project) (any, bool, error) {
			list, err := s.Traces(ctx, p, telemetry.TraceQuery{Limit: 10, Total: true, Parts: everything()})
			return list, len(list.Traces)+list.Total == 0, err
		},
		"Observations": func(ctx context.Context, s telemetry.Store, p id.Project) (any, bool, error) {
			list, err := s.Observations(ctx, p, telemetry.ObservationQuery{Limit: 10, Total: true, Parts: everything()})
			return list, len(list.Observations)+list.Total == 0, err
		},
	}
}

// runIsolation: what one project writes, no other sees or changes, by any method.
func runIsolation(t *testing.T, h Harness) {
	s := h.Open(t)
	defer closeStore(t, s)
	all := methods()
	for m := range reflect.TypeFor[telemetry.Store]().Methods() {
		if _, ok := all[m.Name]; !ok && m.Name != "Ping" && m.Name != "Close" {
			t.Errorf("no case says that %s keeps projects apart", m.Name)
		}
	}

	reading := maps.Clone(all)
	delete(reading, "Write")
	delete(reading, "DeleteScore")
	write(t, s, "one", append(fullRecords(), traceCreate("T", 5_000_000, absorbs("X")))...)
	for name, ask := range reading {
		if _, nothing, err := ask(t.Context(), s, "one"); err != nil || nothing {
			t.Errorf("%s shows nothing of what is there: %v", name, err)
		}
		for _, other := range []id.Project{"two", "One", "one ", "on", "one\x00", "", "%", "'"} {
			if answer, nothing, err := ask(t.Context(), s, other); err != nil || !nothing {
				t.Errorf("%s shows to project %q what another has: %+v, %v", name, other, answer, err)
			}
		}
	}
	before := map[string]any{}
	for name, ask := range reading {
		before[name], _, _ = ask(t.Context(), s, "one")
	}
	// The same ids in another project, with and without a trace, moved there too.
	write(t, s, "two", update("", "g", 99_000_000, text(fold.Name, "two")), traceCreate("T", 99_000_000, text(fold.Name, "two"), tags("two")))
	write(t, s, "two", create("T", "g", 99_000_001, text(fold.UserID, "two"), text(fold.Environment, "two")))
	write(t, s, "two", update("", "g", 99_000_002, text(fold.Model, "two")), span("T", "r", 0, 99_000_003, text(fold.Name, "two")))
	// Scores, sessions and aliases of the same ids too.
	write(t, s, "two", judge("s", 99_000_004, of("T"), number("two", 2)), judge("gone", 99_000_005, of("T")), traceCreate("T", 99_000_006, text(fold.SessionID, "ts")))
	write(t, s, "two", traceCreate("Y", 99_000_007, absorbs("X")), traceCreate("Z", 99_000_008, absorbs("T")))
	for _, scoreID := range []string{"s", "gone"} {
		if err := s.DeleteScore(t.Context(), "two", scoreID); err != nil {
			t.Error(err)
		}
	}
	write(t, s, "two", judge("s", 99_000_009, of("T"), number("two", 3)))
	for name, ask := range reading {
		after, _, err := ask(t.Context(), s, "one")
		if diff := cmp.Diff(before[name], after, sameWithTimes()); diff != "" || err != nil {
			t.Errorf("another project changed what %s shows: %v (-before +after)\n%s", name, err, diff)
		}
	}
	for name, f := range map[string]fact{
		"trace":       traceShows("T", fields{"id": "Z", "name": "two", "tags": "two", "observations": "2", "environment": "two", "user": none}),
		"observation": observationShows("Z", "g", fields{"name": "two", "user": "two", "model": "two", "input": none}),
		"score":       scoreShows("s", fields{"trace": "Z", "number": "3", "comment": none}),
		"scores":      scoresListed(nil, "s"),
		"session":     sessionShows("ts", "two"),
		"alias":       traceShows("X", fields{"id": "Y"}),
	} {
		if err := f.check(t.Context(), s, "two"); err != nil {
			t.Errorf("%s of the other project: %v", name, err)
		}
	}
}
