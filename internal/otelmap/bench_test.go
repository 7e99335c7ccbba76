package otelmap_test

import (
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
)

// BenchmarkMap measures one span of a kind. A server maps every span that it
// takes in, so this is on the path of each.
func BenchmarkMap(b *testing.B) {
	resource := `{"telemetry.sdk.language":"python","telemetry.sdk.name":"opentelemetry","telemetry.sdk.version":"1.30.0","service.name":"api",
		"service.version":"1.2.3","deployment.environment.name":"prod","host.name":"h-1","process.pid":4711}`
	for name, v := range map[string]vector{
		"langfuse-sdk": {
			scope: "langfuse-sdk 4.0.0", resource: resource,
			attrs: obj(
				"langfuse.observation.type", "generation", "langfuse.observation.model.name", "gpt-4o",
				"langfuse.observation.model.parameters", `{"temperature":0.2,"max_tokens":512}`,
				"langfuse.observation.input", `[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"hi"}]`,
				"langfuse.observation.output", `{"role":"assistant","content":"Hello! How can I help you today?"}`,
				"langfuse.observation.usage_details", `{"prompt_tokens":19,"completion_tokens":9,"total_tokens":28}`,
				"langfuse.observation.cost_details", `{"input":0.000019,"output":0.00009}`,
				"langfuse.observation.completion_start_time", `"2024-05-01T10:00:00.123456Z"`,
				"langfuse.observation.prompt.name", "greeting", "langfuse.observation.prompt.version", 3,
				"langfuse.observation.metadata.step", "first", "langfuse.observation.metadata.k", `{"a":1}`, "langfuse.observation.level", "DEFAULT",
				"langfuse.trace.name", "chat", "langfuse.trace.tags", []string{"a", "b"}, "langfuse.trace.metadata.tenant", "t-1",
				"user.id", "u1", "session.id", "s1", "langfuse.environment", "prod", "langfuse.release", "abc",
			),
		},
		"gen_ai": {
			scope: "opentelemetry.instrumentation.openai 0.40.0", resource: resource,
			attrs: obj(
				"gen_ai.operation.name", "chat", "gen_ai.system", "openai", "gen_ai.request.model", "gpt-4o", "gen_ai.response.model", "gpt-4o-2024",
				"gen_ai.request.temperature", 0.2, "gen_ai.request.max_tokens", 512, "gen_ai.request.top_p", 1.0,
				"gen_ai.response.id", "r-1", "gen_ai.response.finish_reasons", []string{"stop"},
				"gen_ai.usage.input_tokens", 19, "gen_ai.usage.output_tokens", 9, "gen_ai.usage.cache_read.input_tokens", 4,
				"gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"hi"}]}]`,
				"gen_ai.output.messages", `[{"role":"assistant","parts":[{"type":"text","content":"Hello! How can I help you today?"}]}]`,
				"gen_ai.system_instructions", `[{"type":"text","content":"You are a helpful assistant."}]`,
				"gen_ai.conversation.id", "c-1", "server.address", "api.openai.com", "server.port", 443, "user.id", "u1", "thread.id", 17,
			),
		},
		"vercel_ai": {
			scope: "ai", resource: resource,
			attrs: obj(
				"operation.name", "ai.generateText.doGenerate fn", "ai.operationId", "ai.generateText.doGenerate", "ai.telemetry.functionId", "fn",
				"ai.model.provider", "openai.responses", "ai.model.id", "gpt-4o-mini", "ai.settings.maxRetries", 2,
				"ai.prompt.messages", `[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":[{"type":"text","text":"hi"}]}]`,
				"ai.prompt.tools", []string{`{"type":"function","name":"get_weather","inputSchema":{"type":"object","properties":{"city":{"type":"string"}}}}`},
				"ai.response.text", "Hello! How can I help you today?", "ai.response.finishReason", "stop", "ai.response.id", "r-1",
				"ai.response.providerMetadata", `{"openai":{"responseId":"r-1","serviceTier":"default"}}`, "gen_ai.system", "openai.responses",
				"gen_ai.request.model", "gpt-4o-mini", "gen_ai.request.temperature", 0.3, "gen_ai.response.model", "gpt-4o-mini-2024-07-18",
				"gen_ai.response.finish_reasons", []string{"stop"}, "gen_ai.usage.input_tokens", 19, "gen_ai.usage.output_tokens", 9,
				"ai.usage.inputTokens", 19, "ai.usage.outputTokens", 9, "ai.usage.totalTokens", 28, "ai.usage.cachedInputTokens", 4, "ai.usage.reasoningTokens", 2,
			),
		},
		"plain": {
			scope: "http", resource: resource,
			attrs: `{"http.request.method":"GET","url.full":"https://example.com/a","http.response.status_code":200,"server.address":"example.com"}`,
		},
	} {
		b.Run(name, func(b *testing.B) {
			m := otelmap.New(otelmap.DefaultRules())
			res, sc, sp := v.span()
			var records []fold.Record
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if records, err = m.Map(res, sc, sp, arrival, records[:0]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
