package otelmap_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
)

// reasonsOf maps a vector's span and returns the text of its reasons.
func reasonsOf(t *testing.T, m *otelmap.Mapper, v vector) string {
	t.Helper()
	res, sc, sp := v.span()
	records, err := m.Map(res, sc, sp, arrival, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range records[0].Fields {
		if f.Field == fold.Reasons {
			return f.Value.S
		}
	}
	return ""
}

func TestReasons(t *testing.T) {
	m := otelmap.New(otelmap.DefaultRules())
	for name, c := range map[string]struct {
		v    vector
		want []string // with a colon for the tab
	}{
		"a plain span": {vector{}, []string{"name: name/span name"}},
		"what nobody said has none": {
			vector{attrs: `{"x":1}`, resource: `{"y":2}`},
			[]string{"name: name/span name"},
		},
		"fields of both": {
			vector{scope: own, attrs: obj(
				"langfuse.observation.type", "generation", "langfuse.observation.model.name", "m", "user.id", "u", "langfuse.trace.name", "n",
				"langfuse.trace.tags", "a", "langfuse.observation.metadata.k", 1, "langfuse.trace.metadata", `{"l":2}`, "langfuse.metadata", `{"m":3}`,
				"langfuse.observation.usage_details", `{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}`, "langfuse.observation.level", "warn",
				"langfuse.observation.prompt.name", "p", "langfuse.prompt.version", 3, "langfuse.internal.is_app_root", true,
			)},
			[]string{
				"name: name/span name",
				"type: type/langfuse.observation.type=generation",
				"level: level/WARN",
				"user: user/user.id",
				"trace.user: user/user.id",
				"trace.name: trace_name/langfuse.trace.name",
				"app_root: app_root/langfuse.internal.is_app_root",
				"trace.tags: tags/langfuse.trace.tags",
				"model: model/langfuse.observation.model.name",
				"usage: usage/langfuse.observation.usage_details",
				"usage.input: usage_shape/chat",
				"usage.output: usage_shape/chat",
				"usage.total: usage_shape/chat",
				"prompt: prompt_version/langfuse.prompt.version",
				"prompt: prompt_name/langfuse.observation.prompt.name",
				"metadata: metadata/langfuse.observation.metadata",
				"metadata: metadata/langfuse.observation.metadata.*",
				"metadata: metadata/langfuse.trace.metadata",
				"trace.metadata: metadata/langfuse.trace.metadata",
			},
		},
		"counts": {
			vector{attrs: obj(
				"gen_ai.usage.input_tokens", 10, "gen_ai.usage.output_tokens", 5, "gen_ai.usage.total_tokens", 17, "gen_ai.usage.cache_read_tokens", 4,
				"gen_ai.usage.reasoning.output_tokens", 2, "gen_ai.usage.units", 3, "gen_ai.request.top_p", 1, "llm.invocation_parameters.seed", 1,
			)},
			[]string{
				"name: name/span name",
				"usage: usage/counted attributes",
				"usage.inclusive: usage_inclusive/total",
				"usage.input: usage_alias/input_tokens",
				"usage.output: usage_alias/output_tokens",
				"usage.total: usage_alias/total_tokens",
				"usage.input_cached_tokens: usage_alias/cache_read_tokens",
				"usage.output_reasoning_tokens: usage_alias/reasoning.output_tokens",
				"usage.units: usage_prefix/gen_ai.usage.",
				"model_parameters: parameters/gen_ai.request.*",
				"model_parameters: parameters/llm.invocation_parameters.*",
			},
		},
		"two sides, two rules": {
			vector{attrs: obj("gen_ai.usage.input_tokens", 10, "gen_ai.usage.output_tokens", 5, "gen_ai.usage.cache_read_tokens", 40, "gen_ai.usage.reasoning.output_tokens", 2)},
			[]string{
				"name: name/span name",
				"usage: usage/counted attributes",
				"usage.inclusive: usage_inclusive/parts exceed the whole",
				"usage.inclusive: usage_inclusive/included",
				"usage.input: usage_alias/input_tokens",
				"usage.output: usage_alias/output_tokens",
				"usage.input_cached_tokens: usage_alias/cache_read_tokens",
				"usage.output_reasoning_tokens: usage_alias/reasoning.output_tokens",
			},
		},
		"tools and payload": {
			vector{attrs: obj("input.value", "hi", "output.value", "ho", "gen_ai.tool.definitions", `[{"name":"f"}]`)},
			[]string{
				"name: name/span name",
				"input.tools: tools/gen_ai.tool.definitions",
				"input: payload/input.value, output.value",
				"output: payload/input.value, output.value",
			},
		},
		"a name with a line break": {
			vector{attrs: obj("gen_ai.usage.a\nname\tb", 1)},
			[]string{"name: name/span name", "usage: usage/counted attributes", "usage.a name b: usage_prefix/gen_ai.usage."},
		},
		"experiment": {
			vector{scope: own, attrs: obj("langfuse.experiment.id", "e", "langfuse.experiment.item.metadata.k", 1)},
			[]string{
				"name: name/span name",
				"experiment.id: experiment/langfuse.experiment.id",
				"experiment.itemMetadata: experiment/langfuse.experiment.item.metadata",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Split(strings.ReplaceAll(reasonsOf(t, m, c.v), "\t", ": "), "\n")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestReasonsNameRows: whatever a recording is mapped by, its reasons are lines of
// a field and a row that there is, and every field that is set by a row has one.
func TestReasonsNameRows(t *testing.T) {
	rules := otelmap.DefaultRules()
	m := otelmap.New(rules)
	rows := map[string]bool{}
	for _, row := range rules.Rows() {
		rows[row] = true
	}
	for _, r := range readRecordings(t) {
		for _, record := range r.mapped(t, m) {
			if record.Kind != fold.Observation {
				continue
			}
			said := map[string]bool{}
			for _, f := range record.Fields {
				if f.Field != fold.Reasons {
					continue
				}
				for line := range strings.SplitSeq(f.Value.S, "\n") {
					field, row, ok := strings.Cut(line, "\t")
					if !ok || !rows[row] {
						t.Errorf("%s: line %q", r.name, line)
					}
					first, _, _ := strings.Cut(field, ".")
					said[first] = true
				}
			}
			for _, f := range record.Fields {
				switch f.Field {
				case fold.Start, fold.End, fold.Parent, fold.Raw, fold.Reasons:
				default:
					if !f.Default && !said[f.Field.String()] {
						t.Errorf("%s: nothing says why %s", r.name, f.Field)
					}
				}
			}
		}
	}
}

// TestReasonsAreShared: equal reasons are one text, however many strangers there
// were in between.
func TestReasonsAreShared(t *testing.T) {
	m := otelmap.New(otelmap.DefaultRules())
	a, b := reasonsOf(t, m, vector{attrs: `{"user.id":"u"}`}), reasonsOf(t, m, vector{attrs: `{"user.id":"v"}`})
	if unsafe.StringData(a) != unsafe.StringData(b) {
		t.Error("equal reasons are two texts")
	}
	for i := range 3000 {
		reasonsOf(t, m, vector{attrs: obj(fmt.Sprintf("gen_ai.usage.n%d", i), 1)})
	}
	if again := reasonsOf(t, m, vector{attrs: `{"user.id":"u"}`}); again != a {
		t.Errorf("%q became %q", a, again)
	}
	many := map[string]int{strings.Repeat("x", 200): 1}
	for i := range 10_000 {
		many[fmt.Sprintf("kind-%d", i)] = i
	}
	object, err := json.Marshal(many)
	if err != nil {
		t.Fatal(err)
	}
	if got := reasonsOf(t, m, vector{attrs: obj("langfuse.observation.usage_details", string(object))}); len(got) > 16<<10 {
		t.Errorf("%d bytes of reasons", len(got))
	}
	long := reasonsOf(t, m, vector{attrs: obj("gen_ai.usage."+strings.Repeat("x", 200), 1)})
	if strings.Contains(long, "xxx") || !strings.Contains(long, "usage\t") {
		t.Errorf("reasons %.300q", long)
	}
}
