package telemetrytest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// runClose: closing again does nothing, and a closed store refuses.
func runClose(t *testing.T, h Harness) {
	s := h.Open(t)
	write(t, s, "p", fullRecords()...)
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() { closeStore(t, s) })
	}
	done.Wait()
	closeStore(t, s)
	if err := s.Ping(t.Context()); err == nil {
		t.Error("a closed store answers a ping")
	}
	for name, ask := range methods() {
		if answer, _, err := ask(t.Context(), s, "p"); err == nil {
			t.Errorf("%s of a closed store: %+v", name, answer)
		}
	}
	fresh := h.Open(t)
	closeStore(t, fresh)
}

// runReopen: what was acknowledged is there when the data is opened again, and
// the fold goes on from there as if nothing had happened.
func runReopen(t *testing.T, h Harness) {
	if h.Reopen == nil {
		t.Fatal("the harness cannot reopen a store; skip this topic and say why")
	}
	s := h.Open(t)
	model := NewReference(fold.DefaultRules())
	const runs = 25
	histories := make([]history, runs)
	projects := func(run int) []id.Project { return []id.Project{id.Project(fmt.Sprint("history ", run))} }
	for run := range histories {
		histories[run] = rapid.Custom(func(t *rapid.T) history { return drawHistory(t, projects(run)...) }).Example(run)
	}
	write(t, s, "full", fullRecords()...)
	full, err := s.Trace(t.Context(), "full", "T", everything())
	if err != nil {
		t.Fatal(err)
	}
	const parts = 3
	for part := range parts {
		for _, hist := range histories {
			for _, c := range hist[len(hist)*part/parts : len(hist)*(part+1)/parts] {
				for _, store := range []telemetry.Store{model, s} {
					if err := c.do(t.Context(), store); err != nil {
						t.Fatalf("%v\n%v", err, hist)
					}
				}
			}
		}
		s = h.Reopen(t, s)
		for run, hist := range histories {
			for _, p := range projects(run) {
				q := questions{
					parts: everything(), traces: someTraces(), observations: someObservations(),
					traceLists: []telemetry.TraceQuery{{Limit: 50, Total: true, Parts: everything()}}, lists: []telemetry.ObservationQuery{{Limit: 50, Total: true, Parts: everything()}},
					scores: someScores(), scoreLists: []telemetry.ScoreQuery{{Limit: 50, Total: true, Trace: true}},
					sessions: someTexts(), sessionLists: []telemetry.SessionQuery{{Limit: 50, Total: true}},
				}
				for _, obs := range someObservations() {
					q.traces = append(q.traces, id.TraceOfObservation(p, obs))
				}
				if err := compareAnswers(t.Context(), model, s, p, q); err != nil {
					t.Fatalf("opened again after part %d of %d: %v\n%v", part+1, parts, err, hist)
				}
			}
		}
		again, err := s.Trace(t.Context(), "full", "T", everything())
		if diff := cmp.Diff(full, again, sameWithTimes()); diff != "" || err != nil {
			t.Errorf("opened again: %v (-before +after)\n%s", err, diff)
		}
	}

	// Closing finishes what writes have begun.
	var done sync.WaitGroup
	var acknowledged [32]atomic.Bool
	begun := make(chan struct{}, len(acknowledged))
	for i := range acknowledged {
		done.Go(func() {
			begun <- struct{}{}
			if err := s.Write(t.Context(), "closing", []fold.Record{create(fmt.Sprint("t", i), "a", 1), create(fmt.Sprint("t", i), "b", 2)}); err == nil {
				acknowledged[i].Store(true)
			}
		})
	}
	for range cap(begun) {
		<-begun
	}
	closeStore(t, s)
	done.Wait()
	s = h.Reopen(t, s)
	for i := range acknowledged {
		tree, err := s.Trace(t.Context(), "closing", fmt.Sprint("t", i), telemetry.Parts{})
		if n := len(tree.Observations); acknowledged[i].Load() && (err != nil || n != 2) || n == 1 {
			t.Errorf("%d of 2 observations are there, acknowledged: %v, %v", n, acknowledged[i].Load(), err)
		}
	}
	closeStore(t, s)
}
