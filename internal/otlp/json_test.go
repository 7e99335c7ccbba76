package otlp_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/otlp"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// TestJSONAgainstProto writes random batches as JSON in every way that exporters
// have found, and reads them back.
func TestJSONAgainstProto(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := inJSON(expect(request(t)))
		var s style = wildStyle{t}
		if rapid.IntRange(0, 3).Draw(t, "plain") == 0 {
			s = plainStyle{}
		}
		body, err := json.Marshal(jsonBatch(want, s))
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "indented") {
			if body, err = json.MarshalIndent(json.RawMessage(body), "\r\t", " "); err != nil {
				t.Fatal(err)
			}
		}
		got, err := otlp.DecodeJSON(body, otlp.DefaultLimits())
		if err != nil {
			t.Fatalf("%v\n%s", err, body)
		}
		if diff := cmp.Diff(want, got, same); diff != "" {
			t.Fatalf("(-want +got)\n%s\n%s", diff, body)
		}
	})
}

const (
	traceHex = "4bf92f3577b34da6a3ce929d0e0e4736"
	spanHex  = "00f067aa0ba902b7"
)

// oneSpan returns a request whose span has good ids and the members given.
func oneSpan(members string) string {
	if members != "" {
		members = "," + members
	}
	return `{"resourceSpans":[{"scopeSpans":[{"scope":{"name":"test"},"spans":[{"traceId":"` + traceHex + `","spanId":"` + spanHex + `"` + members + `}]}]}]}`
}

func decodeOne(t *testing.T, body string) span.Span {
	t.Helper()
	batch, err := otlp.DecodeJSON([]byte(body), otlp.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return batch.Resources[0].Scopes[0].Spans[0]
}

func TestJSONStructure(t *testing.T) {
	inResource := func(members string) string { return `{"resourceSpans":[{` + members + `}]}` }
	inScope := func(members string) string {
		return inResource(`"scopeSpans":[{"scope":{"name":"s"},` + members + `}]`)
	}
	tests := map[string]struct {
		body string
		want string
	}{
		"nothing":                  {`{}`, ""},
		"null":                     {`{"resourceSpans":null}`, ""},
		"empty":                    {`{"resourceSpans":[]}`, ""},
		"metrics":                  {`{"resourceMetrics":[{"scopeMetrics":[{}]}]}`, ""},
		"null inside":              {`{"resourceSpans":[null,{},{"resource":null,"scopeSpans":null},{"scopeSpans":[null,{"scope":null,"spans":null}]}]}`, ""},
		"scalars for objects":      {`{"resourceSpans":[1,{"resource":"x","scopeSpans":[2,{"scope":3}]}]}`, ""},
		"null lists":               {oneSpan(`"attributes":null,"events":null,"links":null,"status":null`), ""},
		"null attributes":          {`{"resourceSpans":[{"resource":{"attributes":null},"scopeSpans":[{"scope":{"attributes":null}}]}]}`, ""},
		"null event attributes":    {oneSpan(`"events":[{"attributes":null},null,5]`), ""},
		"links are not looked at":  {oneSpan(`"links":5`), ""},
		"resourceSpans":            {`{"resourceSpans":{}}`, "resourceSpans:not_an_array (1)"},
		"resource.attributes":      {inResource(`"resource":{"attributes":{"a":1}}`), "resource.attributes:not_an_array (1)"},
		"scopeSpans":               {inResource(`"scopeSpans":{}`), "scopeSpans:not_an_array (1)"},
		"scope.attributes":         {inResource(`"scopeSpans":[{"scope":{"attributes":"x","name":"s"}}]`), `scope.attributes:not_an_array (1) in scope "s"`},
		"spans":                    {inScope(`"spans":{}`), `spans:not_an_array (1) in scope "s"`},
		"attributes":               {oneSpan(`"attributes":{"a":"b"}`), `attributes:not_an_array (1) in scope "test"`},
		"attributes, empty object": {oneSpan(`"attributes":{}`), `attributes:not_an_array (1) in scope "test"`},
		"attributes, false":        {oneSpan(`"attributes":false`), `attributes:not_an_array (1) in scope "test"`},
		"events":                   {oneSpan(`"events":{}`), `events:not_an_array (1) in scope "test"`},
		"event.attributes":         {oneSpan(`"events":[{"attributes":{}},{"attributes":1},{}]`), `event.attributes:not_an_array (2) in scope "test"`},
		"traceId and spanId":       {inScope(`"spans":[{}]`), `traceId:absent (1), spanId:absent (1) in scope "s"`},
		"traceId null":             {inScope(`"spans":[{"traceId":null,"spanId":"x"}]`), `traceId:absent (1) in scope "s"`},
		"ids of other kinds":       {inScope(`"spans":[{"traceId":5,"spanId":{}, "parentSpanId":true}]`), `traceId:not_an_id (1), spanId:not_an_id (1), parentSpanId:not_an_id (1) in scope "s"`},
		"spans that are none":      {inScope(`"spans":[null,1,"x",[]]`), `traceId:absent (4), spanId:absent (4) in scope "s"`},
		"scope after spans":        {inResource(`"scopeSpans":[{"spans":[{}],"scope":{"name":"late"}}]`), `traceId:absent (1), spanId:absent (1) in scope "late"`},
		"in a refused span":        {oneSpan(`"startTimeUnixNano":"1e99","events":[{"attributes":{}}]`), `event.attributes:not_an_array (1) in scope "test"`},
		"many scopes": {
			inResource(`"scopeSpans":[` + strings.Join(strings.Split(`{"scope":{"name":"a"},"spans":{}}|{"scope":{"name":"a"},"spans":{}}|{"scope":{"name":"b\n"},"spans":{}}|{"scope":{"name":"c"},"spans":{}}|{"scope":{"name":"d"},"spans":{}}|{"scope":{"name":"`+strings.Repeat("é", 100)+`"},"spans":{}}|{"scope":{"name":"f"},"spans":{}}`, "|"), ",") + `]`),
			`spans:not_an_array (7) in scope "a", "b\n", "c", "d", "` + strings.Repeat("é", 40) + `…" and others`,
		},
		"the last counts, good":           {inScope(`"spans":{},"spans":[{"traceId":5,"traceId":"t","spanId":"s","attributes":{},"attributes":[],"events":[{"attributes":1}],"events":[]}]`), ""},
		"the last counts, bad":            {inScope(`"spans":[],"spans":{}`), `spans:not_an_array (1) in scope "s"`},
		"the last counts, further out":    {`{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}],"scopeSpans":[]}],"resourceSpans":[]}`, ""},
		"the last counts, in other case":  {`{"resourceSpans":{},"resource_spans":[]}`, ""},
		"the last counts, resource again": {inResource(`"resource":{"attributes":5},"resource":{}`), ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := otlp.DecodeJSON([]byte(tc.body), otlp.DefaultLimits())
			checkStructure(t, err, tc.want)
		})
	}
}

