package e2e_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	collector "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/slim/otlp/common/v1"
	resource "go.opentelemetry.io/proto/slim/otlp/resource/v1"
	otlp "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// batch is an export request with what must become of each of its spans.
type batch struct {
	traceID  []byte
	resource *otlp.ResourceSpans // that the next span goes to
	scope    *otlp.ScopeSpans
	request  *collector.ExportTraceServiceRequest
	sent     []sent
}

// sent is a span of a batch.
type sent struct {
	id, name, input string
	refused         string // why; "" for one that must be stored
}

// newBatch returns an empty batch for a trace of its own.
func newBatch(seed string) *batch {
	sum := sha256.Sum256([]byte(seed))
	b := &batch{traceID: sum[:16], request: &collector.ExportTraceServiceRequest{}}
	b.newResource()
	return b
}

func (b *batch) newResource() *otlp.ResourceSpans {
	b.resource = &otlp.ResourceSpans{Resource: &resource.Resource{Attributes: []*common.KeyValue{attribute("service.name", "shop")}}}
	b.request.ResourceSpans = append(b.request.ResourceSpans, b.resource)
	b.newScope()
	return b.resource
}

func (b *batch) newScope() *otlp.ScopeSpans {
	b.scope = &otlp.ScopeSpans{Scope: &common.InstrumentationScope{Name: "shop.tracer", Version: "1"}}
	b.resource.ScopeSpans = append(b.resource.ScopeSpans, b.scope)
	return b.scope
}

// read returns observation number n of the batch from its trace.
func (b *batch) read(t *testing.T, tr tree, n int) stored {
	t.Helper()
	for _, o := range tr.Observations {
		if o.ID == b.sent[n].id {
			return o
		}
	}
	t.Fatalf("observation %d is not there", n)
	return stored{}
}

// id is the trace's id as it is read.
func (b *batch) id() string { return hex.EncodeToString(b.traceID) }

// good adds a span that must be stored whole.
func (b *batch) good(changes ...func(*otlp.Span)) { b.add("", changes) }

// bad adds a span that must be refused for the reason.
func (b *batch) bad(reason string, changes ...func(*otlp.Span)) { b.add(reason, changes) }

func (b *batch) add(refused string, changes []func(*otlp.Span)) {
	n := len(b.sent)
	sum := sha256.Sum256(fmt.Appendf(nil, "%x/%d", b.traceID, n))
	begin := time.Date(2026, 3, 1, 12, 0, n%60, 0, time.UTC)
	s := sent{
		id: hex.EncodeToString(sum[:8]), name: fmt.Sprintf("step %d of %.8s", n, b.id()),
		input: fmt.Sprintf("<input> & \"%d\" of %s", n, b.id()), refused: refused,
	}
	span := &otlp.Span{
		TraceId: b.traceID, SpanId: sum[:8], Name: s.name, Kind: otlp.Span_SPAN_KIND_CLIENT,
		StartTimeUnixNano: uint64(begin.UnixNano()), EndTimeUnixNano: uint64(begin.Add(time.Second).UnixNano()),
		Attributes: []*common.KeyValue{attribute("langfuse.observation.input", s.input)},
	}
	for _, change := range changes {
		change(span)
	}
	b.scope.Spans = append(b.scope.Spans, span)
	b.sent = append(b.sent, s)
}

// verdict returns how many spans must be refused and the message that says why.
func (b *batch) verdict() (rejected int, message string) {
	type reason struct {
		text string
		n    int
	}
	var reasons []reason
	for _, s := range b.sent {
		if s.refused == "" {
			continue
		}
		rejected++
		i := slices.IndexFunc(reasons, func(r reason) bool { return r.text == s.refused })
		if i < 0 {
			i, reasons = len(reasons), append(reasons, reason{text: s.refused})
		}
		reasons[i].n++
	}
	slices.SortStableFunc(reasons, func(a, b reason) int { return b.n - a.n })
	parts := make([]string, len(reasons))
	for i, r := range reasons {
		parts[i] = fmt.Sprintf("%d refused: %s", r.n, r.text)
	}
	return rejected, strings.Join(parts, "; ")
}

