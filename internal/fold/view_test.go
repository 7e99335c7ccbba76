package fold_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func ptr[T any](v T) *T { return &v }

func stateOf(records ...fold.Record) fold.State {
	f := newFolder()
	return joinAll(f, states(f, records))
}

func TestObservationView(t *testing.T) {
	full := record(fold.Observation, complete, 9,
		text(fold.Name, "n"), text(fold.UserID, "u"), text(fold.SessionID, "s"), text(fold.Release, "r"), text(fold.Version, "v"),
		text(fold.Environment, "e"), at(fold.Start, 5), at(fold.End, 9), at(fold.CompletionStart, 6), text(fold.Parent, "p"),
		text(fold.Type, "TOOL"), text(fold.Level, "ERROR"), text(fold.StatusMessage, "m"), text(fold.Model, "gpt"),
		text(fold.ModelParameters, `{"t":1}`), set(fold.PromptLink, fold.Value{S: "q", N: 3, HasN: true}),
		payload(fold.Input, `"i"`), set(fold.Output, fold.Value{S: "ou", Ref: "blob", Size: 9000}), meta(`{"k":1}`),
		amounts(fold.Usage, map[string]int64{"input": 1, "output": 2}), amounts(fold.Cost, map[string]int64{"input": 10, "output": 20}),
		text(fold.ToolDefinitions, `{"f":"{}"}`), text(fold.ToolCalls, `[1]`), text(fold.Experiment, `{"id":"e"}`), flag(fold.AppRoot, true), text(fold.Raw, `{"x":1}`),
	)
	s := stateOf(full)
	got := fold.ObservationView("x", "t", &s)
	want := trace.Observation{
		ID: "x", TraceID: "t", ParentID: ptr("p"), Type: trace.Tool, Name: ptr("n"), Level: trace.Error, StatusMessage: ptr("m"),
		Start: 5, End: ptr(trace.Micros(9)), CompletionStart: ptr(trace.Micros(6)), Environment: "e", UserID: ptr("u"), SessionID: ptr("s"),
		Release: ptr("r"), Version: ptr("v"), Input: &trace.Text{S: "i"}, Output: &trace.Text{S: "ou", Ref: "blob", Size: 9000},
		Metadata: trace.Metadata{Object: `{"k":1}`}, Model: ptr("gpt"), ModelParameters: `{"t":1}`, Prompt: &trace.Prompt{Name: "q", Version: ptr(3)},
		ProvidedUsage: trace.Amounts{{Name: "input", N: 1}, {Name: "output", N: 2}},
		ProvidedCost:  trace.Amounts{{Name: "input", N: 10}, {Name: "output", N: 20}},
		Usage:         trace.Amounts{{Name: "input", N: 1}, {Name: "output", N: 2}, {Name: "total", N: 3}},
		Cost:          trace.Amounts{{Name: "input", N: 10}, {Name: "output", N: 20}, {Name: "total", N: 30}},
		TotalCost:     ptr(int64(30)), ToolDefinitions: `{"f":"{}"}`, ToolCalls: `[1]`, Experiment: `{"id":"e"}`,
		Account: trace.Account{UsageSource: trace.Reported, CostSource: trace.Reported}, AppRoot: true, OTel: true, Raw: &trace.Text{S: `{"x":1}`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("all fields (-want +got)\n%s", diff)
	}

	var none fold.State
	if diff := cmp.Diff(trace.Observation{ID: "x", TraceID: "t", Type: trace.Span, Level: trace.Default}, fold.ObservationView("x", "t", &none)); diff != "" {
		t.Errorf("no fields (-want +got)\n%s", diff)
	}

	s = stateOf(record(fold.Observation, create, 1, null(fold.Name), null(fold.Level), null(fold.Model), null(fold.UserID),
		dflt(fold.Environment, fold.Text("default")), dflt(fold.Type, fold.Text("EVENT")), set(fold.PromptLink, fold.Value{S: "q"})))
	if diff := cmp.Diff(trace.Observation{ID: "x", TraceID: "t", Type: trace.Event, Level: trace.Default, Prompt: &trace.Prompt{Name: "q"}}, fold.ObservationView("x", "t", &s)); diff != "" {
		t.Errorf("nulls and defaults (-want +got)\n%s", diff)
	}
}

// TestCountedView: it is a part of what is shown, and the same.
func TestCountedView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRecord(t, fold.Observation, fold.Rank(rapid.IntRange(0, 2).Draw(t, "rank")), 5)
		r.OTel = rapid.Bool().Draw(t, "otel")
		s := stateOf(r)
		shown, counted := fold.ObservationView("x", "t", &s), fold.CountedView("x", &s)
		want := trace.Observation{
			ID: "x", Type: shown.Type, Name: shown.Name, Level: shown.Level, Start: shown.Start, End: shown.End, Model: shown.Model, OTel: shown.OTel,
			ProvidedUsage: shown.ProvidedUsage, ProvidedCost: shown.ProvidedCost, Usage: shown.Usage, Cost: shown.Cost, TotalCost: shown.TotalCost,
		}
		if diff := cmp.Diff(want, counted); diff != "" {
			t.Errorf("(-shown +counted)\n%s", diff)
		}
	})
}

