package otelmap

// smolAgents has what tells the totals of an agent's run from calls of a model; the
// rest of the spans is OpenInference.
func smolAgents() convention {
	return convention{About{
		Convention: SmolAgents, Title: "SmolAgents",
		Description: "Hugging Face's agents through OpenInference, whose span of an agent's run adds up the counts of the calls below it.",
		Recognised:  "scope `openinference.instrumentation.smolagents`",
		ReadBy:      []Convention{OpenInference},
	}, Rules{
		Suppressed: []SuppressRow{{
			Row: Row{Name: "suppress/smolagents AGENT", Rank: 70}, Scope: "openinference.instrumentation.smolagents",
			Key: "openinference.span.kind", Value: "AGENT",
		}},
	}}
}
