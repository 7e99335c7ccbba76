package otelmap_test

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/span"
)

func payloadVectors() map[string]vector {
	const in, out = "langfuse.observation.input", "langfuse.observation.output"
	v := map[string]vector{
		"nothing":                  {want: []string{"no input", "no output"}},
		"langfuse":                 {scope: own, attrs: obj(in, "i", out, "o"), want: []string{"input: i", "output: o", "no raw"}},
		"langfuse output only":     {attrs: obj(out, "o"), want: []string{"no input", "output: o"}},
		"an empty text is there":   {attrs: obj(in, "", "input", "x"), want: []string{"input:  (weak)", "no output"}},
		"0 is weak":                {attrs: obj(in, 0, out, 0.0), want: []string{"input: 0 (weak)", "output: 0 (weak)"}},
		"false is weak":            {attrs: obj(in, false, out, true), want: []string{"input: false (weak)", "output: true"}},
		"text 0 and false are not": {attrs: obj(in, "0", out, "false"), want: []string{"input: 0", "output: false"}},
		"null is absent":           {attrs: `{"langfuse.observation.input":null,"langfuse.observation.output":null,"input":"x"}`, want: []string{"input: x"}},
		"null beside a value":      {scope: own, attrs: `{"langfuse.observation.input":null,"langfuse.observation.output":"o"}`, want: []string{"no input", "output: o", `raw: {"attributes":{"langfuse.observation.input":null}}`}},
		"objects are JSON":         {attrs: `{"langfuse.observation.input":{"b":[1,2.5,null,true],"a":"<&>"},"langfuse.observation.output":[]}`, want: []string{`input: {"b":[1,2.5,null,true],"a":"<&>"}`, "output: []"}},
		"large integers are exact": {attrs: `{"langfuse.observation.input":9007199254740993}`, want: []string{"input: 9007199254740993"}},
		"floats as in JavaScript":  {attrs: `{"langfuse.observation.input":[1e21,1e-7,123456789012345680000.0,3.0,-0.5]}`, want: []string{"input: [1e+21,1e-7,123456789012345680000,3,-0.5]"}},
		"bytes are base64": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) {
				sp.Attributes = []span.Attribute{{Key: in, Value: span.Value{Kind: span.Bytes, Str: "\x01\xfe"}}}
			},
			want: []string{"input: Af4="},
		},
		"the last of repeated keys": {attrs: `{"langfuse.observation.input":"a","langfuse.observation.input":"b"}`, want: []string{"input: b", `raw: {"repeatedAttributes":[{"key":"langfuse.observation.input","value":"a"}]}`}},
		"a truthy side is enough":   {attrs: obj("input.value", "", "output.value", "o"), want: []string{"input:  (weak)", "output: o"}},
		"two empty sides are not":   {attrs: obj("input.value", "", "output.value", 0, "input", "x"), want: []string{"input: x", `raw: {"attributes":{"input.value":"","output.value":0}}`}},
		"rows are not mixed":        {attrs: obj("mlflow.spanInputs", "i", "output.value", "o"), want: []string{"input: i", "no output", `raw: {"attributes":{"output.value":"o"}}`}},
		"entity hides prompt":       {attrs: obj("gen_ai.prompt", "p", "traceloop.entity.input", "t"), want: []string{"input: t", `raw: {"attributes":{"gen_ai.prompt":"p"}}`}},
		"older hides messages":      {attrs: obj("gen_ai.input.messages", "[]", "gen_ai.prompt.0.content", "hi"), want: []string{`input: [{"content":"hi"}]`, "output: {}", `raw: {"attributes":{"gen_ai.input.messages":"[]"}}`}},

		"messages":              {attrs: obj("gen_ai.input.messages", "[1]", "gen_ai.output.messages", "[2]"), want: []string{"input: [1]", "output: [2]", "no raw"}},
		"messages only in":      {attrs: obj("gen_ai.input.messages", "[1]"), want: []string{"input: [1]", "no output"}},
		"messages empty out":    {attrs: obj("gen_ai.input.messages", "[1]", "gen_ai.output.messages", ""), want: []string{"input: [1]", "output:  (weak)"}},
		"messages and a result": {attrs: obj("gen_ai.input.messages", "[1]", "gen_ai.tool.call.arguments", "a", "gen_ai.tool.call.result", "r"), want: []string{"input: [1]", "output: r", `raw: {"attributes":{"gen_ai.tool.call.arguments":"a"}}`}},
		"output hides tools":    {attrs: obj("gen_ai.output.messages", "[2]", "gen_ai.tool.call.arguments", "a", "gen_ai.tool.call.result", "r"), want: []string{"no input", "output: [2]"}},
		"tool call":             {attrs: obj("gen_ai.tool.call.arguments", "a", "gen_ai.tool.call.result", "r"), want: []string{"input: a", "output: r", "no raw"}},
		"tool call, falsy":      {attrs: obj("gen_ai.tool.call.arguments", "", "gen_ai.tool.call.result", 0), want: []string{"no input", "no output"}},
	}
	for _, pair := range [][2]string{
		{"langfuse.observation.input", "langfuse.observation.output"},
		{"prompt", "all_messages_events"},
		{"mlflow.spanInputs", "mlflow.spanOutputs"},
		{"traceloop.entity.input", "traceloop.entity.output"},
		{"input.value", "output.value"},
		{"input", "output"},
		{"tool_arguments", "tool_response"},
		{"gen_ai.prompt", "gen_ai.completion"},
		{"gen_ai.input.messages", "gen_ai.output.messages"},
	} {
		v["pair "+pair[0]] = vector{attrs: obj(pair[0], "i", pair[1], "o"), want: []string{"input: i", "output: o"}}
	}
	for i, pair := range [][2]string{
		{"langfuse.observation.input", "prompt"},
		{"prompt", "mlflow.spanInputs"},
		{"mlflow.spanInputs", "traceloop.entity.input"},
		{"traceloop.entity.input", "input.value"},
		{"input.value", "input"},
		{"input", "tool_arguments"},
		{"tool_arguments", "gen_ai.prompt"},
		{"gen_ai.prompt", "gen_ai.input.messages"},
	} {
		v["order "+string(rune('a'+i))] = vector{attrs: obj(pair[1], "later", pair[0], "first"), want: []string{"input: first"}}
	}
	for name, c := range map[string]struct{ messages, system, want string }{
		"list of parts":     {`"[{\"role\":\"user\"}]"`, `"[{\"type\":\"text\",\"content\":\"Be brief\"},{\"content\":{\"a\": 1}},\"x\",7]"`, `[{"role":"system","content":"Be brief\n{\"a\":1}\nx\n7"},{"role":"user"}]`},
		"raw text":          {`"[ 1 ]"`, `"Be <brief>"`, `[{"role":"system","content":"Be <brief>"}, 1 ]`},
		"JSON text":         {`"[]"`, `"\"quoted\""`, `[{"role":"system","content":"quoted"}]`},
		"JSON object":       {`"[]"`, `"{\"a\": \"b\"}"`, `[{"role":"system","content":"{\"a\":\"b\"}"}]`},
		"typed values":      {`[{"role":"user"}]`, `[{"content":"a"},{"content":"b"}]`, `[{"role":"system","content":"a\nb"},{"role":"user"}]`},
		"system there":      {`"[{\"role\":\"user\"},{\"role\":\"system\"}]"`, `"x"`, `[{"role":"user"},{"role":"system"}]`},
		"system there (2)":  {`[{"role":"system"}]`, `"x"`, `[{"role":"system"}]`},
		"no list":           {`"{}"`, `"x"`, "{}"},
		"no JSON":           {`"hello"`, `"x"`, "hello"},
		"broken list":       {`"[1,"`, `"x"`, "[1,"},
		"object":            {`{"a":1}`, `"x"`, `{"a":1}`},
		"no instructions":   {`"[1]"`, `""`, "[1]"},
		"empty list of ins": {`"[1]"`, `"[]"`, `[{"role":"system","content":""},1]`},
	} {
		v["system instructions "+name] = vector{
			attrs: `{"gen_ai.input.messages":` + c.messages + `,"gen_ai.system_instructions":` + c.system + `}`,
			want:  []string{"input: " + c.want},
		}
	}
	v["system instructions with more"] = vector{
		attrs: obj("gen_ai.input.messages", `[]`, "gen_ai.system_instructions", `[{"type":"text","content":"a","id":1}]`),
		want:  []string{`input: [{"role":"system","content":"a"}]`, `raw: {"attributes":{"gen_ai.system_instructions":"[{\"type\":\"text\",\"content\":\"a\",\"id\":1}]"}}`},
	}
	v["system instructions without messages"] = vector{
		attrs: obj("gen_ai.system_instructions", "x", "gen_ai.output.messages", "o"),
		want:  []string{"no input", "output: o", `raw: {"attributes":{"gen_ai.system_instructions":"x"}}`},
	}
	v["system instructions and tool arguments"] = vector{
		attrs: obj("gen_ai.system_instructions", "x", "gen_ai.tool.call.arguments", "[]"), want: []string{"input: []"},
	}
	v["deep messages are no list"] = vector{
		attrs: obj("gen_ai.input.messages", deep(600), "gen_ai.system_instructions", "x"), want: []string{"input: " + deep(600)},
	}
	return v
}

