package telemetrytest

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// runParts asks for each combination of parts; what is not asked for is not
// there, the rest is what comes with everything().
func runParts(t *testing.T, h Harness) {
	const p id.Project = "p"
	s := h.Open(t)
	defer closeStore(t, s)
	model := NewReference(fold.DefaultRules())
	for _, store := range []telemetry.Store{model, s} {
		write(t, store, p, fullRecords()...)
		write(t, store, p, span("T2", "r", 5, 6, io(fold.Input, `"i"`), io(fold.Output, `"o"`), meta(`{"k":1}`), text(fold.Raw, `{"r":1}`)), traceCreate("T3", 7), judge("r", 8, of("T2"), on("r"), number("x", 1)))
	}
	for bits := range 32 {
		parts := telemetry.Parts{IO: bits&1 > 0, Metadata: bits&2 > 0, Observations: bits&4 > 0, Raw: bits&8 > 0, Scores: bits&16 > 0}
		if err := compareAnswers(t.Context(), model, s, p, questions{
			traces: []string{"T", "T2", "T3"}, observations: []string{"g", "r"}, parts: parts,
			traceLists: []telemetry.TraceQuery{{Limit: 5, Parts: parts}}, lists: []telemetry.ObservationQuery{{Limit: 10, Parts: parts}},
		}); err != nil {
			t.Error(err)
		}
		list, err := s.Traces(t.Context(), p, telemetry.TraceQuery{Limit: 5, Parts: parts})
		if err != nil || parts.Observations && len(list.ObservationIDs) != 3 || !parts.Observations && list.ObservationIDs != nil {
			t.Errorf("%+v: ids of observations %q, %v", parts, list.ObservationIDs, err)
		}
		if parts.Scores && len(list.ScoreIDs) != 3 || !parts.Scores && list.ScoreIDs != nil {
			t.Errorf("%+v: ids of scores %q", parts, list.ScoreIDs)
		}
	}
}

// runStablePages inserts rows everywhere between two pages and expects every row
// that was there at the start once, in order, and none twice.
func runStablePages(t *testing.T, h Harness) {
	s := h.Open(t)
	defer closeStore(t, s)
	var old []fold.Record
	var want []string
	for i := range 40 {
		obs := fmt.Sprintf("old%02d", i)
		old = append(old, create(fmt.Sprintf("t%d", i%3), obs, trace.Micros(i), start(trace.Micros(i/2*10))))
		want = append(want, obs)
	}
	walk := func(t *testing.T, p id.Project, between func(page int)) {
		var got []string
		times := map[telemetry.Position]bool{}
		var last *telemetry.Position
		q := telemetry.ObservationQuery{Limit: 3}
		for n := 0; ; n++ {
			list, err := s.Observations(t.Context(), p, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range list.Observations {
				at := positionOf(&o)
				if times[at] || last != nil && comparePositions(*last, at) >= 0 {
					t.Errorf("%+v comes again, or out of order after %+v", at, last)
				}
				times[at], last = true, &at
				if len(o.ID) == len("old00") && o.ID[:3] == "old" {
					got = append(got, o.ID)
				}
			}
			if list.Next == nil {
				break
			}
			q.After = list.Next
			between(n)
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the rows that were there (-want +got)\n%s", diff)
		}
	}

	write(t, s, "steps", old...)
	walk(t, "steps", func(n int) {
		if n > 12 {
			return // or the pages never end
		}
		for _, at := range []trace.Micros{-5, 0, 55, 100, 105, 190, 1000} {
			write(t, s, "steps", create(fmt.Sprintf("t%d", n%4), fmt.Sprintf("new%d at %d", n, at), at, start(at)))
		}
	})

	write(t, s, "at once", old...)
	stop, done := make(chan struct{}), sync.WaitGroup{}
	for w := range 3 {
		done.Go(func() {
			for i := range 60 {
				select {
				case <-stop:
					return
				default:
				}
				at := trace.Micros(i*13%250 - 20)
				if err := s.Write(t.Context(), "at once", []fold.Record{create("t1", fmt.Sprintf("new%d-%d", w, i), at, start(at))}); err != nil {
					t.Errorf("write: %v", err)
				}
			}
		})
	}
	walk(t, "at once", func(int) {})
	close(stop)
	done.Wait()
}
