package otelmap

// scopePydanticAI is the scope of Pydantic AI's own telemetry.
const scopePydanticAI = "pydantic-ai"

// pydanticAI has what Pydantic AI writes beside the GenAI attributes.
func pydanticAI() convention {
	return convention{About{
		Convention: PydanticAI, Title: "Pydantic AI",
		Description: "Pydantic AI's own telemetry: GenAI attributes, all messages of a run and its result on the agent's span, arguments and response on a tool's.",
		Recognised:  "scope `pydantic-ai`; the attributes named here",
		ReadBy:      []Convention{GenAI, Logfire},
	}, Rules{
		Payloads: []PayloadRow{
			{
				Row: Row{Name: "payload/pydantic_ai.all_messages, final_result", Rank: 160}, How: PayloadPair, Scope: scopePydanticAI,
				Input: []string{"pydantic_ai.all_messages"}, Output: []string{"final_result"}, System: "gen_ai.system_instructions", Test: Truthy,
			},
			pair(170, Truthy, "tool_arguments", "tool_response"),
		},
		Tools: []ToolRow{{
			Row: Row{Name: "tools/model_request_parameters", Rank: 40}, How: ToolMember, Key: "model_request_parameters", Member: "function_tools",
		}},
		Parameters: []ParameterRow{parameterObject(50, "model_config")},
		UsageAliases: slicesOf(
			aliases(430, entryCached, "details.cache_read_tokens", "details.cache_read_input_tokens", "details.cached_content_tokens"),
			aliases(530, entryCreation, "details.cache_write_tokens", "details.cache_creation_input_tokens"),
			aliases(615, entryCreation5m, "details.ephemeral_5m_input_tokens"),
			aliases(665, entryCreation1h, "details.ephemeral_1h_input_tokens"),
			aliases(710, entryReasoning, "details.reasoning_tokens", "details.thoughts_tokens"),
			aliases(846, entryOutputAudio, "details.audio_candidates_tokens"),
			aliases(866, entryInputAudio, "details.audio_prompt_tokens"),
			aliases(910, "", "details.audio_tokens", "details.accepted_prediction_tokens", "details.rejected_prediction_tokens"),
			// What Anthropic answered, and Gemini of each kind of content.
			aliases(
				960, "", "details.input_tokens", "details.output_tokens", "details.text_prompt_tokens", "details.text_candidates_tokens", "details.text_cache_tokens",
				"details.image_prompt_tokens", "details.image_candidates_tokens", "details.image_cache_tokens", "details.audio_cache_tokens",
				"details.video_prompt_tokens", "details.video_cache_tokens",
			),
		),
		Dropped: dropKeys(900, "final_result", "pydantic_ai.all_messages"),
	}}
}
