package telemetrytest

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// scoreShows expects a score, read by its id and in a list, to show the given
// fields, named as in [showScore].
func scoreShows(scoreID string, want fields) fact {
	return fact{fmt.Sprintf("score %q", scoreID), func(ctx context.Context, s telemetry.Store, p id.Project) error {
		want := maps.Clone(want)
		if traceID, ok := want["trace"]; ok {
			want["trace"] = resolve(p, traceID)
		}
		one, err := s.Score(ctx, p, scoreID)
		if err != nil {
			return fmt.Errorf("read by its id: %w", err)
		}
		if err := compareFields(want, showScore(&one)); err != nil {
			return fmt.Errorf("read by its id: %w", err)
		}
		list, err := s.Scores(ctx, p, telemetry.ScoreQuery{Where: filter.All{filter.Equals(filter.ScoreID, scoreID)}, Limit: 10})
		if err != nil || len(list.Scores) != 1 {
			return fmt.Errorf("the list has %d scores of the id, error %w", len(list.Scores), err)
		}
		if diff := cmp.Diff(one, list.Scores[0], sameWithTimes()); diff != "" {
			return fmt.Errorf("in the list (-by its id +in the list)\n%s", diff)
		}
		return nil
	}}
}

// noScore expects that there is no such score.
func noScore(scoreID string) fact {
	return fact{fmt.Sprintf("score %q is not there", scoreID), func(ctx context.Context, s telemetry.Store, p id.Project) error {
		if _, err := s.Score(ctx, p, scoreID); !fault.Is(err, fault.NotFound) {
			return fmt.Errorf("got error %w, want not found", err)
		}
		return nil
	}}
}

// scoresListed expects exactly these scores in the list of the scores that meet
// the conditions, newest first.
func scoresListed(where filter.All, want ...string) fact {
	return fact{fmt.Sprintf("the list of scores by %+v", where), func(ctx context.Context, s telemetry.Store, p id.Project) error {
		list, err := s.Scores(ctx, p, telemetry.ScoreQuery{Where: where, Limit: 1000, Total: true})
		if err != nil {
			return err
		}
		if diff := cmp.Diff(append([]string{}, want...), scoreIDs(list.Scores)); diff != "" || list.Total != len(want) {
			return fmt.Errorf("total %d; (-want +got)\n%s", list.Total, diff)
		}
		return nil
	}}
}

// judgedBy expects a list of traces to give exactly these scores for a trace, in
// this order.
func judgedBy(traceID string, want ...string) fact {
	return fact{fmt.Sprintf("the scores of trace %q in a list", traceID), func(ctx context.Context, s telemetry.Store, p id.Project) error {
		list, err := s.Traces(ctx, p, telemetry.TraceQuery{Limit: 100, Parts: telemetry.Parts{Scores: true}})
		if err != nil {
			return err
		}
		if len(list.ScoreIDs) != len(list.Traces) {
			return fmt.Errorf("%d traces with the scores of %d", len(list.Traces), len(list.ScoreIDs))
		}
		i := slices.IndexFunc(list.Traces, func(t trace.Trace) bool { return t.ID == resolve(p, traceID) })
		if i < 0 {
			return fmt.Errorf("the trace is not listed")
		}
		if diff := cmp.Diff(append([]string{}, want...), append([]string{}, list.ScoreIDs[i]...)); diff != "" {
			return fmt.Errorf("(-want +got)\n%s", diff)
		}
		return nil
	}}
}

// scoreTrace expects what the list of scores shows of a score's trace, as in
// [showScoreTrace].
func scoreTrace(scoreID, want string) fact {
	return fact{fmt.Sprintf("what is shown of the trace of score %q", scoreID), func(ctx context.Context, s telemetry.Store, p id.Project) error {
		for _, asked := range []bool{true, false} {
			list, err := s.Scores(ctx, p, telemetry.ScoreQuery{Where: filter.All{filter.Equals(filter.ScoreID, scoreID)}, Limit: 10, Trace: asked})
			if err != nil || len(list.Scores) != 1 {
				return fmt.Errorf("the list has %d scores of the id, error %w", len(list.Scores), err)
			}
			switch got := list.Scores[0].Trace; {
			case asked && showScoreTrace(got) != want:
				return fmt.Errorf("got %s, want %s", showScoreTrace(got), want)
			case !asked && got != nil:
				return fmt.Errorf("not asked for, it is %s", showScoreTrace(got))
			case got != nil && got.Tags == nil:
				return fmt.Errorf("its tags are nil")
			}
		}
		return nil
	}}
}

func scoreIDs(scores []score.Score) []string {
	ids := make([]string, len(scores))
	for i, s := range scores {
		ids[i] = s.ID
	}
	return ids
}
