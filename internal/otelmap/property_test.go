package otelmap_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// knownKeys returns every attribute name that some rule reads, names that begin
// like one, and names that nobody reads.
func knownKeys() []string {
	rules := otelmap.DefaultRules()
	keys := append(
		textKeys(), "plain", "x.y", "", ".", "gen_ai.prompt.0.content", "gen_ai.prompt.0.role", "gen_ai.prompt.3.a.0.b", "gen_ai.prompt.name",
		"gen_ai.completion.0.content", "gen_ai.completion.0", "gen_ai.prompt.0.content.x", "gen_ai.prompt.0.__proto__", "gen_ai.prompt_tokens",
		"langfuse.observation.metadata.scope", "langfuse.metadata.attributes", "langfuse.trace.metadata.resourceAttributes",
		"langfuse.experiment.id", "langfuse.internal.as_root", "gen_ai.usage.x", "gen_ai.usage.details.x", "gen_ai.request.model",
	)
	for _, rows := range [][]otelmap.KeyRow{
		rules.StatusMessages, rules.Versions, rules.Releases, rules.Users, rules.Sessions, rules.Tags, rules.Publics,
		rules.AppRoots, rules.AsRoots, rules.TraceNames, rules.TraceInputs, rules.TraceOutputs, rules.Excluded, rules.Mistyped, rules.TypeModels,
	} {
		for _, row := range rows {
			keys = append(keys, row.Key)
		}
	}
	for _, row := range rules.Names {
		keys = append(keys, row.Key, row.Before)
	}
	for _, row := range rules.Models {
		keys = append(keys, row.Key, row.WhenKey)
	}
	for _, row := range slices.Concat(rules.PromptNames, rules.PromptVersions) {
		keys = append(keys, row.Key)
	}
	for _, row := range rules.Types {
		keys = append(keys, row.Key, row.Else)
	}
	for _, row := range rules.ParameterKeys {
		keys = append(keys, row.Key)
	}
	for _, row := range rules.UsageMembers {
		keys = append(keys, row.Key)
	}
	for _, row := range rules.UsageDetails {
		keys = append(keys, row.Key)
	}
	for _, row := range rules.Tools {
		keys = append(keys, row.Key)
	}
	for _, row := range rules.Experiments {
		keys = append(keys, row.Key, row.Key+".a")
	}
	for _, row := range rules.Environments {
		keys = append(keys, row.Key)
	}
	for _, row := range rules.Payloads {
		keys = append(append(append(keys, row.Input...), row.Output...), row.System)
	}
	for _, row := range rules.Parameters {
		keys = append(keys, row.Key, row.Key+"a")
	}
	for _, row := range rules.CompletionStarts {
		keys = append(keys, row.Key)
	}
	for _, row := range rules.Costs {
		keys = append(keys, row.Key)
	}
	for _, row := range rules.UsageAliases {
		keys = append(keys, "gen_ai.usage."+row.Alias, "llm.token_count."+row.Alias, "ai.usage."+row.Alias)
	}
	for _, row := range rules.Metadata {
		keys = append(keys, row.Key, row.Key+"a", row.Key+"b")
	}
	for _, row := range rules.Dropped {
		keys = append(keys, row.Key, row.Key+".x")
	}
	return keys
}

// spanMaker draws spans. Every text and every number that it puts into one is
// unlike all others, so that it can be looked for in the records.
type spanMaker struct {
	t     *rapid.T
	keys  []string
	marks []string // every mark that must be found again
	next  int
}

func (g *spanMaker) mark() string {
	g.next++
	m := fmt.Sprintf("zq%dqz", g.next)
	g.marks = append(g.marks, m)
	return m
}

