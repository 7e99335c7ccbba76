package otelmap

import "github.com/fusebox-llm/fusebox/internal/trace"

// generic has what OTLP itself says, and plain names that many use.
func generic() convention {
	return convention{About{
		Convention: Generic, Title: "OTLP and plain names",
		Description: "What every span says by itself (name, status, resource, scope), the common attributes of OpenTelemetry, and plain names such as `input` and `model` that several frameworks use, Pipecat among them.",
		Recognised:  "any span",
	}, Rules{
		Names:          []NameRow{{KeyRow: KeyRow{Row: Row{Name: "name/span name", Rank: 60}, Place: SpanName, Test: Truthy}}},
		Types:          []TypeRow{typePresent(104, "model", trace.Generation)},
		Payloads:       []PayloadRow{pair(150, Truthy, "input", "output")},
		Levels:         []LevelRow{{Row: Row{Name: "level/span status", Rank: 200}, How: LevelStatus, Status: statusError, Level: trace.Error}},
		StatusMessages: []KeyRow{{Row: Row{Name: "status_message/span status", Rank: 20}, Place: StatusMessage, Test: Truthy}},
		Environments: []EnvironmentRow{
			{KeyRow: onSpan(40, "environment", Truthy, "deployment.environment.name")}, // the key decides before the place
			{KeyRow: onResource(50, "environment", Truthy, "deployment.environment.name")},
			{KeyRow: onSpan(60, "environment", Truthy, "deployment.environment")},
			{KeyRow: onResource(70, "environment", Truthy, "deployment.environment")},
		},
		Versions: []KeyRow{onResource(20, "version", Present, "service.version")},
		Users:    []KeyRow{onSpan(20, "user", Truthy, "user.id")},
		Sessions: []KeyRow{onSpan(20, "session", Truthy, "session.id")},
		Models:   []ModelRow{{KeyRow: onSpan(70, "model", Truthy, "model")}},
		Usages:   []UsageRow{{Row: Row{Name: "usage/counted attributes", Rank: 50}, How: UsageCounted}},
		UsageShapes: []UsageShape{
			{
				Row: Row{Name: "usage_shape/chat", Rank: 10}, Input: "prompt_tokens", Output: "completion_tokens", Total: "total_tokens",
				InputDetails: "prompt_tokens_details", OutputDetails: "completion_tokens_details",
			},
			{
				Row: Row{Name: "usage_shape/responses", Rank: 20}, Input: "input_tokens", Output: "output_tokens", Total: "total_tokens",
				InputDetails: "input_tokens_details", OutputDetails: "output_tokens_details",
			},
		},
		UsageAliases: slicesOf(
			aliases(480, entryCached, "input_cached_tokens"),
			aliases(580, entryCreation, "input_cache_creation"),
		),
		DetailShapes: genericDetailShapes(),
		UsageParts:   genericParts(),
		Inclusions:   genericInclusions(),
		UsageTotals:  genericTotals(),
		Metadata: []MetadataRow{
			{Row: Row{Name: "metadata/attributes", Rank: 10}, How: MetadataAttributes, Key: "attributes"},
			{Row: Row{Name: "metadata/resourceAttributes", Rank: 20}, How: MetadataResource, Key: "resourceAttributes"},
			{Row: Row{Name: "metadata/scope", Rank: 30}, How: MetadataScope, Key: "scope"},
		},
		Dropped: dropKeys(1000, "input", "output"),
	}}
}
