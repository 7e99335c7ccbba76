package main

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	common "go.opentelemetry.io/proto/slim/otlp/common/v1"
	traces "go.opentelemetry.io/proto/slim/otlp/trace/v1"
)

// The types here are OTLP's JSON form, with the members in the order in which they
// are written.

type exported struct {
	ResourceSpans []resourceSpans `json:"resourceSpans"`
}

type resourceSpans struct {
	Resource   resource     `json:"resource"`
	ScopeSpans []scopeSpans `json:"scopeSpans"`
	SchemaURL  string       `json:"schemaUrl,omitempty"`
}

type resource struct {
	Attributes []attribute `json:"attributes,omitempty"`
	Dropped    uint32      `json:"droppedAttributesCount,omitempty"`
}

type scopeSpans struct {
	Scope     scope  `json:"scope"`
	Spans     []span `json:"spans"`
	SchemaURL string `json:"schemaUrl,omitempty"`
}

type scope struct {
	Name       string      `json:"name,omitempty"`
	Version    string      `json:"version,omitempty"`
	Attributes []attribute `json:"attributes,omitempty"`
	Dropped    uint32      `json:"droppedAttributesCount,omitempty"`
}

type span struct {
	TraceID           string      `json:"traceId"`
	SpanID            string      `json:"spanId"`
	TraceState        string      `json:"traceState,omitempty"`
	ParentSpanID      string      `json:"parentSpanId,omitempty"`
	Flags             uint32      `json:"flags,omitempty"`
	Name              string      `json:"name"`
	Kind              int32       `json:"kind"`
	Start             nanos       `json:"startTimeUnixNano"`
	End               nanos       `json:"endTimeUnixNano"`
	Attributes        []attribute `json:"attributes,omitempty"`
	DroppedAttributes uint32      `json:"droppedAttributesCount,omitempty"`
	Events            []event     `json:"events,omitempty"`
	DroppedEvents     uint32      `json:"droppedEventsCount,omitempty"`
	Links             []link      `json:"links,omitempty"`
	DroppedLinks      uint32      `json:"droppedLinksCount,omitempty"`
	Status            status      `json:"status"`
}

type event struct {
	Time       nanos       `json:"timeUnixNano"`
	Name       string      `json:"name"`
	Attributes []attribute `json:"attributes,omitempty"`
	Dropped    uint32      `json:"droppedAttributesCount,omitempty"`
}

type link struct {
	TraceID    string      `json:"traceId"`
	SpanID     string      `json:"spanId"`
	TraceState string      `json:"traceState,omitempty"`
	Attributes []attribute `json:"attributes,omitempty"`
	Dropped    uint32      `json:"droppedAttributesCount,omitempty"`
	Flags      uint32      `json:"flags,omitempty"`
}

type status struct {
	Message string `json:"message,omitempty"`
	Code    int32  `json:"code,omitempty"`
}

type attribute struct {
	Key   string `json:"key"`
	Value value  `json:"value"`
}

// A value has one member, or none where nothing was set.
type value struct {
	String *string       `json:"stringValue,omitempty"`
	Bool   *bool         `json:"boolValue,omitempty"`
	Int    *integer      `json:"intValue,omitempty"`
	Double *double       `json:"doubleValue,omitempty"`
	Array  *arrayValue   `json:"arrayValue,omitempty"`
	Map    *keyListValue `json:"kvlistValue,omitempty"`
	Bytes  *[]byte       `json:"bytesValue,omitempty"`
}

type arrayValue struct {
	Values []value `json:"values"`
}

type keyListValue struct {
	Values []attribute `json:"values"`
}

// integer is an int64, written as text and read from text or a number.
type integer int64

func (n integer) MarshalJSON() ([]byte, error) { return json.Marshal(strconv.FormatInt(int64(n), 10)) }

func (n *integer) UnmarshalJSON(b []byte) error {
	i, err := strconv.ParseInt(strings.Trim(string(b), `"`), 10, 64)
	*n = integer(i)
	return err
}

// nanos is a time in nanoseconds after the epoch, in the same form.
type nanos uint64

func (n nanos) MarshalJSON() ([]byte, error) { return json.Marshal(strconv.FormatUint(uint64(n), 10)) }