// deep returns a JSON text of that many nested lists.
func deep(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// events returns a change that gives a span events: names and attributes.
func events(pairs ...string) func(*span.Resource, *span.Scope, *span.Span) {
	return func(_ *span.Resource, _ *span.Scope, sp *span.Span) {
		for i := 0; i < len(pairs); i += 2 {
			sp.Events = append(sp.Events, span.Event{Name: pairs[i], Attributes: attributes(pairs[i+1])})
		}
	}
}

func eventVectors() map[string]vector {
	const details = "gen_ai.client.inference.operation.details"
	const prompt, completion = "gen_ai.content.prompt", "gen_ai.content.completion"
	v := map[string]vector{
		"details": {
			change: events(details, `{"x":1}`, details, `{"gen_ai.input.messages":"[1]","gen_ai.output.messages":"[2]","gen_ai.system_instructions":"s","y":2}`, details, `{"gen_ai.input.messages":"[3]"}`),
			want: []string{
				`input: [{"role":"system","content":"s"},1]`, "output: [2]",
				`raw: {"events":[{"name":"` + details + `","attributes":{"x":1}},{"name":"` + details + `","attributes":{"y":2}},{"name":"` + details + `","attributes":{"gen_ai.input.messages":"[3]"}}]}`,
			},
		},
		"details with one side":   {change: events(details, `{"gen_ai.output.messages":"[2]"}`), want: []string{"no input", "output: [2]"}},
		"details before messages": {change: events("gen_ai.user.message", `{"content":"a"}`, details, `{"gen_ai.input.messages":"[1]"}`), want: []string{"input: [1]", "no output"}},
		"langfuse before events":  {attrs: obj("langfuse.observation.input", "i"), change: events(details, `{"gen_ai.input.messages":"[1]"}`), want: []string{"input: i"}},
		"events before the rest":  {attrs: obj("prompt", "i"), change: events("gen_ai.user.message", `{"content":"a"}`), want: []string{`input: [{"role":"user","content":"a"}]`}},

		"system message":      {change: events("gen_ai.system.message", `{"content":"a"}`), want: []string{`input: [{"role":"system","content":"a"}]`, "no output"}},
		"user message":        {change: events("gen_ai.user.message", `{"content":"a","n":1}`), want: []string{`input: [{"role":"user","content":"a","n":1}]`}},
		"assistant message":   {change: events("gen_ai.assistant.message", ``), want: []string{`input: [{"role":"assistant"}]`}},
		"tool message":        {change: events("gen_ai.tool.message", `{"id":"x","role":"function"}`), want: []string{`input: [{"role":"function","id":"x"}]`}},
		"choice":              {change: events("gen_ai.choice", `{"index":0,"message":"m"}`), want: []string{"no input", `output: {"index":0,"message":"m"}`}},
		"choices":             {change: events("gen_ai.choice", `{"a":1}`, "gen_ai.choice", ``), want: []string{`output: [{"a":1},{}]`}},
		"messages in order":   {change: events("gen_ai.user.message", `{"c":1}`, "other", `{"c":2}`, "gen_ai.system.message", `{"c":3}`), want: []string{`input: [{"role":"user","c":1},{"role":"system","c":3}]`, `raw: {"events":[{"name":"gen_ai.user.message"},{"name":"other","attributes":{"c":2}},{"name":"gen_ai.system.message"}]}`}},
		"messages come first": {change: events(prompt, `{"gen_ai.prompt":"p"}`, "gen_ai.user.message", `{"c":1}`), want: []string{`input: [{"role":"user","c":1}]`}},

		"content before prompt":  {attrs: obj("prompt", "i"), change: events(prompt, `{"gen_ai.prompt":"p"}`), want: []string{"input: p"}},
		"content of rows":        {change: events(prompt, `{"gen_ai.prompt":"p"}`, completion, `{"gen_ai.completion":"c"}`), want: []string{"input: p", "output: c", `raw: {"events":[{"name":"` + prompt + `"},{"name":"` + completion + `"}]}`}},
		"content of no row":      {change: events(prompt, `{"a":1}`, completion, `{"b":2}`), want: []string{`input: {"a":1}`, `output: {"b":2}`}},
		"content, prompt alone":  {change: events(prompt, `{"gen_ai.prompt":"p"}`), want: []string{"input: p", "output: {}"}},
		"content, answer alone":  {change: events(completion, `{"gen_ai.completion":"c"}`, completion, `{"gen_ai.completion":"d"}`), want: []string{"input: {}", "output: c"}},
		"content, no attributes": {attrs: obj("prompt", "i"), change: events(prompt, ``, completion, ``), want: []string{"input: i", "no output"}},
		"content of both sides": {
			change: events(prompt, `{"gen_ai.prompt":"p","gen_ai.completion":"kept"}`),
			want:   []string{"input: p", "output: {}", `raw: {"events":[{"name":"` + prompt + `","attributes":{"gen_ai.prompt":"p","gen_ai.completion":"kept"}}]}`},
		},
		"content of the wrong side": {
			change: events(completion, `{"input.value":"i"}`),
			want:   []string{"input: {}", `output: {"input.value":"i"}`},
		},
		"other events are kept": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) {
				sp.Events = []span.Event{{Time: 1_700_000_000_000_001, Name: "e", Attributes: attributes(`{"a":[1]}`), Dropped: 2}, {Time: 1 << 62}}
			},
			want: []string{"no input", `raw: {"events":[{"time":"2023-11-14T22:13:20.000001Z","name":"e","attributes":{"a":[1]},"droppedAttributesCount":2},{"time":4611686018427387904}]}`},
		},
	}
	return v
}