// accounted checks that every span is either stored as it was sent or was
// refused, and that nothing else is there. It returns the trace.
func (b *batch) accounted(t *testing.T, v *victim) tree {
	t.Helper()
	want := map[string]sent{}
	for _, s := range b.sent {
		if s.refused == "" {
			want[s.id] = s
		}
	}
	tr, ok := v.trace(t, b.id())
	if ok != (len(want) > 0) {
		t.Fatalf("trace %s there: %v, want %d observations", b.id(), ok, len(want))
	}
	for _, got := range tr.Observations {
		s, known := want[got.ID]
		delete(want, got.ID)
		switch {
		case !known:
			t.Errorf("observation %s was not to be stored, or is there twice", got.ID)
		case got.Name == nil || *got.Name != s.name:
			t.Errorf("observation %s has the name %q, want %q", got.ID, *got.Name, s.name)
		case text(t, got.Input) != s.input:
			t.Errorf("observation %s has the input %.200s, want %.200q", got.ID, got.Input, s.input)
		}
	}
	for id, s := range want {
		t.Errorf("observation %s (%s) was neither stored nor refused", id, s.name)
	}
	return tr
}

func attribute(key, value string) *common.KeyValue { return attributeOf(key, textValue(value)) }

func attributeOf(key string, value *common.AnyValue) *common.KeyValue {
	return &common.KeyValue{Key: key, Value: value}
}

func textValue(s string) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: s}}
}

// wire is a form of an export request.
type wire struct {
	name, contentType string
	marshal           func(*testing.T, proto.Message) []byte
	// accepted is the answer 200.
	accepted func(t *testing.T, rejected int, message string) string
}

func wires() []wire {
	return []wire{
		{"protobuf", "application/x-protobuf", marshalProto, func(t *testing.T, rejected int, message string) string {
			answer := &collector.ExportTraceServiceResponse{}
			if rejected > 0 {
				answer.PartialSuccess = &collector.ExportTracePartialSuccess{RejectedSpans: int64(rejected), ErrorMessage: message}
			}
			return string(marshalProto(t, answer))
		}},
		{"json", "application/json", marshalJSON, func(_ *testing.T, rejected int, message string) string {
			if rejected == 0 {
				return "{}"
			}
			return fmt.Sprintf(`{"partialSuccess":{"rejectedSpans":"%d","errorMessage":%s}}`, rejected, quote(message))
		}},
	}
}

func marshalProto(t *testing.T, m proto.Message) []byte {
	t.Helper()
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// marshalJSON writes OTLP/JSON: as protobuf has it, with ids in hex.
func marshalJSON(t *testing.T, m proto.Message) []byte {
	t.Helper()
	raw, err := protojson.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	idsToHex(v)
	if raw, err = json.Marshal(v); err != nil {
		t.Fatal(err)
	}
	return raw
}

func idsToHex(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			idsToHex(e)
		}
	case map[string]any:
		for key, e := range v {
			if s, ok := e.(string); ok && (key == "traceId" || key == "spanId" || key == "parentSpanId") {
				raw, _ := base64.StdEncoding.DecodeString(s) // protojson wrote it
				v[key] = hex.EncodeToString(raw)
			} else {
				idsToHex(e)
			}
		}
	}
}

// packing is a content encoding.
type packing struct {
	name string // as in the header; "" for none
	pack func([]byte) []byte
}

func packings() []packing {
	return []packing{{"", func(b []byte) []byte { return b }}, {"gzip", gzipped}, {"zstd", zstandard}}
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // the level exists
	w.Write(b)                                        // a buffer takes everything
	w.Close()
	return out.Bytes()
}

func zstandard(b []byte) []byte {
	w, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)) // the options are right
	defer w.Close()
	return w.EncodeAll(b, nil)
}

// export sends a batch, checks the answer, word by word, and what is stored, and
// returns that.
func (v *victim) export(t *testing.T, b *batch, w wire, p packing) tree {
	t.Helper()
	a := send(t, v.Server, http.MethodPost, "/api/public/otel/v1/traces", bytes.NewReader(p.pack(w.marshal(t, b.request))),
		"Content-Type: "+w.contentType, "Content-Encoding: "+p.name)
	rejected, message := b.verdict()
	if want := w.accepted(t, rejected, message); a.Status != http.StatusOK || a.Body != want {
		t.Errorf("answer %d %.500q\nwant   200 %.500q", a.Status, a.Body, want)
	}
	v.unharmed(t)
	return b.accounted(t, v)
}
