package otelmap

import "github.com/fusebox-llm/fusebox/internal/span"

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
		completion == nil || completion.Kind != span.String || !parsable(completion.Str, &c.buf) {
		return false
	}
	text := trimmed(completion.Str)
	return memberAt(text, "completion") == "null" &&
		memberAt(text, "rawRequest", "trace", "environment") == `"langfuse-llm-as-a-judge"`
}

// memberAt returns the value at a path of object keys in valid JSON; "" when
// there is none.
func memberAt(text string, path ...string) string {
	for _, key := range path {
		if text == "" || text[0] != '{' {
			return ""
		}
		found := ""
		for k, value := range members(text) {
			if k == key {
				found = value
			}
		}
		text = found
	}
	return text
}
