package otlp_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/otlp"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// bothForms is a request, or a part of one, as protobuf and as JSON.
type bothForms struct{ proto, json []byte }

// withSpan returns a request in which a span has the given extra fields and is
// followed by one without.
func withSpan(proto []byte, json string) bothForms {
	good := delimited(2, delimited(1, []byte{1}), delimited(2, []byte{2}))
	bad := delimited(2, delimited(1, []byte{1}), delimited(2, []byte{3}), delimited(5, []byte("bad")), proto)
	return bothForms{
		proto: delimited(1, delimited(2, bad, good)),
		json:  []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01","spanId":"03","name":"bad",` + json + `},{"traceId":"01","spanId":"02"}]}]}]}`),
	}
}

func decodeBoth(t *testing.T, r bothForms, l otlp.Limits, check func(t *testing.T, b span.Batch, err error)) {
	t.Run("proto", func(t *testing.T) {
		b, err := otlp.DecodeProto(r.proto, l)
		check(t, b, err)
	})
	t.Run("json", func(t *testing.T) {
		b, err := otlp.DecodeJSON(r.json, l)
		check(t, b, err)
	})
}

// kv is an attribute with a text in both forms.
func kv(key, value string) ([]byte, string) {
	return bytes.Join([][]byte{delimited(1, []byte(key)), delimited(2, delimited(1, []byte(value)))}, nil),
		fmt.Sprintf(`{"key":%q,"value":{"stringValue":%q}}`, key, value)
}

// repeated returns a list of n attributes, as protobuf field num and as JSON.
func repeated(num protowire.Number, n int) ([]byte, string) {
	p, j := kv("key", "value")
	return bytes.Repeat(delimited(num, p), n), `"attributes":[` + strings.TrimSuffix(strings.Repeat(j+",", n), ",") + `]`
}

// nested returns an attribute list with one value that is an array in an array,
// and so on, depth times.
func nested(depth int) ([]byte, string) {
	p := delimited(5)
	for range depth {
		p = delimited(5, delimited(1, p))
	}
	j := strings.Repeat(`{"arrayValue":{"values":[`, depth+1) + strings.Repeat(`]}}`, depth+1)
	return delimited(9, delimited(2, p)), `"attributes":[{"value":` + j + `}]`
}

// nestedMaps is nested with maps.
func nestedMaps(depth int) ([]byte, string) {
	p := delimited(6)
	for range depth {
		p = delimited(6, delimited(1, delimited(2, p)))
	}
	j := strings.Repeat(`{"kvlistValue":{"values":[{"value":`, depth) + `{"kvlistValue":{}}` + strings.Repeat(`}]}}`, depth)
	return delimited(9, delimited(2, p)), `"attributes":[{"value":` + j + `}]`
}

