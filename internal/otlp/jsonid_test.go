package otlp_test

import (
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/otlp"
	"github.com/fusebox-llm/fusebox/internal/span"
)

func TestJSONIDs(t *testing.T) {
	tests := map[string]struct {
		id     string
		want   string // as a span id
		faults string // as a span id
		parent string // fault as a parent
	}{
		"hex":                     {id: `"00f067aa0ba902b7"`, want: "00f067aa0ba902b7"},
		"hex in capitals":         {id: `"00F067AA0BA902B7"`, want: "00f067aa0ba902b7"},
		"32 digits in capitals":   {id: `"4BF92F3577B34DA6A3CE929D0E0E4736"`, want: "4bf92f3577b34da6a3ce929d0e0e4736"},
		"15 digits stay":          {id: `"00F067AA0BA902B"`, want: "00F067AA0BA902B"},
		"16 letters stay":         {id: `"00F067AA0BA902BX"`, want: "00F067AA0BA902BX"},
		"base64 stays":            {id: `"APBnqgupArc="`, want: "APBnqgupArc="},
		"escapes":                 {id: `"\u0030\u0046f067aa0ba902b7"`, want: "0ff067aa0ba902b7"},
		"any text":                {id: `"my own id: ü"`, want: "my own id: ü"},
		"empty":                   {id: `""`, want: ""},
		"numbers":                 {id: `[0,240,103,170,11,169,2,183]`, want: "00f067aa0ba902b7"},
		"signed numbers":          {id: `[0,-16,103,-86,11,-87,2,-73]`, want: "00f067aa0ba902b7"},
		"Buffer":                  {id: `{"type":"Buffer","data":[0,240]}`, want: "00f0"},
		"Buffer, other way round": {id: `{"data":[0,240],"type":"Buffer"}`, want: "00f0"},
		"no numbers":              {id: `[]`, faults: "spanId:absent"},
		"empty Buffer":            {id: `{"type":"Buffer","data":[]}`, faults: "spanId:absent"},
		"null":                    {id: `null`, faults: "spanId:absent"},
		"false":                   {id: `false`, faults: "spanId:not_an_id"},
		"true":                    {id: `true`, faults: "spanId:not_an_id", parent: "parentSpanId:not_an_id"},
		"0":                       {id: `0`, faults: "spanId:not_an_id"},
		"-0.0e5":                  {id: `-0.0e5`, faults: "spanId:not_an_id"},
		"number":                  {id: `12`, faults: "spanId:not_an_id", parent: "parentSpanId:not_an_id"},
		"text in list":            {id: `[1,"2"]`, faults: "spanId:not_an_id", parent: "parentSpanId:not_an_id"},
		"fraction in list":        {id: `[1.5]`, faults: "spanId:not_an_id", parent: "parentSpanId:not_an_id"},
		"object":                  {id: `{"0":1,"1":2}`, faults: "spanId:not_an_id", parent: "parentSpanId:not_an_id"},
		"not quite Buffer":        {id: `{"type":"buffer","data":[1]}`, faults: "spanId:not_an_id", parent: "parentSpanId:not_an_id"},
		"Buffer of text":          {id: `{"type":"Buffer","data":"AQ=="}`, faults: "spanId:not_an_id", parent: "parentSpanId:not_an_id"},
		"Buffer without data":     {id: `{"type":"Buffer"}`, faults: "spanId:not_an_id", parent: "parentSpanId:not_an_id"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			one := func(traceID, spanID, parentID string) (span.Span, error) {
				body := `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":` + traceID + `,"spanId":` + spanID + `,"parentSpanId":` + parentID + `}]}]}]}`
				batch, err := otlp.DecodeJSON([]byte(body), otlp.DefaultLimits())
				if err != nil {
					return span.Span{}, err
				}
				return batch.Resources[0].Scopes[0].Spans[0], nil
			}
			check := func(got string, err error, faults string) {
				t.Helper()
				if faults != "" {
					checkStructure(t, err, faults+` (1) in scope ""`)
				} else if err != nil || got != tc.want {
					t.Errorf("got %q, %v; want %q", got, err, tc.want)
				}
			}
			s, err := one(`"t"`, tc.id, `""`)
			check(s.SpanID, err, tc.faults)
			s, err = one(tc.id, `"s"`, `""`)
			check(s.TraceID, err, strings.Replace(tc.faults, "spanId", "traceId", 1))
			s, err = one(`"t"`, `"s"`, tc.id)
			check(s.ParentSpanID, err, tc.parent)
		})
	}
}
