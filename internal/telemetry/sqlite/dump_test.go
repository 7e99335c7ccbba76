package sqlite_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// dumper is what dump needs of a test.
type dumper interface {
	Context() context.Context
	Fatal(args ...any)
}

// dump writes everything that a project shows, times of arrival aside.
func dump(t dumper, s telemetry.Store, p id.Project) string {
	all := telemetry.Parts{IO: true, Metadata: true, Raw: true, Observations: true}
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
	fmt.Fprintln(&b, "traces", traces.Total, traces.ObservationIDs)
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