func TestRefusedSpans(t *testing.T) {
	limits := otlp.DefaultLimits()
	limits.Attributes = 4
	limits.Depth = 3
	limits.KeyBytes = 40
	limits.ValueBytes = 100
	one := func(num protowire.Number, key, value string) bothForms {
		p, j := kv(key, value)
		return withSpan(delimited(num, p), `"attributes":[`+j+`]`)
	}
	list := func(n int) bothForms { return withSpan(repeated(9, n)) }
	within := func(num, attr protowire.Number, name string, n int) bothForms {
		p, j := repeated(attr, n)
		return withSpan(delimited(num, p), `"`+name+`":[{`+j+`}]`)
	}
	text := func(num protowire.Number, name string, n int) bothForms {
		s := strings.Repeat("x", n)
		return withSpan(delimited(num, []byte(s)), `"`+name+`":"`+s+`"`)
	}
	id := func(num protowire.Number, name string, n int) bothForms {
		return withSpan(delimited(num, make([]byte, n)), `"`+name+`":"`+strings.Repeat("00", n)+`"`)
	}
	parts := func(n int) bothForms {
		p := bytes.Repeat(delimited(1, delimited(1, []byte("0123456789"))), n)
		j := strings.TrimSuffix(strings.Repeat(`{"stringValue":"0123456789"},`, n), ",")
		return withSpan(delimited(9, delimited(2, delimited(5, p))), `"attributes":[{"value":{"arrayValue":{"values":[`+j+`]}}}]`)
	}
	tests := map[string]struct {
		send bothForms
		want string
	}{
		"attributes, most":    {list(4), ""},
		"attributes":          {list(5), "more than 4 attributes"},
		"event attributes":    {within(11, 3, "events", 5), "more than 4 attributes"},
		"link attributes":     {within(13, 4, "links", 5), "more than 4 attributes"},
		"key, longest":        {one(9, strings.Repeat("k", 40), "v"), ""},
		"key":                 {one(9, strings.Repeat("k", 41), "v"), "attribute key longer than 40 bytes"},
		"value, largest":      {one(9, "0123456789", strings.Repeat("v", 100)), ""},
		"value":               {one(9, "0123456789", strings.Repeat("v", 101)), "attribute value larger than 100 bytes"},
		"value of parts":      {parts(10), ""},
		"value of more parts": {parts(11), "attribute value larger than 100 bytes"},
		"depth, most":         {withSpan(nested(2)), ""},
		"depth":               {withSpan(nested(3)), "attribute value nested deeper than 3 levels"},
		"depth, far":          {withSpan(nested(500)), "attribute value nested deeper than 3 levels"},
		"maps, most":          {withSpan(nestedMaps(2)), ""},
		"maps":                {withSpan(nestedMaps(3)), "attribute value nested deeper than 3 levels"},
		"name, longest":       {text(5, "name", 100), ""},
		"name":                {text(5, "name", 101), "span name longer than 100 bytes"},
		"trace state":         {text(3, "traceState", 101), "trace state longer than 100 bytes"},
		"trace id":            {id(1, "traceId", 21), "trace id longer than 40 bytes"},
		"span id":             {id(2, "spanId", 21), "span id longer than 40 bytes"},
		"parent span id":      {id(4, "parentSpanId", 21), "parent span id longer than 40 bytes"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			decodeBoth(t, tc.send, limits, func(t *testing.T, b span.Batch, err error) {
				if err != nil {
					t.Fatal(err)
				}
				spans := b.Resources[0].Scopes[0].Spans
				if spans[0].Refused != tc.want {
					t.Errorf("refused for %q, want %q", spans[0].Refused, tc.want)
				}
				if tc.want != "" && (spans[0].Attributes != nil || spans[0].Events != nil || spans[0].Links != nil) {
					t.Error("a refused span kept its lists")
				}
				if tc.want != "" && !strings.Contains(tc.want, "name") && spans[0].Name != "bad" {
					t.Errorf("a refused span is called %q", spans[0].Name)
				}
				if spans[1].Refused != "" || spans[1].SpanID != "02" {
					t.Errorf("the span after it: %+v", spans[1])
				}
			})
		})
	}
}

// TestRefusedScopes puts a fault into a resource or a scope, before or after the
// spans in it.
func TestRefusedScopes(t *testing.T) {
	limits := otlp.DefaultLimits()
	limits.Attributes = 4
	limits.ValueBytes = 100
	sp := delimited(2, delimited(1, []byte{1}), delimited(2, []byte{2}))
	const spJSON = `"spans":[{"traceId":"01","spanId":"02"}]`
	p, j := repeated(1, 5)
	sP, _ := repeated(3, 5)
	long := strings.Repeat("x", 101)
	resource := bothForms{proto: delimited(1, p), json: []byte(`"resource":{` + j + `}`)}
	scope := bothForms{proto: delimited(1, sP), json: []byte(`"scope":{` + j + `}`)}
	request := func(inResource, inScope bothForms, after bool) bothForms {
		place := func(extra, content bothForms) bothForms {
			if len(extra.json) == 0 {
				return content
			}
			a, b := extra, content
			if after {
				a, b = b, a
			}
			return bothForms{proto: append(append([]byte{}, a.proto...), b.proto...), json: append(append(append([]byte{}, a.json...), ','), b.json...)}
		}
		inner := place(inScope, bothForms{sp, []byte(spJSON)})
		outer := place(inResource, bothForms{delimited(2, inner.proto), []byte(`"scopeSpans":[{` + string(inner.json) + `}]`)})
		good := delimited(1, delimited(2, sp))
		return bothForms{
			append(delimited(1, outer.proto), good...),
			[]byte(`{"resourceSpans":[{` + string(outer.json) + `},{"scopeSpans":[{` + spJSON + `}]}]}`),
		}
	}
	tests := map[string]struct {
		resource, scope bothForms
		want            string
	}{
		"resource":        {resource, bothForms{}, "resource: more than 4 attributes"},
		"scope":           {bothForms{}, scope, "scope: more than 4 attributes"},
		"both":            {resource, scope, "scope: more than 4 attributes"},
		"resource schema": {bothForms{delimited(3, []byte(long)), []byte(`"schemaUrl":"` + long + `"`)}, bothForms{}, "resource: schema URL longer than 100 bytes"},
		"scope schema":    {bothForms{}, bothForms{delimited(3, []byte(long)), []byte(`"schemaUrl":"` + long + `"`)}, "scope: schema URL longer than 100 bytes"},
		"scope name":      {bothForms{}, bothForms{delimited(1, delimited(1, []byte(long))), []byte(`"scope":{"name":"` + long + `"}`)}, "scope: scope name longer than 100 bytes"},
	}
	for name, tc := range tests {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, after: %v", name, after), func(t *testing.T) {
				decodeBoth(t, request(tc.resource, tc.scope, after), limits, func(t *testing.T, b span.Batch, err error) {
					if err != nil {
						t.Fatal(err)
					}
					if s := b.Resources[0].Scopes[0].Spans[0]; s.Refused != tc.want || s.SpanID != "02" {
						t.Errorf("refused for %q, want %q", s.Refused, tc.want)
					}
					if s := b.Resources[1].Scopes[0].Spans[0]; s.Refused != "" {
						t.Errorf("the span beside it refused for %q", s.Refused)
					}
				})
			})
		}
	}
}

