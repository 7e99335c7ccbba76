package telemetrytest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// fullRecords set every field of an observation, of its trace and of a score. What
// an observation has only when it is not reported, the two after the first have.
// With a fourth, every sum of the trace differs from zero.
func fullRecords() []fold.Record {
	full := span("T", "g", 2_000_007, 3_000_009,
		text(fold.Name, "n"), text(fold.UserID, "u"), text(fold.SessionID, "s"), text(fold.Release, "r"), text(fold.Version, "v"),
		text(fold.Environment, "e"), set(fold.CompletionStart, fold.Time(2_500_001)), text(fold.Parent, "p"), text(fold.Type, "TOOL"),
		text(fold.Level, "ERROR"), text(fold.StatusMessage, "m"), text(fold.Model, "model"), text(fold.ModelParameters, `{"t":0.50}`),
		set(fold.PromptLink, fold.Value{S: "prompt", N: 3, HasN: true}),
		set(fold.Input, fold.Value{S: "preview of the input", Ref: "blob/input", Size: 5000}),
		set(fold.Output, fold.Value{S: "preview of the output", Ref: "blob/output", Size: 6000}),
		usage(map[string]int64{"input": 1, "output": 2}), cost(map[string]float64{"input": 0.25, "output": 0.5}),
		text(fold.ToolDefinitions, `{"f":"{}"}`), text(fold.ToolCalls, `[{"name":"f"}]`), text(fold.Experiment, `{"id":"e","name":"n"}`), appRoot(), asRoot(true),
		set(fold.Raw, fold.Value{S: `{"unknown":[1,2.0]}`, Ref: "blob/raw", Size: 7000}), because("name", "a rule", "trace.name", "another"),
	)
	full.Metadata = trace.Metadata{Object: `{"big":"previ","k":1.50}`, Blobs: []trace.BlobLeaf{{Path: []string{"big"}, Ref: "blob/leaf", Size: 8000}}}

	own := traceCreate("T", 4_000_000, start(1_000_005), text(fold.Name, "tn"), text(fold.UserID, "tu"), text(fold.SessionID, "ts"),
		text(fold.Release, "tr"), text(fold.Version, "tv"), text(fold.Environment, "te"), tags("b", "a"),
		set(fold.Public, fold.Bool(true)), set(fold.Bookmarked, fold.Bool(true)),
		set(fold.Input, fold.Value{S: "preview of the trace's input", Ref: "blob/trace-input", Size: 9000}),
		set(fold.Output, fold.Value{S: "preview of the trace's output", Ref: "blob/trace-output", Size: 9001}),
		set(fold.Raw, fold.Value{S: `{"unknown":1}`, Ref: "blob/trace-raw", Size: 7001}))
	own.Metadata = trace.Metadata{Object: `{"t":{"deep":"pre"}}`, Blobs: []trace.BlobLeaf{{Path: []string{"t", "deep"}, Ref: "blob/trace-leaf", Size: 9002}}}
	return []fold.Record{
		full, own, fullScore(),
		create("T", "x", 3_100_000, text(fold.Level, "DEBUG"), model("alpha"), reprice("alpha"),
			estimate("o200k_base", map[string]int64{"input": 100, "cache": 5, "output": 10})),
		create("T", "y", 3_200_000, text(fold.Level, "WARNING"), model("beta"), usageWith(flex(), map[string]int64{"total": 3})),
		create("T", "z", 3_300_000),
	}
}

func ptr[T any](v T) *T { return &v }

