package sqlite_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// dumper is what dump needs of a test.
type dumper interface {
	Context() context.Context
	Fatal(args ...any)
}

// dump writes everything that a project shows, times of arrival aside.
func dump(t dumper, s telemetry.Store, p id.Project) string {
	all := telemetry.Parts{IO: true, Metadata: true, Raw: true, Observations: true, Scores: true}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	put := func(v any) {
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	traces, err := s.Traces(t.Context(), p, telemetry.TraceQuery{Limit: 1000, Total: true, Parts: all})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(&b, "traces", traces.Total, traces.ObservationIDs, traces.ScoreIDs)
	for _, tr := range traces.Traces {
		tree, err := s.Trace(t.Context(), p, tr.ID, all)
		if err != nil {
			t.Fatal(err)
		}
		tr.CreatedAt, tr.UpdatedAt = 0, 0
		tree.Trace.CreatedAt, tree.Trace.UpdatedAt = 0, 0
		put(tr)
		put(tree.Trace)
		for _, o := range tree.Observations {
			o.CreatedAt, o.UpdatedAt = 0, 0
			put(o)
			one, err := s.Observation(t.Context(), p, o.ID, all)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&b, "by id", one.TraceID, one.Start)
		}
	}
	dumpScores(t, s, p, put)
	dumpSessions(t, s, p, put)
	for q := (telemetry.ObservationQuery{Limit: 3, Total: true}); ; {
		list, err := s.Observations(t.Context(), p, q)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, "observations", list.Total)
		for _, o := range list.Observations {
			o.CreatedAt, o.UpdatedAt = 0, 0
			put(o)
		}
		if q.After = list.Next; q.After == nil {
			return b.String()
		}
	}
}

// dumpScores puts the scores, with what their pages show of their traces.
func dumpScores(t dumper, s telemetry.Store, p id.Project, put func(v any)) {
	for q := (telemetry.ScoreQuery{Limit: 2, Total: true, Trace: true}); ; {
		list, err := s.Scores(t.Context(), p, q)
		if err != nil {
			t.Fatal(err)
		}
		put(list.Total)
		for _, sc := range list.Scores {
			sc.CreatedAt, sc.UpdatedAt = 0, 0
			put(sc)
			one, err := s.Score(t.Context(), p, sc.ID)
			if err != nil {
				t.Fatal(err)
			}
			one.CreatedAt, one.UpdatedAt = 0, 0
			put(one)
		}
		if q.After = list.Next; q.After == nil {
			return
		}
	}
}

// dumpSessions puts the sessions by id: their order is one of times of arrival.
func dumpSessions(t dumper, s telemetry.Store, p id.Project, put func(v any)) {
	list, err := s.Sessions(t.Context(), p, telemetry.SessionQuery{Limit: 1000, Total: true})
	if err != nil {
		t.Fatal(err)
	}
	put(list.Total)
	slices.SortFunc(list.Sessions, func(a, b trace.Session) int { return strings.Compare(a.ID, b.ID) })
	for _, n := range list.Sessions {
		one, err := s.Session(t.Context(), p, n.ID)
		if err != nil || one != n {
			t.Fatal(fmt.Sprintf("session %+v, by id %+v, error %v", n, one, err))
		}
		n.CreatedAt = 0
		put(n)
	}
}
