package otlp_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/span"
)

// object is a JSON object with its members in order.
type object []member

type member struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// style decides where OTLP/JSON leaves a choice, or exporters take one.
type style interface {
	object(members ...member) object
	integer(n int64) any
	time(micros int64) any
	id(text string) any
	enum(n int32, names ...string) any
}

// plainStyle writes what the specification says.
type plainStyle struct{}

func (plainStyle) object(members ...member) object { return members }
func (plainStyle) integer(n int64) any             { return strconv.FormatInt(n, 10) }
func (plainStyle) time(micros int64) any           { return fmt.Sprintf("%d000", micros) }
func (plainStyle) id(text string) any              { return text }
func (plainStyle) enum(n int32, _ ...string) any   { return n }

// wildStyle takes every liberty that must be taken well.
type wildStyle struct{ t *rapid.T }

// object shuffles members, spells their names in either way, leaves some as null
// or out when they are empty, and puts nonsense before some: the last of a name
// counts.
func (w wildStyle) object(members ...member) object {
	if len(members) == 0 {
		return object{}
	}
	nonsense := []any{nil, 5, "x", object{}, []any{}, true, []any{nil}, []any{object{}}}
	var front object
	for i, m := range members {
		if rapid.Bool().Draw(w.t, "snake") {
			members[i].name = snake(m.name)
		}
		if rapid.IntRange(0, 9).Draw(w.t, "repeat") == 0 {
			front = append(front, member{m.name, rapid.SampledFrom(nonsense).Draw(w.t, "nonsense")})
		}
	}
	if rapid.IntRange(0, 4).Draw(w.t, "unknown") == 0 {
		front = append(front, member{"somethingNew", rapid.SampledFrom(nonsense).Draw(w.t, "nonsense")})
	}
	return append(front, rapid.Permutation(members).Draw(w.t, "order")...)
}

