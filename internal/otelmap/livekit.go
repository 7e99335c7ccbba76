package otelmap

import "github.com/fusebox-llm/fusebox/internal/trace"

// scopeLiveKit is the scope of LiveKit's agents.
const scopeLiveKit = "livekit-agents"

// liveKit has the spans of LiveKit's voice agents, many of which are machinery.
func liveKit() convention {
	return convention{About{
		Convention: LiveKit, Title: "LiveKit Agents",
		Description: "The telemetry of LiveKit's voice agents: turns, tools and model calls, among many spans of machinery, which are shown as DEBUG.",
		Recognised:  "scope `livekit-agents`; attributes that begin with `lk.`",
		ReadBy:      []Convention{GenAI},
	}, Rules{
		Types: []TypeRow{
			liveKitType(90, "agent_turn", trace.Agent),
			liveKitType(91, "start_agent_activity", trace.Agent),
			liveKitType(92, "function_tool", trace.Tool),
		},
		Payloads: []PayloadRow{{
			Row: Row{Name: "payload/lk", Rank: 100}, How: PayloadPair, Test: Truthy,
			Input: []string{ // of newer versions: what may hold personal data
				"lk.input_text", "lk.user_transcript", "lk.chat_ctx", "lk.user_input", "lk.function_tool.arguments",
				"lk.pii.chat_ctx", "lk.pii.user_input", "lk.pii.function_tool.arguments",
			},
			InputTest:  Present,
			Output:     []string{"lk.function_tool.output", "lk.response.text", "lk.pii.function_tool.output", "lk.pii.response.text"},
			OutputTest: Truthy,
		}},
		Levels:       liveKitLevels(),
		UsageDetails: []UsageDetail{usageDetail(70, "lk.llm_metrics")},
		Dropped: dropKeys(
			1100, "lk.input_text", "lk.user_transcript", "lk.chat_ctx", "lk.user_input", "lk.function_tool.output", "lk.response.text",
			"lk.function_tool.arguments", "lk.pii.chat_ctx", "lk.pii.user_input", "lk.pii.function_tool.arguments",
			"lk.pii.function_tool.output", "lk.pii.response.text",
		),
	}}
}

func liveKitType(rank int, name string, t trace.Type) TypeRow {
	return TypeRow{Row: Row{Name: "type/livekit " + name, Rank: rank}, How: TypeSpanName, Scope: scopeLiveKit, Value: name, Type: t}
}

func liveKitLevels() []LevelRow {
	var rows []LevelRow
	for i, name := range []string{
		"user_speaking", "eou_detection", "llm_request_run", "tts_node", "tts_request", "tts_request_run", "tts_stream_adapter",
		"agent_speaking", "drain_agent_activity", "on_exit", "on_enter", "llm_fallback_adapter", "tts_fallback_adapter", "start_agent_activity",
	} {
		rows = append(rows, LevelRow{
			Row: Row{Name: "level/livekit " + name, Rank: 300 + i}, How: LevelSpanName, Scope: scopeLiveKit, Value: name, Level: trace.Debug,
		})
	}
	return rows
}
