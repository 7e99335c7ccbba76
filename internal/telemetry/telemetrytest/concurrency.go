package telemetrytest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// runConcurrency: many writers lose nothing of each other, on one trace, on one
// observation, and where an observation moves while others write to it.
func runConcurrency(t *testing.T, h Harness) {
	const p, writers, calls = id.Project("p"), 16, 8
	s := h.Open(t)
	defer closeStore(t, s)
	model := NewReference(fold.DefaultRules())
	var all [writers][][]fold.Record
	for w := range writers {
		for i := range calls {
			n := w*calls + i
			at := trace.Micros(1000 + (n*7919)%5000) // times and places of their own
			name := fmt.Sprintf("%d-%d", w, i)
			call := []fold.Record{
				create("shared", name, at, usage(map[string]int64{"input": int64(n), "output": 1}), text(fold.Level, string(trace.Levels()[n%4])), start(trace.Micros(n))),
				traceCreate("shared", at, tags("tag "+name), meta(`{"`+name+`":1,"w":{"`+fmt.Sprint(w)+`":`+fmt.Sprint(i)+`}}`)),
				update("shared", "one", at, text(fold.Name, name), meta(`{"`+name+`":{"x":1}}`)),
				span("shared", "span "+name, trace.Micros(5000-n), at, text(fold.Name, name), meta(`{"root":{"`+name+`":1}}`)),
				update("", "late "+fmt.Sprint(i), at, meta(`{"`+name+`":1}`)),
				update("shared", "of both", at, meta(`{"`+name+`":1}`)), update("alias", "of both", 6000+at, meta(`{"`+name+` alias":1}`)),
				create("alias", "alias "+name, at, usage(map[string]int64{"input": 1})), traceCreate("alias", 6000+at, tags("alias "+name)),
				judge("score "+name, at, of([]string{"shared", "alias"}[w%2]), number("x", float64(n))), judge("one", at, meta(`{"`+name+`":1}`)),
			}
			if w == writers/4 {
				call = append(call, traceCreate("shared", 20_000+at, absorbs("alias"), text(fold.SessionID, name)))
			}
			if w == writers/2 {
				call = append(call, create(fmt.Sprint("home ", i%3), "late "+fmt.Sprint(i), at+10_000, text(fold.Name, "home")))
			}
			all[w] = append(all[w], call)
			write(t, model, p, call...)
		}
	}
	var done sync.WaitGroup
	for w := range writers {
		done.Go(func() {
			for i, call := range all[w] {
				if err := s.Write(t.Context(), p, clone(call)); err != nil {
					t.Errorf("write: %v", err)
					return
				}
				// What was acknowledged is there for everyone at once.
				if _, err := s.Observation(t.Context(), p, fmt.Sprintf("%d-%d", w, i), telemetry.Parts{}); err != nil {
					t.Errorf("just written: %v", err)
				}
			}
		})
	}
	done.Wait()
	q := questions{
		traces: []string{"shared", "alias", "home 0", "home 1", "home 2"}, observations: []string{"one", "of both"}, parts: everything(),
		scores: []string{"one"}, scoreLists: []telemetry.ScoreQuery{{Limit: 1000, Total: true, Trace: true}}, sessionLists: []telemetry.SessionQuery{{Limit: 10, Total: true}},
		traceLists: []telemetry.TraceQuery{{Limit: 100, Total: true, Parts: everything()}}, lists: []telemetry.ObservationQuery{{Limit: 1000, Total: true, Parts: everything()}},
	}
	for i := range calls {
		q.observations = append(q.observations, fmt.Sprint("late ", i))
		q.traces = append(q.traces, id.TraceOfObservation(p, fmt.Sprint("late ", i)))
	}
	if err := compareAnswers(t.Context(), model, s, p, q); err != nil {
		t.Error(err)
	}
}

// runCancel: a context that has ended ends a call; of a write that is cut off, all
// or nothing is stored, and an acknowledged one is stored whole.
func runCancel(t *testing.T, h Harness) {
	s := h.Open(t)
	defer closeStore(t, s)
	write(t, s, "p", fullRecords()...)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancelLate := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancelLate()
	for name, ask := range methods() {
		if _, _, err := ask(ended, s, "p"); !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: %v", name, err)
		}
		if _, _, err := ask(late, s, "p"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s after its deadline: %v", name, err)
		}
	}

	var done sync.WaitGroup
	var acknowledged [64]atomic.Bool
	for i := range acknowledged {
		done.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.Int64N(int64(4*time.Millisecond))))
			defer cancel()
			var records []fold.Record
			for j := range 5 {
				records = append(records, create(fmt.Sprint("t", i), fmt.Sprint("o", i, ".", j), trace.Micros(j)))
			}
			switch err := s.Write(ctx, "cut off", records); {
			case err == nil:
				acknowledged[i].Store(true)
			case !errors.Is(err, context.DeadlineExceeded):
				t.Errorf("a write that is cut off: %v", err)
			}
		})
	}
	done.Wait()
	write(t, s, "cut off", create("last", "last", 1))
	for i := range acknowledged {
		tree, err := s.Trace(t.Context(), "cut off", fmt.Sprint("t", i), telemetry.Parts{})
		switch n := len(tree.Observations); {
		case err != nil && !fault.Is(err, fault.NotFound):
			t.Error(err)
		case acknowledged[i].Load() && n != 5:
			t.Errorf("%d of 5 acknowledged observations are there", n)
		case n != 0 && n != 5:
			t.Errorf("%d of 5 observations are there", n)
		}
	}
}
