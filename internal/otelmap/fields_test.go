package otelmap_test

import (
	"fmt"
	"math"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/span"
)

const own = "langfuse-sdk 4.0.0"

func identityVectors() map[string]vector {
	return map[string]vector{
		"ids of 32 and 16 hex digits are lower-cased": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) {
				sp.TraceID, sp.SpanID, sp.ParentSpanID = "4BF92F3577B34DA6A3CE929D0E0E4736", "00F067AA0BA902B7", "ABCDEFABCDEFABCD"
			},
			want: []string{"id: 00f067aa0ba902b7", "parent: abcdefabcdefabcd"},
		},
		"other ids are kept as they are": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) {
				sp.SpanID, sp.ParentSpanID = "Span\r"+strings.Repeat("é", 900), "ABCDEFABCDEFABCG"
			},
			want: []string{"id: Span\r" + strings.Repeat("é", 900), "parent: ABCDEFABCDEFABCG"},
		},
		"without a parent there is none": {want: []string{"no parent"}},
		"a parent of zeros is a parent": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.ParentSpanID = "0000000000000000" },
			want:   []string{"parent: 0000000000000000"},
		},
		"both times": {want: []string{"start: 100", "end: 300", "time: 300"}},
		"end before start": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.End = 50 },
			want:   []string{"start: 100", "end: 50", "time: 50"},
		},
		"only start": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.HasEnd, sp.End = false, 7 },
			want:   []string{"start: 100", "end by default: 100", "time: 100"},
		},
		"only end": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.HasStart, sp.Start = false, 7 },
			want:   []string{"start by default: 300", "end: 300", "time: 300"},
		},
		"no time": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.HasStart, sp.HasEnd = false, false },
			want:   []string{"start by default: 900", "end by default: 900", "time: 900"},
		},
		"the year 1970 is a time": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.Start = 0 },
			want:   []string{"start: 0"},
		},
		"a bare span has no trace record": {want: []string{"no trace id"}},
	}
}

func nameVectors() map[string]vector {
	return map[string]vector{
		"span name":               {want: []string{"name: op", "no raw"}},
		"gen_ai.tool.name":        {attrs: `{"genkit:name":"b","gen_ai.tool.name":"a"}`, want: []string{"name: a"}},
		"gen_ai.tool.name object": {attrs: `{"gen_ai.tool.name":{"a":[1]}}`, want: []string{`name: {"a":[1]}`}},
		"empty gen_ai.tool.name":  {attrs: `{"gen_ai.tool.name":""}`, want: []string{"name: op"}},
		"empty genkit:name":       {attrs: `{"genkit:name":"","ai.toolCall.name":""}`, want: []string{"name: op", "no raw"}},
		"genkit:name":             {attrs: `{"logfire.msg":"b","genkit:name":"a"}`, want: []string{"name: a"}},
		"logfire.msg":             {attrs: `{"ai.toolCall.name":"b","logfire.msg":"a"}`, want: []string{"name: a"}},
		"ai.toolCall.name":        {attrs: `{"ai.toolCall.name":"a"}`, want: []string{"name: a"}},
		"the span name is kept":   {attrs: `{"gen_ai.tool.name":"a"}`, want: []string{"name: a", `raw: {"name":"op"}`}},
		"no name": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.Name = "" },
			want:   []string{"no name"},
		},
		"status message of the attributes": {
			attrs: `{"langfuse.observation.status_message":"a"}`,
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) {
				sp.StatusCode, sp.StatusMessage = 2, "boom"
			},
			want: []string{"status_message: a", `raw: {"status":{"message":"boom"}}`},
		},
		"empty status message of the attributes": {
			attrs:  `{"langfuse.observation.status_message":""}`,
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.StatusMessage = "boom" },
			want:   []string{"status_message: "},
		},
		"status message of the span": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.StatusMessage = "boom" },
			want:   []string{"status_message: boom", "no raw"},
		},
		"no status message": {want: []string{"no status_message"}},
		"version of the span": {
			attrs: `{"langfuse.version":"v1"}`, resource: `{"service.version":"v2"}`,
			want: []string{"version: v1", "trace version: v1"},
		},
		"empty version of the span": {
			attrs: `{"langfuse.version":""}`, resource: `{"service.version":"v2"}`,
			want: []string{"version: ", "trace version: "},
		},
		"version of the service":  {resource: `{"service.version":2.5}`, want: []string{"version: 2.5", "trace version: 2.5"}},
		"no version":              {attrs: `{"langfuse.version":null,"service.version":"x"}`, want: []string{"no version"}},
		"release of the span":     {attrs: `{"langfuse.release":"r1"}`, resource: `{"langfuse.release":"r2"}`, want: []string{"release: r1", "trace release: r1"}},
		"release of the resource": {resource: `{"langfuse.release":"r2"}`, want: []string{"release: r2", "trace release: r2"}},
	}
}

