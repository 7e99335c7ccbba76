package batch_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/batch"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func newID() string { return "new" }

// calls are the calls of 2023 by name.
func calls() map[string]func(body string) (batch.Call, error) {
	create := func(typ trace.Type) func(string) (batch.Call, error) {
		return func(body string) (batch.Call, error) { return batch.Create(typ, []byte(body), noon, newID) }
	}
	update := func(typ trace.Type) func(string) (batch.Call, error) {
		return func(body string) (batch.Call, error) { return batch.Update(typ, []byte(body), noon) }
	}
	return map[string]func(string) (batch.Call, error){
		"POST traces":       func(body string) (batch.Call, error) { return batch.CreateTrace([]byte(body), noon, newID) },
		"POST spans":        create(trace.Span),
		"POST generations":  create(trace.Generation),
		"POST events":       create(trace.Event),
		"PATCH spans":       update(trace.Span),
		"PATCH generations": update(trace.Generation),
		"POST scores":       func(body string) (batch.Call, error) { return batch.CreateScore([]byte(body), noon, newID) },
	}
}

func TestCalls(t *testing.T) {
	base := map[string]string{"environment": "(default)", "start": "(0)"}
	tests := map[string]struct {
		call, body string
		id, trace  string
		external   string
		want       map[string]string
	}{
		"a trace":              {"POST traces", `{"id":"t","name":"n","environment":"Dev"}`, "t", "t", "", map[string]string{"name": "n", "environment": "dev"}},
		"a trace without id":   {"POST traces", `{}`, "new", "new", "", nil},
		"a trace, null id":     {"POST traces", `{"id":null,"externalId":null}`, "new", "new", "", nil},
		"a trace, empty id":    {"POST traces", `{"id":"","externalId":""}`, "new", "new", "", nil},
		"an external trace":    {"POST traces", `{"id":"","externalId":"mine"}`, id.Derive("mine"), id.Derive("mine"), "mine", map[string]string{"raw": `{"body":{"externalId":"mine"}}`}},
		"external and own":     {"POST traces", `{"id":"t","externalId":"mine"}`, "t", "t", "mine", map[string]string{"absorbs": id.Derive("mine"), "raw": `{"body":{"externalId":"mine"}}`}},
		"a trace's time":       {"POST traces", `{"timestamp":"2023-11-14T22:13:20.123457Z"}`, "new", "new", "", map[string]string{"start": "1"}},
		"a span":               {"POST spans", `{"traceId":"t","endTime":"2023-11-14T22:13:21.123456+00:00","metadata":"m"}`, "new", "t", "", map[string]string{"type": "SPAN", "end": "1000000", "metadata": `{"metadata":"m"}`}},
		"a span of no trace":   {"POST spans", `{"id":"s","environment":"Dev"}`, "s", "", "", map[string]string{"type": "SPAN", "environment": "dev"}},
		"a span's empty id":    {"POST spans", `{"id":"","traceIdType":null}`, "new", "", "", map[string]string{"type": "SPAN"}},
		"an external span":     {"POST spans", `{"id":"s","traceId":"mine","traceIdType":"EXTERNAL"}`, "s", id.Derive("mine"), "", map[string]string{"type": "SPAN", "raw": `{"body":{"traceIdType":"EXTERNAL","traceId":"mine"}}`}},
		"a span has no prompt": {"POST spans", `{"prompt":"p"}`, "new", "", "", map[string]string{"type": "SPAN", "raw": `{"body":{"prompt":"p"}}`}},
		"an event":             {"POST events", `{"traceId":"t","traceIdType":"LANGFUSE","level":"DEBUG"}`, "new", "t", "", map[string]string{"type": "EVENT", "level": "DEBUG"}},
		"a generation": {
			"POST generations",
			`{"traceId":"t","prompt":[{"role":"user"}],"completion":"c","model":"m","modelParameters":{"a":1},"usage":{"promptTokens":1,"completionTokens":2},"completionStartTime":"2023-11-14T22:13:20.123458Z"}`,
			"new", "t", "",
			map[string]string{
				"type": "GENERATION", "input": `[{"role":"user"}]`, "output": "c", "model": "m", "model_parameters": `{"a":1}`,
				"usage": "{input 1} {output 2} {total 3}", "reasons": "usage\tbatch/usage", "completion_start": "2",
			},
		},
		"both words": {
			"POST generations", `{"prompt":"p","input":"i","output":"o","completion":"c"}`, "new", "", "",
			map[string]string{"type": "GENERATION", "input": "i", "output": "o", "raw": `{"body":{"prompt":"p","completion":"c"}}`},
		},
		"one word null":      {"POST generations", `{"prompt":"p","input":null,"output":"o","completion":null}`, "new", "", "", map[string]string{"type": "GENERATION", "input": "p", "output": "o"}},
		"changed span":       {"PATCH spans", `{"spanId":"s","traceId":"t","output":"o","id":"x"}`, "s", "t", "", map[string]string{"type": "SPAN", "output": "o", "raw": `{"body":{"id":"x","traceId":"t"}}`}},
		"changed generation": {"PATCH generations", `{"generationId":"g","completion":"c"}`, "g", "", "", map[string]string{"type": "GENERATION", "output": "c"}},
		"a score": {
			"POST scores", `{"id":"","traceId":"t","traceIdType":"LANGFUSE","name":"n","value":1,"comment":"c"}`, "new", "t", "",
			map[string]string{"trace_ref": "t", "score_value": `{"n":"n","t":"NUMERIC","v":1}`, "comment": "c", "source": "(API)"},
		},
		"an external score": {
			"POST scores", `{"id":"s","traceId":"mine","traceIdType":"EXTERNAL","name":"n","value":1}`, "s", id.Derive("mine"), "",
			map[string]string{"trace_ref": id.Derive("mine"), "score_value": `{"n":"n","t":"NUMERIC","v":1}`, "source": "(API)", "raw": `{"body":{"traceIdType":"EXTERNAL","traceId":"mine"}}`},
		},
		"a session's score": {
			"POST scores", `{"id":"s","sessionId":"x","name":"n","value":1}`, "s", "", "",
			map[string]string{"session_ref": "x", "score_value": `{"n":"n","t":"NUMERIC","v":1}`, "source": "(API)"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := calls()[tt.call](tt.body)
			if err != nil {
				t.Fatal(err)
			}
			external := ""
			if c.ExternalID != nil {
				external = *c.ExternalID
			}
			if typed := strings.Contains(tt.body, `"traceIdType":"`); c.Typed != typed {
				t.Errorf("typed %v, want %v", c.Typed, typed)
			}
			if c.ID != tt.id || c.TraceID != tt.trace || external != tt.external || len(c.Records) != 1 {
				t.Fatalf("got %+v (external id %q)", c, external)
			}
			r := c.Records[0]
			rank := fold.Create
			if strings.HasPrefix(tt.call, "PATCH") {
				rank = fold.Update
			}
			if r.ID != tt.id || r.Rank != rank || r.Time != noon || r.Kind != fold.Score && r.TraceID != tt.trace {
				t.Errorf("got %+v", r)
			}
			hasFields(t, r, base, tt.want)
		})
	}
}