func (g *spanMaker) value(depth int) span.Value {
	kinds := 12
	if depth > 2 {
		kinds = 7
	}
	text := func(s string) span.Value { return span.Value{Kind: span.String, Str: s} }
	switch rapid.IntRange(0, kinds).Draw(g.t, "kind") {
	case 0:
		return span.Value{}
	case 1:
		return span.Value{Kind: span.Bool, Int: int64(rapid.IntRange(0, 1).Draw(g.t, "bool"))}
	case 2:
		return span.Value{Kind: span.Int, Int: rapid.Int64().Draw(g.t, "int")}
	case 3:
		return span.Value{Kind: span.Double, Double: rapid.Float64().Draw(g.t, "double")}
	case 4:
		return span.Value{Kind: span.Bytes, Str: rapid.String().Draw(g.t, "bytes")}
	case 5:
		return text(rapid.SampledFrom([]string{
			"", "0", "true", "false", "null", "generation", "span", "ERROR", "info", "chat", "invoke_agent", "12", "1.5", "[", "{", "{}", "[]", "openrouter",
			`{"input":1,"output":2}`, `{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}`, "2024-05-01T10:00:00Z", "langfuse-x", "a, b",
		}).Draw(g.t, "text"))
	case 6, 7:
		return text(g.mark())
	case 8:
		return text(fmt.Sprintf(`{"a": "%s", "b": [1, {"%s": null}], "content": "%s"}`, g.mark(), g.mark(), g.mark()))
	case 9:
		return text(fmt.Sprintf(`[ {"role":"user","content":"%s"}, {"type":"text","%s":1}, "%s" ]`, g.mark(), g.mark(), g.mark()))
	case 10:
		return text("x " + g.mark() + ", " + g.mark())
	case 11:
		v := span.Value{Kind: span.Array}
		for range rapid.IntRange(0, 3).Draw(g.t, "n") {
			v.Array = append(v.Array, g.value(depth+1))
		}
		return v
	}
	v := span.Value{Kind: span.Map}
	for range rapid.IntRange(0, 3).Draw(g.t, "n") {
		v.Map = append(v.Map, span.Attribute{Key: g.mark(), Value: g.value(depth + 1)})
	}
	return v
}

// list draws attributes; of repeatable ones, keys may be there twice.
func (g *spanMaker) list(longest int, repeatable bool) []span.Attribute {
	var list []span.Attribute
	seen := map[string]bool{}
	for range rapid.IntRange(0, longest).Draw(g.t, "attributes") {
		key := rapid.SampledFrom(g.keys).Draw(g.t, "key")
		if seen[key] && !repeatable {
			continue
		}
		seen[key] = true
		list = append(list, span.Attribute{Key: key, Value: g.value(0)})
	}
	return list
}