func TestTooLarge(t *testing.T) {
	sp := delimited(2, delimited(1, []byte{1}), delimited(2, []byte{2}))
	spans := func(n int) bothForms {
		list := strings.TrimSuffix(strings.Repeat(`{"traceId":"01","spanId":"02"},`, n), ",")
		return bothForms{
			delimited(1, delimited(2, bytes.Repeat(sp, n/2)), delimited(2, bytes.Repeat(sp, n-n/2))),
			[]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[` + list + `]}]}]}`),
		}
	}
	repeat := func(n int, proto []byte, json string) ([]byte, string) {
		return bytes.Repeat(proto, n), strings.TrimSuffix(strings.Repeat(json+",", n), ",")
	}
	elements := map[string]func(n int) bothForms{
		"resources": func(n int) bothForms {
			p, j := repeat(n, delimited(1), `{}`)
			return bothForms{p, []byte(`{"resourceSpans":[` + j + `]}`)}
		},
		"scopes": func(n int) bothForms {
			p, j := repeat(n-1, delimited(2), `null`)
			return bothForms{delimited(1, p), []byte(`{"resourceSpans":[{"scopeSpans":[` + j + `]}]}`)}
		},
		"events": func(n int) bothForms {
			p, j := repeat(n-2, delimited(11), `{}`)
			return withSpan(p, `"events":[`+j+`]`)
		},
		"links": func(n int) bothForms {
			p, j := repeat(n-2, delimited(13), `{}`)
			return withSpan(p, `"links":[`+j+`]`)
		},
		"array elements": func(n int) bothForms {
			p, j := repeat(n-3, delimited(1), `{}`)
			return withSpan(delimited(9, delimited(2, delimited(5, p))), `"attributes":[{"value":{"arrayValue":{"values":[`+j+`]}}}]`)
		},
		"map entries": func(n int) bothForms {
			p, j := repeat(n-3, delimited(1), `{}`)
			return withSpan(delimited(9, delimited(2, delimited(6, p))), `"attributes":[{"value":{"kvlistValue":{"values":[`+j+`]}}}]`)
		},
		"attributes": func(n int) bothForms { return withSpan(repeated(9, n-2)) },
	}
	limits := otlp.DefaultLimits()
	limits.Spans = 10
	limits.Elements = 100
	check := func(want string) func(t *testing.T, b span.Batch, err error) {
		return func(t *testing.T, b span.Batch, err error) {
			if want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			checkMessage(t, err, fault.TooLarge, want)
			if b.Resources != nil {
				t.Error("a batch beside the error")
			}
		}
	}
	t.Run("spans, most", func(t *testing.T) { decodeBoth(t, spans(10), limits, check("")) })
	t.Run("spans", func(t *testing.T) { decodeBoth(t, spans(11), limits, check("More than 10 spans in one request")) })
	for name, request := range elements {
		t.Run(name+", most", func(t *testing.T) { decodeBoth(t, request(100), limits, check("")) })
		t.Run(name, func(t *testing.T) {
			decodeBoth(t, request(101), limits, check("More than 100 attributes and other list elements in one request"))
		})
	}
}

// TestHostileLists sends lists that are short on the wire and would be long in
// memory.
func TestHostileLists(t *testing.T) {
	const n = 1_000_000
	million := func(p []byte, j string) ([]byte, string) {
		return bytes.Repeat(p, n), strings.TrimSuffix(strings.Repeat(j+",", n), ",")
	}
	attributes, attributesJSON := million(delimited(9, delimited(1, []byte("k"))), `{"key":"k"}`)
	different, differentJSON := []byte(nil), new(strings.Builder)
	for i := range n {
		different = append(different, delimited(9, delimited(1, fmt.Appendf(nil, "%d", i)))...)
		fmt.Fprintf(differentJSON, `{"key":"%d"},`, i)
	}
	eventAttributes, _ := million(delimited(3, delimited(1, []byte("k"))), "")
	values, valuesJSON := million(delimited(1), `{}`)
	tests := map[string]struct {
		send bothForms
		most uint64
	}{
		"attributes":       {withSpan(attributes, `"attributes":[`+attributesJSON+`]`), 4 << 20},
		"different keys":   {withSpan(different, `"attributes":[`+strings.TrimSuffix(differentJSON.String(), ",")+`]`), 4 << 20},
		"event attributes": {withSpan(delimited(11, eventAttributes), `"events":[{"attributes":[`+attributesJSON+`]}]`), 4 << 20},
		"deep":             {withSpan(nested(3000)), 4 << 20},
		// Ten times what the limit allows, which is set lower for the test.
		"array elements": {withSpan(delimited(9, delimited(2, delimited(5, values))), `"attributes":[{"value":{"arrayValue":{"values":[`+valuesJSON+`]}}}]`), 64 << 20},
	}
	limits := otlp.DefaultLimits()
	limits.Elements = 100_000
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for form, decode := range map[string]func() error{
				"proto": func() error { _, err := otlp.DecodeProto(tc.send.proto, limits); return err },
				"json":  func() error { _, err := otlp.DecodeJSON(tc.send.json, limits); return err },
			} {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				err := decode()
				runtime.ReadMemStats(&after)
				if err != nil && !fault.Is(err, fault.TooLarge) {
					t.Errorf("%s: %v", form, err)
				}
				if used := after.TotalAlloc - before.TotalAlloc; used > tc.most {
					t.Errorf("%s: allocated %d bytes", form, used)
				}
			}
		})
	}
}

// TestHostileRepetitions hides each array behind a member of the same name, so
// that the text of every level would be kept, and thrown away.
func TestHostileRepetitions(t *testing.T) {
	value := `{"new":"` + strings.Repeat("x", 1000) + `"}`
	for range 20 {
		value = `{"arrayValue":{"values":[` + value + `]},"arrayValue":5}`
	}
	b, err := otlp.DecodeJSON(withSpan(nil, `"attributes":[{"value":`+value+`}]`).json, otlp.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if s := b.Resources[0].Scopes[0].Spans; s[0].Refused != "attribute value with repeated members" || s[1].Refused != "" {
		t.Errorf("refused for %q and %q", s[0].Refused, s[1].Refused)
	}
}

// TestStringsDoNotPinTheRequest keeps one small string of a large request.
func TestStringsDoNotPinTheRequest(t *testing.T) {
	p, j := kv("payload", strings.Repeat("x", 32<<20))
	r := withSpan(delimited(9, p), `"attributes":[`+j+`]`)
	decodeBoth(t, r, otlp.DefaultLimits(), func(t *testing.T, b span.Batch, err error) {
		if err != nil {
			t.Fatal(err)
		}
		name := b.Resources[0].Scopes[0].Spans[0].Name
		var held, kept runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&held)
		runtime.KeepAlive(b)
		b = span.Batch{}
		runtime.GC()
		runtime.ReadMemStats(&kept)
		if freed := int64(held.HeapAlloc) - int64(kept.HeapAlloc); freed < 30<<20 {
			t.Errorf("only %d bytes were freed while %q was kept", freed, name)
		}
		runtime.KeepAlive(name)
	})
}
