package otlp_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	tracecollector "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/otlp"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// fuzzLimits are small, so that the fuzzer reaches them.
func fuzzLimits() otlp.Limits {
	l := otlp.DefaultLimits()
	l.Spans, l.Elements, l.Attributes, l.Depth, l.KeyBytes, l.ValueBytes = 20, 100, 10, 4, 60, 200
	return l
}

// checkBatch checks what holds for every batch that a decoder returns.
func checkBatch(t *testing.T, b span.Batch, err error, l otlp.Limits) {
	t.Helper()
	if err != nil {
		if c := fault.CodeOf(err); c != fault.Invalid && c != fault.TooLarge {
			t.Fatalf("code %v: %v", c, err)
		}
		return
	}
	elements := 0
	var values func(v span.Value, depth int)
	attributes := func(list []span.Attribute, depth int) {
		elements += len(list)
		for _, a := range list {
			if len(a.Key) > 3*l.KeyBytes { // repairing text makes it longer
				t.Errorf("key of %d bytes", len(a.Key))
			}
			values(a.Value, depth)
		}
	}
	values = func(v span.Value, depth int) {
		if (v.Kind == span.Array || v.Kind == span.Map) && depth >= l.Depth {
			t.Errorf("depth %d", depth)
		}
		elements += len(v.Array)
		for _, e := range v.Array {
			values(e, depth+1)
		}
		attributes(v.Map, depth+1)
	}
	spans := 0
	for _, r := range b.Resources {
		for _, s := range r.Scopes {
			spans += len(s.Spans)
			for _, sp := range s.Spans {
				if len(sp.Attributes) > l.Attributes {
					t.Errorf("%d attributes", len(sp.Attributes))
				}
				attributes(sp.Attributes, 0)
				if sp.Refused != "" && (sp.Attributes != nil || sp.Events != nil || sp.Links != nil) {
					t.Error("a refused span kept its lists")
				}
				elements += len(sp.Events) + len(sp.Links)
			}
		}
	}
	if spans > l.Spans || elements > l.Elements {
		t.Errorf("%d spans, %d elements", spans, elements)
	}
}

// FuzzDecodeProto holds the decoder against the generated code: what that takes,
// ours must take and read the same, unless a limit or a missing id is in the way.
func FuzzDecodeProto(f *testing.F) {
	f.Add([]byte{})
	f.Add(realisticProto(f, 1))
	f.Add(delimited(1, delimited(1, delimited(1, delimited(1, []byte("k")), delimited(2, delimited(6, delimited(1)))))))
	f.Add([]byte("\x0b\x0c\x0a\x02\x12\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		small, err := otlp.DecodeProto(body, fuzzLimits())
		checkBatch(t, small, err, fuzzLimits())

		var req tracecollector.ExportTraceServiceRequest
		if proto.Unmarshal(body, &req) != nil {
			return
		}
		wide := otlp.DefaultLimits()
		wide.Depth = 10_000
		got, err := otlp.DecodeProto(body, wide)
		missing := false
		for _, rs := range req.GetResourceSpans() {
			for _, ss := range rs.GetScopeSpans() {
				for _, sp := range ss.GetSpans() {
					missing = missing || len(sp.GetTraceId()) == 0 || len(sp.GetSpanId()) == 0
				}
			}
		}
		if missing != (err != nil) {
			t.Fatalf("ids missing: %v, error: %v", missing, err)
		}
		if err != nil {
			return
		}
		for _, r := range got.Resources {
			for _, s := range r.Scopes {
				for _, sp := range s.Spans {
					if sp.Refused != "" {
						return
					}
				}
			}
		}
		if diff := cmp.Diff(expect(&req), got, same); diff != "" {
			t.Errorf("(-generated +ours)\n%s", diff)
		}
	})
}

// FuzzDecodeJSON holds the decoder against the standard library: they must agree
// on what is JSON.
func FuzzDecodeJSON(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add(realisticJSON(f, 1))
	for _, members := range []string{
		`"attributes":[{"key":"k","value":{"arrayValue":{"values":[{"kvlistValue":{"values":[{"key":"\ud83d\ude00"}]}}]}}}]`,
		`"startTimeUnixNano":{"high":1,"low":-2},"endTimeUnixNano":"1.7e18","kind":"SPAN_KIND_CLIENT","status":{"code":"2"}`,
		`"parentSpanId":{"type":"Buffer","data":[1,2]},"events":[{"attributes":{}}],"links":[{"traceId":[1]}]`,
		`"attributes":[{"key":"k","value":{"intValue":"1","doubleValue":"NaN","bytesValue":"AQ==","new":[1,{"a":null}]}}]`,
	} {
		f.Add([]byte(oneSpan(members)))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		small, err := otlp.DecodeJSON(body, fuzzLimits())
		checkBatch(t, small, err, fuzzLimits())

		_, err = otlp.DecodeJSON(body, otlp.DefaultLimits())
		refusal, _ := errors.AsType[*fault.Error](err)
		parsed := err == nil || refusal.Message != "Failed to parse OTel JSON Trace"
		var object map[string]json.RawMessage
		valid := json.Unmarshal(body, &object) == nil && object != nil
		if parsed != valid {
			t.Errorf("standard library takes it as an object: %v; error: %v", valid, err)
		}
	})
}