func TestEndBeforeStart(t *testing.T) {
	batch := stateOf(record(fold.Observation, create, 1, at(fold.Start, 10), at(fold.End, 4)))
	if got := fold.ObservationView("x", "t", &batch); *got.End != 10 {
		t.Errorf("a batch end is shown as %d, want the start, 10", *got.End)
	}
	otlp := stateOf(record(fold.Observation, complete, 1, at(fold.Start, 10), at(fold.End, 4)))
	if got := fold.ObservationView("x", "t", &otlp); *got.End != 4 {
		t.Errorf("an OTLP end is shown as %d, want it as it came, 4", *got.End)
	}
}

func TestInherit(t *testing.T) {
	tr := trace.Trace{
		Project: "p", ID: "t", Name: ptr("tn"), Environment: "te", UserID: ptr("tu"), SessionID: ptr("ts"), Release: ptr("tr"), Version: ptr("tv"),
		Tags: []string{"a"}, Public: true, Bookmarked: true,
	}
	var bare trace.Observation
	fold.Inherit(&bare, &tr)
	want := trace.Observation{
		Project: "p", Environment: "te", UserID: ptr("tu"), SessionID: ptr("ts"), Release: ptr("tr"), Version: ptr("tv"),
		TraceName: ptr("tn"), Tags: []string{"a"}, Public: true, Bookmarked: true,
	}
	if diff := cmp.Diff(want, bare); diff != "" {
		t.Errorf("without its own (-want +got)\n%s", diff)
	}
	own := trace.Observation{Name: ptr("n"), Environment: "e", UserID: ptr("u"), SessionID: ptr("s"), Release: ptr("r"), Version: ptr("v")}
	want = own
	want.Project, want.TraceName, want.Tags, want.Public, want.Bookmarked = "p", ptr("tn"), []string{"a"}, true, true
	fold.Inherit(&own, &tr)
	if diff := cmp.Diff(want, own); diff != "" {
		t.Errorf("with its own (-want +got)\n%s", diff)
	}
}