func (g *spanMaker) span() (*span.Resource, *span.Scope, *span.Span) {
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(g.t, "pick") }
	res := &span.Resource{Attributes: g.list(4, true), SchemaURL: g.mark()}
	sc := &span.Scope{Name: pick("langfuse-sdk", "langfuse-sdk", "ai", "", "other"), Version: pick("", "3.1", "4.0.0"), Attributes: g.list(2, true)}
	if pick("yes", "no") == "yes" {
		res.Attributes = append(res.Attributes, span.Attribute{Key: "telemetry.sdk.language", Value: span.Value{Kind: span.String, Str: "python"}})
	}
	sp := &span.Span{
		TraceID: "t", SpanID: "s", ParentSpanID: pick("", "p"), Name: g.mark(), TraceState: g.mark(),
		Kind: rapid.Int32Range(-1, 6).Draw(g.t, "span kind"), Flags: rapid.Uint32().Draw(g.t, "flags"),
		Start: rapid.Int64().Draw(g.t, "start"), End: rapid.Int64().Draw(g.t, "end"),
		HasStart: rapid.Bool().Draw(g.t, "has start"), HasEnd: rapid.Bool().Draw(g.t, "has end"),
		Attributes: g.list(rapid.SampledFrom([]int{3, 12, 60}).Draw(g.t, "length"), true),
		StatusCode: rapid.Int32Range(0, 3).Draw(g.t, "status"), StatusMessage: g.mark(),
		DroppedAttributes: rapid.Uint32Range(0, 2).Draw(g.t, "dropped"),
	}
	for range rapid.IntRange(0, 3).Draw(g.t, "events") {
		sp.Events = append(sp.Events, span.Event{
			Time: rapid.Int64().Draw(g.t, "time"), Attributes: g.list(4, false),
			Name: pick(g.mark(), "gen_ai.client.inference.operation.details", "gen_ai.user.message", "gen_ai.choice", "gen_ai.content.prompt", "gen_ai.content.completion"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(g.t, "links") {
		sp.Links = append(sp.Links, span.Link{TraceID: g.mark(), SpanID: g.mark(), TraceState: g.mark(), Attributes: g.list(2, false)})
	}
	return res, sc, sp
}

// TestNothingIsLost maps random spans: every text that is in one is found again
// in a field, in the metadata or in the raw value. The result does not depend on
// what was mapped before.
func TestNothingIsLost(t *testing.T) {
	shared := otelmap.New(otelmap.DefaultRules())
	keys := knownKeys()
	rapid.Check(t, func(t *rapid.T) {
		g := &spanMaker{t: t, keys: keys}
		res, sc, sp := g.span()
		records, err := shared.Map(res, sc, sp, arrival, nil)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, records)
		fresh, err := otelmap.New(otelmap.DefaultRules()).Map(res, sc, sp, arrival, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fresh, records); diff != "" {
			t.Fatalf("the result depends on earlier calls (-fresh +shared):\n%s", diff)
		}
		all := strings.Join(render(records), "\n")
		for _, m := range g.marks {
			if !strings.Contains(all, m) && !isEventName(m, sp, all) {
				t.Fatalf("%s of\n%+v\n%+v\n%+v\nis not in\n%s", m, res, sc, sp, all)
			}
		}
	})
}

// isEventName reports whether a mark was drawn as the name of an event that got
// another name.
func isEventName(mark string, sp *span.Span, _ string) bool {
	for _, e := range sp.Events {
		if e.Name == mark {
			return false
		}
	}
	return !strings.Contains(fmt.Sprintf("%+v", sp), mark)
}

// FuzzMap maps spans of two texts under keys of all kinds.
func FuzzMap(f *testing.F) {
	for _, v := range prepared() {
		var texts []span.Attribute
		for _, a := range v.sp.Attributes {
			if a.Value.Kind == span.String {
				texts = append(texts, a)
			}
		}
		if len(texts) > 1 {
			f.Add(v.sc.Name, texts[0].Key, texts[0].Value.Str, texts[1].Key, texts[1].Value.Str)
		}
	}
	for _, key := range textKeys() {
		f.Add("langfuse-sdk", key, `{"a": [1, "\u00e9\ud800", {"b": -1.5e3}], "content":null}`, key+".x", `[ "a,b" , 2 ]`)
	}
	m := otelmap.New(otelmap.DefaultRules())
	f.Fuzz(func(t *testing.T, scope, key1, text1, key2, text2 string) {
		attrs := []span.Attribute{
			{Key: key1, Value: span.Value{Kind: span.String, Str: text1}},
			{Key: key2, Value: span.Value{Kind: span.String, Str: text2}},
		}
		sp := &span.Span{TraceID: "t", SpanID: "s", Attributes: attrs, Events: []span.Event{{Name: scope, Attributes: attrs}}}
		res := &span.Resource{Attributes: attrs}
		records, err := m.Map(res, &span.Scope{Name: scope, Attributes: attrs}, sp, trace.Micros(1), nil)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, records)
		again, err := m.Map(res, &span.Scope{Name: scope, Attributes: attrs}, sp, trace.Micros(1), []fold.Record(nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(records, again); diff != "" {
			t.Fatalf("not the same twice:\n%s", diff)
		}
	})
}
