package otelmap

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// scopeVercelAI is the scope of the AI SDK's own telemetry.
const scopeVercelAI = "ai"

// vercelAI has the telemetry of the AI SDK, of all majors that have one.
func vercelAI() convention {
	const table = "usage_member"
	return convention{About{
		Convention: VercelAI, Title: "Vercel AI SDK",
		Description: "The AI SDK's own telemetry: a span for each function that is called, and below it one for each call of a model or tool. What the outer span counts, the spans below it count again.",
		Recognised:  "scope `ai`; attributes that begin with `ai.`",
	}, Rules{
		Names: []NameRow{
			{KeyRow: onSpan(40, "name", Exists, "ai.toolCall.name")},
			{KeyRow: onSpan(50, "name", Exists, "ai.operationId"), Before: "ai.telemetry.functionId"},
		},
		Types:      vercelTypes(),
		TypeModels: []KeyRow{onSpan(20, "type_model", Exists, "ai.model.id")},
		Payloads: []PayloadRow{{
			Row: Row{Name: "payload/ai", Rank: 30}, How: PayloadVercelAI, Scope: scopeVercelAI, Always: true,
			Input: []string{"ai.prompt.messages", "ai.prompt", "ai.toolCall.args"},
			Output: []string{
				"ai.response.text", "ai.response.toolCalls", // both at once, or the first of all
				"ai.result.text", "ai.toolCall.result", "ai.response.object", "ai.result.object", "ai.response.toolCalls", "ai.result.toolCalls",
			},
		}},
		Tools:      []ToolRow{{Row: Row{Name: "tools/ai.prompt.tools", Rank: 20}, How: ToolAttribute, Key: "ai.prompt.tools", Nameless: true}},
		Users:      []KeyRow{onSpan(50, "user", Truthy, "ai.telemetry.metadata.userId")},
		Sessions:   []KeyRow{onSpan(60, "session", Truthy, "ai.telemetry.metadata.sessionId")},
		Tags:       []KeyRow{onSpan(50, "tags", Truthy, "ai.telemetry.metadata.tags")},
		Models:     []ModelRow{{KeyRow: onSpan(30, "model", Truthy, "ai.model.id")}},
		Suppressed: vercelSuppressed(),
		Parameters: []ParameterRow{{
			Row: Row{Name: "parameters/ai", Rank: 30}, How: ParameterKeys, Scope: scopeVercelAI, Key: langfuseParameters,
		}},
		ParameterKeys: vercelParameters(),
		CompletionStarts: []CompletionRow{
			{onSpan(20, "completion_start", Present, "ai.response.msToFirstChunk"), CompletionOffset},
			{onSpan(30, "completion_start", Present, "ai.stream.msToFirstChunk"), CompletionOffset},
		},
		PromptNames:    []MemberRow{memberOnSpan(30, "prompt_name", Truthy, "ai.telemetry.metadata.langfusePrompt", "name")},
		PromptVersions: []MemberRow{memberOnSpan(30, "prompt_version", Present, "ai.telemetry.metadata.langfusePrompt", "version")},
		UsagePrefixes:  []UsagePrefix{{Row: Row{Name: "usage_prefix/ai.usage.", Rank: 30}, Prefix: "ai.usage.", Closed: true}},
		UsageMembers: []UsageMember{
			vercelProvider(table, 10, "openai.cachedPromptTokens"),
			vercelProvider(table, 20, "openai.reasoningTokens"),
			vercelProvider(table, 30, "anthropic.usage.input_tokens"),
			vercelProvider(table, 40, "anthropic.usage.cache_read_input_tokens"),
			vercelProvider(table, 50, "anthropic.usage.cache_creation_input_tokens"),
			vercelProvider(table, 60, "anthropic.usage.cache_creation.ephemeral_5m_input_tokens"),
			vercelProvider(table, 70, "anthropic.usage.cache_creation.ephemeral_1h_input_tokens"),
			vercelProvider(table, 80, "bedrock.usage.cacheReadInputTokens"),
			vercelProvider(table, 90, "bedrock.usage.cacheCreationInputTokens"),
			vercelProvider(table, 100, "bedrock.usage.cacheWriteInputTokens"),
			vercelProvider(table, 105, "google.usageMetadata.cachedContentTokenCount"),
			vercelProvider(table, 106, "google.usageMetadata.thoughtsTokenCount"),
			vercelProvider(table, 107, "google.usageMetadata.totalTokenCount"),
			vercelProvider(table, 108, "anthropic.cacheReadInputTokens"),
			vercelProvider(table, 109, "anthropic.cacheCreationInputTokens"),
		},
		UsageAliases: slicesOf(
			aliases(130, entryInput, "inputTokens", "promptTokens"),
			aliases(230, entryOutput, "outputTokens", "completionTokens"),
			aliases(330, entryTotal, "totalTokens", "tokens", "google.usageMetadata.totalTokenCount"),
			aliases(
				470, entryCached, "cachedInputTokens", "openai.cachedPromptTokens", "anthropic.usage.cache_read_input_tokens",
				"bedrock.usage.cacheReadInputTokens", "google.usageMetadata.cachedContentTokenCount", "anthropic.cacheReadInputTokens",
			),
			aliases(570, entryCreation, "anthropic.usage.cache_creation_input_tokens", "bedrock.usage.cacheCreationInputTokens", "bedrock.usage.cacheWriteInputTokens",
				"anthropic.cacheCreationInputTokens"),
			aliases(600, entryCreation5m, "anthropic.usage.cache_creation.ephemeral_5m_input_tokens"),
			aliases(650, entryCreation1h, "anthropic.usage.cache_creation.ephemeral_1h_input_tokens"),
			aliases(730, entryReasoning, "reasoningTokens", "openai.reasoningTokens", "google.usageMetadata.thoughtsTokenCount"),
			aliases(920, "", "anthropic.usage.input_tokens"),
		),
		// What Anthropic's API counts as input leaves out the cache. Version 6 adds it, earlier
		// ones do not; version 4 has no other count of the cache than these two.
		Inclusions: []InclusionRow{
			vercelExcluded(10, "anthropic.usage.input_tokens"), vercelExcluded(12, "anthropic.cacheReadInputTokens"),
			vercelExcluded(14, "anthropic.cacheCreationInputTokens"),
		},
		UsageZeros: []ZeroRow{
			{Row{Name: "usage_zero/ai input", Rank: 10}, scopeVercelAI, entryInput},
			{Row{Name: "usage_zero/ai output", Rank: 20}, scopeVercelAI, entryOutput},
		},
		Metadata: []MetadataRow{metadataOverlay(90, "ai.telemetry.metadata.", false)},
		Excluded: []KeyRow{ // what has a field of its own
			onSpan(10, "excluded", Exists, "ai.telemetry.metadata.userId"),
			onSpan(20, "excluded", Exists, "ai.telemetry.metadata.sessionId"),
			onSpan(30, "excluded", Exists, "ai.telemetry.metadata.tags"),
			onSpan(40, "excluded", Exists, "ai.telemetry.metadata.langfusePrompt"),
		},
		Dropped: append(
			dropKeys(
				200, "ai.prompt.messages", "ai.prompt", "ai.toolCall.args", "ai.toolCall.result", "ai.response.text",
				"ai.response.object", "ai.response.toolCalls", "ai.result.text", "ai.result.object", "ai.result.toolCalls",
			),
			dropPrefixes(250, "ai.telemetry.metadata")...,
		),
	}}
}

