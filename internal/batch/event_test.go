package batch_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/batch"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func TestDecodeShape(t *testing.T) {
	tests := map[string]struct {
		body string
		want string // an error; "" for none
	}{
		"nothing":             {``, "the body is not JSON: unexpected end of JSON input"},
		"cut off":             {`{"batch":[`, "the body is not JSON: unexpected end of JSON input"},
		"two texts":           {`{"batch":[]} {}`, "the body is not JSON: invalid character '{' after top-level value"},
		"too deep":            {strings.Repeat("[", 1_000_000), "exceeded max depth"},
		"an array":            {`[]`, "Invalid input: expected object, received array"},
		"null":                {`null`, "Invalid input: expected object, received null"},
		"no batch":            {`{"metadata":{}}`, "batch: Invalid input: expected array, received undefined"},
		"batch is an object":  {`{"batch":{}}`, "batch: Invalid input: expected array, received object"},
		"batch is null":       {`{"batch":null}`, "batch: Invalid input: expected array, received null"},
		"the last batch":      {`{"batch":[],"batch":1}`, "batch: Invalid input: expected array, received number"},
		"empty":               {`{"batch":[]}`, ""},
		"any metadata":        {` { "metadata" : 7 , "batch" : [ ] } `, ""},
		"an escaped key":      {`{"b\u0061tch":[]}`, ""},
		"anything beside it":  {`{"batch":[],"x":[{"batch":1}]}`, ""},
		"bytes that are none": {"{\"batch\":[],\"x\":\"\xff\"}", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			events, err := batch.Decode([]byte(tt.body), project, 0)
			if tt.want == "" {
				if err != nil || len(events) != 0 {
					t.Fatalf("got %v, %v", events, err)
				}
				return
			}
			shape, ok := errors.AsType[*batch.ShapeError](err)
			if !ok || len(shape.Errors) != 1 || !strings.Contains(shape.Errors[0], tt.want) || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestDecodeLimit(t *testing.T) {
	body := []byte(`{"batch":[1,2,3]}`)
	if events, err := batch.Decode(body, project, 3); err != nil || len(events) != 3 {
		t.Errorf("three events: %v, %v", events, err)
	}
	if _, err := batch.Decode(body, project, 2); !fault.Is(err, fault.TooLarge) {
		t.Errorf("one too many: %v", err)
	}
}

func TestEnvelope(t *testing.T) {
	long := strings.Repeat("x", 800)
	tests := map[string]struct {
		event  string
		id     string
		detail string
	}{
		"in order": {
			`{"id":"e1","timestamp":"2024-01-01T00:00:00Z","type":"trace-create","body":{"id":"t"},"metadata":{"a":1},"more":[1]}`, "e1", "",
		},
		"no object": {`7`, "unknown", "Invalid input: expected object, received number"},
		"empty": {
			`{}`, "unknown",
			"id: Invalid input: expected string, received undefined; timestamp: Invalid input: expected string, received undefined; " +
				"type: Invalid input: expected string, received undefined; body: Invalid input: expected object, received undefined",
		},
		"everything wrong": {
			`{"id":1,"timestamp":"yesterday","type":"span-create","body":{"id":"","name":5}}`, "unknown",
			"id: Invalid input: expected string, received number; timestamp: Invalid ISO datetime: a date and time with a zone is needed, as 2006-01-02T15:04:05.000Z; " +
				"body.id: Too small: expected string to have >=1 characters; body.name: Invalid input: expected string, received number",
		},
		"null id":           {`{"id":null,"timestamp":"2024-01-01T00:00Z","type":"sdk-log","body":{}}`, "unknown", "id: Invalid input: expected string, received null"},
		"empty id":          {`{"id":"","timestamp":"2024-01-01T00:00Z","type":"sdk-log","body":{}}`, "unknown", "id: Too small: expected string to have >=1 characters"},
		"longest id":        {`{"id":"` + long + `","timestamp":"2024-01-01T00:00Z","type":"sdk-log","body":{}}`, long, ""},
		"too long an id":    {`{"id":"x` + long + `","timestamp":"2024-01-01T00:00Z","type":"sdk-log","body":{}}`, "unknown", "id: Too big: expected string to have <=800 characters"},
		"id in 800 units":   {`{"id":"` + strings.Repeat("😀", 400) + `","timestamp":"2024-01-01T00:00Z","type":"sdk-log","body":{}}`, strings.Repeat("😀", 400), ""},
		"id in 802 units":   {`{"id":"` + strings.Repeat("😀", 401) + `","timestamp":"2024-01-01T00:00Z","type":"sdk-log","body":{}}`, "unknown", "id: Too big: expected string to have <=800 characters"},
		"return in an id":   {`{"id":"a\rb","timestamp":"2024-01-01T00:00Z","type":"sdk-log","body":{}}`, "unknown", "id: Invalid string: must not contain a carriage return"},
		"the last id":       {`{"id":"a","id":"b","timestamp":"2024-01-01T00:00Z","type":"sdk-log","body":{}}`, "b", ""},
		"body is a text":    {`{"id":"e","timestamp":"2024-01-01T00:00Z","type":"trace-create","body":"{}"}`, "e", "body: Invalid input: expected object, received string"},
		"body of a log":     {`{"id":"e","timestamp":"2024-01-01T00:00Z","type":"sdk-log","body":[]}`, "e", "body: Invalid input: expected object, received array"},
		"unknown type":      {`{"id":"e","timestamp":"2024-01-01T00:00Z","type":"trace-update","body":{}}`, "e", `type: Invalid option: expected one of "trace-create"|`},
		"type of one word":  {`{"id":"e","timestamp":"2024-01-01T00:00Z","type":"-create","body":{}}`, "e", `type: Invalid option: expected one of `},
		"type is a number":  {`{"id":"e","timestamp":"2024-01-01T00:00Z","type":1,"body":{}}`, "e", `type: Invalid input: expected string, received number`},
		"a dataset run":     {`{"id":"e","timestamp":"2024-01-01T00:00Z","type":"dataset-run-item-create","body":{}}`, "e", "type: dataset-run-item-create is not taken from clients"},
		"a time as number":  {`{"id":"e","timestamp":1704067200,"type":"sdk-log","body":{}}`, "e", "timestamp: Invalid input: expected string, received number"},
		"a time without Z":  {`{"id":"e","timestamp":"2024-01-01T00:00:00","type":"sdk-log","body":{}}`, "e", "timestamp: Invalid ISO datetime"},
		"keys with escapes": {`{"\u0069d":"\ud83d\ude00","timestamp":"2024-01-01T00:00Z","type":"sdk\u002dlog","body":{}}`, "😀", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := decode(t, tt.event)[0]
			if e.ID != tt.id {
				t.Errorf("id %q, want %q", e.ID, tt.id)
			}
			switch {
			case tt.detail == "" && e.Refused != nil:
				t.Errorf("refused: %s", e.Refused.Detail)
			case tt.detail != "" && (e.Refused == nil || !strings.HasPrefix(e.Refused.Detail, tt.detail)):
				t.Errorf("refused with %+v, want %q", e.Refused, tt.detail)
			}
		})
	}
}

func TestEventTypes(t *testing.T) {
	const observation = `{"id":"o","traceId":"t","type":"EVENT"}`
	tests := map[string]struct {
		body   string
		kind   fold.Kind
		rank   fold.Rank
		typ    string
		scores bool
	}{
		"trace-create":       {`{"id":"o"}`, fold.Trace, fold.Create, "", false},
		"score-create":       {`{"id":"o","traceId":"t","name":"n","value":1}`, fold.Score, fold.Create, "", true},
		"event-create":       {observation, fold.Observation, fold.Create, "EVENT", false},
		"span-create":        {observation, fold.Observation, fold.Create, "SPAN", false},
		"span-update":        {observation, fold.Observation, fold.Update, "SPAN", false},
		"generation-create":  {observation, fold.Observation, fold.Create, "GENERATION", false},
		"generation-update":  {observation, fold.Observation, fold.Update, "GENERATION", false},
		"agent-create":       {observation, fold.Observation, fold.Create, "AGENT", false},
		"tool-create":        {observation, fold.Observation, fold.Create, "TOOL", false},
		"chain-create":       {observation, fold.Observation, fold.Create, "CHAIN", false},
		"retriever-create":   {observation, fold.Observation, fold.Create, "RETRIEVER", false},
		"evaluator-create":   {observation, fold.Observation, fold.Create, "EVALUATOR", false},
		"embedding-create":   {observation, fold.Observation, fold.Create, "EMBEDDING", false},
		"guardrail-create":   {observation, fold.Observation, fold.Create, "GUARDRAIL", false},
		"observation-create": {observation, fold.Observation, fold.Create, "EVENT", false},
		"observation-update": {observation, fold.Observation, fold.Update, "EVENT", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := decode(t, event(name, tt.body))[0]
			if e.Refused != nil || len(e.Records) != 1 || e.Type != name || e.ScoresOnly() != tt.scores {
				t.Fatalf("got %+v", e)
			}
			r := e.Records[0]
			if r.Kind != tt.kind || r.Rank != tt.rank || r.ID != "o" || r.Time != noon || r.OTel {
				t.Errorf("got %+v", r)
			}
			reg, ok := r.Get(fold.Type)
			if ok != (tt.typ != "") || reg.Value.S != tt.typ || reg.Default {
				t.Errorf("type %+v", reg)
			}
		})
	}
	t.Run("sdk-log", func(t *testing.T) {
		e := decode(t, event("sdk-log", `{ "log" : { "a" : [ 1, "x y" ] } , "id" : null }`))[0]
		if e.Refused != nil || len(e.Records) != 0 || !e.ScoresOnly() || e.Log != `{"log":{"a":[1,"x y"]},"id":null}` {
			t.Errorf("got %+v", e)
		}
	})
}