func typeVectors() map[string]vector {
	v := map[string]vector{
		"nothing":                       {want: []string{"type by default: SPAN"}},
		"upper case falls through":      {scope: own, attrs: `{"langfuse.observation.type":"GENERATION"}`, want: []string{"type by default: SPAN", `raw: {"attributes":{"langfuse.observation.type":"GENERATION"}}`}},
		"an unknown type falls through": {attrs: `{"langfuse.observation.type":"reranker","model":"m"}`, want: []string{"type: GENERATION"}},
		"explicit before the operation": {attrs: `{"gen_ai.operation.name":"chat","langfuse.observation.type":"chain"}`, want: []string{"type: CHAIN"}},
		"every type before operation":   {attrs: `{"gen_ai.operation.name":"chat","langfuse.observation.type":"guardrail"}`, want: []string{"type: GUARDRAIL"}},
		"call id before model":          {attrs: `{"gen_ai.tool.call.id":"t","langfuse.observation.model.name":"m"}`, want: []string{"type: TOOL"}},
		"operation before tool name":    {attrs: `{"gen_ai.tool.name":"t","gen_ai.operation.name":"chat"}`, want: []string{"type: GENERATION"}},
		"tool name before model":        {attrs: `{"gen_ai.tool.name":"t","model":"m"}`, want: []string{"type: TOOL"}},
		"an empty model is no model":    {attrs: `{"model":"","gen_ai.request.model":[],"llm.model_name":{},"gen_ai.response.model":null}`, want: []string{"type by default: SPAN"}},
		"0 is meaningful":               {attrs: `{"model":0}`, want: []string{"type: GENERATION"}},
		"the operation is kept":         {scope: own, attrs: `{"gen_ai.operation.name":"chat"}`, want: []string{"type: GENERATION", `raw: {"attributes":{"gen_ai.operation.name":"chat"}}`}},
	}
	for _, name := range []string{
		"span", "generation", "event", "embedding", "agent", "tool", "chain", "retriever", "guardrail", "evaluator",
	} {
		v["langfuse "+name] = vector{
			scope: own, attrs: obj("langfuse.observation.type", name),
			want: []string{"type: " + strings.ToUpper(name), "no raw"},
		}
	}
	for operation, want := range map[string]string{
		"chat": "GENERATION", "completion": "GENERATION", "text_completion": "GENERATION", "generate_content": "GENERATION",
		"generate": "GENERATION", "embeddings": "EMBEDDING", "invoke_agent": "AGENT", "create_agent": "AGENT", "execute_tool": "TOOL",
	} {
		v["operation "+operation] = vector{attrs: obj("gen_ai.operation.name", operation), want: []string{"type: " + want}}
	}
	for _, key := range []string{"gen_ai.tool.name", "gen_ai.tool.call.id"} {
		v[key] = vector{attrs: obj(key, "x"), want: []string{"type: TOOL"}}
	}
	for _, key := range []string{
		"langfuse.observation.model.name", "gen_ai.request.model", "gen_ai.response.model", "llm.model_name", "model",
	} {
		v[key] = vector{attrs: obj(key, "m"), want: []string{"type: GENERATION"}}
	}
	python := `{"telemetry.sdk.language":"python"}`
	for _, key := range []string{
		"langfuse.observation.model.name", "langfuse.observation.cost_details", "langfuse.observation.usage_details",
		"langfuse.observation.completion_start_time", "langfuse.observation.model.parameters",
		"langfuse.observation.prompt.name", "langfuse.observation.prompt.version",
	} {
		v["old SDK with "+key] = vector{
			scope: "langfuse-sdk 3.3.4", resource: python, attrs: obj("langfuse.observation.type", "span", key, nil),
			want: []string{"type: GENERATION"},
		}
	}
	for name, change := range map[string]struct {
		scope, resource, kind, want string
	}{
		"without version":     {"langfuse-sdk", python, "span", "GENERATION"},
		"of major version 2":  {"langfuse-sdk 2.60.1", python, "span", "GENERATION"},
		"of version 3":        {"langfuse-sdk 3", python, "span", "GENERATION"},
		"of a release of 3.0": {"langfuse-sdk 3.0rc1", python, "span", "GENERATION"},
		"of version 3.4":      {"langfuse-sdk 3.4.0", python, "span", "SPAN"},
		"of version 4":        {"langfuse-sdk 4.0.0", python, "span", "SPAN"},
		"of no version":       {"langfuse-sdk main", python, "span", "SPAN"},
		"of another scope":    {"langfuse-sdk-x 3.0.0", python, "span", "SPAN"},
		"in another language": {"langfuse-sdk 3.0.0", `{"telemetry.sdk.language":"nodejs"}`, "span", "SPAN"},
		"with another type":   {"langfuse-sdk 3.0.0", python, "tool", "TOOL"},
	} {
		v["old SDK "+name] = vector{
			scope: change.scope, resource: change.resource,
			attrs: obj("langfuse.observation.type", change.kind, "langfuse.observation.model.name", "m"),
			want:  []string{"type: " + change.want},
		}
	}
	return v
}