func TestCallsAreRefused(t *testing.T) {
	path := func(steps ...any) []any { return append([]any{}, steps...) }
	words := []string{"LANGFUSE", "EXTERNAL"}
	tests := map[string]struct {
		call, body string
		want       batch.ProblemsError
	}{
		"no JSON":         {"POST traces", `{"id"}`, batch.ProblemsError{{Code: "invalid_format", Path: path(), Message: "Invalid JSON: invalid character '}' after object key"}}},
		"nothing":         {"POST scores", ``, batch.ProblemsError{{Code: "invalid_format", Path: path(), Message: "Invalid JSON: unexpected end of JSON input"}}},
		"an array":        {"POST spans", `[]`, batch.ProblemsError{{Code: "invalid_type", Path: path(), Expected: "object", Message: "Invalid input: expected object, received array"}}},
		"no span id":      {"PATCH spans", `{"id":"s"}`, batch.ProblemsError{{Code: "invalid_type", Path: path("spanId"), Expected: "string", Message: "Invalid input: expected string, received undefined"}}},
		"null id":         {"PATCH generations", `{"generationId":null}`, batch.ProblemsError{{Code: "invalid_type", Path: path("generationId"), Expected: "string", Message: "Invalid input: expected string, received null"}}},
		"empty span id":   {"PATCH spans", `{"spanId":""}`, batch.ProblemsError{{Code: "too_small", Path: path("spanId"), Message: "Too small: expected string to have >=1 characters"}}},
		"number for id":   {"PATCH spans", `{"spanId":5}`, batch.ProblemsError{{Code: "invalid_type", Path: path("spanId"), Expected: "string", Message: "Invalid input: expected string, received number"}}},
		"kind of id":      {"POST spans", `{"traceId":"t","traceIdType":"OTHER"}`, batch.ProblemsError{{Code: "invalid_value", Path: path("traceIdType"), Values: words, Message: `Invalid option: expected one of "LANGFUSE"|"EXTERNAL"`}}},
		"kind, a number":  {"POST scores", `{"traceId":"t","traceIdType":1,"name":"n","value":1}`, batch.ProblemsError{{Code: "invalid_value", Path: path("traceIdType"), Values: words, Message: `Invalid option: expected one of "LANGFUSE"|"EXTERNAL"`}}},
		"empty trace id":  {"POST events", `{"traceId":""}`, batch.ProblemsError{{Code: "too_small", Path: path("traceId"), Message: "Too small: expected string to have >=1 characters"}}},
		"a tag":           {"POST traces", `{"tags":[1]}`, batch.ProblemsError{{Code: "invalid_type", Path: path("tags", 0), Expected: "string", Message: "Invalid input: expected string, received number"}}},
		"a parameter":     {"POST generations", `{"modelParameters":{"a":[]}}`, batch.ProblemsError{{Code: "invalid_type", Path: path("modelParameters", "a"), Expected: "string, number, boolean or null", Message: "Invalid input: expected string, number, boolean or null, received array"}}},
		"a time":          {"PATCH spans", `{"spanId":"s","endTime":"x"}`, batch.ProblemsError{{Code: "invalid_format", Path: path("endTime"), Message: "Invalid ISO datetime: a date and time with a zone is needed, as 2006-01-02T15:04:05.000Z"}}},
		"a score's value": {"POST scores", `{"traceId":"t","name":"n","value":2,"dataType":"BOOLEAN"}`, batch.ProblemsError{{Code: "custom", Path: path("value"), Message: "expected 0 or 1 for data type BOOLEAN"}}},
		"too long a name": {"POST traces", `{"name":"` + strings.Repeat("x", 1001) + `"}`, batch.ProblemsError{{Code: "too_big", Path: path("name"), Message: "Too big: expected string to have <=1000 characters"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := calls()[tt.call](tt.body)
			problems, ok := errors.AsType[batch.ProblemsError](err)
			if !ok || len(c.Records) != 0 {
				t.Fatalf("got %+v, %v", c, err)
			}
			if diff := cmp.Diff(tt.want, problems); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("each path in the text", func(t *testing.T) {
		_, err := calls()["PATCH spans"](`{"level":1,"name":2}`)
		if got := err.Error(); !strings.HasPrefix(got, "spanId: Invalid") || !strings.Contains(got, "; name: Invalid") || !strings.Contains(got, "; level: Invalid") {
			t.Errorf("got %q", got)
		}
	})
}