// fullObservations are what fullRecords show, but for the times of the store.
func fullObservations(p id.Project) []trace.Observation {
	beside := func(id string, start trace.Micros, level trace.Level) trace.Observation {
		return trace.Observation{
			Project: p, ID: id, TraceID: "T", Type: trace.Span, Level: level, Start: start, TraceName: ptr("tn"), Tags: []string{"a", "b"}, Public: true, Bookmarked: true,
			Environment: "te", UserID: ptr("tu"), SessionID: ptr("ts"), Release: ptr("tr"), Version: ptr("tv"),
		}
	}
	x, y := beside("x", 3_100_000, trace.Debug), beside("y", 3_200_000, trace.Warning)
	x.Model, y.Model = ptr("alpha"), ptr("beta")
	x.Usage = trace.Amounts{{Name: "cache", N: 5}, {Name: "input", N: 100}, {Name: "output", N: 10}, {Name: "total", N: 115}}
	x.Cost = trace.Amounts{{Name: "input", N: 50_000_000_000}, {Name: "output", N: 6_000_000_000}, {Name: "total", N: 56_000_000_000}}
	x.TotalCost = ptr(int64(56_000_000_000))
	x.Account = trace.Account{
		UsageSource: trace.Estimated, Tokenizer: "o200k_base", CostSource: trace.Computed,
		ModelID: "alpha-2", ModelName: "alpha, new", TierID: "alpha-2-standard", TierName: "Standard", Repriced: true,
		UnitPrices: []trace.UnitPrice{{Usage: "input", Price: "0.0005"}, {Usage: "output", Price: "0.0006"}}, Unpriced: []string{"cache"},
		InputPrice: "0.0005", OutputPrice: "0.0006",
	}
	y.ProvidedUsage = trace.Amounts{{Name: "total", N: 3}}
	y.Usage = y.ProvidedUsage
	y.Cost, y.TotalCost = trace.Amounts{{Name: "total", N: 21_000_000}}, ptr(int64(21_000_000))
	y.Account = trace.Account{
		UsageSource: trace.Reported, CostSource: trace.Computed, ModelID: "beta", ModelName: "beta", TierID: "beta-standard", TierName: "Standard",
		UnitPrices: []trace.UnitPrice{{Usage: "total", Price: "0.000007"}}, TotalPrice: "0.000007",
	}
	return []trace.Observation{fullObservation(p), x, y, beside("z", 3_300_000, trace.Default)}
}

func fullObservation(p id.Project) trace.Observation {
	return trace.Observation{
		Project: p, ID: "g", TraceID: "T", ParentID: ptr("p"), Type: trace.Tool, Name: ptr("n"), Level: trace.Error, StatusMessage: ptr("m"),
		Start: 2_000_007, End: ptr(trace.Micros(3_000_009)), CompletionStart: ptr(trace.Micros(2_500_001)),
		Environment: "e", UserID: ptr("u"), SessionID: ptr("s"), Release: ptr("r"), Version: ptr("v"),
		Input:    &trace.Text{S: "preview of the input", Ref: "blob/input", Size: 5000},
		Output:   &trace.Text{S: "preview of the output", Ref: "blob/output", Size: 6000},
		Metadata: trace.Metadata{Object: `{"big":"previ","k":1.50}`, Blobs: []trace.BlobLeaf{{Path: []string{"big"}, Ref: "blob/leaf", Size: 8000}}},
		Model:    ptr("model"), ModelParameters: `{"t":0.50}`, Prompt: &trace.Prompt{Name: "prompt", Version: ptr(3)},
		ProvidedUsage: trace.Amounts{{Name: "input", N: 1}, {Name: "output", N: 2}},
		ProvidedCost:  trace.Amounts{{Name: "input", N: trace.CostScale / 4}, {Name: "output", N: trace.CostScale / 2}},
		Usage:         trace.Amounts{{Name: "input", N: 1}, {Name: "output", N: 2}, {Name: "total", N: 3}},
		Cost:          trace.Amounts{{Name: "input", N: trace.CostScale / 4}, {Name: "output", N: trace.CostScale / 2}, {Name: "total", N: trace.CostScale / 4 * 3}},
		TotalCost:     ptr(int64(trace.CostScale / 4 * 3)), ToolDefinitions: `{"f":"{}"}`, ToolCalls: `[{"name":"f"}]`, Experiment: `{"id":"e","name":"n"}`,
		AppRoot: true, OTel: true, Raw: &trace.Text{S: `{"unknown":[1,2.0]}`, Ref: "blob/raw", Size: 7000},
		TraceName: ptr("tn"), Tags: []string{"a", "b"}, Public: true, Bookmarked: true,
		Account: trace.Account{UsageSource: trace.Reported, CostSource: trace.Reported},
		Reasons: []trace.Reason{{Field: "name", Rule: "a rule"}, {Field: "trace.name", Rule: "another"}},
	}
}