func levelVectors() map[string]vector {
	failed := func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.StatusCode = 2 }
	v := map[string]vector{
		"nothing":                     {want: []string{"level by default: DEFAULT"}},
		"status error":                {change: failed, want: []string{"level: ERROR", "no raw"}},
		"status ok":                   {change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.StatusCode = 1 }, want: []string{"level by default: DEFAULT", `raw: {"status":{"code":1}}`}},
		"explicit before status":      {attrs: `{"langfuse.observation.level":"info"}`, change: failed, want: []string{"level: DEFAULT", `raw: {"status":{"code":2}}`}},
		"unknown level":               {attrs: `{"langfuse.observation.level":"bad"}`, change: failed, want: []string{"level: ERROR"}},
		"level that is no text":       {attrs: `{"langfuse.observation.level":40}`, want: []string{"level by default: DEFAULT"}},
		"white space and case":        {scope: own, attrs: obj("langfuse.observation.level", " \tWarning\n"), want: []string{"level: WARNING", "no raw"}},
		"a level that says more":      {scope: own, attrs: obj("langfuse.observation.level", "fatal"), want: []string{"level: ERROR", `raw: {"attributes":{"langfuse.observation.level":"fatal"}}`}},
		"an unknown level is kept":    {scope: own, attrs: obj("langfuse.observation.level", "bad"), want: []string{`raw: {"attributes":{"langfuse.observation.level":"bad"}}`}},
		"exception events are no use": {change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.Events = []span.Event{{Name: "exception"}} }, want: []string{"level by default: DEFAULT", "no status_message"}},
	}
	for name, level := range map[string]string{
		"DEBUG": "DEBUG", "TRACE": "DEBUG", "VERBOSE": "DEBUG",
		"DEFAULT": "DEFAULT", "INFO": "DEFAULT", "LOG": "DEFAULT", "NOTICE": "DEFAULT", "OK": "DEFAULT", "SUCCESS": "DEFAULT",
		"WARNING": "WARNING", "WARN": "WARNING", "ERROR": "ERROR", "FATAL": "ERROR", "CRITICAL": "ERROR",
	} {
		v[name] = vector{attrs: obj("langfuse.observation.level", name), want: []string{"level: " + level}}
	}
	return v
}

