package otelmap_test

import (
	"fmt"
	"math"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/span"
)

func metadataVectors() map[string]vector {
	v := map[string]vector{
		"nothing":             {want: []string{"no metadata", "no raw"}},
		"attributes as text":  {attrs: `{"s":"<a>","i":9007199254740993,"f":0.5,"b":true,"n":null,"l":["x",1],"m":{"k":"v"}}`, want: []string{`metadata: {"attributes":{"s":"<a>","i":"9007199254740993","f":"0.5","b":"true","n":"null","l":"[\"x\",1]","m":"{\"k\":\"v\"}"}}`, "no raw"}},
		"resource with types": {resource: `{"s":"a","i":5,"f":0.5,"b":true,"n":null,"l":["x",1],"m":{"k":"v"}}`, want: []string{`metadata: {"resourceAttributes":{"s":"a","i":5,"f":0.5,"b":true,"n":null,"l":["x",1],"m":{"k":"v"}}}`}},
		"scope": {
			scope:  "s 1.0",
			change: func(_ *span.Resource, sc *span.Scope, _ *span.Span) { sc.Attributes = attributes(`{"a":1}`) },
			want:   []string{`metadata: {"scope":{"name":"s","version":"1.0","attributes":{"a":1}}}`},
		},
		"scope of attributes": {
			change: func(_ *span.Resource, sc *span.Scope, _ *span.Span) { sc.Attributes = attributes(`{"a":1}`) },
			want:   []string{`metadata: {"scope":{"attributes":{"a":1}}}`},
		},
		"own scopes by prefix":  {scope: "langfuse-sdk-x", attrs: `{"a":1}`, want: []string{`metadata: {"scope":{"name":"langfuse-sdk-x"}}`, `raw: {"attributes":{"a":1}}`}},
		"own scopes exact case": {scope: "Langfuse-SDK", attrs: `{"a":1}`, want: []string{`metadata: {"attributes":{"a":"1"},"scope":{"name":"Langfuse-SDK"}}`}},
		"numbers without JSON": {
			change: func(res *span.Resource, _ *span.Scope, sp *span.Span) {
				sp.Attributes = []span.Attribute{
					{Key: "nan", Value: span.Value{Kind: span.Double, Double: math.NaN()}}, {Key: "b", Value: span.Value{Kind: span.Bytes, Str: "\x00"}},
				}
				res.Attributes = []span.Attribute{{Key: "inf", Value: span.Value{Kind: span.Double, Double: math.Inf(1)}}}
			},
			want: []string{`metadata: {"attributes":{"nan":"NaN","b":"AA=="},"resourceAttributes":{"inf":"Infinity"}}`},
		},
		"no key twice": {
			attrs: `{"a":1,"b":2,"a":3}`, resource: `{"r":1,"r":2}`, scope: "s",
			change: func(_ *span.Resource, sc *span.Scope, _ *span.Span) { sc.Attributes = attributes(`{"x":1,"x":2}`) },
			want: []string{
				`metadata: {"attributes":{"b":"2","a":"3"},"resourceAttributes":{"r":2},"scope":{"name":"s","attributes":{"x":2}}}`,
				`raw: {"repeatedAttributes":[{"key":"a","value":1}],"repeatedResourceAttributes":[{"key":"r","value":1}],"repeatedScopeAttributes":[{"key":"x","value":1}]}`,
			},
		},
		"control characters and bad text": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) {
				sp.Attributes = []span.Attribute{{Key: "a\"\\\x00\n", Value: span.Value{Kind: span.String, Str: "\t\x1f\r\u2028é\xff😀\x7f"}}}
			},
			want: []string{"metadata: {\"attributes\":{\"a\\\"\\\\\\u0000\\n\":\"\\t\\u001f\\r\u2028é\uFFFD😀\x7f\"}}"},
		},
		"a flat list of many keys": {
			attrs: many(40), want: []string{`metadata: {"attributes":` + strings.ReplaceAll(strings.ReplaceAll(many(40), `":`, `":"`), ",", `",`)[:len(many(40))+2*40-2] + `"}}`},
		},
		"many repeated keys": {
			attrs:    strings.TrimSuffix(many(40), "}") + "," + many(40)[1:],
			resource: strings.TrimSuffix(many(40), "}") + "," + many(40)[1:], scope: own,
			want: []string{
				`metadata: {"resourceAttributes":` + many(40) + `,"scope":{"name":"langfuse-sdk","version":"4.0.0"}}`,
				`raw: {"attributes":` + many(40) + `,"repeatedAttributes":` + pairs(40) + `,"repeatedResourceAttributes":` + pairs(40) + `}`,
			},
		},
		"many members": {
			scope: own, attrs: obj("langfuse.observation.metadata", many(100), "langfuse.trace.metadata", many(100)),
			want: []string{`metadata: {"scope":{"name":"langfuse-sdk","version":"4.0.0"},` + many(100)[1:], "trace metadata: " + many(100), "no raw"},
		},
	}
	const observation, ofTrace, generic = "langfuse.observation.metadata", "langfuse.trace.metadata", "langfuse.metadata"
	for name, c := range map[string]struct {
		attrs, metadata, raw string
	}{
		"base text":              {obj(observation, ` {"a": [1, {"b" : "x y"}], "c":"d"} `), `"a":[1,{"b":"x y"}],"c":"d"`, ""},
		"base exact numbers":     {obj(observation, `{"a":1.10,"b":9007199254740993}`), `"a":1.10,"b":9007199254740993`, ""},
		"base list":              {obj(observation, `["x",{"y":1}]`), `"0":"x","1":{"y":1}`, ""},
		"base object value":      {`{"langfuse.observation.metadata":{"a":{"b":1}}}`, `"a":{"b":1}`, ""},
		"base list value":        {`{"langfuse.observation.metadata":["x",2]}`, `"0":"x","1":2`, ""},
		"base empty":             {obj(observation, `{}`), ``, `"langfuse.observation.metadata":"{}"`},
		"base scalar text":       {obj(observation, `5`), ``, `"langfuse.observation.metadata":"5"`},
		"base broken":            {obj(observation, `{"a"`), ``, `"langfuse.observation.metadata":"{\"a\""`},
		"base words":             {obj(observation, `hello`), ``, `"langfuse.observation.metadata":"hello"`},
		"base number":            {obj(observation, 5), ``, `"langfuse.observation.metadata":5`},
		"base too deep":          {obj(observation, `{"a":`+deep(500)+`}`), ``, `"langfuse.observation.metadata":"{\"a\":` + deep(500) + `}"`},
		"base deep":              {obj(observation, `{"a":`+deep(499)+`}`), `"a":` + deep(499), ""},
		"base of both":           {obj(generic, `{"a":1}`), `"a":1`, ""},
		"base of the trace only": {obj(generic, `{"a":1,"b":1}`, ofTrace, `{"b":2}`), `"a":1,"b":2`, `"langfuse.metadata":"{\"a\":1,\"b\":1}"`},
		"base of one only":       {obj(generic, `{"a":1,"b":1}`, observation, `{"a":2}`), `"a":1,"b":1`, `"langfuse.observation.metadata":"{\"a\":2}"`},
		"base not asked":         {obj(generic, `{"a":1}`, observation, `{"b":1}`, ofTrace, `{"c":1}`), `"b":1,"c":1`, `"langfuse.metadata":"{\"a\":1}"`},
		"base falsy":             {obj(generic, `{"a":1}`, observation, ``, ofTrace, 0), `"a":1`, `"langfuse.observation.metadata":"","langfuse.trace.metadata":0`},
		"base broken hides":      {obj(generic, `{"a":1}`, observation, `{`, ofTrace, `[`), ``, `"langfuse.metadata":"{\"a\":1}","langfuse.observation.metadata":"{","langfuse.trace.metadata":"["`},
		"overlay":                {obj(observation+".a.b", []any{1, "x"}, observation+".", "e"), `"a.b":[1,"x"],"":"e"`, ""},
		"overlay over base":      {obj(observation+".a", 2, observation, `{"a":1,"b":1}`), `"a":2,"b":1`, `"langfuse.observation.metadata":"{\"a\":1,\"b\":1}"`},
		"equal values":           {obj(observation+".a", 1, observation, `{"a":1}`), `"a":1`, ""},
		"overlay texts":          {obj(observation+".a", `{"b":1}`), `"a":"{\"b\":1}"`, ""},
		"generic overlay":        {obj(generic+".a", 1, observation+".a", 2, ofTrace, `{"a":3}`), `"a":1`, `"langfuse.observation.metadata.a":2,"langfuse.trace.metadata":"{\"a\":3}"`},
		"generic by order":       {obj(generic+".a", 1, ofTrace+".a", 2), `"a":2`, `"langfuse.metadata.a":1`},
		"trace over observation": {obj(ofTrace+".k", 2, observation+".k", 1), `"k":2`, `"langfuse.observation.metadata.k":1`},
		"trace base over":        {obj(ofTrace, `{"k":2}`, observation+".k", 1), `"k":2`, `"langfuse.observation.metadata.k":1`},
		"telemetry":              {obj("ai.telemetry.metadata.a", 1), `"a":1`, ""},
		"telemetry excluded":     {obj("ai.telemetry.metadata.userId", "", "ai.telemetry.metadata.sessionId", "", "ai.telemetry.metadata.tags", "", "ai.telemetry.metadata.langfusePrompt", ""), ``, `"ai.telemetry.metadata.userId":"","ai.telemetry.metadata.sessionId":"","ai.telemetry.metadata.tags":"","ai.telemetry.metadata.langfusePrompt":""`},
		"user id stays":          {obj(observation+".langfuse_user_id", "u"), `"langfuse_user_id":"u"`, ""},
		"hides generated":        {obj(observation+".scope", 1, ofTrace+".resourceAttributes", 2, observation+".attributes", 3), `"attributes":3`, ""},
	} {
		metadata, raw := `metadata: {"scope":{"name":"langfuse-sdk","version":"4.0.0"}`, "no raw"
		if c.metadata != "" {
			metadata += "," + c.metadata
		}
		if c.raw != "" {
			raw = `raw: {"attributes":{` + c.raw + `}}`
		}
		if name != "hides generated" {
			v[name] = vector{scope: own, attrs: c.attrs, want: []string{metadata + "}", raw}}
		}
	}
	v["generated parts that are hidden"] = vector{
		scope: "s 2", resource: `{"r":1}`,
		attrs: obj("plain", 1, "langfuse.metadata", `{"scope":"mine"}`, observation+".attributes", 3, observation+".resourceAttributes", 2),
		want: []string{
			`metadata: {"attributes":3,"resourceAttributes":2,"scope":"mine"}`,
			`raw: {"attributes":{"plain":1},"resourceAttributes":{"r":1},"scope":{"name":"s","version":"2"}}`,
		},
	}
	v["attributes are shown beside user metadata"] = vector{
		attrs: obj("a", 1, generic+".k", 2, observation+".l", 3), want: []string{`metadata: {"attributes":{"a":"1","langfuse.metadata.k":"2"},"l":3,"k":2}`, "no raw"},
	}
	for key, what := range map[string]string{"userId": "user", "sessionId": "session", "tags": "trace tags"} {
		v["excluded "+key] = vector{
			scope: own, attrs: obj("ai.telemetry.metadata."+key, "x"),
			want: []string{what + ": x", `metadata: {"scope":{"name":"langfuse-sdk","version":"4.0.0"}}`, "no raw"},
		}
	}
	v["excluded langfusePrompt"] = vector{
		scope: own, attrs: obj("ai.telemetry.metadata.langfusePrompt", "x"),
		want: []string{`metadata: {"scope":{"name":"langfuse-sdk","version":"4.0.0"}}`, `raw: {"attributes":{"ai.telemetry.metadata.langfusePrompt":"x"}}`},
	}
	return v
}