func snake(camel string) string {
	var b strings.Builder
	for _, r := range camel {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (w wildStyle) integer(n int64) any {
	return rapid.SampledFrom([]any{
		strconv.FormatInt(n, 10), json.RawMessage(strconv.FormatInt(n, 10)),
		object{{"high", n >> 32}, {"low", int32(n)}, {"unsigned", false}},
		object{{"low", uint32(n)}, {"high", n >> 32}},
	}).Draw(w.t, "integer")
}

func (w wildStyle) time(micros int64) any {
	forms := []any{
		fmt.Sprintf("%d000", micros), fmt.Sprintf(" %d999 ", micros),
		json.RawMessage(fmt.Sprintf("%de3", micros)), fmt.Sprintf("%d.25E+3", micros),
	}
	if micros > 0 {
		forms = append(forms, json.RawMessage(fmt.Sprintf("%d000", micros)))
	}
	if micros < math.MaxInt64/1000 {
		forms = append(forms, w.integer(micros*1000))
	}
	return rapid.SampledFrom(forms).Draw(w.t, "time")
}

func (w wildStyle) id(text string) any {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) == 0 {
		return text
	}
	numbers := make([]int, len(raw))
	for i, b := range raw {
		numbers[i] = int(b)
	}
	forms := []any{text, numbers, object{{"type", "Buffer"}, {"data", numbers}}, object{{"data", numbers}, {"type", "Buffer"}}}
	if len(text) == 16 || len(text) == 32 {
		forms = append(forms, strings.ToUpper(text))
	}
	return rapid.SampledFrom(forms).Draw(w.t, "id")
}

func (w wildStyle) enum(n int32, names ...string) any {
	forms := []any{n, strconv.Itoa(int(n))}
	if n >= 0 && int(n) < len(names) {
		forms = append(forms, names[n])
	}
	return rapid.SampledFrom(forms).Draw(w.t, "enum")
}

// jsonBatch returns the JSON form of a batch.
func jsonBatch(b span.Batch, s style) any {
	var resources []any
	for _, r := range b.Resources {
		var scopes []any
		for _, sc := range r.Scopes {
			var spans []any
			for _, sp := range sc.Spans {
				spans = append(spans, jsonSpan(sp, s))
			}
			scopes = append(scopes, s.object(
				member{"scope", s.object(member{"name", sc.Name}, member{"version", sc.Version}, member{"attributes", jsonAttributes(sc.Attributes, s)})},
				member{"spans", spans}, member{"schemaUrl", sc.SchemaURL},
			))
		}
		resources = append(resources, s.object(
			member{"resource", s.object(member{"attributes", jsonAttributes(r.Attributes, s)})},
			member{"scopeSpans", scopes}, member{"schemaUrl", r.SchemaURL},
		))
	}
	return s.object(member{"resourceSpans", resources})
}

func jsonSpan(sp span.Span, s style) any {
	var events, links []any
	for _, e := range sp.Events {
		events = append(events, s.object(
			member{"timeUnixNano", s.time(e.Time)}, member{"name", e.Name},
			member{"attributes", jsonAttributes(e.Attributes, s)}, member{"droppedAttributesCount", e.Dropped},
		))
	}
	for _, l := range sp.Links {
		links = append(links, s.object(
			member{"traceId", s.id(l.TraceID)}, member{"spanId", s.id(l.SpanID)}, member{"traceState", l.TraceState},
			member{"attributes", jsonAttributes(l.Attributes, s)}, member{"droppedAttributesCount", l.Dropped}, member{"flags", l.Flags},
		))
	}
	members := []member{
		{"traceId", s.id(sp.TraceID)},
		{"spanId", s.id(sp.SpanID)},
		{"parentSpanId", s.id(sp.ParentSpanID)},
		{"traceState", sp.TraceState},
		{"name", sp.Name},
		{"flags", sp.Flags},
		{"kind", s.enum(sp.Kind, "SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER")},
		{"attributes", jsonAttributes(sp.Attributes, s)},
		{"droppedAttributesCount", sp.DroppedAttributes},
		{"events", events},
		{"droppedEventsCount", sp.DroppedEvents},
		{"links", links},
		{"droppedLinksCount", sp.DroppedLinks},
		{"status", s.object(member{"message", sp.StatusMessage}, member{"code", s.enum(sp.StatusCode, "STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR")})},
	}
	if sp.HasStart {
		members = append(members, member{"startTimeUnixNano", s.time(sp.Start)})
	}
	if sp.HasEnd {
		members = append(members, member{"endTimeUnixNano", s.time(sp.End)})
	}
	return s.object(members...)
}

func jsonAttributes(list []span.Attribute, s style) []any {
	var out []any
	for _, a := range list {
		out = append(out, s.object(member{"key", a.Key}, member{"value", jsonValue(a.Value, s)}))
	}
	return out
}

func jsonValue(v span.Value, s style) any {
	switch v.Kind {
	case span.Empty:
	case span.String:
		return s.object(member{"stringValue", v.Str})
	case span.Bool:
		return s.object(member{"boolValue", v.Int == 1})
	case span.Int:
		return s.object(member{"intValue", s.integer(v.Int)})
	case span.Double:
		return s.object(member{"doubleValue", v.Double})
	case span.Array:
		values := []any{}
		for _, e := range v.Array {
			values = append(values, jsonValue(e, s))
		}
		return s.object(member{"arrayValue", s.object(member{"values", values})})
	case span.Map:
		return s.object(member{"kvlistValue", s.object(member{"values", jsonAttributes(v.Map, s)})})
	case span.Bytes:
		return s.object(member{"bytesValue", base64.StdEncoding.EncodeToString([]byte(v.Str))})
	}
	return object{}
}

// inJSON replaces what JSON cannot say: numbers that are not finite are text.
func inJSON(b span.Batch) span.Batch {
	var value func(v *span.Value)
	attributes := func(list []span.Attribute) {
		for i := range list {
			value(&list[i].Value)
		}
	}
	value = func(v *span.Value) {
		switch {
		case v.Kind == span.Double && math.IsNaN(v.Double):
			*v = span.Value{Kind: span.String, Str: "NaN"}
		case v.Kind == span.Double && math.IsInf(v.Double, 1):
			*v = span.Value{Kind: span.String, Str: "Infinity"}
		case v.Kind == span.Double && math.IsInf(v.Double, -1):
			*v = span.Value{Kind: span.String, Str: "-Infinity"}
		}
		attributes(v.Map)
		for i := range v.Array {
			value(&v.Array[i])
		}
	}
	for _, r := range b.Resources {
		attributes(r.Attributes)
		for _, sc := range r.Scopes {
			attributes(sc.Attributes)
			for _, sp := range sc.Spans {
				attributes(sp.Attributes)
				for _, e := range sp.Events {
					attributes(e.Attributes)
				}
				for _, l := range sp.Links {
					attributes(l.Attributes)
				}
			}
		}
	}
	return b
}
