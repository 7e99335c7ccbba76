package otlp_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	tracecollector "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/slim/otlp/common/v1"
	resource "go.opentelemetry.io/proto/slim/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/fusebox-llm/fusebox/internal/otlp"
)

// realistic is a request as the SDKs send it: generations with some twenty
// attributes, of which input and output are about a kilobyte each.
func realistic(n int) *tracecollector.ExportTraceServiceRequest {
	str := func(k, v string) *common.KeyValue {
		return &common.KeyValue{Key: k, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: v}}}
	}
	number := func(k string, v int64) *common.KeyValue {
		return &common.KeyValue{Key: k, Value: &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: v}}}
	}
	list := func(k string, vs ...string) *common.KeyValue {
		a := &common.ArrayValue{}
		for _, v := range vs {
			a.Values = append(a.Values, &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: v}})
		}
		return &common.KeyValue{Key: k, Value: &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: a}}}
	}
	scope := &tracepb.ScopeSpans{Scope: &common.InstrumentationScope{
		Name: "langfuse-sdk", Version: "4.0.0", Attributes: []*common.KeyValue{str("public_key", "pk-lf-1234")},
	}}
	question := strings.Repeat(`Tell me, "briefly", what the weather was like — `+"\n", 18)
	answer := strings.Repeat("It was mild, with light rain towards the evening. ", 20)
	for i := range n {
		start := 1_700_000_000_000_000_000 + uint64(i)*1_000_000
		scope.Spans = append(scope.Spans, &tracepb.Span{
			TraceId: fmt.Appendf(nil, "trace-%010d", i/8), SpanId: fmt.Appendf(nil, "span%04d", i), ParentSpanId: fmt.Appendf(nil, "span%04d", i/8),
			Name: "chat-completion", Kind: tracepb.Span_SPAN_KIND_INTERNAL, Flags: 257,
			StartTimeUnixNano: start, EndTimeUnixNano: start + 900_000_000,
			Status: &tracepb.Status{Code: tracepb.Status_STATUS_CODE_OK},
			Attributes: []*common.KeyValue{
				str("langfuse.observation.type", "generation"),
				str("langfuse.observation.model.name", "gpt-4o-2024-08-06"),
				str("langfuse.observation.model.parameters", `{"temperature":0.7,"max_tokens":512}`),
				str("langfuse.observation.input", `[{"role":"user","content":"`+question+`"}]`),
				str("langfuse.observation.output", answer),
				str("langfuse.observation.usage_details", `{"input":412,"output":128,"total":540}`),
				str("langfuse.observation.cost_details", `{"input":0.00103,"output":0.00128}`),
				str("langfuse.observation.completion_start_time", "2024-01-02T03:04:05.678Z"),
				str("langfuse.observation.level", "DEFAULT"),
				str("langfuse.observation.prompt.name", "weather"),
				number("langfuse.observation.prompt.version", 7),
				str("langfuse.observation.metadata.tenant", "acme"),
				str("langfuse.observation.metadata.route", "/v1/weather"),
				str("langfuse.environment", "production"),
				str("langfuse.release", "2024.11.3"),
				str("langfuse.trace.name", "weather-assistant"),
				list("langfuse.trace.tags", "weather", "beta"),
				str("user.id", fmt.Sprintf("user-%d", i%50)),
				str("session.id", fmt.Sprintf("session-%d", i%90)),
				{Key: "langfuse.internal.is_app_root", Value: &common.AnyValue{Value: &common.AnyValue_BoolValue{BoolValue: i%8 == 0}}},
			},
		})
	}
	return &tracecollector.ExportTraceServiceRequest{ResourceSpans: []*tracepb.ResourceSpans{{
		Resource: &resource.Resource{Attributes: []*common.KeyValue{
			str("service.name", "api"), str("telemetry.sdk.language", "python"), str("telemetry.sdk.version", "1.38.0"),
		}},
		ScopeSpans: []*tracepb.ScopeSpans{scope},
	}}}
}

func realisticProto(t testing.TB, n int) []byte { return marshal(t, realistic(n)) }

func realisticJSON(t testing.TB, n int) []byte {
	b, err := json.Marshal(jsonBatch(expect(realistic(n)), plainStyle{}))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const benchSpans = 64

func perSpan(b *testing.B, bytes int) {
	b.SetBytes(int64(bytes))
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchSpans, "ns/span")
}

func BenchmarkDecodeProto(b *testing.B) {
	body := realisticProto(b, benchSpans)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := otlp.DecodeProto(body, otlp.DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
	perSpan(b, len(body))
}

func BenchmarkDecodeJSON(b *testing.B) {
	body := realisticJSON(b, benchSpans)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := otlp.DecodeJSON(body, otlp.DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
	perSpan(b, len(body))
}

// The baselines are what the decoders have to beat: the generated code, which
// does not even convert, and the standard library's any.

func BenchmarkBaselineProto(b *testing.B) {
	body := realisticProto(b, benchSpans)
	b.ReportAllocs()
	for b.Loop() {
		var req tracecollector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &req); err != nil {
			b.Fatal(err)
		}
	}
	perSpan(b, len(body))
}

func BenchmarkBaselineJSON(b *testing.B) {
	body := realisticJSON(b, benchSpans)
	b.ReportAllocs()
	for b.Loop() {
		var req any
		if err := json.Unmarshal(body, &req); err != nil {
			b.Fatal(err)
		}
	}
	perSpan(b, len(body))
}
