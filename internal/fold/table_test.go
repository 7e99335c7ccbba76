package fold_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// vector is a set of records of one entity and what they come to, whatever their
// order. Fields that are not in want must be absent.
type vector struct {
	records []fold.Record
	want    view
}

// The records of the vectors below have ranks and times of their own, so that no
// order decides.
const (
	create   = fold.Create
	update   = fold.Update
	complete = fold.Complete
)

// vectors are the cases of the design that concern one entity.
func vectors() map[string]vector {
	obs, tr, score, session := fold.Observation, fold.Trace, fold.Score, fold.Session
	return map[string]vector{
		"update before create": {
			[]fold.Record{record(obs, update, 10, payload(fold.Output, `"b"`)), record(obs, create, 5, payload(fold.Output, `"a"`), at(fold.Start, 5))},
			view{"output": "b", "start": "5"},
		},
		"explicit beats default": {
			[]fold.Record{record(obs, create, 5, dflt(fold.Start, fold.Time(5))), record(obs, update, 3, at(fold.Start, 7))},
			view{"start": "7"},
		},
		"null that reads as absent": {
			[]fold.Record{
				record(obs, create, 1, text(fold.Parent, "p"), at(fold.End, 9), text(fold.Version, "v")),
				record(obs, update, 2, payload(fold.Output, `"o"`), null(fold.Parent), null(fold.End), null(fold.Version)),
			},
			view{"parent": "p", "end": "9", "version": "v", "output": "o"},
		},
		"public stays": {
			[]fold.Record{record(tr, create, 1, flag(fold.Public, true)), record(tr, create, 2, text(fold.Name, "n"))},
			view{"public": "1", "name": "n"},
		},
		"a batch half with a level, an OTLP half that says nothing of it": {
			[]fold.Record{record(obs, create, 1, text(fold.Level, "ERROR")), record(obs, complete, 2, dflt(fold.Level, fold.Text("DEFAULT")))},
			view{"level": "ERROR", "otel": "true"},
		},
		"nested metadata": {
			[]fold.Record{record(obs, create, 1, meta(`{"a":{"b":1}}`)), record(obs, update, 0, meta(`{"a":{"c":2}}`))},
			view{"metadata": `{"a":{"b":1,"c":2}}`},
		},
		"a scalar between objects": {
			[]fold.Record{record(obs, create, 1, meta(`{"a":{"q":1}}`)), record(obs, create, 2, meta(`{"a":5}`)), record(obs, create, 3, meta(`{"a":{"r":2}}`))},
			view{"metadata": `{"a":{"r":2}}`},
		},
		"an object, a scalar, the same object": {
			[]fold.Record{record(obs, create, 1, meta(`{"a":{"q":1}}`)), record(obs, create, 2, meta(`{"a":5}`)), record(obs, create, 3, meta(`{"a":{"q":1}}`))},
			view{"metadata": `{"a":{"q":1}}`},
		},
		"the same object twice, then a scalar": {
			[]fold.Record{record(obs, create, 1, meta(`{"a":{"q":1}}`)), record(obs, create, 3, meta(`{"a":5}`)), record(obs, create, 2, meta(`{"a":{"q":1}}`))},
			view{"metadata": `{"a":5}`},
		},
		"a scalar after objects": {
			[]fold.Record{record(obs, create, 1, meta(`{"a":{"q":1}}`)), record(obs, create, 3, meta(`{"a":5}`)), record(obs, create, 2, meta(`{"a":{"r":2}}`))},
			view{"metadata": `{"a":5}`},
		},
		"a path is keys": {
			[]fold.Record{record(obs, create, 1, meta(`{"a":{"b":1}}`)), record(obs, create, 2, meta(`{"a.b":2}`))},
			view{"metadata": `{"a":{"b":1},"a.b":2}`},
		},
		"an empty object":           {[]fold.Record{record(obs, create, 1, meta(`{"e":{}}`))}, view{"metadata": `{"e":{}}`}},
		"an empty object is a leaf": {[]fold.Record{record(obs, create, 1, meta(`{"e":{"x":1}}`)), record(obs, create, 2, meta(`{"e":{}}`))}, view{"metadata": `{"e":{}}`}},
		"metadata of two trace-creates": {
			[]fold.Record{record(tr, create, 1, meta(`{"step1":1,"status":"a"}`)), record(tr, create, 2, meta(`{"step2":2,"error":""}`))},
			view{"metadata": `{"error":"","status":"a","step1":1,"step2":2}`},
		},
		"weak metadata": {
			[]fold.Record{
				record(obs, create, 1, meta(`{"k":1}`)), record(obs, create, 2, meta(`null`)), record(obs, create, 3, meta(`""`)),
				record(obs, create, 4, meta(`0`)), record(obs, create, 5, meta(`false`)), record(obs, create, 6, meta(`{}`)),
			},
			view{"metadata": `{"k":1}`},
		},
		"a null leaf": {
			[]fold.Record{record(obs, create, 1, meta(`{"k":1}`)), record(obs, create, 2, meta(`{"k":null}`))},
			view{"metadata": `{"k":null}`},
		},
		"arrays are replaced": {
			[]fold.Record{record(obs, create, 1, meta(`{"k":[1,2]}`)), record(obs, create, 2, meta(`{"k":[3]}`))},
			view{"metadata": `{"k":[3]}`},
		},
		"output 0 only": {[]fold.Record{record(obs, create, 1, payload(fold.Output, `0`))}, view{"output": "0"}},
		"a weak output after a strong one": {
			[]fold.Record{record(obs, create, 1, payload(fold.Output, `"x"`)), record(obs, update, 2, payload(fold.Output, `""`)), record(obs, update, 3, payload(fold.Output, `null`))},
			view{"output": "x"},
		},
		"of weak outputs the last": {
			[]fold.Record{record(obs, create, 1, payload(fold.Output, `0`)), record(obs, update, 2, payload(fold.Output, `false`)), record(obs, update, 3, payload(fold.Output, `null`))},
			view{"output": "false"},
		},
		"usage is replaced as a whole": {
			[]fold.Record{record(obs, create, 1, amounts(fold.Usage, map[string]int64{"input": 5, "output": 7})), record(obs, update, 2, amounts(fold.Usage, map[string]int64{"output": 9}))},
			view{"usage": "output:9"},
		},
		"start is the first, end the last": {
			[]fold.Record{record(obs, create, 1, at(fold.Start, 100)), record(obs, update, 2, at(fold.Start, 200), at(fold.End, 300)), record(obs, update, 3, at(fold.End, 250))},
			view{"start": "100", "end": "250"},
		},
		"environment is the first": {
			[]fold.Record{record(tr, create, 1, text(fold.Environment, "a")), record(tr, create, 2, text(fold.Environment, "b")), record(tr, create, 0, dflt(fold.Environment, fold.Text("default")))},
			view{"environment": "a"},
		},
		"tags": {
			[]fold.Record{record(tr, create, 1, tags("b", "a")), record(tr, create, 2, tags("a", "c"))},
			view{"tags": "a b c"},
		},
		"a person removes a tag that telemetry set later by its own clock": {
			// The change has max(now, newest stored + 1) as its event time.
			[]fold.Record{record(tr, create, 9, tags("a", "b")), record(tr, update, 10, untag("a"))},
			view{"tags": "b"},
		},
		"tags set, removed and set": {
			[]fold.Record{record(tr, create, 1, tags("a", "b")), record(tr, update, 2, untag("a", "b")), record(tr, update, 3, tags("a"))},
			view{"tags": "a"},
		},
		"the first again after the second": {
			[]fold.Record{record(obs, update, 1, text(fold.Name, "a")), record(obs, update, 2, text(fold.Name, "b")), record(obs, update, 1, text(fold.Name, "a"))},
			view{"name": "b"},
		},
		"ranks of one time": {
			[]fold.Record{
				record(obs, create, 5, text(fold.Name, "c"), text(fold.Model, "c"), text(fold.UserID, "c"), at(fold.Start, 1)),
				record(obs, update, 5, text(fold.Name, "u"), text(fold.Model, "u"), at(fold.Start, 2)),
				record(obs, complete, 5, text(fold.Name, "o"), at(fold.Start, 3)),
			},
			view{"name": "o", "model": "u", "user": "c", "start": "1", "otel": "true"},
		},

		"a score's value is one field": {
			[]fold.Record{
				record(score, create, 1, text(fold.ScoreValue, `{"name":"x","dataType":"BOOLEAN","value":1,"stringValue":"True"}`)),
				record(score, create, 2, text(fold.ScoreValue, `{"name":"x","dataType":"NUMERIC","value":0.7}`)),
			},
			view{"score_value": `{"name":"x","dataType":"NUMERIC","value":0.7}`},
		},
		"a score's comment is cleared, then the first comes again": {
			[]fold.Record{record(score, create, 1, text(fold.Comment, "c")), record(score, create, 2, null(fold.Comment)), record(score, create, 1, text(fold.Comment, "c"))},
			view{"comment": "null"},
		},
		"a score's time, trace and environment are the first": {
			[]fold.Record{
				record(score, create, 1, at(fold.Start, 10), text(fold.TraceRef, "A"), text(fold.Environment, "a"), text(fold.SessionRef, "s1"), text(fold.ObservationRef, "o1"), text(fold.RunRef, "r1")),
				record(score, create, 2, at(fold.Start, 20), text(fold.TraceRef, "B"), text(fold.Environment, "b"), text(fold.SessionRef, "s2"), text(fold.ObservationRef, "o2"), text(fold.RunRef, "r2")),
			},
			view{"start": "10", "trace_ref": "A", "environment": "a", "session_ref": "s2", "observation_ref": "o2", "run_ref": "r2"},
		},
		"a score's metadata": {
			[]fold.Record{record(score, create, 1, meta(`{"a":1}`)), record(score, create, 2, meta(`{"b":2}`), text(fold.Author, "p"), text(fold.Queue, "q"), text(fold.Source, "API"))},
			view{"metadata": `{"a":1,"b":2}`, "author": "p", "queue": "q", "source": "API"},
		},
		"a session": {
			[]fold.Record{
				record(session, create, 1, text(fold.Environment, "a"), flag(fold.Public, true)), record(session, create, 2, text(fold.Environment, "b")),
				record(session, update, 3, flag(fold.Bookmarked, true)), record(session, update, 4, flag(fold.Public, false)),
			},
			view{"environment": "a", "public": "", "bookmarked": "1"},
		},
		"what an entity does not have is ignored": {
			[]fold.Record{
				record(session, create, 1, text(fold.Name, "n"), meta(`{"k":1}`), tags("a"), untag("b"), text(fold.Environment, "e")),
				record(session, create, 2, payload(fold.Input, `"i"`)),
			},
			view{"environment": "e"},
		},
		"tags of an observation are its trace's": {[]fold.Record{record(obs, create, 1, tags("a"), flag(fold.Public, true))}, view{}},
	}
}

