package main

import (
	"encoding/base64"
	"math"
	"strconv"

	"github.com/fusebox-llm/fusebox/internal/span"
)

// The OTLP JSON form of spans, as far as recorded spans need it.
type (
	exportJSON struct {
		ResourceSpans []resourceJSON `json:"resourceSpans"`
	}
	resourceJSON struct {
		Resource   attributesJSON `json:"resource"`
		ScopeSpans []scopeJSON    `json:"scopeSpans"`
		SchemaURL  string         `json:"schemaUrl,omitempty"`
	}
	attributesJSON struct {
		Attributes []attributeJSON `json:"attributes,omitempty"`
	}
	scopeJSON struct {
		Scope struct {
			Name    string `json:"name,omitempty"`
			Version string `json:"version,omitempty"`
			attributesJSON
		} `json:"scope"`
		Spans     []spanJSON `json:"spans"`
		SchemaURL string     `json:"schemaUrl,omitempty"`
	}
	spanJSON struct {
		TraceID      string `json:"traceId"`
		SpanID       string `json:"spanId"`
		ParentSpanID string `json:"parentSpanId,omitempty"`
		TraceState   string `json:"traceState,omitempty"`
		Name         string `json:"name"`
		Kind         int32  `json:"kind,omitempty"`
		Flags        uint32 `json:"flags,omitempty"`
		Start        string `json:"startTimeUnixNano,omitempty"`
		End          string `json:"endTimeUnixNano,omitempty"`
		attributesJSON
		Events []eventJSON `json:"events,omitempty"`
		Links  []linkJSON  `json:"links,omitempty"`
		Status statusJSON  `json:"status"`
	}
	statusJSON struct {
		Code    int32  `json:"code,omitempty"`
		Message string `json:"message,omitempty"`
	}
	eventJSON struct {
		Time string `json:"timeUnixNano,omitempty"`
		Name string `json:"name"`
		attributesJSON
	}
	linkJSON struct {
		TraceID    string `json:"traceId"`
		SpanID     string `json:"spanId"`
		TraceState string `json:"traceState,omitempty"`
		Flags      uint32 `json:"flags,omitempty"`
		attributesJSON
	}
	attributeJSON struct {
		Key   string         `json:"key"`
		Value map[string]any `json:"value"`
	}
)

func exportOf(b *span.Batch) exportJSON {
	var out exportJSON
	for i := range b.Resources {
		res := &b.Resources[i]
		r := resourceJSON{Resource: attributesOf(res.Attributes), SchemaURL: res.SchemaURL}
		for j := range res.Scopes {
			sc := &res.Scopes[j]
			s := scopeJSON{SchemaURL: sc.SchemaURL}
			s.Scope.Name, s.Scope.Version, s.Scope.attributesJSON = sc.Name, sc.Version, attributesOf(sc.Attributes)
			for k := range sc.Spans {
				s.Spans = append(s.Spans, spanOf(&sc.Spans[k]))
			}
			r.ScopeSpans = append(r.ScopeSpans, s)
		}
		out.ResourceSpans = append(out.ResourceSpans, r)
	}
	return out
}

func spanOf(s *span.Span) spanJSON {
	out := spanJSON{
		TraceID: s.TraceID, SpanID: s.SpanID, ParentSpanID: s.ParentSpanID, TraceState: s.TraceState,
		Name: s.Name, Kind: s.Kind, Flags: s.Flags,
		Start: nanos(s.Start, s.HasStart), End: nanos(s.End, s.HasEnd),
		attributesJSON: attributesOf(s.Attributes), Status: statusJSON{s.StatusCode, s.StatusMessage},
	}
	for i := range s.Events {
		e := &s.Events[i]
		out.Events = append(out.Events, eventJSON{nanos(e.Time, e.Time != 0), e.Name, attributesOf(e.Attributes)})
	}
	for i := range s.Links {
		l := &s.Links[i]
		out.Links = append(out.Links, linkJSON{l.TraceID, l.SpanID, l.TraceState, l.Flags, attributesOf(l.Attributes)})
	}
	return out
}

func nanos(micros int64, known bool) string {
	if !known {
		return ""
	}
	return strconv.FormatInt(micros*1000, 10)
}

func attributesOf(list []span.Attribute) attributesJSON {
	var out attributesJSON
	for _, a := range list {
		out.Attributes = append(out.Attributes, attributeJSON{a.Key, valueOf(a.Value)})
	}
	return out
}

func valueOf(v span.Value) map[string]any {
	switch v.Kind {
	case span.String:
		return map[string]any{"stringValue": v.Str}
	case span.Bool:
		return map[string]any{"boolValue": v.Int != 0}
	case span.Int:
		return map[string]any{"intValue": strconv.FormatInt(v.Int, 10)}
	case span.Double:
		if math.IsNaN(v.Double) || math.IsInf(v.Double, 0) {
			return map[string]any{"doubleValue": strconv.FormatFloat(v.Double, 'g', -1, 64)}
		}
		return map[string]any{"doubleValue": v.Double}
	case span.Bytes:
		return map[string]any{"bytesValue": base64.StdEncoding.EncodeToString([]byte(v.Str))}
	case span.Array:
		values := []any{}
		for _, e := range v.Array {
			values = append(values, valueOf(e))
		}
		return map[string]any{"arrayValue": map[string]any{"values": values}}
	case span.Map:
		return map[string]any{"kvlistValue": map[string]any{"values": attributesOf(v.Map).Attributes}}
	default: // span.Empty
		return map[string]any{}
	}
}