func TestInstant(t *testing.T) {
	utc := func(h, m, s, ns int) trace.Micros {
		return trace.MicrosOf(time.Date(2024, 2, 29, h, m, s, ns, time.UTC))
	}
	tests := map[string]trace.Micros{
		"2024-02-29T12:34:56Z":                utc(12, 34, 56, 0),
		"2024-02-29T12:34Z":                   utc(12, 34, 0, 0),
		"2024-02-29T12:34+01:30":              utc(11, 4, 0, 0),
		"2024-02-29T12:34:56.7Z":              utc(12, 34, 56, 700_000_000),
		"2024-02-29T12:34:56.123456Z":         utc(12, 34, 56, 123_456_000),
		"2024-02-29T12:34:56.1234569Z":        utc(12, 34, 56, 123_456_000),
		"2024-02-29T12:34:56.12345678901234Z": utc(12, 34, 56, 123_456_000),
		"2024-02-29T12:34:56.000001-00:30":    utc(13, 4, 56, 1000),
		"2024-03-01T01:00:00+23:59":           utc(1, 1, 0, 0),
		"0001-01-01T00:00:00Z":                trace.MinMicros,
		"9999-12-31T23:59:59.999999Z":         trace.MaxMicros,
		"1969-12-31T23:59:59.9999999Z":        -1,
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			r := record(t, "trace-create", `{"id":"t","timestamp":"`+text+`"}`)
			if got, _ := r.Get(fold.Start); got.Default || trace.Micros(got.Value.N) != want {
				t.Errorf("got %d, want %d", got.Value.N, want)
			}
		})
	}
	for _, text := range []string{
		"", "2024-02-29", "2024-02-29T12:34", "2024-02-29T12:34:56", "2024-02-29 12:34:56Z", "2024-02-29t12:34:56Z", "2024-02-29T12:34:56z",
		"2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z", "2024-01-00T00:00:00Z", "2024-01-32T00:00:00Z",
		"2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00,5Z",
		"2024-01-01T00:00:00+0100", "2024-01-01T00:00:00+01", "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+01:60", "2024-01-01T00:00:00Z ",
		" 2024-01-01T00:00:00Z", "24-01-01T00:00:00Z", "+2024-01-01T00:00:00Z", "0000-12-31T00:00:00Z", "0001-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01", "2024-1-1T00:00:00Z", "2024-01-01T0:00:00Z", "2024-01-01T00:00:0Z", "２024-01-01T00:00:00Z",
	} {
		t.Run("not "+text, func(t *testing.T) {
			if detail := refusal(t, "trace-create", `{"id":"t","timestamp":"`+text+`"}`); !strings.HasPrefix(detail, "body.timestamp: Invalid ISO datetime") {
				t.Errorf("got %q", detail)
			}
		})
	}
	t.Run("not a number", func(t *testing.T) {
		if detail := refusal(t, "span-create", `{"id":"t","endTime":1}`); detail != "body.endTime: Invalid input: expected string, received number" {
			t.Errorf("got %q", detail)
		}
	})
}