func environmentVectors() map[string]vector {
	v := map[string]vector{
		"nothing":                     {want: []string{"environment by default: default"}},
		"only on the observation":     {attrs: `{"langfuse.environment":"a","user.id":"u"}`, want: []string{"environment: a", "trace user: u", "no trace environment"}},
		"key before place":            {attrs: `{"deployment.environment":"x"}`, resource: `{"langfuse.environment":"y"}`, want: []string{"environment: y"}},
		"span before resource":        {attrs: `{"langfuse.environment":"x"}`, resource: `{"langfuse.environment":"y"}`, want: []string{"environment: x"}},
		"an empty text says nothing":  {attrs: `{"langfuse.environment":""}`, resource: `{"langfuse.environment":"y"}`, want: []string{"environment: y"}},
		"a number says nothing":       {attrs: `{"langfuse.environment":5}`, resource: `{"langfuse.environment":"y"}`, want: []string{"environment by default: default"}},
		"a bad one is explicit, kept": {scope: own, attrs: `{"deployment.environment":"Stage A"}`, want: []string{"environment: default", `raw: {"attributes":{"deployment.environment":"Stage A"}}`}},
		"a changed one is kept":       {scope: own, attrs: `{"langfuse.environment":"langfuse-staging"}`, want: []string{"environment: staging", `raw: {"attributes":{"langfuse.environment":"langfuse-staging"}}`}},
		"case is not kept":            {scope: own, attrs: `{"langfuse.environment":"Prod"}`, want: []string{"environment: prod", "no raw"}},
	}
	for _, key := range []string{"langfuse.environment", "deployment.environment.name", "deployment.environment"} {
		v["span "+key] = vector{attrs: obj(key, "a"), want: []string{"environment: a"}}
		v["resource "+key] = vector{resource: obj(key, "a"), want: []string{"environment: a"}}
	}
	places := [][2]string{
		{"span", "langfuse.environment"},
		{"resource", "langfuse.environment"},
		{"span", "deployment.environment.name"},
		{"resource", "deployment.environment.name"},
		{"span", "deployment.environment"},
		{"resource", "deployment.environment"},
	}
	for i := range places[1:] {
		attrs := map[string][]any{}
		for j, value := range []string{"first", "second"} {
			place := places[i+j]
			attrs[place[0]] = append(attrs[place[0]], place[1], value)
		}
		v[fmt.Sprint("order ", i)] = vector{
			attrs: obj(attrs["span"]...), resource: obj(attrs["resource"]...), want: []string{"environment: first"},
		}
	}
	for sent, want := range map[string]string{
		"Production": "production", "langfuse-eval": "eval", "langfuselangfuse_x": "x", "langfuse": "default", "my env": "default",
		"sdk-experiment": "sdk-experiment", "langfuse--x": "-x", "LANGFUSE_Langfuse-": "default", "a.b": "default", "é": "default",
		strings.Repeat("a", 41): strings.Repeat("a", 40), strings.Repeat("a", 39) + "éa": "default", strings.Repeat("a", 40) + "é ": strings.Repeat("a", 40),
	} {
		v["normal "+sent] = vector{attrs: obj("langfuse.environment", sent), want: []string{"environment: " + want}}
	}
	judge := `{"completion":null,"rawRequest":{"trace":{"environment":"langfuse-llm-as-a-judge"}}}`
	for name, c := range map[string]struct{ source, service, completion, want string }{
		"evaluator call":      {"openrouter", "openrouter", judge, "environment: llm-as-a-judge"},
		"other source":        {"other", "openrouter", judge, "environment: a"},
		"other service":       {"openrouter", "other", judge, "environment: a"},
		"with a completion":   {"openrouter", "openrouter", strings.Replace(judge, "null", `"x"`, 1), "environment: a"},
		"other environment":   {"openrouter", "openrouter", strings.Replace(judge, "langfuse-llm", "llm", 1), "environment: a"},
		"broken completion":   {"openrouter", "openrouter", judge[1:], "environment: a"},
		"request of no shape": {"openrouter", "openrouter", `{"completion":null,"rawRequest":[]}`, "environment: a"},
	} {
		v["openrouter "+name] = vector{
			attrs:    obj("openrouter.source", c.source, "gen_ai.completion", c.completion, "langfuse.environment", "a"),
			resource: obj("service.name", c.service), want: []string{c.want},
		}
	}
	return v
}

