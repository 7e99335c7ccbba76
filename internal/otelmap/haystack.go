package otelmap

// haystack has the spans of Haystack's own tracing: pipelines and their components.
func haystack() convention {
	return convention{About{
		Convention: Haystack, Title: "Haystack",
		Description: "Haystack's own tracing: a span for each pipeline and each of its components, with what went in and came out. Models are told through OpenInference or OpenLLMetry beside it.",
		Recognised:  "attributes that begin with `haystack.`",
		ReadBy:      []Convention{OpenInference, Traceloop},
	}, Rules{
		Names: []NameRow{{KeyRow: onSpan(55, "name", Truthy, "haystack.component.name")}},
		Payloads: []PayloadRow{
			pair(145, Truthy, "haystack.component.input", "haystack.component.output"),
			pair(146, Truthy, "haystack.pipeline.input_data", "haystack.pipeline.output_data"),
		},
		Dropped: dropKeys(
			1400, "haystack.component.input", "haystack.component.output", "haystack.pipeline.input_data", "haystack.pipeline.output_data",
		),
	}}
}
