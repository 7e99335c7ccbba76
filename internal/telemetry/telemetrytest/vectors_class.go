package telemetrytest

import (
	"fmt"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// fieldCase is a field with two values and what shows of them.
type fieldCase struct {
	kind   fold.Kind
	field  fold.Field
	name   string // as in showTrace, showObservation or showScore
	a, b   fold.Value
	showA  string
	showB  string
	absent string // what shows without a value
	empty  bool   // an empty text is a value too
}

// besides returns what an entity needs besides a field for that to show.
func besides(f fold.Field) []part {
	switch f {
	case fold.Rates, fold.Repriced:
		return []part{text(fold.Model, "alpha"), usage(map[string]int64{"input": 100})}
	}
	return nil
}

// given is the value of a score as a value of a field.
func given(p part) fold.Value {
	var r fold.Record
	p(&r)
	return r.Fields[0].Value
}

func textCase(k fold.Kind, f fold.Field, name string) fieldCase {
	return fieldCase{k, f, name, fold.Text("a"), fold.Text("b"), "a", "b", none, true}
}

// ordinaryClears are the fields in which null clears.
func ordinaryClears() []fieldCase {
	o := fold.Observation
	cases := []fieldCase{
		textCase(o, fold.Model, "model"),
		{o, fold.Level, "level", fold.Text("ERROR"), fold.Text("DEBUG"), "ERROR", "DEBUG", "DEFAULT", false},
		textCase(fold.Trace, fold.Version, "version"),
		{o, fold.Rates, "total cost", fold.Text(card(cheap, "alpha")), fold.Text(card(dear, "alpha")), "0.0001", "0.01", none, false},
	}
	for f, name := range map[fold.Field]string{fold.Comment: "comment", fold.Author: "author", fold.Queue: "queue", fold.ExecutionTrace: "execution trace"} {
		cases = append(cases, textCase(fold.Score, f, name))
	}
	for _, k := range []fold.Kind{fold.Trace, o} {
		cases = append(cases, textCase(k, fold.Name, "name"), textCase(k, fold.UserID, "user"), textCase(k, fold.SessionID, "session"), textCase(k, fold.Release, "release"))
	}
	return cases
}

// ordinaryKeeps are the fields in which null changes nothing.
func ordinaryKeeps() []fieldCase {
	o := fold.Observation
	yes, no := fold.Bool(true), fold.Bool(false)
	return []fieldCase{
		{fold.Trace, fold.Public, "public", yes, no, "true", "false", "false", false},
		{fold.Trace, fold.Bookmarked, "bookmarked", yes, no, "true", "false", "false", false},
		textCase(o, fold.Version, "version"),
		textCase(o, fold.StatusMessage, "status"),
		{o, fold.End, "end", fold.Time(1000), fold.Time(2000), "1000", "2000", none, false},
		{o, fold.CompletionStart, "completion start", fold.Time(1000), fold.Time(2000), "1000", "2000", none, false},
		{o, fold.Parent, "parent", fold.Text("a"), fold.Text("b"), "a", "b", none, false},
		{o, fold.Type, "type", fold.Text("TOOL"), fold.Text("AGENT"), "TOOL", "AGENT", "SPAN", false},
		{o, fold.ModelParameters, "parameters", fold.Text(`{"t":1}`), fold.Text(`{"t":2}`), `{"t":1}`, `{"t":2}`, "", false},
		{o, fold.PromptLink, "prompt", fold.Value{S: "p", N: 1, HasN: true}, fold.Value{S: "q"}, "p 1", "q", none, false},
		{o, fold.Repriced, "total cost", fold.Text(card(cheap, "alpha")), fold.Text(card(dear, "alpha")), "0.0001", "0.01", none, false},
		{o, fold.Reasons, "reasons", fold.Text("metadata\ta"), fold.Text("metadata\tb"), "metadata: a", "metadata: b", "", false},
		{o, fold.Experiment, "experiment", fold.Text(`{"id":"a"}`), fold.Text(`{"id":"b"}`), `{"id":"a"}`, `{"id":"b"}`, "", false},
		{o, fold.AppRoot, "app root", yes, no, "true", "false", "false", false},
		{o, fold.Raw, "raw", fold.Text(`{"r":1}`), fold.Text(`{"r":2}`), `{"r":1}`, `{"r":2}`, none, false},
		{fold.Trace, fold.Raw, "raw", fold.Text(`{"r":1}`), fold.Text(`{"r":2}`), `{"r":1}`, `{"r":2}`, none, false},
		{fold.Score, fold.Raw, "raw", fold.Text(`{"r":1}`), fold.Text(`{"r":2}`), `{"r":1}`, `{"r":2}`, none, false},
		{fold.Score, fold.ObservationRef, "observation", fold.Text("a"), fold.Text("b"), "a", "b", none, false},
		{fold.Score, fold.SessionRef, "session", fold.Text("a"), fold.Text("b"), "a", "b", none, false},
		{fold.Score, fold.RunRef, "run", fold.Text("a"), fold.Text("b"), "a", "b", none, false},
		{fold.Score, fold.Source, "source", fold.Text("EVAL"), fold.Text("ANNOTATION"), "EVAL", "ANNOTATION", "API", false},
		{fold.Score, fold.ScoreValue, "value", given(number("n", 0.7)), given(boolean("b", true)), "NUMERIC n 0.7 null null", "BOOLEAN b 1 True null", "  0 null null", false},
	}
}

func firstWins() []fieldCase {
	var cases []fieldCase
	cases = append(cases, fieldCase{fold.Score, fold.TraceRef, "trace", fold.Text("a"), fold.Text("b"), "a", "b", none, false})
	for k, name := range map[fold.Kind]string{fold.Trace: "timestamp", fold.Observation: "start", fold.Score: "timestamp"} {
		cases = append(cases,
			fieldCase{k, fold.Environment, "environment", fold.Text("a"), fold.Text("b"), "a", "b", "default", false},
			fieldCase{k, fold.Start, name, fold.Time(1000), fold.Time(2000), "1000", "2000", "0", false})
	}
	return cases
}

func payloads() []fieldCase {
	return []fieldCase{
		textCase(fold.Trace, fold.Input, "input"), textCase(fold.Trace, fold.Output, "output"),
		textCase(fold.Observation, fold.Input, "input"), textCase(fold.Observation, fold.Output, "output"),
	}
}

func wholes() []fieldCase {
	o := fold.Observation
	a, b := trace.Amounts{{Name: "input", N: 1}}, trace.Amounts{{Name: "output", N: 2}}
	return []fieldCase{
		{o, fold.Usage, "usage", fold.Map(a), fold.Map(b), "input 1, total 1", "output 2, total 2", "", false},
		{o, fold.Cost, "provided cost", fold.Map(a), fold.Map(b), "input 1", "output 2", "", false},
		{o, fold.ToolDefinitions, "tools", fold.Text(`{"a":"1"}`), fold.Text(`{"b":"2"}`), `{"a":"1"}`, `{"b":"2"}`, "", false},
		{o, fold.ToolCalls, "tool calls", fold.Text(`[1]`), fold.Text(`[2]`), `[1]`, `[2]`, "", false},
	}
}

// classVectors says of every field what its class promises.
func classVectors() map[string]vector {
	out := map[string]vector{}
	type sent struct {
		rank     fold.Rank
		at       trace.Micros
		value    fold.Value
		explicit bool
	}
	for class, cases := range map[string][]fieldCase{
		"null clears": ordinaryClears(), "null keeps": ordinaryKeeps(), "first wins": firstWins(), "payload": payloads(), "whole": wholes(),
	} {
		for _, c := range cases {
			add := func(what, want string, all ...sent) {
				// A record beside them keeps the entity there whatever the field does.
				traceID := "T"
				if c.kind == fold.Score {
					traceID = ""
				}
				records := []fold.Record{{Kind: c.kind, TraceID: traceID, ID: "T", Time: 50, Rank: fold.Create}}
				for _, p := range besides(c.field) {
					p(&records[0])
				}
				for _, s := range all {
					r := fold.Record{Kind: c.kind, TraceID: traceID, ID: "T", Time: s.at, Rank: s.rank}
					if s.explicit {
						r.Set(c.field, s.value)
					} else {
						r.SetDefault(c.field, s.value)
					}
					records = append(records, r)
				}
				expect := traceShows("T", fields{c.name: want})
				switch c.kind {
				case fold.Observation:
					expect = observationShows("T", "T", fields{c.name: want})
				case fold.Score:
					expect = scoreShows("T", fields{c.name: want})
				}
				out[fmt.Sprintf("%s %s: %s", c.kind, c.field, what)] = vector{records: records, want: []fact{expect}}
			}
			set := func(at trace.Micros, v fold.Value) sent { return sent{fold.Update, at, v, true} }
			dflt := func(rank fold.Rank, at trace.Micros, v fold.Value) sent { return sent{rank, at, v, false} }

			add("none", c.absent)
			if class == "first wins" {
				add("the first", c.showA, set(1, c.a), set(2, c.b), dflt(fold.Create, 0, c.b))
				if c.field == fold.Start {
					add("the first default", c.showA, dflt(fold.Create, 1, c.a), dflt(fold.Update, 1, c.b), dflt(fold.Create, 2, c.b))
				}
				add("null changes nothing", c.showA, set(1, fold.Null()), set(2, c.a), set(3, c.b))
				continue
			}
			add("the last", c.showA, set(1, c.b), set(2, c.a), dflt(fold.Complete, 3, c.b))
			add("the last, the other way", c.showB, set(1, c.a), set(2, c.b))
			add("the last default", c.showA, dflt(fold.Create, 1, c.b), dflt(fold.Update, 1, c.a))
			switch class {
			case "null clears":
				add("null clears", c.absent, set(1, c.a), set(2, fold.Null()), dflt(fold.Complete, 3, c.b))
				add("a value after null", c.showA, set(1, fold.Null()), set(2, c.a))
			default:
				add("null changes nothing", c.showA, set(1, c.b), set(2, c.a), set(3, fold.Null()))
			}
			switch {
			case class == "payload":
				weak := fold.Value{Weak: true}
				add("weak", c.showA, set(1, c.a), set(2, weak))
				add("weak alone", "", set(1, weak), set(2, fold.Null()))
			case class == "whole":
				add("empty", c.showA, set(1, c.a), set(2, fold.Value{}), set(3, fold.Text("{}")), set(4, fold.Text("[]")))
			case c.empty:
				add("an empty text is a value", "", set(1, c.a), set(2, fold.Text("")))
			}
		}
	}
	return out
}