func fullTrace(p id.Project) trace.Trace {
	return trace.Trace{
		Project: p, ID: "T", Timestamp: 1_000_005, Name: ptr("tn"), Environment: "te", UserID: ptr("tu"), SessionID: ptr("ts"),
		Release: ptr("tr"), Version: ptr("tv"), Tags: []string{"a", "b"}, Public: true, Bookmarked: true,
		Input:  &trace.Text{S: "preview of the trace's input", Ref: "blob/trace-input", Size: 9000},
		Output: &trace.Text{S: "preview of the trace's output", Ref: "blob/trace-output", Size: 9001},
		Metadata: trace.Metadata{
			Object: `{"big":"previ","k":1.50,"t":{"deep":"pre"}}`,
			Blobs: []trace.BlobLeaf{
				{Path: []string{"big"}, Ref: "blob/leaf", Size: 8000}, {Path: []string{"t", "deep"}, Ref: "blob/trace-leaf", Size: 9002},
			},
		},
		Raw: &trace.Text{S: `{"unknown":1}`, Ref: "blob/trace-raw", Size: 7001},
		Sums: trace.Sums{
			Observations: 4, ByLevel: [4]int64{1, 1, 1, 1}, First: 2_000_007, Last: 3_300_000,
			UsageInput: 101, UsageOutput: 12, UsageTotal: 121,
			CostInput: trace.CostScale/4 + 50_000_000_000, CostOutput: trace.CostScale/2 + 6_000_000_000, CostTotal: trace.CostScale/4*3 + 56_021_000_000,
		},
	}
}

// notRoundTripped are parts of what is shown that no record carries.
func notRoundTripped() []string {
	return []string{
		"CreatedAt", "UpdatedAt", // the store's clock
		"Prompt.ID", // set when the link is resolved, above the store
	}
}