// fieldsByClass is the fold table as the design has it, field class by field
// class, written down apart from the code.
func fieldsByClass() map[string]map[fold.Kind][]fold.Field {
	return map[string]map[fold.Kind][]fold.Field{
		"ordinary, null clears": {
			fold.Trace:       {fold.Name, fold.UserID, fold.SessionID, fold.Release, fold.Version},
			fold.Observation: {fold.Name, fold.UserID, fold.SessionID, fold.Release, fold.Level, fold.Model, fold.Rates},
			fold.Score:       {fold.Comment, fold.Author, fold.Queue, fold.ExecutionTrace},
		},
		"ordinary, null changes nothing": {
			fold.Trace: {fold.Public, fold.Bookmarked, fold.Raw},
			fold.Observation: {
				fold.Version, fold.End, fold.CompletionStart, fold.Parent, fold.Type, fold.StatusMessage, fold.ModelParameters,
				fold.PromptLink, fold.AppRoot, fold.AsRoot, fold.Raw, fold.Repriced, fold.Reasons, fold.Experiment,
			},
			fold.Score:   {fold.ObservationRef, fold.SessionRef, fold.RunRef, fold.ScoreValue, fold.Source, fold.Raw},
			fold.Session: {fold.Public, fold.Bookmarked},
		},
		"first wins": {
			fold.Trace:       {fold.Environment, fold.Start},
			fold.Observation: {fold.Environment, fold.Start},
			fold.Score:       {fold.Start, fold.TraceRef, fold.Environment},
			fold.Session:     {fold.Environment},
		},
		"payload": {
			fold.Trace:       {fold.Input, fold.Output},
			fold.Observation: {fold.Input, fold.Output},
		},
		"whole": {
			fold.Observation: {fold.Usage, fold.Cost, fold.ToolDefinitions, fold.ToolCalls},
		},
	}
}

