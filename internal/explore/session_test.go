package explore_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/explore"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// A session is read in steps with one budget.
func TestSession(t *testing.T) {
	b := &bucket{blobs: map[string]string{"i": "whole"}}
	traces := func(n int, input *trace.Text) *reader {
		r := &reader{traces: []trace.Trace{}}
		for i := range n {
			r.traces = append(r.traces, trace.Trace{ID: fmt.Sprint(i), Input: input})
		}
		return r
	}
	for _, n := range []int{0, 1, 99, 100, 101, 200, 250} {
		r := traces(n, stored("i", 5))
		session, got, err := explore.New(explore.Config{}, r, b).Session(t.Context(), "p", "s")
		if err != nil || session.ID != "s" || len(got) != n || r.reads != n/100+1 {
			t.Fatalf("%d of %d traces in %d reads, %v", len(got), n, r.reads, err)
		}
		for i := range got {
			if got[i].ID != fmt.Sprint(i) || got[i].Input.S != "whole" {
				t.Fatalf("trace %d is %+v", i, got[i])
			}
		}
		if n > 0 && r.traces[0].Input.Ref != "i" {
			t.Error("the engine's own value was changed")
		}
	}
	r := traces(250, inline(strings.Repeat("x", 1000)))
	_, _, err := explore.New(explore.Config{MaxResponseBytes: 200_000}, r, b).Session(t.Context(), "p", "s")
	if !fault.Is(err, fault.TooCostly) || r.reads != 2 || strings.Contains(err.Error(), "limit") {
		t.Errorf("%v after %d reads", err, r.reads)
	}
	r = traces(250, nil)
	if _, _, err = explore.New(explore.Config{MaxResponseBytes: 10_000}, r, b).Session(t.Context(), "p", "s"); !fault.Is(err, fault.TooCostly) || r.reads != 1 {
		t.Errorf("many without texts: %v after %d reads", err, r.reads)
	}
}

// movingReader gets an older trace between two reads.
type movingReader struct{ *reader }

func (r *movingReader) Traces(ctx context.Context, p id.Project, q telemetry.TraceQuery) (telemetry.TraceList, error) {
	list, err := r.reader.Traces(ctx, p, q)
	r.traces = append([]trace.Trace{{ID: fmt.Sprint("older ", r.reads)}}, r.traces...)
	return list, err
}

// Pages that move while they are read give no trace twice.
func TestSessionWhileTracesComeIn(t *testing.T) {
	r := &reader{}
	for i := range 150 {
		r.traces = append(r.traces, trace.Trace{ID: fmt.Sprint(i)})
	}
	moving := &movingReader{reader: r}
	_, got, err := explore.New(explore.Config{}, moving, &bucket{}).Session(t.Context(), "p", "s")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, tr := range got {
		if seen[tr.ID] {
			t.Errorf("%s comes twice", tr.ID)
		}
		seen[tr.ID] = true
	}
	if len(seen) != 150 {
		t.Errorf("%d traces", len(seen))
	}
}

func TestSessionRefusals(t *testing.T) {
	s := explore.New(explore.Config{}, &reader{err: fault.New(fault.NotFound, "none"), total: 3}, &bucket{})
	if _, _, err := s.Session(t.Context(), "p", "s"); !fault.Is(err, fault.NotFound) {
		t.Errorf("session: %v", err)
	}
	if _, err := s.Sessions(t.Context(), "p", telemetry.SessionQuery{Limit: 1}); !fault.Is(err, fault.NotFound) {
		t.Errorf("sessions: %v", err)
	}
	s = explore.New(explore.Config{}, &reader{total: 3}, &bucket{})
	if list, err := s.Sessions(t.Context(), "p", telemetry.SessionQuery{Limit: 1}); err != nil || list.Total != 3 || len(list.Sessions) != 1 {
		t.Errorf("sessions: %+v, %v", list, err)
	}
}
