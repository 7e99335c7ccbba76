package otelmap_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// TestPartsAddUp draws what a call took and how an instrumentation reports it: with
// the parts of a side in its count, or beside it. With a total the entries always
// add up to that; without one, or where the total is taken of the counts alone, to
// what the call took wherever the numbers can tell.
func TestPartsAddUp(t *testing.T) {
	m := otelmap.New(otelmap.DefaultRules())
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) int64 {
			return rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, 5000)).Draw(t, name)
		}
		fresh, cached, creation, said, reasoning, audio := draw("input"), draw("cached"), draw("creation"), draw("output"), draw("reasoning"), draw("audio")
		inside := [2]bool{rapid.Bool().Draw(t, "input inside"), rapid.Bool().Draw(t, "output inside")}
		input, output := fresh, said
		if inside[0] {
			input += cached + creation
		}
		if inside[1] {
			output += reasoning + audio
		}
		total := fresh + cached + creation + said + reasoning + audio
		usage := usageOf(t, m, obj(
			"gen_ai.usage.input_tokens", input, "gen_ai.usage.output_tokens", output, "gen_ai.usage.total_tokens", total,
			"gen_ai.usage.cache_read.input_tokens", cached, "gen_ai.usage.cache_creation.input_tokens", creation,
			"gen_ai.usage.reasoning.output_tokens", reasoning, "llm.token_count.completion_details.audio", audio,
		))
		sum := usage["input"] + usage["output"] + usage["input_cached_tokens"] + usage["input_cache_creation"] +
			usage["output_reasoning_tokens"] + usage["output_audio_tokens"]
		// One side inside and the other beside, with parts of equal size: two readings.
		ambiguous := inside[0] != inside[1] && cached+creation == reasoning+audio
		if usage["total"] != total || sum != total && !ambiguous {
			t.Fatalf("%v adds up to %d of %d", usage, sum, total)
		}
		for _, name := range []string{"input_cached_tokens", "input_cache_creation", "output_reasoning_tokens", "output_audio_tokens"} {
			if usage[name] < 0 {
				t.Fatalf("%v has a negative entry", usage)
			}
		}
		// The same call, reported without a total. Where the parts exceed their whole, it
		// is plain that they are beside it; elsewhere they are taken to be in it.
		usage = usageOf(t, m, obj(
			"gen_ai.usage.input_tokens", input, "gen_ai.usage.cache_read.input_tokens", cached, "gen_ai.usage.cache_creation.input_tokens", creation,
		))
		want := input
		if cached+creation > input {
			want += cached + creation
		}
		if got := usage["input"] + usage["input_cached_tokens"] + usage["input_cache_creation"]; got != want {
			t.Fatalf("%v adds up to %d, not %d", usage, got, want)
		}
	})
}

// usageOf maps a span with these attributes and returns its usage.
func usageOf(t fatal, m *otelmap.Mapper, attrs string) map[string]int64 {
	t.Helper()
	sp := &span.Span{TraceID: "t", SpanID: "s", Attributes: attributes(attrs)}
	records, err := m.Map(&span.Resource{}, &span.Scope{}, sp, arrival, nil)
	if err != nil {
		t.Fatalf("%v", err)
	}
	usage := map[string]int64{}
	for _, f := range records[0].Fields {
		if f.Field == fold.Usage {
			for _, a := range f.Value.A {
				usage[a.Name] = a.N
			}
		}
	}
	return usage
}
