// Package load makes telemetry that looks like an application's: traces of ten
// nested observations with about three kilobytes of words each, as the export
// requests an SDK would send. The same seed gives the same requests.
//
// It is for tests and measurements; it sends nothing and starts no goroutines.
package load

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	collector "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/slim/otlp/common/v1"
	resource "go.opentelemetry.io/proto/slim/otlp/resource/v1"
	otlp "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// PerTrace is how many observations a trace has.
const PerTrace = 10

// Observation is what was put into a request and must be read back.
type Observation struct {
	TraceID, ID, ParentID string
	Name, Input, Output   string
}

// Request is one export request.
type Request struct {
	Body         []byte // protobuf
	Observations []Observation
}

// Generator makes requests. It is not safe for concurrent use.
type Generator struct {
	rng   *rand.Rand
	words []string
	zipf  *rand.Zipf
	start time.Time
}

// New returns a generator whose traces lie in the hours before now. Different
// seeds give different ids.
func New(seed uint64, now time.Time) *Generator {
	rng := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	words := make([]string, 4096)
	for i := range words {
		var b strings.Builder
		for range 2 + rng.IntN(9) {
			b.WriteByte(byte('a' + rng.IntN(26)))
		}
		words[i] = b.String()
	}
	return &Generator{rng: rng, words: words, zipf: rand.NewZipf(rng, 1.1, 4, uint64(len(words)-1)), start: now}
}

// text returns about n bytes of words.
func (g *Generator) text(n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(g.words[g.zipf.Uint64()])
		b.WriteByte(' ')
	}
	return b.String()
}

func (g *Generator) id(n int) []byte {
	b := make([]byte, 0, 16)
	for len(b) < n {
		b = binary.BigEndian.AppendUint64(b, g.rng.Uint64())
	}
	return b[:n]
}

// Request returns a request with the given number of traces.
func (g *Generator) Request(traces int) Request {
	var (
		req   Request
		spans []*otlp.Span
	)
	for range traces {
		spans = g.trace(spans, &req)
	}
	body, err := proto.Marshal(&collector.ExportTraceServiceRequest{ResourceSpans: []*otlp.ResourceSpans{{
		Resource: &resource.Resource{Attributes: []*common.KeyValue{
			text("service.name", "shop-assistant"), text("telemetry.sdk.language", "python"),
			text("telemetry.sdk.name", "opentelemetry"), text("telemetry.sdk.version", "1.44.0"),
			text("langfuse.environment", "production"), text("langfuse.release", "2026.11.3"),
		}},
		ScopeSpans: []*otlp.ScopeSpans{{
			Scope: &common.InstrumentationScope{Name: "langfuse-sdk", Version: "4.14.0"},
			Spans: spans,
		}},
	}}})
	if err != nil {
		panic(err) // the message is built here; it always marshals
	}
	req.Body = body
	return req
}

func (g *Generator) trace(spans []*otlp.Span, req *Request) []*otlp.Span {
	var (
		traceID = g.id(16)
		begin   = g.start.Add(-time.Duration(g.rng.Int64N(int64(6 * time.Hour))))
		user    = fmt.Sprintf("user-%04d", g.rng.IntN(5000))
		session = fmt.Sprintf("session-%05d", g.rng.IntN(20000))
		ids     [PerTrace][]byte
	)
	for i := range PerTrace {
		ids[i] = g.id(8)
		o := Observation{
			TraceID: hex.EncodeToString(traceID), ID: hex.EncodeToString(ids[i]),
			Name: fmt.Sprintf("step-%d", i), Input: g.text(2000), Output: g.text(1000),
		}
		at := begin.Add(time.Duration(i) * 40 * time.Millisecond)
		span := &otlp.Span{
			TraceId: traceID, SpanId: ids[i], Name: o.Name, Kind: otlp.Span_SPAN_KIND_INTERNAL,
			StartTimeUnixNano: uint64(at.UnixNano()), EndTimeUnixNano: uint64(at.Add(time.Duration(100+g.rng.IntN(2000)) * time.Millisecond).UnixNano()),
			Attributes: []*common.KeyValue{
				text("langfuse.observation.input", o.Input), text("langfuse.observation.output", o.Output),
				text("langfuse.trace.name", "answer-question"), text("user.id", user), text("session.id", session),
				text("langfuse.observation.metadata.tenant", fmt.Sprintf("tenant-%02d", g.rng.IntN(40))),
				text("langfuse.observation.metadata.note", g.text(120)),
				text("langfuse.observation.metadata.attempt", fmt.Sprint(g.rng.IntN(3))),
			},
		}
		if i > 0 {
			parent := ids[(i-1)/2]
			span.ParentSpanId, o.ParentID = parent, hex.EncodeToString(parent)
		}
		if i%3 == 1 {
			in, out := g.rng.IntN(4000), g.rng.IntN(900)
			span.Attributes = append(span.Attributes,
				text("langfuse.observation.type", "generation"), text("langfuse.observation.model.name", "gpt-4.1-mini"),
				text("langfuse.observation.model.parameters", `{"temperature":0.2,"max_tokens":900}`),
				text("langfuse.observation.usage_details", fmt.Sprintf(`{"input":%d,"output":%d}`, in, out)),
				text("langfuse.observation.cost_details", fmt.Sprintf(`{"input":%.7f,"output":%.7f}`, float64(in)*4e-7, float64(out)*1.6e-6)))
		} else {
			span.Attributes = append(span.Attributes, text("langfuse.observation.type", "span"))
		}
		spans = append(spans, span)
		req.Observations = append(req.Observations, o)
	}
	return spans
}

func text(key, value string) *common.KeyValue {
	return &common.KeyValue{Key: key, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: value}}}
}