func indexedVectors() map[string]vector {
	v := map[string]vector{
		"list":                       {attrs: obj("gen_ai.prompt.0.role", "user", "gen_ai.prompt.0.content", "hi"), want: []string{`input: [{"role":"user","content":"hi"}]`, "output: {}", "no raw"}},
		"completion":                 {attrs: obj("gen_ai.completion.0.content", "hi"), want: []string{"input: {}", `output: [{"content":"hi"}]`}},
		"object":                     {attrs: obj("gen_ai.prompt.a", 1, "gen_ai.prompt.b.c", []int{2}, "gen_ai.prompt.b.d", nil), want: []string{`input: {"a":1,"b":{"c":[2],"d":null}}`}},
		"lists inside":               {attrs: obj("gen_ai.prompt.0.tools.1.name", "x", "gen_ai.prompt.0.tools.0.name", "y"), want: []string{`input: [{"tools":[{"name":"y"},{"name":"x"}]}]`}},
		"a digit alone is a key":     {attrs: obj("gen_ai.prompt.0", "x"), want: []string{`input: {"0":"x"}`}},
		"a digit alone in a list":    {attrs: obj("gen_ai.prompt.0", "x", "gen_ai.prompt.1.a", "y"), want: []string{`input: ["x",{"a":"y"}]`}},
		"missing places are null":    {attrs: obj("gen_ai.prompt.2.a", "x"), want: []string{`input: [null,null,{"a":"x"}]`}},
		"the key itself":             {attrs: obj("gen_ai.prompt.0.a", "x", "gen_ai.prompt", "whole"), want: []string{"input: whole", `raw: {"attributes":{"gen_ai.prompt.0.a":"x"}}`}},
		"the key itself, empty":      {attrs: obj("gen_ai.prompt.0.a", "x", "gen_ai.prompt", ""), want: []string{`input: [{"a":"x"}]`}},
		"keys that are no index":     {attrs: obj("gen_ai.prompt.0.a", "x", "gen_ai.prompt.b", "y"), want: []string{`input: [{"a":"x"}]`, `raw: {"attributes":{"gen_ai.prompt.b":"y"}}`}},
		"keys without a point":       {attrs: obj("gen_ai.prompt_tokens", 5), want: []string{`input: {"gen_ai":{"prompt_tokens":5}}`}},
		"a value before a path":      {attrs: obj("gen_ai.prompt.a", "x", "gen_ai.prompt.a.b", "y"), want: []string{`input: {"a":"x"}`, `raw: {"attributes":{"gen_ai.prompt.a.b":"y"}}`}},
		"a path before a value":      {attrs: obj("gen_ai.prompt.a.b", "y", "gen_ai.prompt.a", "x"), want: []string{`input: {"a":{"b":"y"}}`, `raw: {"attributes":{"gen_ai.prompt.a":"x"}}`}},
		"hostile names":              {attrs: obj("gen_ai.prompt.0.__proto__.x", 1, "gen_ai.prompt.0.constructor", 2, "gen_ai.prompt.0.a.prototype", 3, "gen_ai.prompt.0.a.b", 4), want: []string{`input: [{"a":{"b":4}}]`, `raw: {"attributes":{"gen_ai.prompt.0.__proto__.x":1,"gen_ai.prompt.0.constructor":2,"gen_ai.prompt.0.a.prototype":3}}`}},
		"budget of one key":          {attrs: obj("gen_ai.prompt.10001.a", 1, "gen_ai.prompt.0.a", 2), want: []string{`input: [{"a":2}]`, `raw: {"attributes":{"gen_ai.prompt.10001.a":1}}`}},
		"budget to the last":         {attrs: obj("gen_ai.prompt.9999.a", 1, "gen_ai.prompt.0.l.0.x", 2, "gen_ai.prompt.0.m.0.x", 3), want: []string{`input: [{"l":[{"x":2}]},` + strings.Repeat("null,", 9998) + `{"a":1}]`, `raw: {"attributes":{"gen_ai.prompt.0.m.0.x":3}}`}},
		"indexes beyond all numbers": {attrs: obj("gen_ai.prompt.99999999999999999999.a", 1), want: []string{`input: []`, `raw: {"attributes":{"gen_ai.prompt.99999999999999999999.a":1}}`}},
		"a path too deep":            {attrs: obj("gen_ai.prompt.0.a", 1, "gen_ai.prompt"+strings.Repeat(".a", 65), 2), want: []string{`input: [{"a":1}]`}},
	}
	return v
}