// isMap reports whether the value of a field is a map of amounts, whatever its text.
func isMap(f fold.Field) bool { return f == fold.Usage || f == fold.Cost }

// classVectors says of every field what its class promises.
func classVectors() map[string]vector {
	out := map[string]vector{}
	weak := fold.Value{Weak: true}
	for class, kinds := range fieldsByClass() {
		for k, fields := range kinds {
			for _, f := range fields {
				text, prefix := fold.Text, ""
				if isMap(f) {
					text = func(s string) fold.Value { return fold.Value{A: trace.Amounts{{Name: "k", N: 1}}, S: s} }
					prefix = "k:1 "
				}
				add := func(what, want string, records ...fold.Record) {
					v := view{f.String(): prefix + want}
					if want == "-" {
						v = view{}
					}
					out[fmt.Sprintf("%s %s: %s", k, f, what)] = vector{records, v}
				}
				one := func(rank fold.Rank, time trace.Micros, v fold.Value) fold.Record {
					return record(k, rank, time, set(f, v))
				}
				def := func(rank fold.Rank, time trace.Micros, v fold.Value) fold.Record {
					return record(k, rank, time, dflt(f, v))
				}

				if class == "first wins" {
					add("the first", "a", one(create, 1, text("a")), one(create, 2, text("b")), def(create, 0, text("d")))
					add("the first default", "a (default)", def(create, 1, text("a")), def(update, 1, text("b")), def(create, 2, text("c")))
					add("null changes nothing", "a", one(create, 1, fold.Null()), one(create, 2, text("a")))
					add("null alone", "-", one(create, 1, fold.Null()))
					continue
				}
				add("the last", "b", one(create, 1, text("a")), one(create, 2, text("b")), def(update, 3, text("d")))
				add("the last default", "b (default)", def(create, 1, text("a")), def(update, 1, text("b")))
				switch class {
				case "ordinary, null clears":
					add("null clears", "null", one(create, 1, text("a")), one(create, 2, fold.Null()), def(create, 3, text("d")))
					add("a value after null", "a", one(create, 1, fold.Null()), one(create, 2, text("a")))
				default:
					add("null changes nothing", "a", one(create, 1, text("a")), one(create, 2, fold.Null()))
					add("null alone", "-", one(create, 1, fold.Null()))
				}
				switch class {
				case "payload":
					add("weak", "a", one(create, 1, text("a")), one(create, 2, weak))
					add("weak alone", "", one(create, 1, weak))
				case "whole":
					add("empty", "a", one(create, 1, text("a")), one(create, 2, fold.Text("")), one(create, 3, fold.Text("{}")), one(create, 4, fold.Text("[]")), one(create, 5, fold.Value{}))
					add("empty alone", "-", one(create, 1, fold.Text("{}")))
					if isMap(f) {
						add("a text without amounts", "a", one(create, 1, text("a")), one(create, 2, fold.Text("b")))
					}
				default:
					add("an empty text is a value", "", one(create, 1, text("a")), one(create, 2, weak))
				}
			}
		}
	}
	return out
}