func TestJSONMalformed(t *testing.T) {
	tests := map[string]string{
		"no bytes":              ``,
		"spaces":                ` `,
		"null":                  `null`,
		"list":                  `[]`,
		"text":                  `"x"`,
		"cut off":               `{"resourceSpans":[`,
		"trailing garbage":      `{}x`,
		"trailing object":       `{} {}`,
		"trailing NUL":          "{}\x00",
		"byte order mark":       "\ufeff{}",
		"trailing comma":        `{"a":[1,]}`,
		"trailing comma, owned": `{"resourceSpans":[],}`,
		"leading comma":         `{"a":[,1]}`,
		"no comma":              `{"a":[1 2]}`,
		"no colon":              `{"a" 1}`,
		"name without quotes":   `{a:1}`,
		"single quotes":         `{'a':1}`,
		"wrong bracket":         `{"a":[1}}`,
		"wrong bracket, owned":  `{"resourceSpans":[}}`,
		"comment":               `{/* */}`,
		"leading zero":          `{"a":01}`,
		"plus":                  `{"a":+1}`,
		"point first":           `{"a":.5}`,
		"point last":            `{"a":5.}`,
		"exponent missing":      `{"a":1e}`,
		"minus alone":           `{"a":-}`,
		"NaN":                   `{"a":NaN}`,
		"literal":               `{"a":tru}`,
		"literal too long":      `{"a":truee}`,
		"control character":     "{\"a\":\"\n\"}",
		"control in a long one": "{\"a\":\"0123456789abcdef\x1f\"}",
		"escape":                `{"a":"\x41"}`,
		"escape cut off":        `{"a":"\u12"}`,
		"escape at the end":     `{"a":"\`,
		"string without end":    `{"a":"abc`,
		"lists without end":     `{"a":` + strings.Repeat("[", 1<<20),
		"lists too deep":        `{"a":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`,
		"objects too deep":      `{"resourceSpans":[{"scopeSpans":[{"spans":` + strings.Repeat(`[{"a":`, 6000) + `0` + strings.Repeat("}]", 6000) + `}]}]}`,
		"values too deep":       oneSpan(`"attributes":[{"value":` + strings.Repeat(`{"arrayValue":{"values":[`, 5000) + strings.Repeat(`]}}`, 5000) + `}]`),
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := otlp.DecodeJSON([]byte(body), otlp.DefaultLimits())
			checkMessage(t, err, fault.Invalid, "Failed to parse OTel JSON Trace")
		})
	}
}

