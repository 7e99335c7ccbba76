package otlp_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	tracecollector "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/slim/otlp/common/v1"
	resource "go.opentelemetry.io/proto/slim/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/otlp"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// same compares batches as a reader of them would: an empty list is no list, and
// NaN is NaN.
var same = cmp.Options{cmpopts.EquateEmpty(), cmpopts.EquateNaNs()}

// expect turns what the generated code decodes into what ours should.
func expect(req *tracecollector.ExportTraceServiceRequest) span.Batch {
	var b span.Batch
	for _, rs := range req.GetResourceSpans() {
		r := span.Resource{Attributes: expectAttributes(rs.GetResource().GetAttributes()), SchemaURL: rs.GetSchemaUrl()}
		for _, ss := range rs.GetScopeSpans() {
			s := span.Scope{
				Name: ss.GetScope().GetName(), Version: ss.GetScope().GetVersion(),
				Attributes: expectAttributes(ss.GetScope().GetAttributes()), SchemaURL: ss.GetSchemaUrl(),
			}
			for _, sp := range ss.GetSpans() {
				s.Spans = append(s.Spans, expectSpan(sp))
			}
			r.Scopes = append(r.Scopes, s)
		}
		b.Resources = append(b.Resources, r)
	}
	return b
}

func expectSpan(sp *tracepb.Span) span.Span {
	s := span.Span{
		TraceID: hex.EncodeToString(sp.GetTraceId()), SpanID: hex.EncodeToString(sp.GetSpanId()),
		ParentSpanID: hex.EncodeToString(sp.GetParentSpanId()), TraceState: sp.GetTraceState(),
		Name: sp.GetName(), Kind: int32(sp.GetKind()), Flags: sp.GetFlags(),
		Start: int64(sp.GetStartTimeUnixNano() / 1000), HasStart: sp.GetStartTimeUnixNano() != 0,
		End: int64(sp.GetEndTimeUnixNano() / 1000), HasEnd: sp.GetEndTimeUnixNano() != 0,
		Attributes: expectAttributes(sp.GetAttributes()),
		StatusCode: int32(sp.GetStatus().GetCode()), StatusMessage: sp.GetStatus().GetMessage(),
		DroppedAttributes: sp.GetDroppedAttributesCount(), DroppedEvents: sp.GetDroppedEventsCount(),
		DroppedLinks: sp.GetDroppedLinksCount(),
	}
	for _, e := range sp.GetEvents() {
		s.Events = append(s.Events, span.Event{
			Time: int64(e.GetTimeUnixNano() / 1000), Name: e.GetName(),
			Attributes: expectAttributes(e.GetAttributes()), Dropped: e.GetDroppedAttributesCount(),
		})
	}
	for _, l := range sp.GetLinks() {
		s.Links = append(s.Links, span.Link{
			TraceID: hex.EncodeToString(l.GetTraceId()), SpanID: hex.EncodeToString(l.GetSpanId()),
			TraceState: l.GetTraceState(), Attributes: expectAttributes(l.GetAttributes()),
			Dropped: l.GetDroppedAttributesCount(), Flags: l.GetFlags(),
		})
	}
	return s
}

func expectAttributes(list []*common.KeyValue) []span.Attribute {
	var out []span.Attribute
	for _, kv := range list {
		out = append(out, span.Attribute{Key: kv.GetKey(), Value: expectValue(kv.GetValue())})
	}
	return out
}

func expectValue(v *common.AnyValue) span.Value {
	switch x := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return span.Value{Kind: span.String, Str: x.StringValue}
	case *common.AnyValue_BoolValue:
		if x.BoolValue {
			return span.Value{Kind: span.Bool, Int: 1}
		}
		return span.Value{Kind: span.Bool}
	case *common.AnyValue_IntValue:
		return span.Value{Kind: span.Int, Int: x.IntValue}
	case *common.AnyValue_DoubleValue:
		return span.Value{Kind: span.Double, Double: x.DoubleValue}
	case *common.AnyValue_ArrayValue:
		out := span.Value{Kind: span.Array}
		for _, e := range x.ArrayValue.GetValues() {
			out.Array = append(out.Array, expectValue(e))
		}
		return out
	case *common.AnyValue_KvlistValue:
		return span.Value{Kind: span.Map, Map: expectAttributes(x.KvlistValue.GetValues())}
	case *common.AnyValue_BytesValue:
		return span.Value{Kind: span.Bytes, Str: string(x.BytesValue)}
	}
	return span.Value{}
}

// The generators make every field, often enough at its edges.

func id(t *rapid.T, label string) []byte {
	return rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, label)
}