// failures returns the names of the vectors that fail under a fold table, with
// the reason. Each is tried in every order, and under every bracketing of up to
// four records.
func failures(rules []fold.Rule, all map[string]vector) map[string]string {
	f := fold.New(rules)
	failed := map[string]string{}
	for name, v := range all {
		for _, order := range permutations(v.records) {
			s := states(f, order)
			ends := []fold.State{joinAll(f, s)}
			if len(s) <= 4 {
				ends = brackets(f, s)
			}
			for _, end := range ends {
				if diff := cmp.Diff(v.want, show(&end)); diff != "" {
					failed[name] = fmt.Sprintf("(-want +got)\n%s\nrecords in order of arrival:\n%s", diff, describe(order))
				}
			}
		}
	}
	return failed
}

func TestVectors(t *testing.T) {
	for name, why := range failures(fold.DefaultRules(), vectors()) {
		t.Errorf("%s: %s", name, why)
	}
}

func TestFieldClasses(t *testing.T) {
	for name, why := range failures(fold.DefaultRules(), classVectors()) {
		t.Errorf("%s: %s", name, why)
	}
}

// TestTableIsTheDesign: no field of the table lacks a class above, or the other
// way round.
func TestTableIsTheDesign(t *testing.T) {
	want := map[string]string{
		"trace.metadata": "leaves", "observation.metadata": "leaves", "score.metadata": "leaves", "trace.tags": "tag_set",
	}
	names := map[string]string{"first wins": "first_wins", "payload": "payload", "whole": "whole", "ordinary, null clears": "ordinary", "ordinary, null changes nothing": "ordinary"}
	for class, kinds := range fieldsByClass() {
		for k, fields := range kinds {
			for _, f := range fields {
				want[k.String()+"."+f.String()] = names[class]
			}
		}
	}
	got := map[string]string{}
	for _, r := range fold.DefaultRules() {
		got[r.Kind.String()+"."+r.Field.String()] = r.Class.String()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the fold table (-want +got)\n%s", diff)
	}
}

