package otelmap

import (
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// openRouter has what only OpenRouter's traces need; the rest of them is GenAI.
func openRouter() convention {
	return convention{About{
		Convention: OpenRouter, Title: "OpenRouter",
		Description: "Traces that OpenRouter sends of the calls it routes: GenAI attributes, with the request copied into the completion.",
		Recognised:  "resource attribute `service.name` = `openrouter` and `openrouter.source`",
		ReadBy:      []Convention{GenAI, Traceloop},
	}, Rules{
		Environments: []EnvironmentRow{{KeyRow: onSpan(10, "environment", Truthy, "openrouter.source"), Judge: true}},
	}}
}

// judgeEnvironment marks the calls of evaluators, which must not start evaluators
// again.
const judgeEnvironment = "llm-as-a-judge"

// openRouterJudge reports whether OpenRouter sent the trace of a call that an
// evaluator made through it: the environment is then only in the request that it
// copies into its completion.
func (c *call) openRouterJudge(source *span.Value) bool {
	const name = "openrouter"
	service, _ := c.resource.get(c.m.serviceName)
	completion, _ := c.attrs.get(c.m.genAICompletion)
	if service == nil || service.Kind != span.String || service.Str != name ||
		source.Kind != span.String || source.Str != name ||
		completion == nil || completion.Kind != span.String || !jsontext.Valid(completion.Str, &c.buf) {
		return false
	}
	text := jsontext.Trim(completion.Str)
	return jsontext.At(text, "completion") == "null" &&
		jsontext.At(text, "rawRequest", "trace", "environment") == `"langfuse-llm-as-a-judge"`
}
