package fold_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// TestScoreValueRoundTrips: what a score says comes out of its state as it went in.
func TestScoreValueRoundTrips(t *testing.T) {
	f := newFolder()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Ptr(rapid.String(), true)
		want := score.Value{
			Name: rapid.String().Draw(t, "name"), DataType: rapid.SampledFrom(score.DataTypes()).Draw(t, "type"),
			Number: rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64).Draw(t, "number"), Text: text.Draw(t, "text"), ConfigID: text.Draw(t, "config"),
		}
		r := record(fold.Score, create, 1)
		r.Set(fold.ScoreValue, fold.ScoreOf(want))
		s := f.State(&r, 1)
		if diff := cmp.Diff(want, fold.ScoreView("s", &s).Value); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestScoreView(t *testing.T) {
	f := newFolder()
	r := record(fold.Score, create, 1, at(fold.Start, 5), text(fold.TraceRef, "t"), text(fold.Comment, "c"), text(fold.Raw, `{"k":1}`), meta(`{"m":1}`))
	s := f.State(&r, 1)
	traceID, comment := "t", "c"
	want := score.Score{
		ID: "s", Timestamp: 5, TraceID: &traceID, Comment: &comment, Environment: "default", Source: score.API,
		Metadata: trace.Metadata{Object: `{"m":1}`}, Raw: &trace.Text{S: `{"k":1}`},
	}
	if diff := cmp.Diff(want, fold.ScoreView("s", &s)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	r = record(fold.Score, create, 1, text(fold.Environment, "prod"), text(fold.Source, "EVAL"), text(fold.ScoreValue, "no JSON"))
	s = f.State(&r, 1)
	if got := fold.ScoreView("s", &s); got.Environment != "prod" || got.Source != score.Eval || got.Name != "" {
		t.Errorf("%+v", got)
	}
}
