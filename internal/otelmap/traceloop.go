package otelmap

// traceloop has what OpenLLMetry writes beside the GenAI attributes.
func traceloop() convention {
	return convention{About{
		Convention: Traceloop, Title: "OpenLLMetry (Traceloop)",
		Description: "The instrumentations of Traceloop: GenAI attributes, messages as indexed attributes, and the entities of workflows with their input and output.",
		Recognised:  "attributes that begin with `traceloop.`, `gen_ai.prompt.` or `gen_ai.completion.`",
		ReadBy:      []Convention{GenAI},
	}, Rules{
		Payloads: []PayloadRow{
			pair(130, Truthy, "traceloop.entity.input", "traceloop.entity.output"),
			indexed(180, "gen_ai.prompt", "gen_ai.completion"),
		},
		Models:        []ModelRow{{KeyRow: onSpan(64, "model", Truthy, "llm.request.model")}}, // of the first versions
		UsagePrefixes: []UsagePrefix{{Row: Row{Name: "usage_prefix/llm.usage.", Rank: 50}, Prefix: "llm.usage.", Closed: true}},
		UsageAliases:  aliases(705, entryReasoning, "reasoning_tokens"),
		// What Anthropic's API counts as input leaves out the cache; so does the total that
		// is added up from it here.
		Inclusions: []InclusionRow{{
			Row: Row{Name: "usage_inclusive/@traceloop/instrumentation-anthropic", Rank: 20}, How: ExcludedWhere,
			Whole: entryInput, Scope: "@traceloop/instrumentation-anthropic",
		}},
		UsageDetails: []UsageDetail{usageDetail(30, "traceloop.entity.output")},
		Dropped:      dropKeys(500, "traceloop.entity.input", "traceloop.entity.output"),
	}}
}
