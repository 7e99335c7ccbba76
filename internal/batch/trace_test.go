package batch_test

import (
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/id"
)

func TestTrace(t *testing.T) {
	base := map[string]string{"environment": "(default)", "start": "(0)"}
	tests := map[string]struct {
		body string
		want map[string]string
	}{
		"nothing": {``, nil},
		"everything": {
			`"name":"n","userId":"u","sessionId":"s","release":"r","version":"v","environment":"Prod","timestamp":"2023-11-14T22:13:20.123457Z",
			 "public":true,"tags":["b","a","b"],"input":{"q" : 1},"output":"o","metadata":{"k" : [1, 2]},`,
			map[string]string{
				"name": "n", "user": "u", "session": "s", "release": "r", "version": "v", "environment": "prod", "start": "1",
				"public": "1", "tags": "b,a,b", "input": `{"q":1}`, "output": "o", "metadata": `{"k":[1,2]}`,
			},
		},
		"nulls": {
			`"name":null,"userId":null,"sessionId":null,"release":null,"version":null,"environment":null,"timestamp":null,
			 "public":null,"tags":null,"input":null,"output":null,"metadata":null,"externalId":null,`,
			map[string]string{"name": "null", "user": "null", "session": "null", "release": "null", "version": "null"},
		},
		"not public":                  {`"public":false,`, map[string]string{"public": "0"}},
		"empty texts":                 {`"name":"","userId":"","input":"","output":"",`, map[string]string{"name": "", "user": "", "input": " (weak)", "output": " (weak)"}},
		"no session":                  {`"sessionId":"",`, map[string]string{"session": "null"}},
		"no tags":                     {`"tags":[],`, nil},
		"weak values":                 {`"input":0,"output":false,`, map[string]string{"input": "0 (weak)", "output": "false (weak)"}},
		"numbers stay":                {`"input":12345678901234567890.10,"output":[1E5 , 1.0],`, map[string]string{"input": "12345678901234567890.10", "output": "[1E5,1.0]"}},
		"order stays":                 {`"metadata":{"b":1,"a":{"d":1,"c":2},"n":1e400},`, map[string]string{"metadata": `{"b":1,"a":{"d":1,"c":2},"n":1e400}`}},
		"metadata of no kind":         {`"metadata":["a"],`, map[string]string{"metadata": `{"metadata":["a"]}`}},
		"metadata as text":            {`"metadata":"a",`, map[string]string{"metadata": `{"metadata":"a"}`}},
		"metadata without weight":     {`"metadata":0,`, nil},
		"escapes":                     {`"input":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud83dx\ude00\u0000",`, map[string]string{"input": "\"\\/\b\f\n\r\té😀\uFFFDx\uFFFD\x00"}},
		"escapes inside":              {`"input":["\u00e9 \\\" "],`, map[string]string{"input": `["é \\\" "]`}},
		"signs":                       {`"input":["<&>"],"x<":"&>",`, map[string]string{"input": `["<&>"]`, "raw": `{"body":{"x<":"&>"}}`}},
		"environment of langfuse":     {`"environment":"langfuse-Eval",`, map[string]string{"environment": "eval"}},
		"environment that is none":    {`"environment":"my env",`, map[string]string{"environment": "default"}},
		"environment that is no text": {`"environment":5,`, map[string]string{"raw": `{"body":{"environment":5}}`}},
		"unknown keys": {
			`"zeta" : [ 1, { "b" : 2 } ],"name":"n","bookmarked":true,"traceId":"x","alpha":null,`,
			map[string]string{"name": "n", "raw": `{"body":{"zeta":[1,{"b":2}],"bookmarked":true,"traceId":"x","alpha":null}}`},
		},
		"the last of a key": {`"name":"a","name":"b","userId":"u","userId":null,`, map[string]string{"name": "b", "user": "null"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := record(t, "trace-create", `{`+tt.body+`"id":"t"}`)
			if r.ID != "t" || r.TraceID != "t" {
				t.Errorf("trace %q of %q", r.ID, r.TraceID)
			}
			hasFields(t, r, base, tt.want)
		})
	}
}

func TestTraceIsRefused(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"id":            {`{"id":5}`, "body.id: Invalid input: expected string, received number"},
		"empty id":      {`{"id":""}`, "body.id: Too small: expected string to have >=1 characters"},
		"long id":       {`{"id":"` + strings.Repeat("x", 801) + `"}`, "body.id: Too big: expected string to have <=800 characters"},
		"return in id":  {`{"id":"\r"}`, "body.id: Invalid string: must not contain a carriage return"},
		"name":          {`{"name":{}}`, "body.name: Invalid input: expected string, received object"},
		"long name":     {`{"name":"` + strings.Repeat("x", 1001) + `"}`, "body.name: Too big: expected string to have <=1000 characters"},
		"name in units": {`{"name":"` + strings.Repeat("😀", 501) + `"}`, "body.name: Too big: expected string to have <=1000 characters"},
		"longest name":  {`{"name":"` + strings.Repeat("😀", 500) + `"}`, ""},
		"longest bytes": {`{"name":"` + strings.Repeat("ü", 1000) + `"}`, ""},
		"session":       {`{"sessionId":5}`, "body.sessionId: Invalid input: expected string, received number"},
		"public":        {`{"public":"true"}`, "body.public: Invalid input: expected boolean, received string"},
		"tags":          {`{"tags":"a"}`, "body.tags: Invalid input: expected array, received string"},
		"a tag":         {`{"tags":["a",null,"b",[]]}`, "body.tags[1]: Invalid input: expected string, received null; body.tags[3]: Invalid input: expected string, received array"},
		"external id":   {`{"externalId":7}`, "body.externalId: Invalid input: expected string, received number"},
		"several":       {`{"public":1,"userId":true,"version":1}`, "body.userId: Invalid input: expected string, received boolean; body.version: Invalid input: expected string, received number; body.public: Invalid input: expected boolean, received number"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := refusal(t, "trace-create", tt.body); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestExternalID(t *testing.T) {
	derived := id.Derive("mine")
	tests := map[string]struct{ body, id, absorbs string }{
		"alone":           {`{"externalId":"mine"}`, derived, ""},
		"with an id":      {`{"id":"t","externalId":"mine"}`, "t", derived},
		"with its own id": {`{"id":"` + derived + `","externalId":"mine"}`, derived, ""},
		"empty":           {`{"id":"t","externalId":""}`, "t", ""},
		"null":            {`{"id":"t","externalId":null}`, "t", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := record(t, "trace-create", tt.body)
			if r.ID != tt.id || r.TraceID != tt.id || r.Absorbs != tt.absorbs {
				t.Errorf("got %q, %q, absorbs %q", r.ID, r.TraceID, r.Absorbs)
			}
			want := ""
			if strings.Contains(tt.body, "mine") {
				want = `{"body":{"externalId":"mine"}}`
			}
			if got := shown(t, r)["raw"]; got != want {
				t.Errorf("raw %q, want %q", got, want)
			}
		})
	}
}