func anyValue(t *rapid.T, depth int) *common.AnyValue {
	n := 6
	if depth < 4 {
		n = 8
	}
	switch rapid.IntRange(0, n).Draw(t, "alternative") {
	case 1:
		return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: rapid.String().Draw(t, "string")}}
	case 2:
		return &common.AnyValue{Value: &common.AnyValue_BoolValue{BoolValue: rapid.Bool().Draw(t, "bool")}}
	case 3:
		return &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: rapid.Int64().Draw(t, "int")}}
	case 4:
		return &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: rapid.OneOf(
			rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0}),
		).Draw(t, "double")}}
	case 5:
		return &common.AnyValue{Value: &common.AnyValue_BytesValue{BytesValue: rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")}}
	case 6:
		return &common.AnyValue{}
	case 7:
		list := &common.ArrayValue{}
		for range rapid.IntRange(0, 3).Draw(t, "elements") {
			list.Values = append(list.Values, anyValue(t, depth+1))
		}
		return &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: list}}
	case 8:
		return &common.AnyValue{Value: &common.AnyValue_KvlistValue{KvlistValue: &common.KeyValueList{Values: keyValues(t, depth+1)}}}
	}
	return nil
}

func keyValues(t *rapid.T, depth int) []*common.KeyValue {
	var out []*common.KeyValue
	for range rapid.IntRange(0, 3).Draw(t, "attributes") {
		out = append(out, &common.KeyValue{
			Key:   rapid.SampledFrom([]string{"", "a", "langfuse.observation.type", "ключ", "x\x00y", strings.Repeat("k", 200)}).Draw(t, "key"),
			Value: anyValue(t, depth),
		})
	}
	return out
}

