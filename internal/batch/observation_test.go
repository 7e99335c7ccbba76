package batch_test

import (
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/id"
)

func TestObservation(t *testing.T) {
	base := map[string]string{"environment": "(default)", "start": "(0)"}
	tests := map[string]struct {
		eventType string
		body      string
		want      map[string]string
	}{
		"nothing": {"span-create", ``, map[string]string{"type": "SPAN"}},
		"a span": {
			"span-update",
			`"name":"n","version":"v","environment":"dev","startTime":"2023-11-14T22:13:20.123457Z","endTime":"2023-11-14T22:13:21.123456Z","parentObservationId":"p",
			 "level":"ERROR","statusMessage":"m","input":"i","output":"o","metadata":{"k":1},`,
			map[string]string{
				"name": "n", "version": "v", "environment": "dev", "start": "1", "end": "1000000", "parent": "p", "type": "SPAN",
				"level": "ERROR", "status_message": "m", "input": "i", "output": "o", "metadata": `{"k":1}`,
			},
		},
		"a generation": {
			"generation-create",
			`"completionStartTime":"2023-11-14T22:13:20.123458Z","model":"m","modelParameters":{"b" : 1,"a":[ "x" ],"c":{"d":"e"},"f":null,"g":true,"h":1.50},"promptName":"p","promptVersion":3,`,
			map[string]string{
				"type": "GENERATION", "completion_start": "2", "model": "m",
				"model_parameters": `{"b":1,"a":["x"],"c":{"d":"e"},"f":null,"g":true,"h":1.50}`, "prompt": "p@3",
			},
		},
		"nulls": {
			"generation-update",
			`"name":null,"version":null,"environment":null,"startTime":null,"endTime":null,"completionStartTime":null,"parentObservationId":null,"level":null,
			 "statusMessage":null,"model":null,"modelParameters":null,"promptName":null,"promptVersion":null,"input":null,"output":null,"metadata":null,
			 "usage":null,"usageDetails":null,"costDetails":null,`,
			map[string]string{"name": "null", "level": "null", "model": "null", "type": "GENERATION"},
		},
		"empty values": {
			"generation-create",
			`"parentObservationId":"","modelParameters":{},"promptName":"","promptVersion":0,"usage":{},"usageDetails":{},"costDetails":{},"statusMessage":"","model":"",`,
			map[string]string{"type": "GENERATION", "status_message": "", "model": ""},
		},
		"an event has no end": {
			"event-create", `"endTime":"2023-11-14T22:13:21Z","model":"m",`,
			map[string]string{"type": "EVENT", "raw": `{"body":{"endTime":"2023-11-14T22:13:21Z","model":"m"}}`},
		},
		"a span has no model": {
			"span-create", `"model":"m","usage":{"input":1},"prompt":"p","userId":"u","type":"TOOL",`,
			map[string]string{"type": "SPAN", "raw": `{"body":{"model":"m","usage":{"input":1},"prompt":"p","userId":"u","type":"TOOL"}}`},
		},
		"a tool has a model": {"tool-create", `"model":"m",`, map[string]string{"type": "TOOL", "model": "m"}},
		"an old event has no environment and no prompt": {
			"observation-create", `"type":"GENERATION","environment":"dev","promptName":"p","promptVersion":1,"model":"m",`,
			map[string]string{"type": "GENERATION", "model": "m", "raw": `{"body":{"environment":"dev","promptName":"p","promptVersion":1}}`},
		},
		"environment that is none": {"span-create", `"environment":"LANGFUSE",`, map[string]string{"type": "SPAN", "environment": "default"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := record(t, tt.eventType, `{`+tt.body+`"id":"o","traceId":"t"}`)
			if r.ID != "o" || r.TraceID != "t" {
				t.Errorf("got %q of %q", r.ID, r.TraceID)
			}
			hasFields(t, r, base, tt.want)
		})
	}
}

