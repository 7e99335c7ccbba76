package sqlite_test

import (
	"fmt"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func write(t *testing.T, s *sqlite.Store, p id.Project, records ...fold.Record) {
	t.Helper()
	if err := s.Write(t.Context(), p, records); err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, s *sqlite.Store) {
	t.Helper()
	if err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func traceIDs(t *testing.T, s *sqlite.Store, p id.Project) []string {
	t.Helper()
	list, err := s.Traces(t.Context(), p, telemetry.TraceQuery{Limit: 1000, Order: telemetry.Order{Field: filter.TraceID}})
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, tr := range list.Traces {
		ids = append(ids, tr.ID)
	}
	return ids
}

// TestMoves lets an observation without a trace find one, in every way of cutting
// what arrives into calls, and checks each time that its derived trace has left
// nothing behind that should not be there.
func TestMoves(t *testing.T) {
	t.Parallel()
	derived := id.TraceOfObservation("p", "o")
	named := func(traceID string) fold.Record { return observation(traceID, "o", "named") }
	untraced := observation("", "o", "untraced")
	untraced.Set(fold.Usage, fold.Map(trace.Amounts{{Name: "input", N: 7}}))
	explicit := fold.Record{Kind: fold.Trace, TraceID: derived, ID: derived, Time: 3, Tags: []string{"x"}}
	explicit.Set(fold.Input, fold.Text("i"))
	neighbour := observation(derived, "neighbour", "n")

	tests := map[string]struct {
		records []fold.Record
		want    []string // traces
		home    string   // of the observation
	}{
		"moves, and nothing is left":                {[]fold.Record{untraced, named("t")}, []string{"t"}, "t"},
		"a trace record keeps the derived trace":    {[]fold.Record{untraced, explicit, named("zz")}, []string{derived, "zz"}, "zz"},
		"another observation keeps it":              {[]fold.Record{untraced, neighbour, named("zz")}, []string{derived, "zz"}, "zz"},
		"a record names the derived trace":          {[]fold.Record{untraced, named(derived), named("zz")}, []string{derived, "zz"}, "zz"},
		"moves twice, by turns":                     {[]fold.Record{untraced, named("t"), untraced, named("t")}, []string{"t"}, "t"},
		"moves into a trace that is there":          {[]fold.Record{observation("t", "a", ""), untraced, named("t")}, []string{"t"}, "t"},
		"the record without a trace comes second":   {[]fold.Record{named("t"), untraced}, []string{"t"}, "t"},
		"the derived trace comes back, for another": {[]fold.Record{untraced, named("t"), neighbour}, []string{derived, "t"}, "t"},
	}
	for name, tt := range tests {
		for _, cfg := range []sqlite.Config{{}, sqlite.Config{}.Small()} {
			for cuts := range 1 << (len(tt.records) - 1) {
				t.Run(fmt.Sprintf("%s/%d/%d", name, cfg.CacheBytes, cuts), func(t *testing.T) {
					t.Parallel()
					s := open(t, cfg)
					var call []fold.Record
					for i, r := range tt.records {
						call = append(call, r)
						if cuts>>i&1 == 1 || i == len(tt.records)-1 {
							write(t, s, "p", call...)
							verify(t, s)
							call = nil
						}
					}
					want := map[string]bool{}
					for _, w := range tt.want {
						want[w] = true
					}
					got := traceIDs(t, s, "p")
					for _, g := range got {
						if !want[g] {
							t.Errorf("trace %q is there", g)
						}
					}
					if len(got) != len(want) {
						t.Errorf("traces %q, want %q", got, tt.want)
					}
					o, err := s.Observation(t.Context(), "p", "o", telemetry.Parts{IO: true})
					if err != nil || o.TraceID != tt.home {
						t.Errorf("it lives in %q, want %q; error %v", o.TraceID, tt.home, err)
					}
				})
			}
		}
	}
}

// TestManyWithoutATrace has more observations without a trace than are remembered.
func TestManyWithoutATrace(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{}.Small())
	for i := range 12 {
		write(t, s, "p", observation("", fmt.Sprint("o", i), "x"))
	}
	for i := range 12 {
		write(t, s, "p", observation("t", fmt.Sprint("o", i), "y"))
	}
	verify(t, s)
	if got := traceIDs(t, s, "p"); len(got) != 1 {
		t.Errorf("traces %q", got)
	}
}

// TestManyRows fills extents and buckets; four rows are an extent here.
func TestManyRows(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{}.Small())
	var want []string
	for i := range 50 {
		o := fmt.Sprintf("o%02d", i)
		want = append(want, o)
		write(t, s, "p", observation("t", o, o), observation(fmt.Sprint("u", i%3), o, o))
	}
	verify(t, s)
	tree, err := s.Trace(t.Context(), "p", "t", telemetry.Parts{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range tree.Observations {
		got = append(got, o.ID)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || tree.Trace.Sums.Observations != 50 {
		t.Errorf("observations %q, sums %+v", got, tree.Trace.Sums)
	}
	list, err := s.Observations(t.Context(), "p", telemetry.ObservationQuery{
		Where: filter.All{filter.Equals(filter.TraceID, "t")}, Limit: 100, Total: true,
	})
	if err != nil || list.Total != 50 || len(list.Observations) != 50 {
		t.Errorf("%d of %d observations, %v", len(list.Observations), list.Total, err)
	}
	for _, o := range want {
		list, err := s.Observations(t.Context(), "p", telemetry.ObservationQuery{
			Where: filter.All{{Field: filter.ObservationID, Op: filter.AnyOf, Texts: []string{o, o}}}, Limit: 100, Total: true,
		})
		if err != nil || list.Total != 2 || len(list.Observations) != 2 {
			t.Errorf("%s: %d of %d observations, %v", o, len(list.Observations), list.Total, err)
		}
	}
	traces, err := s.Traces(t.Context(), "p", telemetry.TraceQuery{
		Where: filter.All{filter.Equals(filter.TraceID, "t")}, Limit: 1, Parts: telemetry.Parts{Observations: true},
	})
	if err != nil || fmt.Sprint(traces.ObservationIDs) != fmt.Sprint([][]string{want}) {
		t.Errorf("ids %q, %v", traces.ObservationIDs, err)
	}
	// All of it again changes nothing.
	before := dump(t, s, "p")
	for _, o := range want {
		write(t, s, "p", observation("t", o, o))
	}
	if after := dump(t, s, "p"); after != before {
		t.Error("sending it again changed something")
	}
	verify(t, s)
}

func TestObservationOfAnotherProject(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{}.Small())
	write(t, s, "p", observation("t", "o", "x"))
	write(t, s, "q", observation("u", "x", "x"))
	if _, err := s.Observation(t.Context(), "q", "o", telemetry.Parts{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want not found", err)
	}
	write(t, s, "q", observation("", "o", "y"))
	verify(t, s)
	if got := traceIDs(t, s, "q"); len(got) != 2 {
		t.Errorf("traces %q", got)
	}
}
