package sqlite_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

const day = trace.Micros(24 * 3_600_000_000)

// drawScore draws a record of a score.
func drawScore(t *rapid.T, p id.Project) fold.Record {
	draw := func(what string, values ...string) string { return rapid.SampledFrom(values).Draw(t, what) }
	r := fold.Record{
		Kind: fold.Score, ID: draw("id", "c1", "c2", "c3", "c4"), Rank: fold.Rank(rapid.IntRange(0, 1).Draw(t, "rank")),
		Time: trace.Micros(rapid.Int64Range(0, 20).Draw(t, "time")),
	}
	r.Set(fold.Start, fold.Time(r.Time/2))
	v := score.Value{Name: draw("name", "n1", "n2"), DataType: score.DataType(draw("type", "NUMERIC", "TEXT", "CORRECTION", "BOOLEAN"))}
	if v.Number = 0.5; v.DataType != score.Numeric {
		text := draw("text", "", "True", "long")
		v.Text = &text
	}
	r.Set(fold.ScoreValue, fold.ScoreOf(v))
	fields := map[fold.Field][]string{
		fold.TraceRef: {"t1", "t2", "t3", "x", id.TraceOfObservation(p, "o1")}, fold.ObservationRef: {"o1"}, fold.SessionRef: {"s1"}, fold.RunRef: {"r"},
		fold.Comment: {"good", "bad"}, fold.Author: {"a"}, fold.Queue: {"q"}, fold.Environment: {"prod", "dev"}, fold.Source: {"API", "EVAL"},
	}
	for f := fold.Name; f <= fold.ExecutionTrace; f++ {
		if values := fields[f]; values != nil && rapid.Bool().Draw(t, f.String()) {
			r.Set(f, fold.Text(draw("value", values...)))
		} else if values != nil && rapid.IntRange(0, 3).Draw(t, "null "+f.String()) == 0 {
			r.Set(f, fold.Null())
		}
	}
	if rapid.IntRange(0, 2).Draw(t, "metadata") == 0 {
		r.Metadata = trace.Metadata{Object: draw("object", `{"a":1}`, `{"a":{"b":2},"c":[1]}`, `{"a":{"d":"x"}}`)}
	}
	return r
}

// drawRecord draws a record about one of few entities of a project, so that they
// meet often.
func drawRecord(t *rapid.T, p id.Project) fold.Record {
	if rapid.IntRange(0, 5).Draw(t, "score") == 0 {
		return drawScore(t, p)
	}
	text := func(what string, values ...string) fold.Value {
		return fold.Text(rapid.SampledFrom(values).Draw(t, what))
	}
	at := trace.Micros(rapid.Int64Range(0, 60).Draw(t, "time"))*1_500_000_000 + 20_000*day
	r := fold.Record{
		Kind: fold.Observation, Time: at, Rank: fold.Rank(rapid.IntRange(0, 2).Draw(t, "rank")),
		OTel:    rapid.Bool().Draw(t, "otel"),
		TraceID: rapid.SampledFrom([]string{"", "t1", "t1", "t2", "t3"}).Draw(t, "trace"),
		ID:      rapid.SampledFrom([]string{"o1", "o2", "o3", "o4", "o5", "o6", "o7", "o8", "o9"}).Draw(t, "id"),
	}
	if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
		r.Kind = fold.Trace
		r.ID = rapid.SampledFrom([]string{"t1", "t2", "t3", id.TraceOfObservation(p, "o1")}).Draw(t, "trace id")
		r.TraceID = r.ID
		if rapid.IntRange(0, 5).Draw(t, "absorbs") == 0 {
			r.Absorbs = rapid.SampledFrom([]string{"t1", "t2", "x", id.TraceOfObservation(p, "o1"), id.TraceOfObservation(p, "o2")}).Draw(t, "absorbed")
		}
		for range rapid.IntRange(0, 2).Draw(t, "tags") {
			r.Tags = append(r.Tags, rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "tag"))
		}
		if rapid.IntRange(0, 4).Draw(t, "untag") == 0 {
			r.RemovedTags = []string{"b"}
		}
	}
	fields := map[fold.Field]func() fold.Value{
		fold.Name:        func() fold.Value { return text("name", "n1", "n2", "") },
		fold.UserID:      func() fold.Value { return text("user", "u1", "u2") },
		fold.SessionID:   func() fold.Value { return text("session", "s1", "s2") },
		fold.Version:     func() fold.Value { return text("version", "1", "2") },
		fold.Environment: func() fold.Value { return text("environment", "prod", "dev", "default") },
		fold.Start: func() fold.Value {
			return fold.Time(at - trace.Micros(rapid.Int64Range(0, 5000).Draw(t, "start"))*1_000_000)
		},
		fold.End: func() fold.Value {
			return fold.Time(at + trace.Micros(rapid.Int64Range(-10, 5000).Draw(t, "end"))*1_000_000)
		},
		fold.Parent:  func() fold.Value { return text("parent", "o1", "o2") },
		fold.Type:    func() fold.Value { return text("type", "SPAN", "GENERATION", "EVENT", "odd") },
		fold.Level:   func() fold.Value { return text("level", "DEFAULT", "ERROR", "WARNING", "odd") },
		fold.Model:   func() fold.Value { return text("model", "m1", "m2") },
		fold.AppRoot: func() fold.Value { return fold.Bool(rapid.Bool().Draw(t, "app root")) },
		fold.AsRoot:  func() fold.Value { return fold.Bool(rapid.Bool().Draw(t, "as root")) },
		fold.Input:   func() fold.Value { return text("input", "i1", "i2") },
		fold.StatusMessage: func() fold.Value {
			return text("status", "bad", string(slices.Repeat([]byte("long "), 300)))
		},
		fold.Usage: func() fold.Value {
			v := fold.Map(trace.AmountsOf(map[string]int64{
				"input": rapid.Int64Range(0, 9).Draw(t, "in"), "output": rapid.SampledFrom([]int64{0, 5, 1 << 62}).Draw(t, "out"), "odd": 1,
			}))
			v.S = rapid.SampledFrom([]string{"", `{"parameters":{"tier":"fast"}}`, `{"encoding":"e"}`}).Draw(t, "hints")
			return v
		},
		fold.Cost: func() fold.Value {
			return fold.Map(trace.AmountsOf(map[string]int64{"total": rapid.SampledFrom([]int64{1, 70, trace.MaxCost}).Draw(t, "cost")}))
		},
		fold.Public: func() fold.Value { return fold.Bool(rapid.Bool().Draw(t, "public")) },
		fold.Rates:  func() fold.Value { return text("rates", "", card("m1", 3), card("m2", 5)) },
		fold.Repriced: func() fold.Value {
			return text("repriced", "", card("m1", 7), card("m2", 1<<40))
		},
		fold.Reasons: func() fold.Value {
			return text("reasons", "", "name\ta\nmodel\tb", "input\tc\nmetadata\td\ntags\te")
		},
		fold.Experiment: func() fold.Value { return text("experiment", `{"id":"e"}`, `{"id":"f"}`) },
	}
	for f := fold.Name; f <= fold.Experiment; f++ {
		value, ok := fields[f]
		if !ok {
			continue
		}
		switch rapid.IntRange(0, 7).Draw(t, "which "+f.String()) {
		case 0:
			r.Set(f, fold.Null())
		case 1:
			r.SetDefault(f, value())
		case 2, 3:
			r.Set(f, value())
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "metadata") == 0 {
		r.Metadata = trace.Metadata{Object: rapid.SampledFrom([]string{`{"a":1}`, `{"a":{"b":2},"c":[1]}`, `{"a":{"d":3}}`}).Draw(t, "object")}
	}
	return r
}