// many returns an object of n members k0: 0, k1: 1 and so on.
func many(n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(`"k%d":%d`, i, i)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// pairs returns the same as a list of keys and values.
func pairs(n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(`{"key":"k%d","value":%d}`, i, i)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

// droppedVectors has a vector for every key that is never copied to
// metadata.attributes, and some for keys that look like one.
func droppedVectors() map[string]vector {
	v := map[string]vector{}
	for _, key := range []string{
		"langfuse.trace.input", "langfuse.trace.output", "langfuse.observation.input", "langfuse.observation.output",
		"ai.prompt.messages", "ai.prompt", "ai.toolCall.args", "ai.toolCall.result", "ai.response.text", "ai.response.object",
		"ai.response.toolCalls", "ai.result.text", "ai.result.object", "ai.result.toolCalls",
		"gen_ai.system_instructions", "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result",
		"input.value", "output.value", "traceloop.entity.input", "traceloop.entity.output", "mlflow.spanInputs", "mlflow.spanOutputs",
		"gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_call_args", "gcp.vertex.agent.tool_response",
		"prompt", "all_messages_events", "events", "final_result", "pydantic_ai.all_messages", "input", "output",
		"lk.input_text", "lk.user_transcript", "lk.chat_ctx", "lk.user_input", "lk.function_tool.output", "lk.response.text",
		"genkit:input", "genkit:output",
		"flue.turn.input", "flue.turn.output", "flue.tool.arguments", "flue.tool.result", "flue.task.prompt",
		"flue.task.result", "flue.operation.result", "flue.workflow.payload", "flue.workflow.result",
		"langfuse.trace.metadata", "langfuse.trace.metadata_x", "langfuse.observation.metadata", "langfuse.observation.metadatax",
		"ai.telemetry.metadata", "gen_ai.prompt", "gen_ai.prompt_tokens", "gen_ai.completion", "gen_ai.completion.0.content",
		"llm.input_messages", "llm.input_messages.0.message.role", "llm.output_messages", "llm.output_messages.0",
	} {
		// A false value is no input, output or metadata, so the raw value keeps it.
		attrs, raw := obj(key, false, "langfuse.observation.input", "i"), fmt.Sprintf(`raw: {"attributes":{"%s":false}}`, key)
		switch {
		case strings.HasPrefix(key, "langfuse.observation.") && strings.HasSuffix(key, "put"):
			attrs, raw = obj(key, false), "no raw"
		case strings.HasPrefix(key, "langfuse.trace.") && strings.HasSuffix(key, "put"):
			raw = "no raw"
		}
		v[key] = vector{attrs: attrs, want: []string{"no metadata", raw}}
	}
	for _, key := range []string{
		"tool_arguments", "tool_response", "langfuse.metadata", "langfuse.metadata.", "user.id", "session.id", "gen_ai.usage.input_tokens",
		"gen_ai.request.model", "langfuse.experiment.id", "langfuse.experiment.item.metadata.x", "ai.prompt.tools", "ai.model.id",
		"input.mime_type", "langfuse.trace.name", "Prompt", "gcp.vertex.agent.session_id", "mlflow.spanType",
	} {
		v["not "+key] = vector{attrs: obj(key, false), want: []string{fmt.Sprintf(`metadata: {"attributes":{"%s":"false"}}`, key), "no raw"}}
	}
	v["not langfuse.metadata."] = vector{attrs: obj("langfuse.metadata.", false), want: []string{`metadata: {"attributes":{"langfuse.metadata.":"false"},"":false}`}}
	return v
}

func rawVectors() map[string]vector {
	v := map[string]vector{
		"nothing": {want: []string{"no raw"}},
		"everything of the span": {
			change: func(res *span.Resource, sc *span.Scope, sp *span.Span) {
				res.SchemaURL, sc.SchemaURL = "r", "s"
				sp.Kind, sp.TraceState, sp.Flags, sp.StatusCode, sp.StatusMessage = 3, "a=b", 0x301, 1, "fine"
				sp.DroppedAttributes, sp.DroppedEvents, sp.DroppedLinks = 1, 2, 3
				sp.Links = []span.Link{
					{TraceID: "T", SpanID: "S", TraceState: "x", Attributes: attributes(`{"a":1}`), Dropped: 4, Flags: 0x300},
					{Flags: 0x100},
				}
			},
			want: []string{
				"status_message: fine",
				`raw: {"kind":"CLIENT","traceState":"a=b","flags":769,"status":{"code":1},"links":[{"traceId":"T","spanId":"S","traceState":"x",` +
					`"attributes":{"a":1},"flags":768,"droppedAttributesCount":4},{}],"droppedAttributesCount":1,"droppedEventsCount":2,` +
					`"droppedLinksCount":3,"resourceSchemaUrl":"r","scopeSchemaUrl":"s"}`,
			},
		},
		"usual flags":       {change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.Flags, sp.Kind = 0x101, 0 }, want: []string{"no raw"}},
		"what nobody reads": {scope: own, attrs: obj("unknown", []int{1}), want: []string{`raw: {"attributes":{"unknown":[1]}}`}},
	}
	for kind, want := range map[int32]string{2: `"SERVER"`, 3: `"CLIENT"`, 4: `"PRODUCER"`, 5: `"CONSUMER"`, 6: "6", -1: "-1"} {
		v[fmt.Sprint("kind ", kind)] = vector{
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.Kind = kind }, want: []string{`raw: {"kind":` + want + `}`},
		}
	}
	return v
}
