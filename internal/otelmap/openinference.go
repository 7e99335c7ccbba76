package otelmap

import "github.com/fusebox-llm/fusebox/internal/trace"

// openInference has the conventions of Arize's instrumentations.
func openInference() convention {
	const kind = "openinference.span.kind"
	return convention{About{
		Convention: OpenInference, Title: "OpenInference",
		Description: "The conventions of Arize's instrumentations, which exist for most frameworks: a kind, the values that go in and out, messages and tools as indexed attributes, token counts.",
		Recognised:  "`openinference.span.kind`; attributes that begin with `llm.`, `input.` or `output.`",
	}, Rules{
		Types: []TypeRow{
			typeEquals(20, kind, "LLM", trace.Generation),
			typeEquals(21, kind, "CHAIN", trace.Chain),
			typeEquals(22, kind, "RETRIEVER", trace.Retriever),
			typeEquals(23, kind, "EMBEDDING", trace.Embedding),
			typeEquals(24, kind, "AGENT", trace.Agent),
			typeEquals(25, kind, "TOOL", trace.Tool),
			typeEquals(26, kind, "GUARDRAIL", trace.Guardrail),
			typeEquals(27, kind, "EVALUATOR", trace.Evaluator),
			typePresent(103, "llm.model_name", trace.Generation),
		},
		Payloads: []PayloadRow{
			pair(140, Truthy, "input.value", "output.value"),
			indexed(190, "llm.input_messages", "llm.output_messages"),
		},
		Tools: []ToolRow{{Row: Row{Name: "tools/llm.tools.*", Rank: 50}, How: ToolIndexed, Key: "llm.tools.", Member: ".tool.json_schema"}},
		Tags:  []KeyRow{onSpan(60, "tags", Truthy, "tag.tags")},
		Models: []ModelRow{
			{KeyRow: onSpan(50, "model", Truthy, "llm.response.model")},
			{KeyRow: onSpan(60, "model", Truthy, "llm.model_name")},
			{KeyRow: onSpan(65, "model", Truthy, "embedding.model_name")},
		},
		Parameters: []ParameterRow{
			parameterObject(40, "llm.invocation_parameters"),
			parameterPrefix(61, "llm.invocation_parameters."),
		},
		UsagePrefixes: []UsagePrefix{{Row: Row{Name: "usage_prefix/llm.token_count.", Rank: 20}, Prefix: "llm.token_count."}},
		UsageAliases: slicesOf(
			aliases(120, entryInput, "prompt"),
			aliases(220, entryOutput, "completion"),
			aliases(320, entryTotal, "total"),
			aliases(460, entryCached, "prompt_details.cache_read"),
			aliases(560, entryCreation, "prompt_details.cache_write"),
			aliases(720, entryReasoning, "completion_details.reasoning"),
			aliases(800, entryOutputAudio, "completion_details.audio"),
			aliases(850, entryInputAudio, "prompt_details.audio"),
		),
		// Agno counts as Anthropic does, whose input leaves out the cache.
		Inclusions: []InclusionRow{{
			Row: Row{Name: "usage_inclusive/agno anthropic", Rank: 22}, How: ExcludedWhere,
			Whole: entryInput, Scope: "openinference.instrumentation.agno", Key: "llm.system", Value: "anthropic",
		}},
		UsageDetails: []UsageDetail{usageDetail(20, "output.value")},
		Costs:        []CostRow{{Row: Row{Name: "cost/llm.cost.total", Rank: 30}, How: CostTotal, Key: "llm.cost.total"}},
		Dropped: append(
			dropKeys(400, "input.value", "output.value"),
			dropPrefixes(450, "llm.input_messages", "llm.output_messages")...,
		),
	}}
}