// TestEveryRuleIsHeld breaks each row of the fold table in every way that can
// show, and expects some vector to notice.
func TestEveryRuleIsHeld(t *testing.T) {
	all := vectors()
	maps.Copy(all, classVectors())
	classes := []fold.Class{fold.None, fold.Ordinary, fold.Payload, fold.FirstWins, fold.Whole}
	for i, row := range fold.DefaultRules() {
		var mutants []fold.Rule
		for _, class := range classes {
			if class != row.Class {
				m := row
				m.Class = class
				mutants = append(mutants, m)
			}
		}
		// Null is never a value of these: neither null nor an empty value counts.
		if !slices.Contains([]fold.Class{fold.Whole, fold.Leaves, fold.TagSet}, row.Class) {
			m := row
			m.NullIsAbsent = !m.NullIsAbsent
			mutants = append(mutants, m)
		}
		concerns := map[string]vector{}
		for name, v := range all {
			if slices.ContainsFunc(v.records, func(r fold.Record) bool { return r.Kind == row.Kind && has(&r, row.Field) }) {
				concerns[name] = v
			}
		}
		for _, m := range mutants {
			rules := fold.DefaultRules()
			rules[i] = m
			if !failsAny(rules, concerns) {
				t.Errorf("%s %s as %s, null absent %v: no vector fails", m.Kind, m.Field, m.Class, m.NullIsAbsent)
			}
		}
	}
}

func has(r *fold.Record, f fold.Field) bool {
	switch f {
	case fold.Metadata:
		return !r.Metadata.Empty()
	case fold.Tags:
		return len(r.Tags) > 0
	}
	_, ok := r.Get(f)
	return ok
}

func failsAny(rules []fold.Rule, all map[string]vector) bool {
	for name, v := range all {
		if len(failures(rules, map[string]vector{name: v})) > 0 {
			return true
		}
	}
	return false
}

// TestWithoutRules: a field without a row is ignored.
func TestWithoutRules(t *testing.T) {
	f := fold.New(nil)
	r := record(fold.Trace, create, 1, text(fold.Name, "n"), meta(`{"k":1}`), tags("a"), payload(fold.Input, `"i"`))
	s := f.State(&r, 1)
	if diff := cmp.Diff(view{}, show(&s)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