func TestTraceView(t *testing.T) {
	root := stateOf(record(fold.Observation, complete, 9, text(fold.Name, "rn"), payload(fold.Input, `"ri"`), payload(fold.Output, `"ro"`), meta(`{"k":1,"r":{"x":1}}`),
		text(fold.UserID, "u"), text(fold.SessionID, "s"), text(fold.Release, "r"), text(fold.Version, "v"), text(fold.Environment, "e")))
	m := func(t trace.Micros) *trace.Micros { return &t }
	tests := map[string]struct {
		own  []fold.Record
		seen fold.Observed
		want trace.Trace
	}{
		"nothing": {want: trace.Trace{Environment: "default"}},
		"all of its own": {
			own: []fold.Record{record(fold.Trace, create, 1, text(fold.Name, "n"), text(fold.UserID, "tu"), text(fold.SessionID, "ts"), text(fold.Release, "tr"),
				text(fold.Version, "tv"), text(fold.Environment, "te"), at(fold.Start, 7), payload(fold.Input, `"i"`), payload(fold.Output, `"o"`),
				meta(`{"k":2}`), tags("b", "a"), flag(fold.Public, true), flag(fold.Bookmarked, true))},
			seen: fold.Observed{Root: &root, FirstOTel: m(8), First: m(1), Environment: "oe"},
			want: trace.Trace{
				Timestamp: 7, Name: ptr("n"), UserID: ptr("tu"), SessionID: ptr("ts"), Release: ptr("tr"), Version: ptr("tv"), Environment: "te",
				Tags: []string{"a", "b"}, Public: true, Bookmarked: true, Input: &trace.Text{S: "i"}, Output: &trace.Text{S: "o"},
				Metadata: trace.Metadata{Object: `{"k":2,"r":{"x":1}}`},
			},
		},
		"only a root": {
			seen: fold.Observed{Root: &root, FirstOTel: m(5), First: m(3)},
			want: trace.Trace{
				Timestamp: 5, Name: ptr("rn"), Environment: "default", Input: &trace.Text{S: "ri"}, Output: &trace.Text{S: "ro"},
				Metadata: trace.Metadata{Object: `{"k":1,"r":{"x":1}}`},
			},
		},
		"a cleared name and a weak input": {
			own:  []fold.Record{record(fold.Trace, create, 1, null(fold.Name), payload(fold.Input, `""`), at(fold.Start, 9))},
			seen: fold.Observed{Root: &root, FirstOTel: m(5), First: m(5)},
			want: trace.Trace{
				Timestamp: 5, Name: ptr("rn"), Environment: "default", Input: &trace.Text{}, Output: &trace.Text{S: "ro"},
				Metadata: trace.Metadata{Object: `{"k":1,"r":{"x":1}}`},
			},
		},
		"only observations by batch": {
			seen: fold.Observed{First: m(-3), Environment: "oe"},
			want: trace.Trace{Timestamp: -3, Environment: "oe"},
		},
		"a default environment and time of its own": {
			own:  []fold.Record{record(fold.Trace, create, 4, dflt(fold.Environment, fold.Text("default")), dflt(fold.Start, fold.Time(4)))},
			seen: fold.Observed{First: m(1), Environment: "oe"},
			want: trace.Trace{Timestamp: 4, Environment: "oe"},
		},
		"an explicit environment default": {
			own:  []fold.Record{record(fold.Trace, create, 4, text(fold.Environment, "default"))},
			seen: fold.Observed{Environment: "oe"},
			want: trace.Trace{Environment: "default"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var s fold.State
			if len(tt.own) > 0 {
				s = stateOf(tt.own...)
			}
			tt.want.ID = "t"
			if tt.want.Tags == nil {
				tt.want.Tags = []string{} // never nil
			}
			if diff := cmp.Diff(tt.want, fold.TraceView("t", &s, tt.seen)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestRoot(t *testing.T) {
	type span struct {
		id      string
		records []fold.Record
	}
	rec := func(parts ...part) []fold.Record {
		return []fold.Record{record(fold.Observation, complete, 9, parts...)}
	}
	root := func(id string, start trace.Micros) span { return span{id, rec(at(fold.Start, start))} }
	app := func(id string, start trace.Micros) span {
		return span{id, rec(at(fold.Start, start), text(fold.Parent, "far"), flag(fold.AppRoot, true))}
	}
	tests := map[string]struct {
		spans []span
		want  string
	}{
		"none":                              {nil, ""},
		"only a child":                      {[]span{{"a", rec(text(fold.Parent, "p"))}}, ""},
		"a child that is no app root":       {[]span{{"a", rec(text(fold.Parent, "p"), flag(fold.AppRoot, false))}}, ""},
		"only by batch":                     {[]span{{"a", []fold.Record{record(fold.Observation, update, 9)}}}, ""},
		"batch and OTLP":                    {[]span{{"a", []fold.Record{record(fold.Observation, update, 9), record(fold.Observation, complete, 9)}}}, "a"},
		"the earlier start":                 {[]span{root("a", 3), root("b", 2), root("c", 4)}, "b"},
		"the smaller id":                    {[]span{root("b", 3), root("a", 3), root("A", 3)}, "A"},
		"a root before an earlier app root": {[]span{app("a", 1), root("b", 5)}, "b"},
		"the earlier app root":              {[]span{app("a", 4), app("b", 3)}, "b"},
		"a span that is to be treated as a root": {
			[]span{{"a", rec(text(fold.Parent, "p"), flag(fold.AsRoot, true))}, {"b", rec(text(fold.Parent, "p"), flag(fold.AsRoot, false))}}, "a",
		},
		"both marks are worth the same": {
			[]span{{"a", rec(at(fold.Start, 2), text(fold.Parent, "p"), flag(fold.AsRoot, true))}, app("b", 1)}, "b",
		},
		"an app root without a parent is a root": {
			[]span{{"b", rec(at(fold.Start, 2), flag(fold.AppRoot, true))}, root("a", 3)}, "b",
		},
		"a parent cleared by null is still one": {
			[]span{{"a", append(rec(text(fold.Parent, "p")), record(fold.Observation, complete, 10, null(fold.Parent)))}}, "",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, order := range permutations(tt.spans) {
				var best *fold.RootCandidate
				for _, s := range order {
					state := stateOf(s.records...)
					c, ok := fold.Candidate(s.id, &state)
					if ok && !c.Eligible() {
						t.Errorf("%s is a candidate and not eligible", s.id)
					}
					if ok && (best == nil || c.Better(*best)) {
						best = &c
					}
				}
				got := ""
				if best != nil {
					got = best.ID
				}
				if got != tt.want {
					t.Errorf("the root is %q, want %q", got, tt.want)
				}
			}
		})
	}
	same := fold.RootCandidate{ID: "a", Start: 1}
	if same.Better(same) {
		t.Error("a candidate is better than itself")
	}
}

func TestEnvironment(t *testing.T) {
	tests := map[string]struct {
		records  []fold.Record
		env      string
		key      fold.Key
		explicit bool
	}{
		"none":     {[]fold.Record{record(fold.Trace, create, 1)}, "default", fold.Key{}, false},
		"default":  {[]fold.Record{record(fold.Trace, create, 1, dflt(fold.Environment, fold.Text("d")))}, "d", fold.Key{Time: 1, Arrival: 1}, false},
		"explicit": {[]fold.Record{record(fold.Trace, create, 1, dflt(fold.Environment, fold.Text("d"))), record(fold.Trace, update, 2, text(fold.Environment, "e"))}, "e", fold.Key{Time: 2, Rank: update, Arrival: 2}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := stateOf(tt.records...)
			env, key, explicit := s.Environment()
			if env != tt.env || key != tt.key || explicit != tt.explicit {
				t.Errorf("got %q, %v, %v", env, key, explicit)
			}
		})
	}
}

// TestValueEqual: two values that differ in any one part are not equal, so that
// no part can be added and forgotten.
func TestValueEqual(t *testing.T) {
	var zero fold.Value
	if !zero.Equal(fold.Value{}) || !fold.Text("a").Equal(fold.Text("a")) || !fold.Map(trace.Amounts{}).Equal(fold.Value{}) {
		t.Error("equal values are not")
	}
	typ := reflect.TypeFor[fold.Value]()
	for i := range typ.NumField() {
		var v fold.Value
		switch f := reflect.ValueOf(&v).Elem().Field(i); f.Kind() {
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Int64:
			f.SetInt(1)
		case reflect.String:
			f.SetString("x")
		case reflect.Slice:
			f.Set(reflect.ValueOf(trace.Amounts{{Name: "a", N: 1}}))
		default:
			t.Fatalf("%s: a part of a kind that this test does not know", typ.Field(i).Name)
		}
		if v.Equal(zero) || zero.Equal(v) {
			t.Errorf("a value with %s equals one without", typ.Field(i).Name)
		}
	}
}

func TestPayloadOf(t *testing.T) {
	tests := map[string]struct {
		raw  string
		want fold.Value
		none bool
	}{
		"a text":             {raw: `"a<b"`, want: fold.Value{S: "a<b"}},
		"a text of escapes":  {raw: `"a\n\u00e9"`, want: fold.Value{S: "a\né"}},
		"an empty text":      {raw: `""`, want: fold.Value{Weak: true}},
		"zero":               {raw: `0`, want: fold.Value{S: "0", Weak: true}},
		"minus zero":         {raw: `-0.0`, want: fold.Value{S: "-0.0", Weak: true}},
		"zero, exponent":     {raw: `0e9`, want: fold.Value{S: "0e9", Weak: true}},
		"false":              {raw: `false`, want: fold.Value{S: "false", Weak: true}},
		"true":               {raw: `true`, want: fold.Value{S: "true"}},
		"a number":           {raw: `100`, want: fold.Value{S: "100"}},
		"a negative number":  {raw: `-1`, want: fold.Value{S: "-1"}},
		"a fraction":         {raw: `0.5`, want: fold.Value{S: "0.5"}},
		"a long number":      {raw: `12345678901234567890.0`, want: fold.Value{S: "12345678901234567890.0"}},
		"the text of zero":   {raw: `"0"`, want: fold.Value{S: "0"}},
		"the text of false":  {raw: `"false"`, want: fold.Value{S: "false"}},
		"the text of null":   {raw: `"null"`, want: fold.Value{S: "null"}},
		"an object":          {raw: `{"b": 1, "a" : "<"}`, want: fold.Value{S: `{"b":1,"a":"<"}`}},
		"an empty object":    {raw: `{ }`, want: fold.Value{S: `{}`}},
		"an empty array":     {raw: `[]`, want: fold.Value{S: `[]`}},
		"null":               {raw: ` null `, none: true},
		"a NUL":              {raw: `"a\u0000b"`, want: fold.Value{S: "a\x00b"}},
		"half a surrogate":   {raw: `"\ud800"`, want: fold.Value{S: "\uFFFD"}},
		"white space inside": {raw: `" "`, want: fold.Value{S: " "}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok, err := fold.PayloadOf([]byte(tt.raw))
			if err != nil || ok == tt.none {
				t.Fatalf("ok %v, error %v", ok, err)
			}
			if !got.Equal(tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
	for _, bad := range []string{"", "x", `"a`, "1 2", "{"} {
		if _, _, err := fold.PayloadOf([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestDuplicateFields: of a field that a record holds twice, the later counts,
// also where it changes nothing.
func TestDuplicateFields(t *testing.T) {
	r := record(fold.Observation, create, 1,
		text(fold.Type, "TOOL"), text(fold.Name, "a"), text(fold.Parent, "p"), dflt(fold.Level, fold.Text("DEBUG")), text(fold.Name, "b"),
		null(fold.Parent), text(fold.Level, "ERROR"), dflt(fold.Type, fold.Text("SPAN")))
	s := stateOf(r)
	if diff := cmp.Diff(view{"name": "b", "level": "ERROR", "type": "SPAN (default)"}, show(&s)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got, ok := r.Get(fold.Name); !ok || got.Value.S != "b" {
		t.Errorf("Get returns %v, %v", got, ok)
	}
	if _, ok := r.Get(fold.Model); ok {
		t.Error("Get returns a field that is not there")
	}
	if r.Fields[0].Field != fold.Type || r.Fields[0].Key != (fold.Key{}) {
		t.Error("making a state changed the record")
	}
}

func TestKeyCompare(t *testing.T) {
	keys := []fold.Key{ // ascending
		{Time: -1, Rank: fold.Complete, Arrival: 9}, {Arrival: -1}, {}, {Arrival: 1}, {Rank: fold.Update}, {Rank: fold.Complete}, {Time: 1},
	}
	for i, a := range keys {
		for j, b := range keys {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := a.Compare(b); got != want {
				t.Errorf("%+v against %+v: %d, want %d", a, b, got, want)
			}
		}
	}
}
