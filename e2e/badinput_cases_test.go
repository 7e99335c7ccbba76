package e2e_test

import (
	"fmt"
	"math"
	"strings"
	"time"

	common "go.opentelemetry.io/proto/slim/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/slim/otlp/trace/v1"
)

// itemFaults are contents that refuse the span which has them, each beside its
// harmless neighbor: the largest that is taken.
func itemFaults() map[string]func(*batch) {
	attributes := func(n int) []*common.KeyValue {
		list := make([]*common.KeyValue, n)
		for i := range list {
			list[i] = attribute(fmt.Sprintf("k%d", i), "v")
		}
		return list
	}
	with := func(list ...*common.KeyValue) func(*otlp.Span) {
		return func(s *otlp.Span) { s.Attributes = append(s.Attributes, list...) }
	}
	const (
		tooMany = "more than 1024 attributes"
		longKey = "attribute key longer than 1 KiB"
		tooDeep = "attribute value nested deeper than 32 levels"
	)
	return map[string]func(*batch){
		"attributes": func(b *batch) {
			b.good(with(attributes(1023)...)) // and the input
			b.bad(tooMany, with(attributes(1024)...))
			b.bad(tooMany, with(attributes(5000)...))
		},
		"attribute key": func(b *batch) {
			b.good(with(attribute(strings.Repeat("k", 1024), "v")))
			b.bad(longKey, with(attribute(strings.Repeat("k", 1025), "v")))
			b.bad(longKey, with(attributeOf("map", &common.AnyValue{Value: &common.AnyValue_KvlistValue{
				KvlistValue: &common.KeyValueList{Values: []*common.KeyValue{attribute(strings.Repeat("k", 1025), "v")}},
			}})))
		},
		"depth": func(b *batch) {
			b.good(with(attributeOf("deep", nested(32))))
			b.bad(tooDeep, with(attributeOf("deep", nested(33))))
			b.bad(tooDeep, with(attributeOf("deep", nested(2000))))
		},
		"several reasons": func(b *batch) {
			b.bad(longKey, with(attribute(strings.Repeat("k", 9000), "v")))
			b.bad(tooMany, with(attributes(1024)...))
			b.good()
			b.bad(tooMany, with(attributes(1025)...))
		},
		"attributes of an event": func(b *batch) {
			b.good(event(attributes(1024)...))
			b.bad(tooMany, event(attributes(1025)...))
			b.bad(longKey, event(attribute(strings.Repeat("k", 1025), "v")))
		},
		"attributes of a link": func(b *batch) {
			link := func(list []*common.KeyValue) func(*otlp.Span) {
				return func(s *otlp.Span) {
					s.Links = []*otlp.Span_Link{{TraceId: b.traceID, SpanId: s.SpanId, Attributes: list}}
				}
			}
			b.good(link(attributes(1024)))
			b.bad(tooMany, link(attributes(1025)))
		},
		"attributes of a resource": func(b *batch) {
			b.newResource().Resource.Attributes = attributes(1024)
			b.good()
			b.newResource().Resource.Attributes = attributes(1025)
			b.bad("resource: " + tooMany)
			b.newScope()
			b.bad("resource: " + tooMany)
		},
		"attributes of a scope": func(b *batch) {
			b.newScope().Scope.Attributes = attributes(1024)
			b.good()
			b.newScope().Scope.Attributes = attributes(1025)
			b.bad("scope: " + tooMany)
			b.bad("scope: " + tooMany)
			b.newScope()
			b.good()
		},
		"ids": func(b *batch) {
			// Bytes become two hex digits each, text is kept. JSON has the digits.
			b.bad("trace id longer than 1 KiB", func(s *otlp.Span) { s.TraceId = make([]byte, 513) })
			b.bad("span id longer than 1 KiB", func(s *otlp.Span) { s.SpanId = make([]byte, 513) })
			b.bad("parent span id longer than 1 KiB", func(s *otlp.Span) { s.ParentSpanId = make([]byte, 513) })
		},
		"short texts": func(b *batch) {
			over, full := prose(1<<20+1), prose(1<<20)
			b.good(with(attribute("user.id", full), attribute("session.id", full), attribute("langfuse.release", full)))
			b.bad("user is larger than 1048576 bytes", with(attribute("user.id", over)))
			b.bad("session is larger than 1048576 bytes", with(attribute("session.id", over)))
			b.bad("a tag is larger than 1048576 bytes", with(attribute("langfuse.trace.tags", over)))
			b.bad("name is larger than 1048576 bytes", func(s *otlp.Span) { s.Name = over })
			b.bad("status_message is larger than 1048576 bytes", func(s *otlp.Span) { s.Status = &otlp.Status{Message: over} })
		},
		"tags": func(b *batch) {
			tags := func(n int) *common.KeyValue { return attribute("langfuse.trace.tags", numbered(n, "tag %d", ",")) }
			b.good(with(tags(1024)))
			b.bad("more than 1024 tags", with(tags(1025)))
		},
		"values of metadata": func(b *batch) {
			values := func(n int) *common.KeyValue {
				return attribute("langfuse.observation.metadata", `{"a \":b":[{"c":1,"d":{"e":[2]}}],`+numbered(n-1, `"k%d":"v:v"`, ",")+"}")
			}
			b.good(with(values(99_990))) // and what the server adds of scope and resource
			b.bad("more than 100000 values in metadata", with(values(100_001)))
		},
		// Nothing of these is a fault: what has no meaning is kept as it came.
		"oddities": func(b *batch) {
			b.good(with(attributeOf("nothing", nil), attributeOf("empty", &common.AnyValue{})))
			b.good(with(attribute("twice", "1"), attribute("twice", "2"), attribute("", "no key")))
			b.good(func(s *otlp.Span) { s.Kind, s.Flags = 77, math.MaxUint32 })
			b.good(func(s *otlp.Span) { s.Status = &otlp.Status{Code: 99} })
			b.good(func(s *otlp.Span) { s.StartTimeUnixNano, s.EndTimeUnixNano = s.EndTimeUnixNano, s.StartTimeUnixNano })
			b.good(func(s *otlp.Span) { s.ParentSpanId = s.SpanId })
			b.good(func(s *otlp.Span) { s.ParentSpanId = []byte{1} })
			b.good(with(attribute("langfuse.observation.type", "nonsense"), attribute("langfuse.observation.level", "nonsense")))
			b.good(with(attribute("langfuse.observation.usage_details", `{"input":-1e400,"output":"x"}`)))
			b.good(with(attribute("langfuse.observation.completion_start_time", "+10000-01-01T00:00:00Z")))
			b.good(with(attribute("langfuse.observation.metadata", `{"a":{"b":`), attribute("langfuse.environment", "Not An Environment")))
			for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), math.MaxFloat64, math.SmallestNonzeroFloat64} {
				double := &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: f}}
				b.good(with(attributeOf("d", double), attributeOf("gen_ai.usage.input_tokens", double), attributeOf("gen_ai.usage.cost", double)))
			}
		},
	}
}

// nested returns arrays and maps in turn, so many inside each other.
func nested(levels int) *common.AnyValue {
	v := textValue("bottom")
	for i := range levels {
		if i%2 == 0 {
			v = &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: &common.ArrayValue{Values: []*common.AnyValue{v}}}}
		} else {
			v = &common.AnyValue{Value: &common.AnyValue_KvlistValue{KvlistValue: &common.KeyValueList{Values: []*common.KeyValue{attributeOf("k", v)}}}}
		}
	}
	return v
}

// numbered writes the numbers below n in a format.
func numbered(n int, format, separator string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(separator)
		}
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// prose returns n bytes of text that a compressor makes some ten times smaller.
func prose(n int) string {
	var b strings.Builder
	b.Grow(n + 64)
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%d bottles of %x on the wall; ", i, i*i)
	}
	return b.String()[:n]
}

func event(list ...*common.KeyValue) func(*otlp.Span) {
	return func(s *otlp.Span) {
		s.Events = []*otlp.Span_Event{{Name: "e", TimeUnixNano: uint64(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixNano()), Attributes: list}}
	}
}
