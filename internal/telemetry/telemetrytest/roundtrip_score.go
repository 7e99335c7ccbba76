package telemetrytest

import (
	"math"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// fullScore is a record that sets every field of a score.
func fullScore() fold.Record {
	full := judge("s", 3_400_000, start(3_350_001), of("T"), on("g"), text(fold.SessionRef, "se"), text(fold.RunRef, "ru"), text(fold.Environment, "sc"),
		says(score.Value{Name: "x", DataType: score.Categorical, Number: 0.1, Text: ptr("label"), ConfigID: ptr("co")}),
		text(fold.Comment, "c"), text(fold.Source, string(score.Eval)), text(fold.Author, "au"), text(fold.Queue, "qu"), text(fold.ExecutionTrace, "ex"),
		set(fold.Raw, fold.Value{S: `{"unknown":1}`, Ref: "blob/score-raw", Size: 7002}))
	full.Metadata = trace.Metadata{Object: `{"big":"previ","k":1.50}`, Blobs: []trace.BlobLeaf{{Path: []string{"big"}, Ref: "blob/score-leaf", Size: 9003}}}
	return full
}

func fullScoreShown(p id.Project) score.Score {
	return score.Score{
		Project: p, ID: "s", Timestamp: 3_350_001,
		Value:   score.Value{Name: "x", DataType: score.Categorical, Number: 0.1, Text: ptr("label"), ConfigID: ptr("co")},
		TraceID: ptr("T"), ObservationID: ptr("g"), SessionID: ptr("se"), RunID: ptr("ru"),
		Environment: "sc", Source: score.Eval, Comment: ptr("c"), AuthorID: ptr("au"), QueueID: ptr("qu"), ExecutionTraceID: ptr("ex"),
		Metadata: trace.Metadata{Object: `{"big":"previ","k":1.50}`, Blobs: []trace.BlobLeaf{{Path: []string{"big"}, Ref: "blob/score-leaf", Size: 9003}}},
		Raw:      &trace.Text{S: `{"unknown":1}`, Ref: "blob/score-raw", Size: 7002},
		Trace:    &score.Trace{UserID: ptr("tu"), SessionID: ptr("ts"), Environment: "te", Tags: []string{"a", "b"}},
	}
}

// roundTripScore reads back the score of the full records, and numbers of scores.
func roundTripScore(t *testing.T, s telemetry.Store, p id.Project) {
	t.Helper()
	want := fullScoreShown(p)
	for _, path := range zeros(reflect.ValueOf(want), "") {
		t.Errorf("no case carries the score's %s through a store", path)
	}
	list, err := s.Scores(t.Context(), p, telemetry.ScoreQuery{Limit: 10, Trace: true})
	if err != nil || len(list.Scores) != 1 {
		t.Fatalf("%d scores are listed, error %v", len(list.Scores), err)
	}
	if diff := cmp.Diff(want, list.Scores[0], same()); diff != "" {
		t.Errorf("score in the list (-want +got)\n%s", diff)
	}
	one, err := s.Score(t.Context(), p, "s")
	if err != nil {
		t.Fatal(err)
	}
	want.Trace = nil
	if diff := cmp.Diff(want, one, same()); diff != "" {
		t.Errorf("score by its id (-want +got)\n%s", diff)
	}
	for how, got := range map[string]score.Score{"by its id": one, "in the list": list.Scores[0]} {
		if got.CreatedAt == 0 || got.UpdatedAt < got.CreatedAt {
			t.Errorf("score %s: created %d, updated %d", how, got.CreatedAt, got.UpdatedAt)
		}
		if got.Metadata.Object != want.Metadata.Object {
			t.Errorf("score %s: metadata %s, want %s", how, got.Metadata.Object, want.Metadata.Object)
		}
	}

	const numbers id.Project = "numbers"
	for _, n := range []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 0.7, 1.0 / 3, 123456789.123456789, 1 << 53, 1<<53 + 2, 1e21, -1e300, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		write(t, s, numbers, judge("n", 5, number("x", n)))
		got, err := s.Score(t.Context(), numbers, "n")
		if err != nil || got.Number != n {
			t.Errorf("the number %s comes back as %s, %v", showNumber(n), showNumber(got.Number), err)
		}
	}
}