// writeHistory draws records and writes them cut into calls, some of them again.
func writeHistory(t *rapid.T, s telemetry.Store, p id.Project) []fold.Record {
	var all []fold.Record
	for range rapid.IntRange(1, 12).Draw(t, "calls") {
		var call []fold.Record
		for range rapid.IntRange(1, 8).Draw(t, "records") {
			if len(all) > 0 && rapid.IntRange(0, 4).Draw(t, "again") == 0 {
				call = append(call, rapid.SampledFrom(all).Draw(t, "which"))
				continue
			}
			call = append(call, drawRecord(t, p))
		}
		all = append(all, call...)
		if err := s.Write(t.Context(), p, slices.Clone(call)); err != nil {
			t.Fatalf("write: %v", err)
		}
		if rapid.IntRange(0, 5).Draw(t, "delete") == 0 {
			if err := s.DeleteScore(t.Context(), p, rapid.SampledFrom([]string{"c1", "c2", "c3"}).Draw(t, "deleted")); err != nil {
				t.Fatalf("delete: %v", err)
			}
		}
	}
	return all
}

// TestVerifyAfterHistories recomputes every aggregate after random histories.
func TestVerifyAfterHistories(t *testing.T) {
	t.Parallel()
	tests := map[string]sqlite.Config{
		"as in production": {},
		"everything small": sqlite.Config{}.Small(),
	}
	for name, cfg := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, cfg)
			run := 0
			rapid.Check(t, func(rt *rapid.T) {
				run++
				writeHistory(rt, s, id.Project(fmt.Sprint("p", run)))
				if run%25 == 0 {
					if err := s.Verify(rt.Context()); err != nil {
						rt.Fatal(err)
					}
				}
			})
			if err := s.Verify(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestRowRoundTrip says that a row keeps the whole state of an observation, and a
// blob that of a trace.
func TestRowRoundTrip(t *testing.T) {
	t.Parallel()
	f := fold.New(fold.DefaultRules())
	rapid.Check(t, func(t *rapid.T) {
		byKind := map[fold.Kind]*fold.State{}
		for i := range rapid.IntRange(1, 6).Draw(t, "records") {
			r := drawRecord(t, "p")
			s := f.State(&r, int64(i))
			if old, ok := byKind[r.Kind]; ok {
				s = f.Join(*old, s)
			}
			byKind[r.Kind] = &s
		}
		if s, ok := byKind[fold.Observation]; ok {
			got, err := sqlite.RoundTrip("o", *s)
			if err != nil || !sqlite.SameState(*s, got) {
				t.Fatalf("error %v; want %+v\ngot %+v", err, *s, got)
			}
		}
		if s, ok := byKind[fold.Score]; ok {
			got, err := sqlite.RoundTripScore(*s)
			if err != nil || !sqlite.SameState(*s, got) {
				t.Fatalf("error %v; want %+v\ngot %+v", err, *s, got)
			}
		}
		if s, ok := byKind[fold.Trace]; ok {
			got, err := sqlite.RoundTripTrace(*s)
			got.OTel = s.OTel // of a trace it means nothing
			if err != nil || !sqlite.SameState(*s, got) {
				t.Fatalf("error %v; want %+v\ngot %+v", err, *s, got)
			}
		}
	})
}