func TestObservationIsRefused(t *testing.T) {
	tests := map[string]struct{ eventType, body, want string }{
		"id":                {"span-create", `{"id":5}`, "body.id: Invalid input: expected string, received number"},
		"long id":           {"span-create", `{"id":"` + strings.Repeat("x", 801) + `"}`, "body.id: Too big: expected string to have <=800 characters"},
		"trace id":          {"span-create", `{"traceId":{}}`, "body.traceId: Invalid input: expected string, received object"},
		"empty trace id":    {"span-create", `{"traceId":""}`, "body.traceId: Too small: expected string to have >=1 characters"},
		"trace id's return": {"span-create", `{"traceId":"a\r"}`, "body.traceId: Invalid string: must not contain a carriage return"},
		"level":             {"span-create", `{"level":"error"}`, `body.level: Invalid option: expected one of "DEBUG"|"DEFAULT"|"WARNING"|"ERROR"`},
		"no type":           {"observation-create", `{}`, `body.type: Invalid option: expected one of "GENERATION"|"SPAN"|"EVENT"`},
		"null type":         {"observation-create", `{"type":null}`, `body.type: Invalid option: expected one of "GENERATION"|"SPAN"|"EVENT"`},
		"new type":          {"observation-update", `{"type":"TOOL"}`, `body.type: Invalid option: expected one of "GENERATION"|"SPAN"|"EVENT"`},
		"parameters":        {"generation-create", `{"modelParameters":"{}"}`, "body.modelParameters: Invalid input: expected object, received string"},
		"an array of more":  {"generation-create", `{"modelParameters":{"a":["x",1]}}`, "body.modelParameters.a: Invalid input: expected string, number, boolean, null, array of strings or object of strings, received array"},
		"an object of more": {"generation-create", `{"modelParameters":{"a":{"b":1}}}`, "body.modelParameters.a: Invalid input: expected string, number, boolean, null, array of strings or object of strings, received object"},
		"old parameters":    {"observation-create", `{"type":"SPAN","modelParameters":{"a":[]}}`, "body.modelParameters.a: Invalid input: expected string, number, boolean or null, received array"},
		"prompt, no number": {"generation-create", `{"promptName":"p"}`, "body.promptVersion: a promptName needs a promptVersion, 1 or more"},
		"prompt, number 0":  {"generation-create", `{"promptName":"p","promptVersion":0}`, "body.promptVersion: a promptName needs a promptVersion, 1 or more"},
		"prompt, no name":   {"generation-create", `{"promptVersion":1}`, "body.promptName: a promptVersion needs a promptName"},
		"prompt, half":      {"generation-create", `{"promptName":"p","promptVersion":1.5}`, "body.promptVersion: Invalid input: expected integer, received number"},
		"prompt, negative":  {"generation-create", `{"promptName":"p","promptVersion":-1}`, "body.promptVersion: Too small: expected number to be >=0"},
		"prompt, text":      {"generation-create", `{"promptName":"p","promptVersion":"1"}`, "body.promptVersion: Invalid input: expected integer, received string"},
		"prompt's name":     {"generation-create", `{"promptName":1,"promptVersion":1}`, "body.promptName: Invalid input: expected string, received number"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := refusal(t, tt.eventType, tt.body); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestTraceIDOfAnObservation(t *testing.T) {
	tests := map[string]struct{ body, want, raw string }{
		"none":          {`{"id":"o"}`, "", ""},
		"null":          {`{"id":"o","traceId":null}`, "", ""},
		"verbatim":      {`{"id":"o","traceId":"ABCDEF"}`, "ABCDEF", ""},
		"of langfuse":   {`{"id":"o","traceId":"t","traceIdType":"LANGFUSE"}`, "t", ""},
		"null type":     {`{"id":"o","traceId":"t","traceIdType":null}`, "t", `{"body":{"traceIdType":null}}`},
		"external":      {`{"id":"o","traceId":"mine","traceIdType":"EXTERNAL"}`, id.Derive("mine"), `{"body":{"traceIdType":"EXTERNAL","traceId":"mine"}}`},
		"a long one":    {`{"id":"o","traceId":"` + strings.Repeat("x", 900) + `","traceIdType":"EXTERNAL"}`, id.Derive(strings.Repeat("x", 900)), `{"body":{"traceIdType":"EXTERNAL","traceId":"` + strings.Repeat("x", 900) + `"}}`},
		"external none": {`{"id":"o","traceIdType":"EXTERNAL"}`, "", ""},
		"another word":  {`{"id":"o","traceId":"t","traceIdType":"OTHER"}`, "t", `{"body":{"traceIdType":"OTHER"}}`},
		"no word":       {`{"id":"o","traceId":"t","traceIdType":7}`, "t", `{"body":{"traceIdType":7}}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := record(t, "span-create", tt.body)
			if r.TraceID != tt.want {
				t.Errorf("trace %q, want %q", r.TraceID, tt.want)
			}
			if got := shown(t, r)["raw"]; got != tt.raw {
				t.Errorf("raw %q, want %q", got, tt.raw)
			}
		})
	}
}
