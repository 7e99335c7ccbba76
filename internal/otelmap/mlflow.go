package otelmap

// mlflow has MLflow Tracing, whose spans say little beyond input and output.
func mlflow() convention {
	return convention{About{
		Convention: MLflow, Title: "MLflow Tracing",
		Description: "Spans that MLflow exports: what a function was called with and what it returned, and the model and counts of calls, all of it as JSON.",
		Recognised:  "`mlflow.spanInputs`, `mlflow.spanOutputs`",
		ReadBy:      []Convention{GenAI, OpenInference},
	}, Rules{
		Payloads: []PayloadRow{pair(120, Truthy, "mlflow.spanInputs", "mlflow.spanOutputs")},
		Models:   []ModelRow{{KeyRow: onSpan(62, "model", Truthy, "mlflow.llm.model"), Unquote: true}},
		// Around each call of Gemini is a span of the method that calls tools in between.
		Suppressed: []SuppressRow{
			mlflowSuppress(80, "Models.generate_content"), mlflowSuppress(81, "AsyncModels.generate_content"),
		},
		UsageMembers: []UsageMember{
			mlflowUsage(400, "input_tokens"), mlflowUsage(410, "output_tokens"), mlflowUsage(420, "total_tokens"),
			mlflowUsage(430, "cache_read_input_tokens"), mlflowUsage(440, "cache_creation_input_tokens"),
		},
		UsageDetails: []UsageDetail{
			usageDetail(50, "mlflow.spanOutputs"),
			{Row: Row{Name: "usage_detail/mlflow.chunk.value", Rank: 51}, Key: "mlflow.chunk.value", Event: "mlflow.chunk.item."},
		},
		Dropped: dropKeys(600, "mlflow.spanInputs", "mlflow.spanOutputs"),
	}}
}

func mlflowUsage(rank int, member string) UsageMember {
	return UsageMember{Row: Row{Name: "usage_member/mlflow.chat.tokenUsage " + member, Rank: rank}, Key: "mlflow.chat.tokenUsage", Member: member}
}

func mlflowSuppress(rank int, name string) SuppressRow {
	return SuppressRow{Row: Row{Name: "suppress/mlflow " + name, Rank: rank}, Scope: "mlflow.tracing.provider", Value: name}
}