// TestJSONTruncated cuts a request at every byte.
func TestJSONTruncated(t *testing.T) {
	body := realisticJSON(t, 2)
	for n := range body {
		_, err := otlp.DecodeJSON(body[:n], otlp.DefaultLimits())
		checkMessage(t, err, fault.Invalid, "Failed to parse OTel JSON Trace")
	}
}

func TestJSONDeepButAllowed(t *testing.T) {
	body := `{"a":` + strings.Repeat("[", 9_999) + strings.Repeat("]", 9_999) + `,"resourceSpans":[]}`
	if _, err := otlp.DecodeJSON([]byte(body), otlp.DefaultLimits()); err != nil {
		t.Error(err)
	}
}

func TestJSONText(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"plain":                 {`abc`, "abc"},
		"escapes":               {`\"\\\/\b\f\n\r\t`, "\"\\/\b\f\n\r\t"},
		"unicode":               {`\u0041\u00e9\u20AC`, "Aé€"},
		"NUL":                   {`a\u0000b`, "a\x00b"},
		"pair":                  {`\ud83d\ude00!`, "😀!"},
		"high half alone":       {`\ud83dx`, "\uFFFDx"},
		"high half at the end":  {`x\ud83d`, "x\uFFFD"},
		"low half alone":        {`\ude00x`, "\uFFFDx"},
		"two high halves":       {`\ud83d\ud83d\ude00`, "\uFFFD😀"},
		"half, then an escape":  {`\ud83d\n`, "\uFFFD\n"},
		"half, then a letter":   {`\ud83d\u0041`, "\uFFFDA"},
		"not UTF-8":             {"a\xffb", "a\uFFFDb"},
		"not UTF-8, escapes":    {"a\xff\\n\xc3\\u00e9", "a\uFFFD\n\uFFFDé"},
		"long":                  {strings.Repeat("é\\n", 3000), strings.Repeat("é\n", 3000)},
		"slash, quote, HTML":    {`<&>\u2028`, "<&>\u2028"},
		"nearly special bytes":  {"\x7f!#[]\u00a2\u00dc", "\x7f!#[]\u00a2\u00dc"},
		"quote after non-ASCII": {"ééééééé\\\"", "ééééééé\""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			text := span.Value{Kind: span.String, Str: tc.want}
			want := span.Span{
				TraceID: traceHex, SpanID: spanHex, Name: tc.want, StatusMessage: tc.want,
				Attributes: []span.Attribute{{Key: tc.want, Value: text}, {Key: tc.want, Value: text}},
			}
			kv := `{"key":"` + tc.text + `","value":{"stringValue":"` + tc.text + `"}}`
			got := decodeOne(t, oneSpan(`"name":"`+tc.text+`","status":{"message":"`+tc.text+`"},"attributes":[`+kv+`,`+kv+`]`))
			if tc.want != strings.Repeat("é\n", 3000) { // longer than a key may be
				if diff := cmp.Diff(want, got, same); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			} else if got.Name != tc.want || got.Refused == "" {
				t.Errorf("%d bytes, %q", len(got.Name), got.Refused)
			}
		})
	}
}

