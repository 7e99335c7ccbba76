package api

// exportRoutes are the OTLP endpoints. Their bodies are those of the OpenTelemetry
// protocol, so the document only names the media types.
func exportRoutes(cfg Config) []Route {
	const (
		traces  = "Takes an OTLP export of traces, in protobuf or JSON, plain or compressed with gzip or zstd. A 200 means that every span which the answer does not reject is stored durably."
		metrics = "Metrics are not stored: every data point is rejected, in the way the protocol has for that."
	)
	wire := Wire{
		Request: []Content{{Type: "application/x-protobuf"}, {Type: "application/json"}},
		Answer:  []Content{{Type: "application/x-protobuf"}, {Type: "application/json"}},
	}
	route := func(id, path, summary, description string) Route {
		return Route{
			Method: "POST", Path: path, Permission: telemetryWrite, Errors: Bare,
			ID: id, Tag: "OpenTelemetry", Summary: summary, Description: description, Raw: cfg.ExportTraces, Wire: wire,
		}
	}
	routes := []Route{
		route("otel.exportTraces", "/api/public/otel/v1/traces", "Export traces", traces),
		route("otlp.exportTraces", "/v1/traces", "Export traces, at the path of the OpenTelemetry protocol", traces),
		route("otel.exportMetrics", "/api/public/otel/v1/metrics", "Export metrics", metrics),
	}
	routes[2].Raw = cfg.ExportMetrics
	return routes
}
