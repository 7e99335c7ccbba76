package otelmap

// DropRow names attributes that are never copied to metadata.attributes, because
// they are input, output or metadata already: one key, or all with a prefix. They
// are left out there whether or not they became that; where they did not, the
// raw value keeps them.
type DropRow struct {
	Row
	Key    string
	Prefix bool
}

func defaultDropped() []DropRow {
	var rows []DropRow
	keys := func(c Convention, keys ...string) {
		for _, key := range keys {
			rows = append(rows, DropRow{Row: Row{"dropped/" + key, c}, Key: key})
		}
	}
	prefixes := func(c Convention, prefixes ...string) {
		for _, prefix := range prefixes {
			rows = append(rows, DropRow{Row: Row{"dropped/" + prefix + "*", c}, Key: prefix, Prefix: true})
		}
	}
	keys(Langfuse, "langfuse.trace.input", "langfuse.trace.output", "langfuse.observation.input", "langfuse.observation.output")
	prefixes(Langfuse, "langfuse.trace.metadata", "langfuse.observation.metadata")
	keys(
		VercelAI, "ai.prompt.messages", "ai.prompt", "ai.toolCall.args", "ai.toolCall.result", "ai.response.text",
		"ai.response.object", "ai.response.toolCalls", "ai.result.text", "ai.result.object", "ai.result.toolCalls",
	)
	prefixes(VercelAI, "ai.telemetry.metadata")
	keys(
		GenAI, "gen_ai.system_instructions", "gen_ai.input.messages", "gen_ai.output.messages",
		"gen_ai.tool.call.arguments", "gen_ai.tool.call.result",
	)
	prefixes(GenAI, "gen_ai.prompt", "gen_ai.completion")
	keys(OpenInference, "input.value", "output.value")
	prefixes(OpenInference, "llm.input_messages", "llm.output_messages")
	keys(Traceloop, "traceloop.entity.input", "traceloop.entity.output")
	keys(MLflow, "mlflow.spanInputs", "mlflow.spanOutputs")
	keys(
		GoogleADK, "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response",
		"gcp.vertex.agent.tool_call_args", "gcp.vertex.agent.tool_response",
	)
	keys(Logfire, "prompt", "all_messages_events", "events")
	keys(PydanticAI, "final_result", "pydantic_ai.all_messages")
	keys(Generic, "input", "output")
	keys(
		LiveKit, "lk.input_text", "lk.user_transcript", "lk.chat_ctx", "lk.user_input",
		"lk.function_tool.output", "lk.response.text",
	)
	keys(Genkit, "genkit:input", "genkit:output")
	keys(
		Flue, "flue.turn.input", "flue.turn.output", "flue.tool.arguments", "flue.tool.result", "flue.task.prompt",
		"flue.task.result", "flue.operation.result", "flue.workflow.payload", "flue.workflow.result",
	)
	return rows
}
