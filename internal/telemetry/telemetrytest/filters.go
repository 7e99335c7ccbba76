package telemetrytest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// runFilters asks with every condition alone, and with every condition beside
// one of another field.
func runFilters(t *testing.T, h Harness) {
	const p id.Project = "p"
	model, s := openCatalogue(t, h, p)
	defer closeStore(t, s)
	texts := map[filter.Field][]string{
		filter.TraceID: {"t00", "t07", "T07", ""}, filter.Environment: {"default", "prod", "own", "Prod"}, filter.Tags: {"x", "y", "z", "X"},
		filter.ObservationID: {"o0", "o2", "O0"}, filter.ParentObservationID: {"o0", "o1"},
	}
	conditions := func(fields []filterable) filter.All {
		var all filter.All
		for _, f := range fields {
			values := f.texts
			if v, ok := texts[f.field]; ok {
				values = v
			} else if f.field != filter.Type && f.field != filter.Level {
				values = []string{"a", "b", "u", "U", "own", ""}
			}
			for _, op := range f.ops {
				switch op {
				case filter.AnyOf, filter.AllOf:
					for i, v := range values {
						all = append(all, filter.Condition{Field: f.field, Op: op, Texts: []string{v}}, filter.Condition{Field: f.field, Op: op, Texts: []string{v, values[(i+1)%len(values)], v}})
					}
					if op == filter.AnyOf {
						all = append(all, filter.Condition{Field: f.field, Op: op})
					}
				case filter.From, filter.Before:
					for ms := range trace.Micros(6) {
						all = append(all, filter.Condition{Field: f.field, Op: op, Time: ms * 1000})
					}
				case filter.Is:
					all = append(all, filter.Condition{Field: f.field, Op: op}, filter.Condition{Field: f.field, Op: op, Bool: true})
				default:
					all = append(all, filter.Condition{Field: f.field, Op: op})
				}
			}
		}
		return all
	}
	ask := func(q questions) {
		t.Helper()
		if err := compareAnswers(t.Context(), model, s, p, q); err != nil {
			t.Error(err)
		}
	}
	ofTraces, ofObservations := conditions(traceFilters()), conditions(observationFilters())
	for i, c := range ofTraces {
		other := ofTraces[(i*37+11)%len(ofTraces)]
		ask(questions{traceLists: []telemetry.TraceQuery{{Where: filter.All{c}, Limit: 100, Total: true}, {Where: filter.All{c, other}, Limit: 3, Offset: 1, Total: true}}})
	}
	for i, c := range ofObservations {
		if err := compareWalks(t, model, s, p, filter.All{c}, 1+i%5); err != nil {
			t.Error(err)
		}
		other := ofObservations[(i*37+11)%len(ofObservations)]
		ask(questions{lists: []telemetry.ObservationQuery{{Where: filter.All{c}, Limit: 100, Total: true}, {Where: filter.All{c, other}, Limit: 3, Offset: 1, Total: true}}})
	}
}

// runTimes pins how times are kept and compared: in microseconds, and by
// conditions in the milliseconds that are shown, from year 1 to 9999.
func runTimes(t *testing.T, h Harness) {
	s := h.Open(t)
	defer closeStore(t, s)
	for name, base := range map[string]trace.Micros{
		"now": 1_700_000_000_123_000, "the epoch": 0, "before the epoch": -1_000_000_000_000, "year 1": trace.MinMicros + 10_000, "year 9999": trace.MaxMicros - 9_999,
	} {
		p := id.Project(name)
		var want []string
		for i, d := range []trace.Micros{-1001, -1000, -999, -1, 0, 1, 999, 1000, 1001} {
			traceID := string(rune('a' + i))
			write(t, s, p, traceCreate(traceID, base+d), create(traceID, traceID, base+d, end(base+d+1)))
			want = append([]string{traceID}, want...)
			tree, err := s.Trace(t.Context(), p, traceID, telemetry.Parts{})
			if err != nil || tree.Trace.Timestamp != base+d || tree.Observations[0].Start != base+d || *tree.Observations[0].End != base+d+1 {
				t.Errorf("%s: written at %d, read %+v, %v", name, base+d, tree, err)
			}
		}
		check := func(what string, where filter.All, want []string) {
			t.Helper()
			traces, err := s.Traces(t.Context(), p, telemetry.TraceQuery{Where: where, Limit: 20, Total: true})
			if err != nil {
				t.Fatal(err)
			}
			observations, err := s.Observations(t.Context(), p, telemetry.ObservationQuery{Where: where, Limit: 20, Total: true})
			if err != nil {
				t.Fatal(err)
			}
			var ofTraces []string
			for _, tr := range traces.Traces {
				ofTraces = append(ofTraces, tr.ID)
			}
			if diff := cmp.Diff(want, ofTraces, same()); diff != "" || traces.Total != len(want) {
				t.Errorf("%s, %s: traces (-want +got)\n%s", name, what, diff)
			}
			if diff := cmp.Diff(want, idsOf(observations.Observations), same()); diff != "" || observations.Total != len(want) {
				t.Errorf("%s, %s: observations (-want +got)\n%s", name, what, diff)
			}
		}
		from := filter.Condition{Field: filter.Timestamp, Op: filter.From, Time: base}
		before := filter.Condition{Field: filter.Timestamp, Op: filter.Before, Time: base}
		later := filter.Condition{Field: filter.Timestamp, Op: filter.Before, Time: base + 1000}
		check("all", nil, want)
		check("from", filter.All{from}, want[:5])
		check("before", filter.All{before}, want[5:])
		check("one millisecond", filter.All{from, later}, want[2:5])
		check("none", filter.All{from, before}, nil)
	}
}