func (n *nanos) UnmarshalJSON(b []byte) error {
	u, err := strconv.ParseUint(strings.Trim(string(b), `"`), 10, 64)
	*n = nanos(u)
	return err
}

// double is a number that may also be none, which JSON has no number for.
type double float64

func (d double) MarshalJSON() ([]byte, error) {
	f := float64(d)
	switch {
	case math.IsNaN(f):
		return []byte(`"NaN"`), nil
	case math.IsInf(f, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(f, -1):
		return []byte(`"-Infinity"`), nil
	}
	return json.Marshal(f)
}

func (d *double) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	*d = double(f)
	return err
}

func fromProto(from []*traces.ResourceSpans) []resourceSpans {
	var out []resourceSpans
	for _, r := range from {
		to := resourceSpans{
			Resource:  resource{attributes(r.GetResource().GetAttributes()), r.GetResource().GetDroppedAttributesCount()},
			SchemaURL: r.GetSchemaUrl(),
		}
		for _, s := range r.GetScopeSpans() {
			sc := s.GetScope()
			group := scopeSpans{
				Scope:     scope{sc.GetName(), sc.GetVersion(), attributes(sc.GetAttributes()), sc.GetDroppedAttributesCount()},
				SchemaURL: s.GetSchemaUrl(),
			}
			for _, sp := range s.GetSpans() {
				group.Spans = append(group.Spans, spanFromProto(sp))
			}
			to.ScopeSpans = append(to.ScopeSpans, group)
		}
		out = append(out, to)
	}
	return out
}

func spanFromProto(from *traces.Span) span {
	to := span{
		TraceID: hex.EncodeToString(from.GetTraceId()), SpanID: hex.EncodeToString(from.GetSpanId()),
		TraceState: from.GetTraceState(), ParentSpanID: hex.EncodeToString(from.GetParentSpanId()), Flags: from.GetFlags(),
		Name: from.GetName(), Kind: int32(from.GetKind()),
		Start: nanos(from.GetStartTimeUnixNano()), End: nanos(from.GetEndTimeUnixNano()),
		Attributes: attributes(from.GetAttributes()), DroppedAttributes: from.GetDroppedAttributesCount(),
		DroppedEvents: from.GetDroppedEventsCount(), DroppedLinks: from.GetDroppedLinksCount(),
		Status: status{from.GetStatus().GetMessage(), int32(from.GetStatus().GetCode())},
	}
	for _, e := range from.GetEvents() {
		to.Events = append(to.Events, event{nanos(e.GetTimeUnixNano()), e.GetName(), attributes(e.GetAttributes()), e.GetDroppedAttributesCount()})
	}
	for _, l := range from.GetLinks() {
		to.Links = append(to.Links, link{
			hex.EncodeToString(l.GetTraceId()), hex.EncodeToString(l.GetSpanId()), l.GetTraceState(),
			attributes(l.GetAttributes()), l.GetDroppedAttributesCount(), l.GetFlags(),
		})
	}
	return to
}

func attributes(from []*common.KeyValue) []attribute {
	var to []attribute
	for _, a := range from {
		to = append(to, attribute{a.GetKey(), valueFromProto(a.GetValue())})
	}
	return to
}

func valueFromProto(from *common.AnyValue) value {
	switch v := from.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return value{String: &v.StringValue}
	case *common.AnyValue_BoolValue:
		return value{Bool: &v.BoolValue}
	case *common.AnyValue_IntValue:
		return value{Int: new(integer(v.IntValue))}
	case *common.AnyValue_DoubleValue:
		return value{Double: new(double(v.DoubleValue))}
	case *common.AnyValue_BytesValue:
		return value{Bytes: &v.BytesValue}
	case *common.AnyValue_ArrayValue:
		to := &arrayValue{Values: []value{}}
		for _, e := range v.ArrayValue.GetValues() {
			to.Values = append(to.Values, valueFromProto(e))
		}
		return value{Array: to}
	case *common.AnyValue_KvlistValue:
		to := attributes(v.KvlistValue.GetValues())
		if to == nil {
			to = []attribute{}
		}
		return value{Map: &keyListValue{to}}
	}
	return value{}
}
