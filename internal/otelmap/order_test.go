package otelmap_test

import "github.com/fusebox-llm/fusebox/internal/span"

// orderVectors are spans of two conventions at once, for the order of their rows.
func orderVectors() map[string]vector {
	const messages = "gen_ai.client.inference.operation.details"
	named := func(name string) func(*span.Resource, *span.Scope, *span.Span) {
		return func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.Name = name }
	}
	model := "gen_ai.request.model"
	v := map[string]vector{
		"type, langfuse before openinference":      {attrs: obj("openinference.span.kind", "LLM", "langfuse.observation.type", "guardrail"), want: []string{"type: GUARDRAIL"}},
		"type, openinference before the operation": {attrs: obj("gen_ai.operation.name", "chat", "openinference.span.kind", "EVALUATOR"), want: []string{"type: EVALUATOR"}},
		"type, the operation before genkit":        {attrs: obj("genkit:metadata:subtype", "model", "gen_ai.operation.name", "execute_tool"), want: []string{"type: TOOL"}},
		"type, genkit before the AI SDK":           {attrs: obj("ai.operationId", "ai.generateText.doGenerate", model, "m", "genkit:metadata:subtype", "evaluator"), want: []string{"type: EVALUATOR"}},
		"type, one operation and another":          {attrs: obj("ai.operationId", "ai.embed.doEmbed", "operation.name", "ai.streamObject.doStream", model, "m"), want: []string{"type: GENERATION"}},
		"type, embeddings before tools":            {attrs: obj("ai.operationId", "ai.toolCall", "operation.name", "ai.embedMany.doEmbed", model, "m"), want: []string{"type: EMBEDDING"}},
		"type, a flue tool before a task":          {attrs: obj("flue.task.id", "t", "flue.tool.call_id", "c"), want: []string{"type: TOOL"}},
		"type, livekit before a model":             {scope: "livekit-agents", attrs: obj("langfuse.observation.model.name", "m"), change: named("function_tool"), want: []string{"type: TOOL"}},
		"type, no call without a model":            {attrs: obj("ai.operationId", "ai.embed.doEmbed", "ai.model.id", ""), want: []string{"type by default: SPAN"}},
		"type, no beginning but the whole":         {attrs: obj("ai.operationId", "ai.toolCall.x"), want: []string{"type by default: SPAN"}},

		"payload, langfuse before genkit":   {scope: "genkit-tracer", attrs: obj("genkit:input", "g", "langfuse.observation.input", "l"), want: []string{"input: l"}},
		"payload, genkit before the rest":   {scope: "genkit-tracer", attrs: obj("input", "i"), want: []string{"no input"}},
		"payload, genkit before details":    {scope: "genkit-tracer", attrs: obj("genkit:input", "g"), change: events(messages, `{"gen_ai.input.messages":"[1]"}`), want: []string{"input: g"}},
		"payload, the AI SDK before others": {scope: "ai", attrs: obj("ai.prompt", "a", "input", "i"), change: events(messages, `{"gen_ai.input.messages":"[1]"}`), want: []string{"input: a"}},
		"payload, flue before details":      {scope: "@flue/opentelemetry", attrs: obj("flue.task.prompt", "f"), change: events(messages, `{"gen_ai.input.messages":"[1]"}`), want: []string{"input: f"}},
		"payload, content before ADK":       {attrs: obj("gcp.vertex.agent.llm_request", "v"), change: events("gen_ai.content.prompt", `{"gen_ai.prompt":"p"}`), want: []string{"input: p"}},
		"payload, ADK before logfire":       {attrs: obj("prompt", "p", "gcp.vertex.agent.llm_request", "v"), want: []string{"input: v"}},
		"payload, logfire before livekit":   {attrs: obj("lk.input_text", "k", "prompt", "p"), want: []string{"input: p"}},
		"payload, livekit before events":    {attrs: obj("events", `[1]`, "lk.input_text", "k"), want: []string{"input: k"}},
		"payload, events before MLflow":     {attrs: obj("mlflow.spanInputs", "m", "events", `[1]`), want: []string{"input: [1]"}},
		"payload, plain before a run":       {scope: "pydantic-ai", attrs: obj("pydantic_ai.all_messages", "m", "input", "i"), want: []string{"input: i"}},
		"payload, a run before a tool":      {scope: "pydantic-ai", attrs: obj("tool_arguments", "t", "pydantic_ai.all_messages", "m"), want: []string{"input: m"}},
		"payload, indexed in both ways":     {attrs: obj("llm.input_messages.0.a", 1, "gen_ai.prompt.0.b", 2), want: []string{`input: [{"b":2}]`}},
		"payload, indexed before messages":  {attrs: obj("gen_ai.input.messages", "[1]", "llm.input_messages.0.a", 1), want: []string{`input: [{"a":1}]`, "output: {}"}},

		"tools in the order of their sources": {
			attrs: obj(
				"llm.tools.0.tool.json_schema", `{"name":"e"}`, "model_request_parameters", `{"function_tools":[{"name":"d"}],"x":1}`,
				"gen_ai.tool.definitions", `[{"name":"c"}]`, "ai.prompt.tools", []string{`{"name":"b"}`}, "langfuse.observation.metadata", `{"tools":[{"name":"a"}],"k":1}`,
			),
			want: []string{
				`input: {"tools":[{"name":"a"},{"name":"b"},{"name":"c"},{"name":"d"},{"name":"e"}]}`,
				`metadata: {"attributes":{"model_request_parameters":"{\"x\":1}"},"k":1}`, "no raw",
			},
		},
		"tools of the provider have no name": {attrs: obj("ai.prompt.tools", []string{`{"type":"web_search"}`}, "gen_ai.tool.definitions", `[{"type":"x"}]`), want: []string{`input: {"tools":[{"type":"web_search"}]}`, `metadata: {"attributes":{"gen_ai.tool.definitions":"[{\"type\":\"x\"}]"}}`}},
		"tools that are there already":       {attrs: obj("input.value", `{"tools":[{"name":"f"}]}`, "gen_ai.tool.definitions", `[{"name":"f","description":"lost"}]`), want: []string{`input: {"tools":[{"name":"f"}]}`, "no metadata", `raw: {"attributes":{"gen_ai.tool.definitions":"[{\"name\":\"f\",\"description\":\"lost\"}]"}}`}},
		"tools beside other things":          {attrs: obj("input.value", `{"tools":"many"}`, "gen_ai.tool.definitions", `[{"name":"f"}]`), want: []string{`input: {"tools":"many"}`, `metadata: {"attributes":{"gen_ai.tool.definitions":"[{\"name\":\"f\"}]"}}`}},
		"tools of a Langfuse SDK":            {scope: own, attrs: obj("gen_ai.tool.definitions", `[{"name":"f"}]`), want: []string{"no input", `raw: {"attributes":{"gen_ai.tool.definitions":"[{\"name\":\"f\"}]"}}`}},
		"tools in the user's metadata":       {scope: own, attrs: obj("langfuse.observation.input", "hi", "langfuse.observation.metadata.tools", `[{"name":"f"}]`), want: []string{`input: {"prompt":"hi","tools":[{"name":"f"}]}`, "no raw"}},
		"tools of the user that are none":    {scope: own, attrs: obj("langfuse.observation.metadata.tools", `["hammer"]`), want: []string{"no input", `metadata: {"scope":{"name":"langfuse-sdk","version":"4.0.0"},"tools":"[\"hammer\"]"}`}},

		"model, MLflow before Traceloop":                                                    {attrs: obj("llm.request.model", "t", "mlflow.llm.model", `"m"`), want: []string{"model: m"}},
		"model, Traceloop before embedding":                                                 {attrs: obj("embedding.model_name", "e", "llm.request.model", "t"), want: []string{"model: t"}},
		"model, plain before genkit":                                                        {attrs: obj("genkit:metadata:subtype", "model", "genkit:name", "g", "model", "m"), want: []string{"model: m"}},
		"model, genkit of models alone":                                                     {attrs: obj("genkit:metadata:subtype", "tool", "genkit:name", "g"), want: []string{"no model"}},
		"parameters, langfuse before":                                                       {scope: "genkit-tracer", attrs: obj("genkit:input", `{"config":{"a":1}}`, "langfuse.observation.model.parameters", `{"b":2}`), want: []string{`model_parameters: {"b":2}`}},
		"parameters, input before output":                                                   {scope: "genkit-tracer", attrs: obj("genkit:output", `{"request":{"config":{"b":2}}}`, "genkit:input", `{"config":{"a":[1]}}`), want: []string{`model_parameters: {"a":"[1]"}`}},
		"parameters, gen_ai.openai.request.service_tier over invocation parameters":         {attrs: obj("gen_ai.openai.request.service_tier", "flex", "llm.invocation_parameters.service_tier", "default"), want: []string{`model_parameters: {"service_tier":"flex"}`}},
		"parameters, gen_ai.openai.request.service_tier over gen_ai.request.service_tier":   {attrs: obj("gen_ai.openai.request.service_tier", "flex", "gen_ai.request.service_tier", "default"), want: []string{`model_parameters: {"service_tier":"flex"}`}},
		"parameters, openai.request.service_tier over gen_ai.openai.request.service_tier":   {attrs: obj("openai.request.service_tier", "flex", "gen_ai.openai.request.service_tier", "default"), want: []string{`model_parameters: {"service_tier":"flex"}`}},
		"parameters, gen_ai.openai.response.service_tier over openai.request.service_tier":  {attrs: obj("gen_ai.openai.response.service_tier", "flex", "openai.request.service_tier", "default"), want: []string{`model_parameters: {"service_tier":"flex"}`}},
		"parameters, openai.response.service_tier over gen_ai.openai.response.service_tier": {attrs: obj("openai.response.service_tier", "flex", "gen_ai.openai.response.service_tier", "default"), want: []string{`model_parameters: {"service_tier":"flex"}`}},
		"parameters, the AI SDK's own keys":                                                 {scope: "ai", attrs: obj("gen_ai.finishReason", "b", "gen_ai.response.finish_reasons", "a", "ai.model.provider", "d", "gen_ai.system", "c", "ai.settings.maxSteps", 3), want: []string{`model_parameters: {"maxSteps":"3","toolChoice":null,"maxTokens":null,"finishReason":"a","system":"c","maxRetries":null,"mode":null,"temperature":null,"service_tier":null}`}},
		"prompt, langfuse before":                                                           {attrs: obj("langfuse.observation.type", "generation", "ai.telemetry.metadata.langfusePrompt", `{"name":"b","version":4}`, "langfuse.prompt.name", "a", "langfuse.prompt.version", 3), want: []string{"prompt: a 3"}},
		"prompt of the AI SDK":                                                              {attrs: obj("langfuse.observation.type", "generation", "ai.telemetry.metadata.langfusePrompt", `{"name":"b","version":4}`), want: []string{"prompt: b 4"}},
		"prompt of no shape":                                                                {attrs: obj("langfuse.observation.type", "generation", "ai.telemetry.metadata.langfusePrompt", `{"name":["b"]}`), want: []string{"no prompt"}},
	}
	for operation, want := range map[string]string{
		"ai.generateText.doGenerate": "GENERATION", "ai.streamText.doStream": "GENERATION", "ai.generateObject.doGenerate": "GENERATION",
		"ai.streamObject.doStream": "GENERATION", "ai.embed.doEmbed": "EMBEDDING", "ai.embedMany.doEmbed": "EMBEDDING",
	} {
		v["type, call "+operation] = vector{attrs: obj("operation.name", operation+" fn", "ai.model.id", "m"), want: []string{"type: " + want}}
		v["type, operation "+operation] = vector{attrs: obj("ai.operationId", operation, "ai.model.id", "m"), want: []string{"type: " + want}}
	}
	for _, key := range []string{"langfuse.observation.model.name", "ai.model.id", "gen_ai.request.model", "gen_ai.response.model"} {
		v["type, a call shown by "+key] = vector{attrs: obj("ai.operationId", "ai.embed.doEmbed", key, "m"), want: []string{"type: EMBEDDING"}}
	}
	return v
}