func runRoundTrip(t *testing.T, h Harness) {
	const p id.Project = "p"
	s := h.Open(t)
	defer closeStore(t, s)
	records := fullRecords()
	everyField(t, records)
	write(t, s, p, records...)

	wantO, wantT := fullObservations(p), fullTrace(p)
	inNone := zeros(reflect.ValueOf(wantO[0]), "")
	for _, o := range wantO[1:] {
		too := zeros(reflect.ValueOf(o), "")
		inNone = slices.DeleteFunc(inNone, func(path string) bool { return !slices.Contains(too, path) })
	}
	for _, path := range inNone {
		t.Errorf("no case carries the observation's %s through a store", path)
	}
	for _, path := range zeros(reflect.ValueOf(wantT), "") {
		t.Errorf("no case carries the trace's %s through a store", path)
	}

	tree, err := s.Trace(t.Context(), p, "T", everything())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantT, tree.Trace, same()); diff != "" {
		t.Errorf("trace (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"g", "x", "y", "z"}, idsOf(tree.Observations)); diff != "" {
		t.Fatalf("observations (-want +got)\n%s", diff)
	}
	list, err := s.Observations(t.Context(), p, telemetry.ObservationQuery{Limit: 10, Parts: everything()})
	if err != nil || len(list.Observations) != 4 {
		t.Fatalf("%d observations are listed, error %v", len(list.Observations), err)
	}
	for i, want := range wantO {
		one, err := s.Observation(t.Context(), p, want.ID, everything())
		if err != nil {
			t.Fatal(err)
		}
		for how, got := range map[string]trace.Observation{"with its trace": tree.Observations[i], "by its id": one, "in the list": list.Observations[3-i]} {
			if diff := cmp.Diff(want, got, same()); diff != "" {
				t.Errorf("observation %s %s (-want +got)\n%s", want.ID, how, diff)
			}
			if got.CreatedAt == 0 || got.UpdatedAt < got.CreatedAt {
				t.Errorf("observation %s %s: created %d, updated %d", want.ID, how, got.CreatedAt, got.UpdatedAt)
			}
			// One record: the text is kept as it was sent.
			if got.Metadata.Object != want.Metadata.Object {
				t.Errorf("observation %s %s: metadata %s, want %s", want.ID, how, got.Metadata.Object, want.Metadata.Object)
			}
		}
	}
	traces, err := s.Traces(t.Context(), p, telemetry.TraceQuery{Limit: 10, Parts: everything()})
	if err != nil || len(traces.Traces) != 1 {
		t.Fatalf("%d traces are listed, error %v", len(traces.Traces), err)
	}
	if diff := cmp.Diff(tree.Trace, traces.Traces[0], sameWithTimes()); diff != "" {
		t.Errorf("the trace in the list (-read alone +in the list)\n%s", diff)
	}
	if tree.Trace.CreatedAt == 0 || tree.Trace.UpdatedAt < tree.Trace.CreatedAt {
		t.Errorf("trace: created %d, updated %d", tree.Trace.CreatedAt, tree.Trace.UpdatedAt)
	}

	roundTripScore(t, s, p)

	bare := id.Project("bare")
	write(t, s, bare, span("T", "g", 1, 2))
	tree, err = s.Trace(t.Context(), bare, "T", everything())
	if err != nil {
		t.Fatal(err)
	}
	want := trace.Tree{
		Trace: trace.Trace{Project: bare, ID: "T", Timestamp: 1, Environment: "default", Tags: []string{}, Sums: trace.Sums{Observations: 1, ByLevel: [4]int64{0, 1, 0, 0}, First: 1, Last: 2}},
		Observations: []trace.Observation{{
			Project: bare, ID: "g", TraceID: "T", Type: trace.Span, Level: trace.Default, Start: 1, End: ptr(trace.Micros(2)), Environment: "default", OTel: true, Tags: []string{},
		}},
	}
	if diff := cmp.Diff(want, tree, same()); diff != "" {
		t.Errorf("without any field (-want +got)\n%s", diff)
	}
	if tree.Trace.Tags == nil {
		t.Error("the tags of a trace are nil")
	}
}

// everyField fails when there is a field that something which is kept may have and
// none of the records sets.
func everyField(t *testing.T, records []fold.Record) {
	t.Helper()
	for _, row := range fold.DefaultRules() {
		if row.Kind == fold.Session {
			continue // no records of them are kept
		}
		if !slices.ContainsFunc(records, func(r fold.Record) bool {
			_, ok := r.Get(row.Field)
			return r.Kind == row.Kind && (ok || row.Field == fold.Metadata && !r.Metadata.Empty() || row.Field == fold.Tags && len(r.Tags) > 0)
		}) {
			t.Errorf("no record sets the %s of a %s", row.Field, row.Kind)
		}
	}
}

// zeros returns the paths of the parts of a value that are zero.
func zeros(v reflect.Value, path string) []string {
	if slices.Contains(notRoundTripped(), strings.TrimPrefix(path, ".")) && v.IsZero() {
		return nil
	}
	var out []string
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return zeros(v.Elem(), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			out = append(out, zeros(v.Field(i), path+"."+v.Type().Field(i).Name)...)
		}
		return out
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			out = append(out, zeros(v.Index(i), fmt.Sprintf("%s[%d]", path, i))...)
		}
		if v.Len() > 0 {
			return out
		}
	default:
	}
	if v.IsZero() || v.Kind() == reflect.Slice {
		return []string{strings.TrimPrefix(path, ".")}
	}
	return nil
}
