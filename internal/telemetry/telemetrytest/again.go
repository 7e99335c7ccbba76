package telemetrytest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// runAtomic: a call of which one record cannot be kept stores none.
func runAtomic(t *testing.T, h Harness) {
	s := h.Open(t)
	defer closeStore(t, s)
	if err := s.Write(t.Context(), "p", nil); err != nil {
		t.Errorf("nothing to write: %v", err)
	}
	good := func(n string) fold.Record { return create("T", n, 5, text(fold.Name, n)) }
	for _, kind := range []fold.Kind{fold.Session, fold.Kind(200)} {
		bad := fold.Record{Kind: kind, TraceID: "T", ID: "x", Time: 5}
		for where, records := range map[string][]fold.Record{
			"first": {bad, good("a"), good("b")}, "in the middle": {good("a"), bad, good("b")}, "last": {good("a"), good("b"), bad},
			"with scores": {judge("s", 5, of("before")), bad, judge("t", 5)}, "with an id to absorb": {traceCreate("T", 5, absorbs("before")), bad},
		} {
			p := id.Project(fmt.Sprintf("kind %d %s", kind, where))
			write(t, s, p, traceCreate("before", 1))
			err := s.Write(t.Context(), p, clone(records))
			if !fault.Is(err, fault.Unsupported) {
				t.Errorf("a record of kind %d, %s: %v, want unsupported", kind, where, err)
			}
			for _, f := range []fact{listed("before"), traceShows("before", fields{"id": "before"}), scoresListed(nil)} {
				if err := f.check(t.Context(), s, p); err != nil {
					t.Errorf("a record of kind %d, %s: something was stored: %v", kind, where, err)
				}
			}
			write(t, s, p, good("a"))
			if err := listed("T", "before").check(t.Context(), s, p); err != nil {
				t.Errorf("after a refused call: %v", err)
			}
		}
	}

	// Calls that share a commit each get their own result.
	var done sync.WaitGroup
	for i := range 32 {
		done.Go(func() {
			records := []fold.Record{create("T", fmt.Sprint(i), trace.Micros(i))}
			if i%4 == 0 {
				records = append(records, fold.Record{Kind: fold.Kind(200), TraceID: "T", ID: "x"})
			}
			if err := s.Write(t.Context(), "side by side", records); fault.Is(err, fault.Unsupported) != (i%4 == 0) {
				t.Errorf("call %d beside others: %v", i, err)
			}
		})
	}
	done.Wait()
	if err := traceShows("T", fields{"observations": "24"}).check(t.Context(), s, "side by side"); err != nil {
		t.Error(err)
	}
}

// runSentAgain: writing the same records again changes nothing, updated times
// included.
func runSentAgain(t *testing.T, h Harness) {
	const p id.Project = "p"
	s := h.Open(t)
	defer closeStore(t, s)
	records := append(fullRecords(),
		update("T", "g", 4_500_000, text(fold.Name, "later"), meta(`{"k":{"x":1}}`)), traceCreate("T", 5_000_000, null(fold.UserID), untag("a")),
		update("", "lone", 3, text(fold.Name, "lone")), update("", "moved", 4, text(fold.Name, "moved")), create("M", "moved", 5),
		judge("s", 5_000_000, number("x", 2), null(fold.Comment), meta(`{"k":{"x":1}}`)), judge("s", 1, of("later"), text(fold.Environment, "later")),
		create("alias", "under", 6), traceCreate("alias", 7, text(fold.UserID, "alias")), judge("of the alias", 8, of("alias"), number("x", 1)), traceCreate("M", 9, absorbs("alias")),
		update("alias", "under", 10, text(fold.Name, "said of the alias")), traceCreate("alias", 11, tags("alias")))
	for _, r := range records {
		write(t, s, p, r)
	}
	read := func() map[string]any {
		out := map[string]any{}
		for _, traceID := range []string{"T", "M", id.TraceOfObservation(p, "lone")} {
			tree, err := s.Trace(t.Context(), p, traceID, everything())
			if err != nil {
				t.Fatal(err)
			}
			out[traceID] = tree
		}
		for _, scoreID := range []string{"s", "of the alias"} {
			sc, err := s.Score(t.Context(), p, scoreID)
			if err != nil {
				t.Fatal(err)
			}
			out["score "+scoreID] = sc
		}
		sessions, err := s.Sessions(t.Context(), p, telemetry.SessionQuery{Limit: 10, Total: true})
		if err != nil || sessions.Total != 1 {
			t.Fatalf("%d sessions, %v", sessions.Total, err)
		}
		out["sessions"] = sessions
		return out
	}
	// The engine's clock has to move, or an update would not show.
	tick := func() trace.Micros {
		t.Helper()
		newest := func() trace.Micros {
			o, err := s.Observation(t.Context(), "clock", "c", telemetry.Parts{})
			if err != nil {
				t.Fatal(err)
			}
			return o.UpdatedAt
		}
		write(t, s, "clock", create("c", "c", 0))
		first := newest()
		for i := 1; i < 5000; i++ {
			write(t, s, "clock", update("c", "c", trace.Micros(i), text(fold.Name, fmt.Sprint(i, time.Now()))))
			if now := newest(); now > first {
				return now
			}
		}
		t.Fatal("the updated time of an observation never moves")
		return 0
	}
	before := read()
	tick()
	for how, calls := range map[string][][]fold.Record{
		"one by one": slices.Collect(slices.Chunk(records, 1)), "at once": {records}, "in reverse": {reversed(records)}, "a part": {records[2:5]},
		"a record twice": {{records[0], records[0]}},
	} {
		for _, call := range calls {
			write(t, s, p, call...)
		}
		if diff := cmp.Diff(before, read(), sameWithTimes()); diff != "" {
			t.Errorf("sent again, %s (-before +after)\n%s", how, diff)
		}
	}

	// A change moves the updated time, never the created time.
	old := before["T"].(trace.Tree).Observations[0]
	write(t, s, p, update("T", old.ID, 9_000_000, text(fold.Name, "changed")))
	o, err := s.Observation(t.Context(), p, old.ID, everything())
	if err != nil || o.CreatedAt != old.CreatedAt || o.UpdatedAt <= old.UpdatedAt {
		t.Errorf("after a change: created %d, was %d; updated %d, was %d; %v", o.CreatedAt, old.CreatedAt, o.UpdatedAt, old.UpdatedAt, err)
	}
	oldScore := before["score s"].(score.Score)
	write(t, s, p, judge("s", 9_000_000, text(fold.Comment, "changed")))
	sc, err := s.Score(t.Context(), p, "s")
	if err != nil || sc.CreatedAt != oldScore.CreatedAt || sc.UpdatedAt <= oldScore.UpdatedAt || opt(sc.Comment) != "changed" {
		t.Errorf("after a change: a score created %d, was %d; updated %d, was %d; %v", sc.CreatedAt, oldScore.CreatedAt, sc.UpdatedAt, oldScore.UpdatedAt, err)
	}
}

func reversed(records []fold.Record) []fold.Record {
	out := slices.Clone(records)
	slices.Reverse(out)
	return out
}
