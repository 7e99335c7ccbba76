package otelmap_test

import "github.com/fusebox-llm/fusebox/internal/span"

// workedVectors are whole spans of the kinds that matter most, with all of what
// becomes of them.
func workedVectors() map[string]vector {
	return map[string]vector{
		"generation of a Langfuse SDK": {
			scope: own, resource: `{"service.name":"api","deployment.environment.name":"Prod"}`,
			attrs: obj(
				"langfuse.observation.type", "generation", "langfuse.observation.model.name", "gpt-4o",
				"langfuse.observation.input", `[{"role":"user","content":"hi"}]`, "langfuse.observation.output", "hello",
				"langfuse.observation.usage_details", `{"input":3,"output":2}`, "langfuse.observation.metadata.k", "v",
				"langfuse.trace.name", "chat", "langfuse.trace.tags", []string{"a", "b"}, "user.id", "u1",
			),
			want: []string{
				"id: 00f067aa0ba902b7", "time: 300", "start: 100", "end: 300", "no parent", "name: op", "type: GENERATION",
				"level by default: DEFAULT", "environment: prod", "user: u1", "model: gpt-4o", "usage: input=3 output=2", "no cost",
				`input: [{"role":"user","content":"hi"}]`, "output: hello", "no raw",
				`metadata: {"resourceAttributes":{"service.name":"api","deployment.environment.name":"Prod"},"scope":{"name":"langfuse-sdk","version":"4.0.0"},"k":"v"}`,
				"trace id: 4bf92f3577b34da6a3ce929d0e0e4736", "trace name: chat", "trace tags: a|b", "trace user: u1", "no trace metadata", "no trace input",
			},
		},
		"plain GenAI span": {
			scope: "exporter",
			attrs: obj(
				"gen_ai.operation.name", "chat", "gen_ai.request.model", "claude-sonnet-4", "gen_ai.response.model", "claude-sonnet-4-20250514",
				"gen_ai.request.temperature", 0.2, "gen_ai.input.messages", `[{"role":"user","parts":[1]}]`,
				"gen_ai.system_instructions", `[{"type":"text","content":"Be brief"}]`, "gen_ai.usage.input_tokens", 12,
				"gen_ai.usage.output_tokens", 4, "gen_ai.conversation.id", "s-9", "server.address", "x",
			),
			want: []string{
				"type: GENERATION", "model: claude-sonnet-4-20250514", `model_parameters: {"temperature":0.2}`,
				`input: [{"role":"system","content":"Be brief"},{"role":"user","parts":[1]}]`, "no output", "usage: input=12 output=4",
				"session: s-9", "trace session: s-9", "environment by default: default", "no raw",
				`metadata: {"attributes":{"gen_ai.operation.name":"chat","gen_ai.request.model":"claude-sonnet-4","gen_ai.response.model":"claude-sonnet-4-20250514",` +
					`"gen_ai.request.temperature":"0.2","gen_ai.usage.input_tokens":"12","gen_ai.usage.output_tokens":"4","gen_ai.conversation.id":"s-9",` +
					`"server.address":"x"},"scope":{"name":"exporter"}}`,
			},
		},
		"failed span": {
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.StatusCode, sp.StatusMessage = 2, "boom" },
			want:   []string{"level: ERROR", "status_message: boom", "no raw"},
		},
		"failed span with a level": {
			attrs:  obj("langfuse.observation.level", "info"),
			change: func(_ *span.Resource, _ *span.Scope, sp *span.Span) { sp.StatusCode, sp.StatusMessage = 2, "boom" },
			want:   []string{"level: DEFAULT", "status_message: boom"},
		},
		"staging":    {attrs: obj("langfuse.environment", "langfuse-staging"), want: []string{"environment: staging"}},
		"with space": {attrs: obj("deployment.environment", "Stage A"), want: []string{"environment: default"}},
	}
}
