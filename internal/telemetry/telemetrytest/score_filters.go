package telemetrytest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// judgements are scores of the catalogue's traces and of others, in which most
// values are shared and each is missing somewhere.
func judgements() []fold.Record {
	var records []fold.Record
	for i := range 40 {
		parts := []part{start(trace.Micros(i%7)*500 - 1000)} // ties, and several in a millisecond
		word := []string{"a", "b", "ab", "A", ""}[i%5]
		switch i % 6 {
		case 0:
			parts = append(parts, number(word+"n", []float64{-1, 0, 0.1, 0.7, 1, 3, 1e300}[i/6]))
		case 1:
			parts = append(parts, boolean("b", i%4 == 1))
		case 2:
			parts = append(parts, says(score.Value{Name: "a", DataType: score.Categorical, Number: float64(i % 4), Text: &word, ConfigID: ptr("c")}))
		case 3:
			parts = append(parts, prose("b", word))
		case 4:
			parts = append(parts, correction(word))
		}
		for k, field := range []fold.Field{fold.ObservationRef, fold.SessionRef, fold.RunRef, fold.Comment, fold.Author, fold.Queue, fold.Environment} {
			if (i+k)%3 != 0 {
				parts = append(parts, text(field, []string{"a", "b", "ab", "A", "o1"}[(i/3+k)%5]))
			}
		}
		if i%4 != 0 {
			parts = append(parts, of(fmt.Sprintf("t%02d", i))) // some of them are there
		}
		if i%5 != 0 {
			parts = append(parts, text(fold.Source, string(score.Sources()[i%3])))
		}
		if i%3 != 0 {
			parts = append(parts, meta([]string{`{"k":"a","l":1}`, `{"k":"ab"}`, `{"k":1.50}`, `{"k":null}`, `{"k":{"a":1}}`, `{"k":[1,2]}`, `{"l":"a"}`, `{"k":true}`, `{"k":""}`}[i%9]))
		}
		records = append(records, judge(fmt.Sprintf("s%02d", (i*7)%40), 3_000_000+trace.Micros(i), parts...))
	}
	return records
}