// vercelProvider is a count in what the provider said beyond the AI SDK's own
// fields.
func vercelProvider(table string, rank int, member string) UsageMember {
	return UsageMember{
		Row: Row{Name: table + "/" + member, Rank: rank}, Scope: scopeVercelAI, Key: "ai.response.providerMetadata", Member: member,
	}
}

func vercelExcluded(rank int, count string) InclusionRow {
	return InclusionRow{Row: Row{Name: "usage_inclusive/" + count, Rank: rank}, How: ExcludedWhere, Whole: entryInput, Count: count}
}

func vercelTypes() []TypeRow {
	row := func(rank int, operation string, t trace.Type) TypeRow {
		return TypeRow{
			Row: Row{Name: "type/ai operation " + operation, Rank: rank}, How: TypeOperation,
			Key: "operation.name", Else: "ai.operationId", Value: operation, Type: t, Model: t != trace.Tool,
		}
	}
	return []TypeRow{
		row(50, "ai.generateText.doGenerate", trace.Generation),
		row(51, "ai.streamText.doStream", trace.Generation),
		row(52, "ai.generateObject.doGenerate", trace.Generation),
		row(53, "ai.streamObject.doStream", trace.Generation),
		row(54, "ai.embed.doEmbed", trace.Embedding),
		row(55, "ai.embedMany.doEmbed", trace.Embedding),
		row(60, "ai.toolCall", trace.Tool),
	}
}