func TestInventedIDs(t *testing.T) {
	bodies := map[string]string{
		"trace-create":       `{}`,
		"score-create":       `{"traceId":"t","name":"n","value":1}`,
		"span-create":        `{"id":null}`,
		"span-update":        `{}`,
		"generation-create":  `{}`,
		"observation-create": `{"type":"SPAN"}`,
	}
	seen := map[string]fold.Kind{}
	for eventType, body := range bodies {
		a, b := record(t, eventType, body), record(t, eventType, body)
		if a.ID == "" || a.ID != b.ID {
			t.Errorf("%s: %q and then %q", eventType, a.ID, b.ID)
		}
		if kind, ok := seen[a.ID]; ok && kind != a.Kind {
			t.Errorf("%s has the id of a %s", eventType, kind)
		}
		seen[a.ID] = a.Kind

		other := strings.Replace(event(eventType, body), "e1", "e2", 1)
		if c := decode(t, other)[0].Records[0]; c.ID == a.ID {
			t.Errorf("%s: two events, one id", eventType)
		}
		events, err := batch.Decode([]byte(`{"batch":[`+event(eventType, body)+`]}`), id.Project("p2"), 0)
		if err != nil || events[0].Records[0].ID == a.ID {
			t.Errorf("%s: two projects, one id (%v)", eventType, err)
		}
		if a.Kind == fold.Trace && a.TraceID != a.ID {
			t.Errorf("the trace %q names %q", a.ID, a.TraceID)
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d ids for three kinds", len(seen))
	}
}

func TestManyProblems(t *testing.T) {
	tags := strings.Repeat("1,", 99) + "1"
	detail := refusal(t, "trace-create", `{"tags":[`+tags+`]}`)
	if n := strings.Count(detail, "; "); n != batch.MaxProblems || !strings.HasSuffix(detail, "and 80 more problems") {
		t.Errorf("%d problems: %s", n+1, detail)
	}
	key := strings.Repeat("ü", 1000)
	detail = refusal(t, "generation-create", `{"id":"g","modelParameters":{"`+key+`":[1]}}`)
	if !strings.HasPrefix(detail, "body.modelParameters.üü") || len(detail) > 400 {
		t.Errorf("got %q", detail)
	}
}

// TestBodyIsLent makes sure that nothing of the body is kept, whose memory is used
// again.
func TestBodyIsLent(t *testing.T) {
	body := []byte(`{"batch":[` + event("generation-create", `{"id":"g","traceId":"t","name":"n","input":{"a":1},"output":"o","metadata":{"m":1},"unknown":[2],"modelParameters":{"a":1},"usageDetails":{"x":1}}`) +
		`,` + event("trace-create", `{"id":"t","tags":["a"],"externalId":"x"}`) + `,` + event("span-create", `{"id":7}`) + `,` + event("sdk-log", `{"log":1}`) + `]}`)
	events, err := batch.Decode(body, project, 0)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := batch.Decode(bytes.Clone(body), project, 0)
	for i := range body {
		body[i] = '#'
	}
	if diff := cmp.Diff(again, events); diff != "" {
		t.Error(diff)
	}
}