// TestJSONFields sends what has forms of its own outside the values, ids and
// times.
func TestJSONFields(t *testing.T) {
	tests := map[string]struct {
		members string
		want    span.Span
	}{
		"kind, number":          {`"kind":3`, span.Span{Kind: 3}},
		"kind, name":            {`"kind":"SPAN_KIND_CONSUMER"`, span.Span{Kind: 5}},
		"kind, short name":      {`"kind":"CLIENT"`, span.Span{Kind: 3}},
		"kind, unknown name":    {`"kind":"SPAN_KIND_NEW"`, span.Span{}},
		"kind, null":            {`"kind":null`, span.Span{}},
		"kind, number as text":  {`"kind":"2"`, span.Span{Kind: 2}},
		"status, number":        {`"status":{"code":2,"message":"m"}`, span.Span{StatusCode: 2, StatusMessage: "m"}},
		"status, name":          {`"status":{"code":"STATUS_CODE_ERROR"}`, span.Span{StatusCode: 2}},
		"status, ok":            {`"status":{"code":"STATUS_CODE_OK"}`, span.Span{StatusCode: 1}},
		"status, unset":         {`"status":{"code":"STATUS_CODE_UNSET"}`, span.Span{}},
		"status, last counts":   {`"status":{"code":2,"message":"m"},"status":{}`, span.Span{}},
		"counts":                {`"droppedAttributesCount":"7","dropped_events_count":1e2,"droppedLinksCount":-1`, span.Span{DroppedAttributes: 7, DroppedEvents: 100}},
		"counts out of range":   {`"droppedAttributesCount":99999999999,"droppedEventsCount":1e30,"flags":257`, span.Span{DroppedAttributes: 4294967295, Flags: 257}},
		"counts, not numbers":   {`"droppedAttributesCount":{},"flags":"x"`, span.Span{}},
		"name, not text":        {`"name": {"a": 1}`, span.Span{Name: `{"a":1}`}},
		"name, null":            {`"name":null,"traceState":null`, span.Span{}},
		"key, not text":         {`"attributes":[{"key":7},{"key":null},{},null,5,[]]`, span.Span{Attributes: []span.Attribute{{Key: "7"}, {}, {}}}},
		"key after value":       {`"attributes":[{"value":{"intValue":1},"key":"k"}]`, span.Span{Attributes: []span.Attribute{{Key: "k", Value: span.Value{Kind: span.Int, Int: 1}}}}},
		"key, last counts":      {`"attributes":[{"key":"a","key":"b","key":null}]`, span.Span{Attributes: []span.Attribute{{}}}},
		"keys in escapes":       {`"\u006eame":"n"`, span.Span{Name: "n"}},
		"order and repetitions": {`"attributes":[{"key":"b"},{"key":"a"},{"key":"b"}]`, span.Span{Attributes: []span.Attribute{{Key: "b"}, {Key: "a"}, {Key: "b"}}}},
		"links": {
			`"links":[{"traceId":[1,2],"spanId":"AAAAAAAAAAAAAAAA","flags":"1"},null,{"traceId":5}]`,
			span.Span{Links: []span.Link{{TraceID: "0102", SpanID: "aaaaaaaaaaaaaaaa", Flags: 1}, {}}},
		},
		"events": {
			`"events":[{"name":"e","timeUnixNano":"-1000","droppedAttributesCount":3,"attributes":[{"key":"k"}]},{"timeUnixNano":"x"}]`,
			span.Span{Events: []span.Event{{Name: "e", Time: -1, Dropped: 3, Attributes: []span.Attribute{{Key: "k"}}}, {}}},
		},
		"parent of zeros": {`"parentSpanId":"0000000000000000"`, span.Span{ParentSpanID: "0000000000000000"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			tc.want.TraceID, tc.want.SpanID = traceHex, spanHex
			if diff := cmp.Diff(tc.want, decodeOne(t, oneSpan(tc.members)), same); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestJSONLeavesBody makes sure that the decoder does not write where it reads,
// and that what it returns does not change with the body.
func TestJSONLeavesBody(t *testing.T) {
	body := []byte(strings.ReplaceAll(oneSpan(`"name":"a\tb","attributes":[{"key":"k","value":{"stringValue":"v"}}]`), spanHex, "00F067AA0BA902B7"))
	before := string(body)
	batch, err := otlp.DecodeJSON(body, otlp.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if string(body) != before {
		t.Error("the body was changed")
	}
	clear(body)
	want := span.Span{
		TraceID: traceHex, SpanID: spanHex, Name: "a\tb",
		Attributes: []span.Attribute{{Key: "k", Value: span.Value{Kind: span.String, Str: "v"}}},
	}
	if diff := cmp.Diff(want, batch.Resources[0].Scopes[0].Spans[0], same); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
