package otelmap

// scopeADK is the scope of Google's Agent Development Kit.
const scopeADK = "gcp.vertex.agent"

// googleADK has what Google's Agent Development Kit writes beside the GenAI
// attributes: the requests to the model and to tools as JSON.
func googleADK() convention {
	const prefix = "gcp.vertex.agent."
	return convention{About{
		Convention: GoogleADK, Title: "Google ADK and Vertex AI agents",
		Description: "The telemetry of Google's Agent Development Kit: GenAI attributes, and what goes to and comes from models and tools as JSON.",
		Recognised:  "scope `gcp.vertex.agent`; attributes that begin with `gcp.vertex.agent.`",
		ReadBy:      []Convention{GenAI},
	}, Rules{
		Payloads: []PayloadRow{{
			Row: Row{Name: "payload/gcp.vertex.agent", Rank: 80}, How: PayloadPair, Test: Truthy,
			Input: []string{prefix + "llm_request", prefix + "tool_call_args"}, InputTest: Filled,
			Output: []string{prefix + "llm_response", prefix + "tool_response"}, OutputTest: Filled,
		}},
		// In the first schema of its spans a call has two, one inside the other, which both
		// count. The inner one, which alone has a kind of operation, says less.
		Suppressed: []SuppressRow{{
			Row: Row{Name: "suppress/google_adk generate_content", Rank: 50}, Scope: scopeADK,
			Key: "gen_ai.operation.name", Value: "generate_content", With: "gen_ai.system",
		}},
		UsageMembers: []UsageMember{
			adkUsage(200, "usage_metadata.cached_content_token_count"), adkUsage(210, "usage_metadata.thoughts_token_count"),
			adkUsage(220, "usage_metadata.total_token_count"),
			// In JavaScript.
			adkUsage(230, "usageMetadata.cachedContentTokenCount"), adkUsage(240, "usageMetadata.thoughtsTokenCount"),
			adkUsage(250, "usageMetadata.totalTokenCount"),
		},
		UsageAliases: slicesOf(
			aliases(390, entryTotal, "usage_metadata.total_token_count", "usageMetadata.totalTokenCount"),
			aliases(490, entryCached, "usage_metadata.cached_content_token_count", "usageMetadata.cachedContentTokenCount"),
			aliases(
				790, entryReasoning, "experimental.reasoning_tokens", "usage_metadata.thoughts_token_count", "usageMetadata.thoughtsTokenCount",
			),
		),
		Dropped: dropKeys(700, prefix+"llm_request", prefix+"llm_response", prefix+"tool_call_args", prefix+"tool_response"),
	}}
}

func adkUsage(rank int, member string) UsageMember {
	return UsageMember{
		Row:   Row{Name: "usage_member/" + member, Rank: rank},
		Scope: scopeADK, Key: "gcp.vertex.agent.llm_response", Member: member, NotZero: true,
	}
}
