package telemetrytest

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// oddTexts are texts that some store somewhere changes, cuts, folds or takes for
// something else. All of them are different.
func oddTexts() []string {
	return []string{
		"abc", "ABC", "Abc", "abc ", " abc", "abc\n", "abc\r\n", "abc\t", "abc\x00", "abc\x00def", "\x00", "\x00\x00", " ", "  ",
		"é", "e\u0301", "\u212B", "\u00C5", "A\u030A", "ß", "ss", "SS", "İ", "i", "I", "ı", "ſ", "s", "K", "k", "\u212A",
		"it's", `"quoted"`, "`back`", "a'; DROP TABLE traces; --", "%", "_", "a%c", "a_c", `a\c`, `a\\c`, `\`, `\0`, `\N`, "?", "?1", ":a", "@a", "$1", "{x:String}",
		"null", "NULL", "nil", "true", "false", "0", "00", "-0", "+0", "1", "01", "1.0", "1.", "1e0", "0x1", "1_0", "Infinity", "NaN",
		"9223372036854775807", "9223372036854775808", "12345678901234567890.12345", "{}", "[]", `{"a":1}`, `{"a": 1}`, `"x"`,
		"\u2028", "\u2029", "\uFEFF", "\uFFFD", "\uFFFE", "\uFFFF", "\uE000", "\U00010000", "\U0010FFFF", "😀", "👨\u200D👩\u200D👧", "\u202Eabc", "\u200B", "\x7f", "\x1b[31m",
		"<b>&amp;", "a/b", "a.b", "a,b", "..", "a:b", "a|b", "http://x/?a=b#c", strings.Repeat("x", 800), strings.Repeat("x", 799) + "y", strings.Repeat("é", 800), strings.Repeat("😀", 400),
	}
}

// runTexts writes each odd text wherever a text can be, and expects it back byte
// by byte, and nothing but it where it is looked for.
func runTexts(t *testing.T, h Harness) {
	const p id.Project = "p"
	s := h.Open(t)
	defer closeStore(t, s)
	texts := oddTexts()
	var records []fold.Record
	for i, odd := range texts {
		at := trace.Micros(i+1) * 1000
		quoted := fold.Quote(odd)
		records = append(records,
			traceCreate(odd, at, text(fold.Name, odd), text(fold.UserID, odd), text(fold.SessionID, odd), text(fold.Release, odd), text(fold.Version, odd),
				io(fold.Input, quoted), io(fold.Output, `{`+quoted+`:`+quoted+`}`), meta(`{`+quoted+`:{`+quoted+`:`+quoted+`}}`), tags(odd, "z"+odd)),
			create(odd, odd, at, text(fold.Name, odd), text(fold.Parent, odd), text(fold.Model, odd), text(fold.StatusMessage, odd),
				io(fold.Input, quoted), io(fold.Output, `[`+quoted+`]`), meta(`{`+quoted+`:`+quoted+`}`), usage(map[string]int64{odd: 7}), text(fold.Raw, odd),
				set(fold.PromptLink, fold.Value{S: odd}), text(fold.ToolDefinitions, `{`+quoted+`:1}`), text(fold.ModelParameters, `{`+quoted+`:1}`),
				text(fold.Experiment, odd), because("metadata", oneLine(odd))))
	}
	write(t, s, p, records...)

	for i, odd := range texts {
		at := trace.Micros(i+1) * 1000
		tree, err := s.Trace(t.Context(), p, odd, everything())
		if err != nil {
			t.Errorf("%q: %v", short(odd), err)
			continue
		}
		quoted := fold.Quote(odd)
		wantTrace := trace.Trace{
			Project: p, ID: odd, Timestamp: at, Name: &odd, Environment: "default", UserID: &odd, SessionID: &odd, Release: &odd, Version: &odd,
			Tags: sortedUnits(odd, "z"+odd), Input: &trace.Text{S: odd}, Output: &trace.Text{S: `{` + quoted + `:` + quoted + `}`},
			Metadata: trace.Metadata{Object: `{` + quoted + `:{` + quoted + `:` + quoted + `}}`}, Sums: tree.Trace.Sums,
		}
		if diff := cmp.Diff(wantTrace, tree.Trace, same()); diff != "" {
			t.Errorf("%q in a trace (-want +got)\n%s", short(odd), diff)
		}
		if tree.Trace.Sums.Observations != 1 || len(tree.Observations) != 1 {
			t.Errorf("%q: %d observations", short(odd), tree.Trace.Sums.Observations)
			continue
		}
		wantObs := trace.Observation{
			Project: p, ID: odd, TraceID: odd, ParentID: &odd, Type: trace.Span, Name: &odd, Level: trace.Default, StatusMessage: &odd, Start: at,
			Environment: "default", UserID: &odd, SessionID: &odd, Release: &odd, Version: &odd, Input: &trace.Text{S: odd}, Output: &trace.Text{S: `[` + quoted + `]`},
			Metadata: trace.Metadata{Object: `{` + quoted + `:` + quoted + `}`}, Model: &odd, ModelParameters: `{` + quoted + `:1}`, Prompt: &trace.Prompt{Name: odd},
			ProvidedUsage: trace.Amounts{{Name: odd, N: 7}}, Usage: trace.Amounts{{Name: odd, N: 7}}.WithTotal(), ToolDefinitions: `{` + quoted + `:1}`,
			Account: trace.Account{UsageSource: trace.Reported}, Experiment: odd, Reasons: []trace.Reason{{Field: "metadata", Rule: oneLine(odd)}},
			Raw: &trace.Text{S: odd}, TraceName: &odd, Tags: wantTrace.Tags,
		}
		if diff := cmp.Diff(wantObs, tree.Observations[0], same()); diff != "" {
			t.Errorf("%q in an observation (-want +got)\n%s", short(odd), diff)
		}
		if tree.Observations[0].Metadata.Object != wantObs.Metadata.Object {
			t.Errorf("%q: metadata %s, want %s", short(odd), tree.Observations[0].Metadata.Object, wantObs.Metadata.Object)
		}
		if o, err := s.Observation(t.Context(), p, odd, everything()); err != nil || o.TraceID != odd {
			t.Errorf("observation %q: trace %q, %v", short(odd), o.TraceID, err)
		}
	}

	for _, odd := range texts {
		for _, f := range []filter.Field{filter.TraceID, filter.Name, filter.UserID, filter.SessionID, filter.Release, filter.Version, filter.Tags} {
			list, err := s.Traces(t.Context(), p, telemetry.TraceQuery{Where: filter.All{filter.Equals(f, odd)}, Limit: 10, Total: true})
			if err != nil || list.Total != 1 || len(list.Traces) != 1 || list.Traces[0].ID != odd {
				t.Errorf("traces by %s %q: %d, %v", f, short(odd), list.Total, err)
			}
		}
		for _, f := range []filter.Field{
			filter.TraceID, filter.Name, filter.UserID, filter.SessionID, filter.Release, filter.Version, filter.Tags, filter.ObservationID, filter.ParentObservationID,
		} {
			list, err := s.Observations(t.Context(), p, telemetry.ObservationQuery{Where: filter.All{filter.Equals(f, odd)}, Limit: 10, Total: true})
			if err != nil || list.Total != 1 || len(list.Observations) != 1 || list.Observations[0].ID != odd {
				t.Errorf("observations by %s %q: %d, %v", f, short(odd), list.Total, err)
			}
		}
	}

	for _, near := range []string{"aBC", "abc  ", "", "abc\x00de", "é ", "2", "%c", "a", strings.Repeat("x", 801)} {
		if _, err := s.Trace(t.Context(), p, near, everything()); !fault.Is(err, fault.NotFound) {
			t.Errorf("trace %q: %v, want not found", short(near), err)
		}
		if _, err := s.Observation(t.Context(), p, near, everything()); !fault.Is(err, fault.NotFound) {
			t.Errorf("observation %q: %v, want not found", short(near), err)
		}
		list, err := s.Traces(t.Context(), p, telemetry.TraceQuery{Where: filter.All{filter.Equals(filter.UserID, near)}, Limit: 10, Total: true})
		if err != nil || list.Total != 0 {
			t.Errorf("traces by user %q: %d, %v", short(near), list.Total, err)
		}
	}
}

func sortedUnits(names ...string) []string {
	f := fold.New(fold.DefaultRules())
	s := f.State(&fold.Record{Kind: fold.Trace, Tags: names}, 0)
	return s.TagNames()
}

// oneLine returns a text that can be the name of a rule.
func oneLine(text string) string { return strings.ReplaceAll(text, "\n", " ") }

// runEmptyTexts: absent, null and empty are three things.
func runEmptyTexts(t *testing.T, h Harness) {
	const p id.Project = "p"
	s := h.Open(t)
	defer closeStore(t, s)
	fieldsOf := []fold.Field{fold.Name, fold.UserID, fold.SessionID, fold.Release, fold.Version}
	var empty, nulls []part
	for _, f := range fieldsOf {
		empty, nulls = append(empty, text(f, "")), append(nulls, null(f))
	}
	write(t, s, p,
		traceCreate("empty", 1, append(empty, io(fold.Input, `""`))...), traceCreate("null", 2, nulls...), traceCreate("absent", 3),
		create("empty", "e", 4, append(empty, text(fold.Model, ""), text(fold.StatusMessage, ""), io(fold.Input, `""`))...),
		create("null", "n", 5, append(nulls, null(fold.Model), null(fold.StatusMessage), io(fold.Input, `null`))...), create("absent", "a", 6))

	none, zero := (*string)(nil), ptr("")
	for traceID, want := range map[string]*string{"empty": zero, "null": none, "absent": none} {
		tree, err := s.Trace(t.Context(), p, traceID, everything())
		if err != nil {
			t.Fatal(err)
		}
		for name, got := range map[string]*string{
			"name": tree.Trace.Name, "user": tree.Trace.UserID, "session": tree.Trace.SessionID, "release": tree.Trace.Release, "version": tree.Trace.Version,
			"observation name": tree.Observations[0].Name, "observation user": tree.Observations[0].UserID, "observation session": tree.Observations[0].SessionID,
			"observation release": tree.Observations[0].Release, "observation version": tree.Observations[0].Version,
			"model": tree.Observations[0].Model, "status message": tree.Observations[0].StatusMessage, "trace name": tree.Observations[0].TraceName,
		} {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("trace %q, %s (-want +got)\n%s", traceID, name, diff)
			}
		}
		for name, got := range map[string]*trace.Text{"trace": tree.Trace.Input, "observation": tree.Observations[0].Input} {
			if (got == nil) != (want == nil) || got != nil && got.S != "" {
				t.Errorf("trace %q, input of the %s: %v", traceID, name, got)
			}
		}
	}
	for _, f := range []filter.Field{filter.Name, filter.UserID, filter.SessionID, filter.Release, filter.Version} {
		for what, tt := range map[string]struct {
			c    filter.Condition
			want int
		}{
			"equals nothing": {filter.Equals(f, ""), 1}, "is null": {filter.Condition{Field: f, Op: filter.IsNull}, 2},
			"any of none": {filter.Condition{Field: f, Op: filter.AnyOf}, 0},
		} {
			traces, err := s.Traces(t.Context(), p, telemetry.TraceQuery{Where: filter.All{tt.c}, Limit: 10, Total: true})
			if err != nil || traces.Total != tt.want || len(traces.Traces) != tt.want {
				t.Errorf("traces whose %s %s: %d of %d, %v", f, what, len(traces.Traces), traces.Total, err)
			}
			observations, err := s.Observations(t.Context(), p, telemetry.ObservationQuery{Where: filter.All{tt.c}, Limit: 10, Total: true})
			if err != nil || observations.Total != tt.want || len(observations.Observations) != tt.want {
				t.Errorf("observations whose %s %s: %d of %d, %v", f, what, len(observations.Observations), observations.Total, err)
			}
		}
	}
}

// runLargeValues: large texts come back whole, and what lives in blob storage as
// its preview and reference, through later records too.
func runLargeValues(t *testing.T, h Harness) {
	const p id.Project = "p"
	s := h.Open(t)
	defer closeStore(t, s)
	for name, large := range map[string]string{
		"repeated": strings.Repeat("0123456789abcdef", 1<<16), "random": noise(1 << 20), "of wide characters": strings.Repeat("\U0001F600\u2028", 150_000),
	} {
		quoted := fold.Quote(large)
		write(t, s, p,
			create(name, name, 1, io(fold.Input, quoted), io(fold.Output, `{"k":`+quoted+`}`), meta(`{"k":`+quoted+`,"l":1}`), text(fold.Raw, `{"k":`+quoted+`}`), text(fold.StatusMessage, large)),
			traceCreate(name, 2, io(fold.Input, quoted), meta(`{"k":`+quoted+`}`)))
		write(t, s, p, update(name, name, 3, text(fold.Name, "n"), meta(`{"l":2}`)))
		tree, err := s.Trace(t.Context(), p, name, everything())
		if err != nil {
			t.Fatal(err)
		}
		o := tree.Observations[0]
		for what, equal := range map[string]bool{
			"input": o.Input != nil && o.Input.S == large, "output": o.Output != nil && o.Output.S == `{"k":`+quoted+`}`,
			"metadata": canonical(o.Metadata.Object) == `{"k":`+quoted+`,"l":2}`, "raw": o.Raw != nil && o.Raw.S == `{"k":`+quoted+`}`,
			"status message": o.StatusMessage != nil && *o.StatusMessage == large, "name": o.Name != nil && *o.Name == "n",
			"trace input": tree.Trace.Input != nil && tree.Trace.Input.S == large, "trace metadata": tree.Trace.Metadata.Object == `{"k":`+quoted+`}`,
		} {
			if !equal {
				t.Errorf("a large %s, %s, does not come back", what, name)
			}
		}
	}

	ref := func(at trace.Micros, f fold.Field) fold.Record {
		return update("blob", "b", at, set(f, fold.Value{S: fmt.Sprintf("preview %d", at), Ref: fmt.Sprintf("ref %d", at), Size: 5000}))
	}
	leaf := update("blob", "b", 3)
	leaf.Metadata = trace.Metadata{Object: `{"x":{"y":"pre","z":1}}`, Blobs: []trace.BlobLeaf{{Path: []string{"x", "y"}, Ref: "leaf", Size: 9000}}}
	write(t, s, p, ref(1, fold.Input), ref(2, fold.Output), leaf, ref(4, fold.Raw))
	write(t, s, p, update("blob", "b", 5, text(fold.Name, "n"), meta(`{"x":{"z":2}}`)), update("blob", "b", 6, io(fold.Output, `"small now"`)))
	o, err := s.Observation(t.Context(), p, "b", everything())
	if err != nil {
		t.Fatal(err)
	}
	want := trace.Observation{
		Input: &trace.Text{S: "preview 1", Ref: "ref 1", Size: 5000}, Output: &trace.Text{S: "small now"}, Raw: &trace.Text{S: "preview 4", Ref: "ref 4", Size: 5000},
		Metadata: trace.Metadata{Object: `{"x":{"y":"pre","z":2}}`, Blobs: []trace.BlobLeaf{{Path: []string{"x", "y"}, Ref: "leaf", Size: 9000}}},
	}
	got := trace.Observation{Input: o.Input, Output: o.Output, Raw: o.Raw, Metadata: o.Metadata}
	if diff := cmp.Diff(want, got, same()); diff != "" {
		t.Errorf("values in blob storage (-want +got)\n%s", diff)
	}
	write(t, s, p, update("blob", "b", 7, meta(`{"x":{"y":1}}`)))
	o, err = s.Observation(t.Context(), p, "b", everything())
	if err != nil || len(o.Metadata.Blobs) != 0 || canonical(o.Metadata.Object) != `{"x":{"y":1,"z":2}}` {
		t.Errorf("a leaf that is small now: %+v, %v", o.Metadata, err)
	}
}

// noise returns n characters that do not compress to much less than half.
func noise(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%x", sha256.Sum256(fmt.Append(nil, i)))
	}
	return b.String()[:n]
}
