package telemetrytest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// runAbsorbed: what the vectors about absorbed ids cannot say: times of creation,
// lists, and that an alias lasts.
func runAbsorbed(t *testing.T, h Harness) {
	s := h.Open(t)
	created := func(traceID string) trace.Micros {
		t.Helper()
		tree, err := s.Trace(t.Context(), "p", traceID, telemetry.Parts{})
		if err != nil {
			t.Fatal(err)
		}
		return tree.Trace.CreatedAt
	}
	write(t, s, "p", create("X", "x", 1, text(fold.Name, "x")))
	write(t, s, "p", traceCreate("T", 2, text(fold.SessionID, "s")), create("T", "t", 3))
	write(t, s, "p", create("Y", "y", 4), judge("of y", 5, of("Y"), number("x", 1)))
	older := created("X")
	tree, err := s.Trace(t.Context(), "p", "X", everything())
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, "p", traceCreate("T", 6, absorbs("X")), traceCreate("T", 7, absorbs("Y")))
	facts := []fact{
		listed("T"), holdsObservations("T", "x", "t", "y"), judgedBy("T", "of y"), sessionShows("s", "default"), traceShows("X", fields{"id": "T"}), traceShows("Y", fields{"id": "T", "observations": "3"}),
	}
	check := func(when string) {
		t.Helper()
		for _, f := range facts {
			if err := f.check(t.Context(), s, "p"); err != nil {
				t.Errorf("%s: %s: %v", when, f.name, err)
			}
		}
		if now := created("T"); now != older {
			t.Errorf("%s: the trace is created %d, the older of both was %d", when, now, older)
		}
	}
	check("absorbed")
	x, err := s.Observation(t.Context(), "p", "x", everything())
	if err != nil || x.CreatedAt != tree.Observations[0].CreatedAt || x.TraceID != "T" {
		t.Errorf("an observation that moved: created %d, was %d, in trace %q, %v", x.CreatedAt, tree.Observations[0].CreatedAt, x.TraceID, err)
	}
	sc, err := s.Score(t.Context(), "p", "of y")
	if err != nil {
		t.Fatal(err)
	}
	absorbsAnywhere(t, s)
	// A project beside it knows nothing of this.
	write(t, s, "beside", create("X", "x", 1), create("T", "t", 2))
	facts = append(facts, fact{"the project beside it", func(ctx context.Context, s telemetry.Store, _ id.Project) error {
		return listed("T", "X").check(ctx, s, "beside")
	}})
	check("beside another project")
	if h.Reopen == nil {
		closeStore(t, s)
		return
	}
	s = h.Reopen(t, s)
	defer func() { closeStore(t, s) }()
	check("opened again")
	again, err := s.Score(t.Context(), "p", "of y")
	if diff := cmp.Diff(sc, again, sameWithTimes()); diff != "" || err != nil {
		t.Errorf("a score, opened again: %v (-before +after)\n%s", err, diff)
	}
	write(t, s, "p", traceCreate("U", 8, absorbs("X"), text(fold.Name, "u")), update("Y", "y", 9, text(fold.Name, "said of the alias")), judge("of x", 10, of("X")))
	for _, f := range []fact{
		listed("U", "T"), traceShows("X", fields{"id": "T", "name": none}), observationShows("T", "y", fields{"name": "said of the alias"}), scoreShows("of x", fields{"trace": "T"}),
	} {
		if err := f.check(t.Context(), s, "p"); err != nil {
			t.Errorf("written after that: %s: %v", f.name, err)
		}
	}
}

// absorbsAnywhere: where the absorbing record stands in its call does not matter,
// for a record either that goes to the newest of several.
func absorbsAnywhere(t *testing.T, s telemetry.Store) {
	t.Helper()
	said := map[string][]string{}
	for _, where := range []int{0, 2, 4} {
		p := id.Project(fmt.Sprint("absorbing record at ", where))
		call := []fold.Record{create("A", "g", 1, start(50)), create("B", "g", 2, start(90)), create("C", "g", 3, start(70)), update("", "g", 4, text(fold.Name, "n"))}
		write(t, s, p, slices.Insert(call, where, traceCreate("A", 5, absorbs("B")))...)
		list, err := s.Observations(t.Context(), p, telemetry.ObservationQuery{Where: filter.All{filter.Equals(filter.Name, "n")}, Limit: 10})
		if err != nil || len(list.Observations) != 1 {
			t.Fatalf("%d observations have the name, %v", len(list.Observations), err)
		}
		traceID := list.Observations[0].TraceID
		said[traceID] = append(said[traceID], string(p))
	}
	if len(said) != 1 {
		t.Errorf("a record without a trace goes to a trace that depends on more than the call: %q", said)
	}
}
