package explore_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/explore"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// given returns n scores, newest first: the values are 0, 1, 2, 0, …, and two at a
// time share a timestamp.
func given(n int) []score.Score {
	out := make([]score.Score, n)
	for i := range out {
		out[i] = score.Score{
			ID: fmt.Sprintf("%03d", 999-i), Timestamp: trace.Micros(1000 - i/2),
			Value: score.Value{DataType: score.Numeric, Number: float64(i % 3)},
		}
	}
	return out
}

func ids(scores []score.Score) (out []string) {
	for _, sc := range scores {
		out = append(out, sc.ID)
	}
	return out
}

func TestScoresAreWhole(t *testing.T) {
	large := func() *reader {
		return &reader{total: 7, scores: []score.Score{{ID: "a", Metadata: trace.Metadata{
			Object: `{"big":"pre","n":1}`, Blobs: []trace.BlobLeaf{leaf("m", 6, "big")},
		}}}}
	}
	b := &bucket{blobs: map[string]string{"m": `[1,2]` + " "}}
	want := trace.Metadata{Object: `{"big":[1,2] ,"n":1}`}

	one, err := explore.New(explore.Config{}, large(), b).Score(t.Context(), "p", "a")
	if diff := cmp.Diff(want, one.Metadata); err != nil || diff != "" {
		t.Errorf("score: %v\n%s", err, diff)
	}
	list, err := explore.New(explore.Config{}, large(), b).Scores(t.Context(), "p", telemetry.ScoreQuery{Limit: 1, Total: true})
	if err != nil || list.Total != 7 || cmp.Diff(want, list.Scores[0].Metadata) != "" {
		t.Errorf("list: %+v %v", list, err)
	}
	_, scores, err := explore.New(explore.Config{}, large(), b).TraceWithScores(t.Context(), "p", "t", allParts)
	if err != nil || cmp.Diff(want, scores[0].Metadata) != "" {
		t.Errorf("of a trace: %+v %v", scores, err)
	}
}

func TestScoreRefusals(t *testing.T) {
	text := strings.Repeat("x", 101)
	tests := map[string]struct {
		score score.Score
		err   error
		want  fault.Code
	}{
		"none":          {err: fault.New(fault.NotFound, "none"), want: fault.NotFound},
		"over by text":  {score: score.Score{Value: score.Value{Text: &text}}, want: fault.TooCostly},
		"over by words": {score: score.Score{Comment: &text}, want: fault.TooCostly},
		"over by a leaf": {score: score.Score{Metadata: trace.Metadata{
			Object: `{"a":""}`, Blobs: []trace.BlobLeaf{leaf("a", 100, "a")},
		}}, want: fault.TooCostly},
		"missing blob": {score: score.Score{Metadata: trace.Metadata{
			Object: `{"a":""}`, Blobs: []trace.BlobLeaf{leaf("a", 10, "a")},
		}}, want: fault.Unavailable},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := explore.New(explore.Config{MaxResponseBytes: 100}, &reader{scores: []score.Score{tc.score}, err: tc.err}, &bucket{})
			if _, err := s.Score(t.Context(), "p", "a"); err == nil || fault.CodeOf(err) != tc.want {
				t.Errorf("score: %v, want %v", err, tc.want)
			}
			if _, err := s.Scores(t.Context(), "p", telemetry.ScoreQuery{Limit: 1}); err == nil || fault.CodeOf(err) != tc.want {
				t.Errorf("scores: %v, want %v", err, tc.want)
			}
			if _, err := s.ScoresAmong(t.Context(), "p", telemetry.ScoreQuery{Limit: 1}, make([]filter.Condition, 1)); err == nil || fault.CodeOf(err) != tc.want {
				t.Errorf("among: %v, want %v", err, tc.want)
			}
		})
	}
}

// All scores of a trace are read, in steps and with the budget of the trace.
func TestScoresOfATrace(t *testing.T) {
	r := &reader{scores: given(250), tree: trace.Tree{Trace: trace.Trace{ID: "t", Input: inline(strings.Repeat("x", 1000))}}}
	tree, scores, err := explore.New(explore.Config{}, r, &bucket{}).TraceWithScores(t.Context(), "p", "t", allParts)
	if err != nil || tree.Trace.ID != "t" || r.reads != 3 {
		t.Fatalf("%v after %d reads", err, r.reads)
	}
	if diff := cmp.Diff(ids(r.scores), ids(scores)); diff != "" {
		t.Error(diff)
	}
	r.reads = 0
	s := explore.New(explore.Config{MaxResponseBytes: 100_000}, r, &bucket{})
	if _, _, err = s.TraceWithScores(t.Context(), "p", "t", allParts); !fault.Is(err, fault.TooCostly) || r.reads != 2 {
		t.Errorf("%v after %d reads", err, r.reads)
	}
	if _, err = s.Trace(t.Context(), "p", "t", allParts); err != nil {
		t.Errorf("without scores: %v", err)
	}
}

// Pages of several alternatives are those of one list.
func TestScoresAmong(t *testing.T) {
	r := &reader{scores: given(20)}
	s := explore.New(explore.Config{}, r, &bucket{})
	alternatives := []filter.Condition{
		{Field: filter.Value, Op: filter.Equal, Number: 2}, {Field: filter.Value, Op: filter.Equal, Number: 7}, {Field: filter.Value, Op: filter.Equal, Number: 0},
	}
	var want []string
	for _, sc := range r.scores {
		if sc.Number != 1 {
			want = append(want, sc.ID)
		}
	}
	for limit := 1; limit <= len(want)+1; limit++ {
		var got []string
		q := telemetry.ScoreQuery{Limit: limit}
		for {
			list, err := s.ScoresAmong(t.Context(), "p", q, alternatives)
			if err != nil || len(list.Scores) > limit {
				t.Fatalf("%d rows, %v", len(list.Scores), err)
			}
			got = append(got, ids(list.Scores)...)
			if q.After = list.Next; q.After == nil {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d: %s", limit, diff)
		}
	}
	if list, err := s.ScoresAmong(t.Context(), "p", telemetry.ScoreQuery{Limit: 5}, nil); err != nil || len(list.Scores) != 0 || list.Next != nil {
		t.Errorf("no alternative: %+v, %v", list, err)
	}
}
