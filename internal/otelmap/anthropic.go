package otelmap

// anthropicSDK has the counts that only Anthropic's own SDKs write; the rest of
// their telemetry is GenAI.
func anthropicSDK() convention {
	return convention{About{
		Convention: AnthropicSDK, Title: "Anthropic SDK",
		Description: "The telemetry of Anthropic's own client: GenAI attributes, and how long written parts of the cache live.",
		Recognised:  "scopes that begin with `com.anthropic.sdk`; attributes that begin with `anthropic.usage.`",
		ReadBy:      []Convention{GenAI},
	}, Rules{
		UsagePrefixes: []UsagePrefix{{Row: Row{Name: "usage_prefix/anthropic.usage.", Rank: 40}, Prefix: "anthropic.usage.", Closed: true}},
		UsageAliases: slicesOf(
			aliases(610, entryCreation5m, "cache_creation.ephemeral_5m_input_tokens"),
			aliases(660, entryCreation1h, "cache_creation.ephemeral_1h_input_tokens"),
		),
	}}
}