func protoSpan(t *rapid.T) *tracepb.Span {
	u32, u64, str := rapid.Uint32(), rapid.Uint64(), rapid.String()
	s := &tracepb.Span{
		TraceId: id(t, "trace"), SpanId: id(t, "span"), ParentSpanId: rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "parent"),
		TraceState: str.Draw(t, "state"), Flags: u32.Draw(t, "flags"), Name: str.Draw(t, "name"),
		Kind: tracepb.Span_SpanKind(rapid.Int32().Draw(t, "kind")), StartTimeUnixNano: u64.Draw(t, "start"),
		EndTimeUnixNano: u64.Draw(t, "end"), Attributes: keyValues(t, 0), DroppedAttributesCount: u32.Draw(t, "dropped"),
		DroppedEventsCount: u32.Draw(t, "dropped events"), DroppedLinksCount: u32.Draw(t, "dropped links"),
	}
	if rapid.Bool().Draw(t, "has status") {
		s.Status = &tracepb.Status{Message: str.Draw(t, "message"), Code: tracepb.Status_StatusCode(rapid.Int32Range(-1, 3).Draw(t, "code"))}
	}
	for range rapid.IntRange(0, 2).Draw(t, "events") {
		s.Events = append(s.Events, &tracepb.Span_Event{
			TimeUnixNano: u64.Draw(t, "time"), Name: str.Draw(t, "event"),
			Attributes: keyValues(t, 0), DroppedAttributesCount: u32.Draw(t, "dropped"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "links") {
		s.Links = append(s.Links, &tracepb.Span_Link{
			TraceId: id(t, "linked trace"), SpanId: id(t, "linked span"), TraceState: str.Draw(t, "state"),
			Attributes: keyValues(t, 0), DroppedAttributesCount: u32.Draw(t, "dropped"), Flags: u32.Draw(t, "flags"),
		})
	}
	return s
}

func scopeSpans(t *rapid.T) *tracepb.ScopeSpans {
	out := &tracepb.ScopeSpans{SchemaUrl: rapid.String().Draw(t, "schema")}
	if rapid.Bool().Draw(t, "has scope") {
		out.Scope = &common.InstrumentationScope{
			Name: rapid.String().Draw(t, "scope"), Version: rapid.String().Draw(t, "version"),
			Attributes: keyValues(t, 0), DroppedAttributesCount: rapid.Uint32().Draw(t, "dropped"),
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "spans") {
		out.Spans = append(out.Spans, protoSpan(t))
	}
	return out
}

func resourceSpans(t *rapid.T) *tracepb.ResourceSpans {
	out := &tracepb.ResourceSpans{SchemaUrl: rapid.String().Draw(t, "schema")}
	if rapid.Bool().Draw(t, "has resource") {
		out.Resource = &resource.Resource{
			Attributes: keyValues(t, 0), DroppedAttributesCount: rapid.Uint32().Draw(t, "dropped"),
			EntityRefs: []*common.EntityRef{{Type: "service", IdKeys: []string{"a"}}},
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "scopes") {
		out.ScopeSpans = append(out.ScopeSpans, scopeSpans(t))
	}
	return out
}

func request(t *rapid.T) *tracecollector.ExportTraceServiceRequest {
	req := &tracecollector.ExportTraceServiceRequest{}
	for range rapid.IntRange(0, 2).Draw(t, "resources") {
		req.ResourceSpans = append(req.ResourceSpans, resourceSpans(t))
	}
	return req
}

func marshal(t interface{ Fatal(args ...any) }, m proto.Message) []byte {
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// delimited returns a length-delimited field.
func delimited(num protowire.Number, content ...[]byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), bytes.Join(content, nil))
}

// TestProtoAgainstGeneratedCode decodes random requests with the generated code
// and with ours.
func TestProtoAgainstGeneratedCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		req := request(t)
		got, err := otlp.DecodeProto(marshal(t, req), otlp.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(expect(req), got, same); diff != "" {
			t.Fatalf("(-generated +ours)\n%s", diff)
		}
	})
}

// TestProtoMergesParts sends messages in parts, in any order of their fields and
// with fields that nobody knows: protobuf says that this means the same.
func TestProtoMergesParts(t *testing.T) {
	// parts cuts a message into its fields and shuffles them; a repeated field
	// that changes its order is no problem, both sides see the same bytes.
	parts := func(t *rapid.T, m proto.Message) []byte {
		var fields [][]byte
		for b := marshal(t, m); len(b) > 0; {
			_, _, n := protowire.ConsumeField(b)
			fields = append(fields, b[:n])
			b = b[n:]
		}
		unknown := protowire.AppendVarint(protowire.AppendTag(nil, 900, protowire.VarintType), 1)
		group := append(protowire.AppendTag(nil, 901, protowire.StartGroupType), unknown...)
		group = protowire.AppendTag(group, 901, protowire.EndGroupType)
		wrongType := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 1)
		fields = append(fields, unknown, group, wrongType)
		return bytes.Join(rapid.Permutation(fields).Draw(t, "order"), nil)
	}
	rapid.Check(t, func(t *rapid.T) {
		kv := &common.KeyValue{Key: "merged", Value: anyValue(t, 0)}
		more := &common.KeyValue{Value: anyValue(t, 0)}
		attribute := delimited(9, parts(t, kv), marshal(t, more), marshal(t, more))
		sp := append(parts(t, protoSpan(t)), parts(t, protoSpan(t))...)
		sp = append(sp, attribute...)
		scope := append(parts(t, scopeSpans(t)), delimited(2, sp)...)
		scope = append(scope, parts(t, scopeSpans(t))...)
		body := delimited(1, parts(t, resourceSpans(t)), delimited(2, scope), parts(t, resourceSpans(t)))

		var req tracecollector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &req); err != nil {
			t.Fatal(err)
		}
		got, err := otlp.DecodeProto(body, otlp.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(expect(&req), got, same); diff != "" {
			t.Fatalf("(-generated +ours)\n%s", diff)
		}
	})
}

