package otelmap

// liteLLM has the usage that only LiteLLM's callback writes; the rest of its spans
// is GenAI or OpenInference.
func liteLLM() convention {
	return convention{About{
		Convention: LiteLLM, Title: "LiteLLM",
		Description: "Its OpenTelemetry callback writes GenAI and OpenInference attributes, and the whole usage as Python prints it; its Langfuse callback speaks the batch API.",
		Recognised:  "scope `litellm`",
		ReadBy:      []Convention{GenAI, OpenInference, Traceloop},
	}, Rules{
		UsageDetails: []UsageDetail{usageDetail(10, "metadata.usage_object")},
	}}
}
