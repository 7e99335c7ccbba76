package api_test

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// scored is a record of a score; traceID may be "".
func scored(id, traceID string, at trace.Micros, v score.Value, parts ...func(*fold.Record)) fold.Record {
	r := record(fold.Score, "", id, at, parts...)
	r.Set(fold.ScoreValue, fold.ScoreOf(v))
	if traceID != "" {
		r.TraceID = traceID
		r.Set(fold.TraceRef, fold.Text(traceID))
	}
	return r
}

func numeric(name string, n float64) score.Value {
	return score.Value{Name: name, DataType: score.Numeric, Number: n}
}

func worded(name string, t score.DataType, text string) score.Value {
	return score.Value{Name: name, DataType: t, Text: &text}
}

func boolean(name string, n float64, text string) score.Value {
	return score.Value{Name: name, DataType: score.Boolean, Number: n, Text: &text}
}

// judgedRecords is what the project p-3 holds: three traces in two sessions, and a
// score of every type on everything that scores can be about. In the order of
// their lists the scores are: blob, none, run, ses, corr, text, true, cat, no, yes,
// two, half. True and cat are of one microsecond, text and true of one millisecond.
func judgedRecords(b *bucket) []fold.Record {
	half := numeric("accuracy", 0.5)
	config := "cf-1"
	half.ConfigID = &config
	metadata := trace.Metadata{
		Object: `{"small":1,"big":"preview"}`, Blobs: []trace.BlobLeaf{{Path: []string{"big"}, Ref: "m/3", Size: 13}},
	}
	b.blobs["m/3"] = `{"whole":"1"}`
	return []fold.Record{
		record(fold.Trace, "tr-1", "tr-1", ms(0), text(fold.Name, "chat"), text(fold.UserID, "u-1"), text(fold.SessionID, "se-1"),
			text(fold.Environment, "default"), tags("beta", "a"), meta(`{"n":"12"}`), text(fold.Input, `{"q":"hi"}`), text(fold.Output, "hello")),
		record(fold.Observation, "tr-1", "ob-1", ms(0), text(fold.Name, "llm"), text(fold.Type, "GENERATION")),
		record(fold.Trace, "tr-2", "tr-2", ms(1000), text(fold.Name, "batch"), text(fold.SessionID, "se-1"), text(fold.Environment, "staging"), tags("beta"),
			text(fold.Release, "r1"), yes(fold.Public)),
		record(fold.Trace, "tr-3", "tr-3", ms(2000), text(fold.SessionID, "se/2"), text(fold.Environment, "a,b")),

		scored("half", "tr-1", ms(5000), half, text(fold.Comment, "so <so> & fine"), text(fold.Author, "au-1"), text(fold.Queue, "qu-1"),
			text(fold.Source, "ANNOTATION"), meta(`{"judge":"human","n":"12","nested":{"a":[1,2]},"flag":true}`)),
		scored("two", "tr-2", ms(5001), numeric("accuracy", 2), text(fold.Environment, "staging"), text(fold.Source, "EVAL"),
			text(fold.ExecutionTrace, "ex-1"), meta(`{"judge":"model"}`)),
		scored("yes", "tr-1", ms(5002), boolean("helpful", 1, "True"), text(fold.Comment, "so good")),
		scored("no", "tr-2", ms(5003), boolean("helpful", 0, "False"), text(fold.Environment, "staging")),
		scored("cat", "tr-1", ms(5004), worded("tone", score.Categorical, "polite"), text(fold.ObservationRef, "ob-1")),
		scored("true", "tr-2", ms(5004), worded("tone", score.Categorical, "True")),
		scored("text", "tr-1", ms(5004)+1, worded("note", score.Text, "well done")),
		scored("corr", "tr-1", ms(5007), worded(score.CorrectionName, score.Correction, "hello there"), text(fold.ObservationRef, "ob-1")),
		scored("ses", "", ms(5008), numeric("calm", 3), text(fold.SessionRef, "se-1")),
		scored("run", "", ms(5009), numeric("recall", 0.25), text(fold.RunRef, "run-1")),
		scored("none", "gone", ms(5010), numeric("accuracy", -1)),
		scored("blob", "tr-2", ms(5011), numeric("accuracy", 1e21), func(r *fold.Record) { r.Metadata = metadata }),
	}
}
