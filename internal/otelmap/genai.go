package otelmap

import "github.com/fusebox-llm/fusebox/internal/trace"

// genAI has the semantic conventions of OpenTelemetry, in all the generations that
// are still sent.
func genAI() convention {
	return convention{About{
		Convention: GenAI, Title: "OpenTelemetry GenAI",
		Description: "The semantic conventions of OpenTelemetry for generative AI: messages as attributes since 1.37, as span events before, and one event with all details in between.",
		Recognised:  "attributes and span events that begin with `gen_ai.`",
	}, Rules{
		Names: []NameRow{{KeyRow: onSpan(10, "name", Truthy, "gen_ai.tool.name")}},
		Types: genAITypes(),
		TypeModels: []KeyRow{
			onSpan(30, "type_model", Exists, "gen_ai.request.model"),
			onSpan(40, "type_model", Exists, "gen_ai.response.model"),
		},
		Payloads: []PayloadRow{
			{
				Row: Row{Name: "payload/event gen_ai.client.inference.operation.details", Rank: 50}, How: PayloadDetailsEvent,
				Input: []string{"gen_ai.client.inference.operation.details"},
			},
			{Row: Row{Name: "payload/message events", Rank: 60}, How: PayloadMessageEvents},
			{
				Row: Row{Name: "payload/content events", Rank: 70}, How: PayloadContentEvents,
				Input: []string{"gen_ai.content.prompt"}, Output: []string{"gen_ai.content.completion"},
			},
			{
				Row: Row{Name: "payload/gen_ai messages", Rank: 200}, How: PayloadMessages,
				Input:  []string{"gen_ai.input.messages", "gen_ai.tool.call.arguments"},
				Output: []string{"gen_ai.output.messages", "gen_ai.tool.call.result"},
				System: "gen_ai.system_instructions",
			},
		},
		MessageEvents: []EventRow{
			messageEvent(10, "gen_ai.system.message", "system"),
			messageEvent(20, "gen_ai.user.message", "user"),
			messageEvent(30, "gen_ai.assistant.message", "assistant"),
			messageEvent(40, "gen_ai.tool.message", "tool"),
			messageEvent(50, "gen_ai.choice", ""),
		},
		Tools:    []ToolRow{{Row: Row{Name: "tools/gen_ai.tool.definitions", Rank: 30}, How: ToolAttribute, Key: "gen_ai.tool.definitions"}},
		Sessions: []KeyRow{onSpan(30, "session", Truthy, "gen_ai.conversation.id")},
		Models: []ModelRow{
			{KeyRow: onSpan(20, "model", Truthy, "gen_ai.response.model")},
			{KeyRow: onSpan(40, "model", Truthy, "gen_ai.request.model")},
		},
		Suppressed: []SuppressRow{
			suppress(10, "gen_ai.operation.name", "invoke_agent"),
			suppress(20, "gen_ai.operation.name", "agent_step"),
		},
		// What was served is what is billed, so it comes over what was asked for.
		Parameters: []ParameterRow{
			parameterPrefix(60, "gen_ai.request."),
			parameterSingle(62, "service_tier", "gen_ai.openai.request.service_tier"),
			parameterSingle(63, "service_tier", "openai.request.service_tier"),
			parameterSingle(64, "service_tier", "gen_ai.openai.response.service_tier"),
			parameterSingle(65, "service_tier", "openai.response.service_tier"),
		},
		CompletionStarts: []CompletionRow{
			{onSpan(40, "completion_start", Present, "gen_ai.response.time_to_first_chunk"), CompletionSeconds},
			{onSpan(50, "completion_start", Present, "gen_ai.client.operation.time_to_first_chunk"), CompletionSeconds},
		},
		UsagePrefixes: []UsagePrefix{{Row: Row{Name: "usage_prefix/gen_ai.usage.", Rank: 10}, Prefix: "gen_ai.usage.", Except: "cost"}},
		UsageAliases: slicesOf(
			aliases(100, entryInput, "prompt_tokens", "input_tokens"),
			aliases(200, entryOutput, "completion_tokens", "output_tokens"),
			aliases(300, entryTotal, "total_tokens"),
			aliases(400, entryCached, "cache_read.input_tokens", "cache_read_input_tokens", "cache_read_tokens", "cached_input_tokens"),
			aliases(500, entryCreation, "cache_creation.input_tokens", "cache_creation_input_tokens", "cache_write_tokens", "cache_write.input_tokens", "cache_write_input_tokens"),
			aliases(700, entryReasoning, "reasoning.output_tokens"),
			aliases(840, entryOutputAudio, "audio.output_tokens"),
			aliases(860, entryInputAudio, "audio.input_tokens"),
			aliases(940, "", "text.input_tokens", "text.output_tokens", "text.cache_read.input_tokens", "audio.cache_read.input_tokens"),
		),
		UsageDetails: []UsageDetail{usageDetail(80, "gen_ai.output.messages")},
		Costs:        []CostRow{{Row: Row{Name: "cost/gen_ai.usage.cost", Rank: 20}, How: CostTotalNotZero, Key: "gen_ai.usage.cost"}},
		Dropped: append(
			dropKeys(
				300, "gen_ai.system_instructions", "gen_ai.input.messages", "gen_ai.output.messages",
				"gen_ai.tool.call.arguments", "gen_ai.tool.call.result",
			),
			dropPrefixes(350, "gen_ai.prompt", "gen_ai.completion")...,
		),
	}}
}

// genAITypes maps the operations, and the attributes that only tool spans carry.
func genAITypes() []TypeRow {
	const key = "gen_ai.operation.name"
	var rows []TypeRow
	for i, operation := range []string{"chat", "completion", "text_completion", "generate_content", "generate"} {
		rows = append(rows, typeEquals(30+i, key, operation, trace.Generation))
	}
	return append(
		rows,
		typeEquals(35, key, "embeddings", trace.Embedding),
		typeEquals(36, key, "invoke_agent", trace.Agent),
		typeEquals(37, key, "create_agent", trace.Agent),
		typeEquals(38, key, "execute_tool", trace.Tool),
		typePresent(70, "gen_ai.tool.name", trace.Tool),
		typePresent(71, "gen_ai.tool.call.id", trace.Tool),
		typePresent(101, "gen_ai.request.model", trace.Generation),
		typePresent(102, "gen_ai.response.model", trace.Generation),
	)
}

// slicesOf joins lists of rows.
func slicesOf[T any](lists ...[]T) []T {
	var all []T
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}
