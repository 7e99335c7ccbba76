package telemetrytest

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// judge is a record of a score. Its timestamp is the event time by default.
func judge(scoreID string, at trace.Micros, parts ...part) fold.Record {
	return batch(fold.Score, "", scoreID, at, fold.Create, parts)
}

// says is the value of a score.
func says(v score.Value) part { return set(fold.ScoreValue, fold.ScoreOf(v)) }

func number(name string, n float64) part {
	return says(score.Value{Name: name, DataType: score.Numeric, Number: n})
}

func boolean(name string, yes bool) part {
	v := score.Value{Name: name, DataType: score.Boolean, Text: ptr("False")}
	if yes {
		v.Number, v.Text = 1, ptr("True")
	}
	return says(v)
}

// label is a categorical value; n is the number of the category.
func label(name, text string, n float64) part {
	return says(score.Value{Name: name, DataType: score.Categorical, Number: n, Text: &text})
}

func prose(name, text string) part {
	return says(score.Value{Name: name, DataType: score.Text, Text: &text})
}

func correction(text string) part {
	return says(score.Value{Name: score.CorrectionName, DataType: score.Correction, Text: &text})
}

// of says which trace a score is about.
func of(traceID string) part { return text(fold.TraceRef, traceID) }

// on says which observation of its trace a score is about.
func on(observationID string) part { return text(fold.ObservationRef, observationID) }

// absorbs makes an id stand for the trace of the record.
func absorbs(traceID string) part { return func(r *fold.Record) { r.Absorbs = traceID } }