// runScoreFilters asks with every condition alone, and with every condition beside
// one of another field, by pages of each kind, and then what is written by hand.
func runScoreFilters(t *testing.T, h Harness) {
	const p id.Project = "p"
	model, s := openCatalogue(t, h, p)
	defer closeStore(t, s)
	for _, store := range []telemetry.Store{model, s} {
		for chunk := range slices.Chunk(judgements(), 7) {
			write(t, store, p, chunk...)
		}
	}
	conditions := scoreConditions()
	for i, c := range conditions {
		other := conditions[(i*37+11)%len(conditions)]
		if err := compareAnswers(t.Context(), model, s, p, questions{scoreLists: []telemetry.ScoreQuery{
			{Where: filter.All{c}, Limit: 100, Total: true, Trace: true}, {Where: filter.All{c, other}, Limit: 3, Offset: 1, Total: true},
		}}); err != nil {
			t.Error(err)
		}
		if i%5 == 0 {
			if err := compareScoreWalks(t, model, s, p, filter.All{c}, 1+i%4); err != nil {
				t.Error(err)
			}
		}
	}
	for _, limit := range []int{1, 3, 39, 40, 41} {
		if err := compareScoreWalks(t, model, s, p, nil, limit); err != nil {
			t.Error(err)
		}
		for offset := 0; offset <= 41; offset += limit {
			if err := compareAnswers(t.Context(), model, s, p, questions{scoreLists: []telemetry.ScoreQuery{{Offset: offset, Limit: limit, Total: true, Trace: true}}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	scoresByHand(t, s)
}

// scoreConditions are conditions on every field of a score, by every operator.
func scoreConditions() filter.All {
	words := []string{"a", "b", "ab", "A", "o1", "", "none"}
	texts := map[filter.Field][]string{
		filter.TraceID: {"t01", "t07", "T07", "t39", "t"}, filter.ScoreID: {"s07", "s", "7", ""}, filter.Tags: {"x", "y", "z", "X"}, filter.Environment: {"default", "a", "A", "prod"},
		filter.UserID: {"u", "U", "v", ""}, filter.Source: {"API", "EVAL", "api", "A"}, filter.DataType: {"NUMERIC", "TEXT", "CORRECTION", "C"},
		filter.StringValue: {"True", "False", "a", "ab", "e", ""}, filter.Metadata: {"a", "b", "1.50", "1.5", "null", `{"a":1}`, "[1,2]", "true", `"a"`, ""},
	}
	var all filter.All
	for _, f := range scoreFilters() {
		values, ok := texts[f.field]
		if !ok {
			values = words
		}
		keys := []string{""}
		if f.field == filter.Metadata {
			keys = []string{"k", "l", "K", "k.a", ""}
		}
		for _, op := range f.ops {
			for i, key := range keys {
				values := values
				if i > 0 {
					values = values[:2]
				}
				c := filter.Condition{Field: f.field, Op: op, Key: key}
				switch op {
				case filter.AnyOf, filter.NoneOf, filter.AllOf:
					for i, v := range values {
						one, two := c, c
						one.Texts, two.Texts = []string{v}, []string{v, values[(i+1)%len(values)], v}
						all = append(all, one)
						if i%2 == 0 {
							all = append(all, two)
						}
					}
					if op != filter.AllOf {
						all = append(all, c) // of nothing
					}
				case filter.Contains, filter.Without, filter.StartsWith, filter.EndsWith:
					for _, v := range values {
						c.Texts = []string{v}
						all = append(all, c)
					}
				case filter.From, filter.Before:
					for ms := trace.Micros(-2); ms < 4; ms++ {
						c.Time = ms * 1000
						all = append(all, c)
					}
				case filter.Equal, filter.Greater, filter.AtLeast, filter.Less, filter.AtMost, filter.NotEqual:
					for _, n := range append(someNumbers(), 2, 1e300, math.Nextafter(0.7, 1)) {
						c.Number = n
						all = append(all, c)
					}
				default:
					all = append(all, c)
				}
			}
		}
	}
	return all
}

// scoresByHand: the reference could be wrong in the same way as an engine.
func scoresByHand(t *testing.T, s telemetry.Store) {
	t.Helper()
	const p id.Project = "by hand"
	write(t, s, p, traceCreate("T", 1, text(fold.Name, "tn"), text(fold.UserID, "u"), tags("x", "y")), traceCreate("U", 2),
		judge("1", 10, of("T"), number("q", 0), text(fold.Comment, "abc"), meta(`{"k":"v","n":1.50,"z":null}`)),
		judge("2", 20, of("U"), boolean("q", true), text(fold.Comment, "ABC"), meta(`{"k":{"a":1}}`)),
		judge("3", 30, of("V"), label("r", "lab", 2), text(fold.Comment, "")),
		judge("4", 40, text(fold.SessionRef, "se"), prose("r", "50% off_"), meta(`{"a.b":1}`)),
		judge("5", 50, of("T"), on("o"), correction("fixed")))
	all := []string{"5", "4", "3", "2", "1"}
	by := func(f filter.Field, op filter.Op, texts ...string) filter.Condition {
		return filter.Condition{Field: f, Op: op, Texts: texts}
	}
	number := func(op filter.Op, n float64) filter.Condition {
		return filter.Condition{Field: filter.Value, Op: op, Number: n}
	}
	key := func(key string, op filter.Op, texts ...string) filter.Condition {
		return filter.Condition{Field: filter.Metadata, Key: key, Op: op, Texts: texts}
	}
	for what, tt := range map[string]struct {
		where filter.All
		want  []string
	}{
		"all": {nil, all}, "any of nothing": {filter.All{by(filter.Name, filter.AnyOf)}, nil}, "none of nothing": {filter.All{by(filter.Comment, filter.NoneOf)}, all},
		"its trace's user": {filter.All{by(filter.UserID, filter.AnyOf, "u")}, []string{"5", "1"}}, "no user": {filter.All{by(filter.UserID, filter.IsNull)}, []string{"4", "3", "2"}},
		"not the user": {filter.All{by(filter.UserID, filter.NoneOf, "u")}, []string{"4", "3", "2"}}, "its trace's name": {filter.All{by(filter.TraceName, filter.StartsWith, "t")}, []string{"5", "1"}},
		"a tag": {filter.All{by(filter.Tags, filter.AnyOf, "z", "y")}, []string{"5", "1"}}, "all tags": {filter.All{by(filter.Tags, filter.AllOf, "x", "y")}, []string{"5", "1"}},
		"not all tags": {filter.All{by(filter.Tags, filter.AllOf, "x", "z")}, nil}, "no such tag": {filter.All{by(filter.Tags, filter.NoneOf, "z", "x")}, []string{"4", "3", "2"}},
		"a part": {filter.All{by(filter.Comment, filter.Contains, "b")}, []string{"1"}}, "every text has the empty part": {filter.All{by(filter.Comment, filter.Contains, "")}, []string{"3", "2", "1"}},
		"without a part": {filter.All{by(filter.Comment, filter.Without, "b")}, []string{"5", "4", "3", "2"}}, "without the empty part": {filter.All{by(filter.Comment, filter.Without, "")}, []string{"5", "4"}},
		"a start": {filter.All{by(filter.Comment, filter.StartsWith, "A")}, []string{"2"}}, "an end": {filter.All{by(filter.Comment, filter.EndsWith, "bc")}, []string{"1"}},
		"no comment": {filter.All{by(filter.Comment, filter.IsNull)}, []string{"5", "4"}}, "a comment": {filter.All{by(filter.Comment, filter.IsNotNull)}, []string{"3", "2", "1"}},
		"a trace": {filter.All{by(filter.TraceID, filter.IsNotNull)}, []string{"5", "3", "2", "1"}}, "a trace that is not there": {filter.All{by(filter.TraceID, filter.AnyOf, "V")}, []string{"3"}},
		"an observation": {filter.All{by(filter.ObservationID, filter.AnyOf, "o")}, []string{"5"}}, "another observation": {filter.All{by(filter.ObservationID, filter.NoneOf, "o")}, all[1:]},
		"a session": {filter.All{by(filter.SessionID, filter.AnyOf, "se")}, []string{"4"}}, "a data type": {filter.All{by(filter.DataType, filter.AnyOf, "TEXT", "NUMERIC")}, []string{"4", "1"}},
		"true":    {filter.All{by(filter.StringValue, filter.AnyOf, "True")}, []string{"2"}},
		"a label": {filter.All{by(filter.StringValue, filter.Contains, "a")}, []string{"3"}}, "no text": {filter.All{by(filter.StringValue, filter.IsNull)}, []string{"1"}},
		"a sign that is no wildcard": {filter.All{by(filter.StringValue, filter.Contains, "0%")}, []string{"4"}}, "a line that is no wildcard": {filter.All{by(filter.StringValue, filter.EndsWith, "_")}, []string{"4"}},
		"a wildcard of patterns": {filter.All{by(filter.StringValue, filter.Contains, "5%o")}, nil},
		"no value":               {filter.All{by(filter.Value, filter.IsNull)}, []string{"5", "4"}}, "a value": {filter.All{by(filter.Value, filter.IsNotNull)}, []string{"3", "2", "1"}},
		"equal": {filter.All{number(filter.Equal, 0)}, []string{"1"}}, "not equal": {filter.All{number(filter.NotEqual, 0)}, []string{"3", "2"}},
		"greater": {filter.All{number(filter.Greater, 1)}, []string{"3"}}, "at least": {filter.All{number(filter.AtLeast, 1)}, []string{"3", "2"}},
		"less": {filter.All{number(filter.Less, 1)}, []string{"1"}}, "at most": {filter.All{number(filter.AtMost, 1)}, []string{"2", "1"}},
		"a text in metadata": {filter.All{key("k", filter.AnyOf, "v")}, []string{"1"}}, "an object in metadata": {filter.All{key("k", filter.AnyOf, `{"a":1}`)}, []string{"2"}},
		"a number in metadata": {filter.All{key("n", filter.AnyOf, "1.50")}, []string{"1"}}, "null in metadata": {filter.All{key("z", filter.AnyOf, "null")}, []string{"1"}},
		"a key that is not there": {filter.All{key("k", filter.IsNull)}, []string{"5", "4", "3"}}, "a key with null": {filter.All{key("z", filter.IsNotNull)}, []string{"1"}},
		"without needs the key": {filter.All{key("k", filter.Without, "v")}, []string{"2"}}, "none of does not": {filter.All{key("k", filter.NoneOf, "v")}, []string{"5", "4", "3", "2"}},
		"a key with a dot": {filter.All{key("a.b", filter.AnyOf, "1")}, []string{"4"}}, "a path is no key": {filter.All{key("k.a", filter.IsNotNull)}, nil},
		"two conditions":  {filter.All{by(filter.Name, filter.AnyOf, "r"), by(filter.StringValue, filter.StartsWith, "l")}, []string{"3"}},
		"one field twice": {filter.All{number(filter.Greater, 0), number(filter.Less, 2)}, []string{"2"}},
		"a wide range":    {filter.All{number(filter.AtLeast, math.Inf(-1)), number(filter.AtMost, math.Inf(1))}, []string{"3", "2", "1"}},
	} {
		if err := scoresListed(tt.where, tt.want...).check(t.Context(), s, p); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}