// vercelSuppressed returns the outer spans: their counts are those of the calls
// below them once more.
func vercelSuppressed() []SuppressRow {
	var rows []SuppressRow
	for i, operation := range []string{"ai.generateText", "ai.streamText", "ai.generateObject", "ai.streamObject", "ai.embed", "ai.embedMany"} {
		row := suppress(30+i, "ai.operationId", operation)
		row.Scope, row.KeepModel = scopeVercelAI, true
		rows = append(rows, row)
	}
	return rows
}

func vercelParameters() []ParameterKeyRow {
	row := func(rank int, parameter, key, member string) ParameterKeyRow {
		name := "parameter/" + key
		if member != "" {
			name += ":" + member
		}
		return ParameterKeyRow{Row: Row{Name: name, Rank: rank}, Parameter: parameter, Key: key, Member: member}
	}
	return []ParameterKeyRow{
		row(10, "maxSteps", "ai.settings.maxSteps", ""),
		row(20, "toolChoice", "ai.prompt.toolChoice", ""),
		row(30, "maxTokens", "gen_ai.request.max_tokens", ""),
		row(40, "finishReason", "gen_ai.response.finish_reasons", ""),
		row(41, "finishReason", "gen_ai.finishReason", ""),
		row(50, "system", "gen_ai.system", ""),
		row(51, "system", "ai.model.provider", ""),
		row(60, "maxRetries", "ai.settings.maxRetries", ""),
		row(70, "mode", "ai.settings.mode", ""),
		row(80, "temperature", "gen_ai.request.temperature", ""),
		row(90, "service_tier", "ai.response.providerMetadata", "openai.serviceTier"),
		row(91, "service_tier", "gen_ai.request.service_tier", ""),
	}
}

// vercelPayload reads the AI SDK's own attributes; a side that they do not give is
// taken from the messages of the GenAI conventions, which some wrappers add.
func (c *call) vercelPayload(ix *index, r *payloadRule) (p payload) {
	in, inAt := ix.firstOf(r.input, Exists)
	p.input.value, p.input.set = asPayload(in)
	text, textAt := ix.get(r.output[0])
	calls, callsAt := ix.get(r.output[1])
	switch {
	case text != nil && calls != nil:
		out := append(c.out[:0], `{"role":"assistant","content":`...)
		out = append(appendValue(out, text), `,"tool_calls":`...)
		out = append(appendValue(out, calls), '}')
		c.out = out
		p.output = side{fold.Text(string(out)), true}
		ix.mark(callsAt, markField)
	default:
		if !isTruthy(text) {
			text, textAt = ix.firstOf(r.output[2:], Exists)
		}
		p.output.value, p.output.set = asPayload(text)
	}
	if p.input.set {
		ix.mark(inAt, markField)
	}
	if p.output.set {
		ix.mark(textAt, markField)
	}
	c.fill(&p, ix)
	return p
}