func TestProtoFields(t *testing.T) {
	ids := func(rest ...*tracepb.Span) *tracepb.Span {
		s := &tracepb.Span{TraceId: []byte{1}, SpanId: []byte{0xAB, 0xCD}}
		for _, r := range rest {
			proto.Merge(s, r)
		}
		return s
	}
	tests := map[string]struct {
		send *tracepb.Span
		want span.Span
	}{
		"ids of any length are lower-case hex": {ids(), span.Span{}},
		"a start of 0 is absent":               {ids(&tracepb.Span{EndTimeUnixNano: 1999}), span.Span{End: 1, HasEnd: true}},
		"times are cut to microseconds": {
			ids(&tracepb.Span{StartTimeUnixNano: 1700000000123456789, EndTimeUnixNano: math.MaxUint64}),
			span.Span{Start: 1700000000123456, HasStart: true, End: math.MaxUint64 / 1000, HasEnd: true},
		},
		"a parent of zeros is a parent": {ids(&tracepb.Span{ParentSpanId: make([]byte, 8)}), span.Span{ParentSpanID: "0000000000000000"}},
		"NUL bytes stay":                {ids(&tracepb.Span{Name: "a\x00b"}), span.Span{Name: "a\x00b"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			tc.want.TraceID, tc.want.SpanID = "01", "abcd"
			got := decodeSpan(t, marshal(t, tc.send), otlp.DefaultLimits())
			if diff := cmp.Diff(tc.want, got, same); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestProtoRepairsText sends bytes that are not UTF-8 in every kind of text.
func TestProtoRepairsText(t *testing.T) {
	bad := []byte("a\xff\xfeb\xc3")
	const good = "a\uFFFDb\uFFFD"
	value := delimited(2, delimited(1, bad))
	sp := bytes.Join([][]byte{
		delimited(1, []byte{1}),
		delimited(2, []byte{2}),
		delimited(3, bad), delimited(5, bad), delimited(9, delimited(1, bad), value), delimited(9, delimited(1, bad), value),
		delimited(15, delimited(2, bad)), delimited(9, delimited(1, []byte("bytes")), delimited(2, delimited(7, bad))),
	}, nil)
	text := span.Attribute{Key: good, Value: span.Value{Kind: span.String, Str: good}}
	want := span.Span{
		TraceID: "01", SpanID: "02", TraceState: good, Name: good, StatusMessage: good,
		Attributes: []span.Attribute{text, text, {Key: "bytes", Value: span.Value{Kind: span.Bytes, Str: string(bad)}}},
	}
	if diff := cmp.Diff(want, decodeSpan(t, sp, otlp.DefaultLimits()), same); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestProtoStructure sends spans without ids.
func TestProtoStructure(t *testing.T) {
	full := delimited(2, delimited(1, []byte{1}), delimited(2, []byte{2}))
	noTrace := delimited(2, delimited(2, []byte{2}))
	emptyTrace := delimited(2, delimited(1), delimited(2, []byte{2}))
	neither := delimited(2)
	named := func(name string) []byte { return delimited(1, delimited(1, []byte(name))) }
	tests := map[string]struct {
		body []byte
		want string
	}{
		"nothing":    {nil, ""},
		"all there":  {delimited(1, delimited(2, full)), ""},
		"no trace":   {delimited(1, delimited(2, full, noTrace)), `traceId:absent (1) in scope ""`},
		"empty":      {delimited(1, delimited(2, emptyTrace, named("s"))), `traceId:absent (1) in scope "s"`},
		"two scopes": {delimited(1, delimited(2, named("a"), neither, neither), delimited(2, named("ok"), full), delimited(2, named("b"), neither)), `traceId:absent (3), spanId:absent (3) in scope "a", "b"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := otlp.DecodeProto(tc.body, otlp.DefaultLimits())
			checkStructure(t, err, tc.want)
		})
	}
}

func checkStructure(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("error %v, want one that says Invalid", err)
	}
	want = "Invalid OTLP trace export: " + want + "; only traces are accepted"
	if err.Error() != want {
		t.Errorf("\n got %s\nwant %s", err, want)
	}
}

// TestProtoTruncated cuts a request at every byte: it is an error or a shorter
// request, and never a panic.
func TestProtoTruncated(t *testing.T) {
	body := realisticProto(t, 3)
	for n := range body {
		_, err := otlp.DecodeProto(body[:n], otlp.DefaultLimits())
		if err == nil && n > 0 {
			t.Errorf("cut at %d of %d is taken", n, len(body))
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
}

func TestProtoMalformed(t *testing.T) {
	tests := map[string][]byte{
		"text":                     []byte("hello, world"),
		"length past the end":      {0x0a, 0x05, 0x01},
		"field number 0":           {0x02, 0x00},
		"wire type 7":              {0x0f, 0x00},
		"varint too long":          bytes.Repeat([]byte{0xff}, 11),
		"end of no group":          protowire.AppendTag(nil, 9, protowire.EndGroupType),
		"group without end":        protowire.AppendTag(nil, 9, protowire.StartGroupType),
		"groups without end, deep": bytes.Repeat(protowire.AppendTag(nil, 9, protowire.StartGroupType), 1<<20),
		"deep in a span":           delimited(1, delimited(2, delimited(2, delimited(9, delimited(2, []byte{0x0a, 0x7f}))))),
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := otlp.DecodeProto(body, otlp.DefaultLimits())
			checkMessage(t, err, fault.Invalid, "Failed to parse OTel Protobuf Trace")
		})
	}
}

func checkMessage(t *testing.T, err error, code fault.Code, message string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Fatalf("error %v, want one that says %v", err, code)
	}
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Message != message {
		t.Errorf("message %q, want %q", err, message)
	}
}

// decodeSpan decodes a request with one span.
func decodeSpan(t *testing.T, sp []byte, l otlp.Limits) span.Span {
	t.Helper()
	batch, err := otlp.DecodeProto(delimited(1, delimited(2, delimited(2, sp))), l)
	if err != nil {
		t.Fatal(err)
	}
	return batch.Resources[0].Scopes[0].Spans[0]
}