func traceVectors() map[string]vector {
	v := map[string]vector{
		"one record of each":   {attrs: `{"user.id":"u"}`, want: []string{"trace id: 4bf92f3577b34da6a3ce929d0e0e4736", "trace time: 300", "no trace start", "no trace name"}},
		"user that is no text": {attrs: `{"user.id":17}`, want: []string{"user: 17", "trace user: 17"}},
		"user that is bytes": {change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) {
			sp.Attributes = []span.Attribute{{Key: "user.id", Value: span.Value{Kind: span.Bytes, Str: "\x00\xff"}}}
		}, want: []string{"user: AP8="}},
		"user that is no number": {change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) {
			sp.Attributes = []span.Attribute{{Key: "user.id", Value: span.Value{Kind: span.Double, Double: math.NaN()}}}
		}, want: []string{"no user"}},
		"user that is infinite": {change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) {
			sp.Attributes = []span.Attribute{{Key: "user.id", Value: span.Value{Kind: span.Double, Double: math.Inf(-1)}}}
		}, want: []string{"user: -Infinity"}},
		"user 0 and empty session": {attrs: `{"user.id":0,"session.id":"","langfuse.session.id":false}`, want: []string{"no user", "no session", "no trace id"}},
		"public true":              {scope: own, attrs: `{"langfuse.trace.public":true,"langfuse.public":false}`, want: []string{"trace public: 1", `raw: {"attributes":{"langfuse.public":false}}`}},
		"public text":              {attrs: `{"langfuse.public":"true"}`, want: []string{"trace public: 1"}},
		"public false wins":        {scope: own, attrs: `{"langfuse.trace.public":false,"langfuse.public":"true"}`, want: []string{"trace public: 0"}},
		"public something":         {scope: own, attrs: `{"langfuse.trace.public":"yes"}`, want: []string{"trace public: 0", `raw: {"attributes":{"langfuse.trace.public":"yes"}}`}},
		"public absent":            {attrs: `{"langfuse.trace.public":null,"user.id":"u"}`, want: []string{"no trace public"}},
		"app root":                 {scope: own, attrs: `{"langfuse.internal.is_app_root":true}`, want: []string{"app_root: 1", "no raw"}},
		"app root as text":         {attrs: `{"langfuse.internal.is_app_root":"true"}`, want: []string{"app_root: 1"}},
		"no app root":              {attrs: `{"langfuse.internal.is_app_root":false}`, want: []string{"no app_root"}},
		"as root":                  {attrs: `{"langfuse.internal.is_app_root":"no","langfuse.internal.as_root":"true"}`, want: []string{"no app_root", "as_root: 1"}},
		"trace name":               {scope: own, attrs: `{"langfuse.trace.name":"n"}`, want: []string{"name: op", "trace name: n", "no raw"}},
		"empty trace name":         {scope: own, attrs: `{"langfuse.trace.name":""}`, want: []string{"no trace name", `raw: {"attributes":{"langfuse.trace.name":""}}`}},
		"trace input":              {attrs: `{"langfuse.trace.input":"i"}`, want: []string{"trace input: i", "no input", "no raw"}},
		"trace output":             {attrs: `{"langfuse.trace.output":{"a":1}}`, want: []string{`trace output: {"a":1}`, "no output"}},
		"weak trace input":         {attrs: `{"langfuse.trace.input":""}`, want: []string{"trace input:  (weak)"}},
		"trace input of null":      {attrs: `{"langfuse.trace.input":null}`, want: []string{"no trace input"}},

		"tags list":           {attrs: `{"langfuse.trace.tags":["b","a",5,null,{"x":1}]}`, want: []string{`trace tags: b|a|5|{"x":1}`}},
		"tags JSON":           {attrs: `{"langfuse.trace.tags":" [\"b\", 1.0, {\"a\": 1}, null]"}`, want: []string{`trace tags: b|1.0|{"a":1}`}},
		"tags broken JSON":    {attrs: `{"langfuse.trace.tags":"[b"}`, want: []string{"trace tags: [b"}},
		"tags with commas":    {attrs: `{"langfuse.trace.tags":" a, b ,,c"}`, want: []string{"trace tags: a|b|c"}},
		"tag alone":           {attrs: `{"langfuse.trace.tags":"a b"}`, want: []string{"trace tags: a b"}},
		"tags of no kind":     {scope: own, attrs: `{"langfuse.trace.tags":7,"tag.tags":"b"}`, want: []string{"no trace tags", `raw: {"attributes":{"langfuse.trace.tags":7,"tag.tags":"b"}}`}},
		"empty list of tags":  {attrs: `{"langfuse.trace.tags":[]}`, want: []string{"no trace tags", "no trace id"}},
		"tags are not copied": {scope: own, attrs: `{"langfuse.trace.tags":["a"]}`, want: []string{"no tags", "no raw"}},

		"trace metadata":          {scope: own, attrs: `{"langfuse.trace.metadata":"{\"a\": 1}","langfuse.trace.metadata.b":[2]}`, want: []string{`trace metadata: {"a":1,"b":[2]}`, `metadata: {"scope":{"name":"langfuse-sdk","version":"4.0.0"},"a":1,"b":[2]}`}},
		"generic metadata is not": {attrs: `{"langfuse.metadata":"{\"a\":1}","langfuse.metadata.b":2,"ai.telemetry.metadata.c":3,"langfuse.observation.metadata.d":4}`, want: []string{"no trace metadata", "no trace id"}},
	}
	for field, keys := range map[string][]string{
		"user": {
			"langfuse.user.id", "user.id", "langfuse.observation.metadata.langfuse_user_id",
			"langfuse.trace.metadata.langfuse_user_id", "ai.telemetry.metadata.userId",
		},
		"session": {
			"langfuse.session.id", "session.id", "gen_ai.conversation.id", "langfuse.observation.metadata.langfuse_session_id",
			"langfuse.trace.metadata.langfuse_session_id", "ai.telemetry.metadata.sessionId",
		},
		"tags": {
			"langfuse.trace.tags", "langfuse.tags", "langfuse.observation.metadata.langfuse_tags",
			"langfuse.trace.metadata.langfuse_tags", "ai.telemetry.metadata.tags", "tag.tags",
		},
	} {
		for i, key := range keys {
			want := []string{field + ": a", "trace " + field + ": a"}
			if field == "tags" {
				want = want[1:]
			}
			attrs := obj(key, "a")
			if i+1 < len(keys) {
				attrs = obj(keys[i+1], "b", key, "a")
			}
			v[field+" "+key] = vector{attrs: attrs, want: want}
		}
	}
	return v
}
