package telemetrytest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// runHistories writes random histories to the engine and to the reference, each
// in projects of its own, and expects the same answer to every question, after
// each call and in the end.
func runHistories(t *testing.T, h Harness) {
	s := h.Open(t)
	defer closeStore(t, s)
	var runs atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		run := runs.Add(1)
		projects := []id.Project{id.Project(fmt.Sprintf("history %d", run)), id.Project(fmt.Sprintf("history %d, beside", run))}
		model := NewReference(fold.DefaultRules())
		hist := drawHistory(rt, projects...)
		for i, c := range hist {
			for _, store := range []telemetry.Store{model, s} {
				if err := c.do(t.Context(), store); err != nil {
					rt.Fatalf("call %d: %v\n%v", i+1, err, hist)
				}
			}
			brief := questions{
				parts: everything(), traces: someTraces(),
				traceLists: []telemetry.TraceQuery{{Limit: 50, Total: true, Parts: everything()}},
				lists:      []telemetry.ObservationQuery{{Limit: 50, Total: true, Parts: everything()}},
				scoreLists: []telemetry.ScoreQuery{{Limit: 50, Total: true, Trace: true}}, sessionLists: []telemetry.SessionQuery{{Limit: 50, Total: true}},
			}
			if err := compareAnswers(t.Context(), model, s, c.project, brief); err != nil {
				rt.Fatalf("after call %d: %v\n%v", i+1, err, hist)
			}
		}
		for _, p := range projects {
			if err := compareAnswers(t.Context(), model, s, p, drawQuestions(rt, p)); err != nil {
				rt.Fatalf("project %s: %v\n%v", p, err, hist)
			}
			if err := compareWalks(t, model, s, p, drawWhere(rt, observationFilters(), p), rapid.IntRange(1, 3).Draw(rt, "page")); err != nil {
				rt.Fatalf("project %s: %v\n%v", p, err, hist)
			}
			if err := compareScoreWalks(t, model, s, p, drawWhere(rt, scoreFilters(), p), rapid.IntRange(1, 3).Draw(rt, "page")); err != nil {
				rt.Fatalf("project %s: %v\n%v", p, err, hist)
			}
		}
	})
}

// compareWalks reads the observations that meet the conditions page by page, with
// cursors, in both stores.
func compareWalks(t *testing.T, want, got telemetry.Store, p id.Project, where filter.All, limit int) error {
	q := telemetry.ObservationQuery{Where: where, Limit: limit, Parts: everything()}
	for {
		a, errA := want.Observations(t.Context(), p, q)
		b, errB := got.Observations(t.Context(), p, q)
		if err := compareAnswer(a, b, errA, errB); err != nil {
			return fmt.Errorf("pages of %d by %+v, the one after %+v: %w", limit, where, q.After, err)
		}
		if a.Next == nil {
			return nil
		}
		q.After = a.Next
	}
}

// compareScoreWalks is compareWalks for scores.
func compareScoreWalks(t *testing.T, want, got telemetry.Store, p id.Project, where filter.All, limit int) error {
	q := telemetry.ScoreQuery{Where: where, Limit: limit, Trace: true}
	for {
		a, errA := want.Scores(t.Context(), p, q)
		b, errB := got.Scores(t.Context(), p, q)
		if err := compareAnswer(a, b, errA, errB); err != nil {
			return fmt.Errorf("pages of %d scores by %+v, the one after %+v: %w", limit, where, q.After, err)
		}
		if a.Next == nil {
			return nil
		}
		q.After = a.Next
	}
}
