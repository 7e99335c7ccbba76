package otelmap

import "github.com/fusebox-llm/fusebox/internal/trace"

// flue has the spans of Flue's exporter.
func flue() convention {
	return convention{About{
		Convention: Flue, Title: "Flue",
		Description: "The OpenTelemetry exporter of the Flue agent framework: turns, tools, tasks and workflows, each with its own input and output.",
		Recognised:  "scope `@flue/opentelemetry`; attributes that begin with `flue.`",
	}, Rules{
		Types: []TypeRow{
			typePresent(80, "flue.tool.name", trace.Tool),
			typePresent(81, "flue.tool.call_id", trace.Tool),
			typePresent(82, "flue.task.id", trace.Agent),
			typePresent(83, "flue.task.agent", trace.Agent),
		},
		Payloads: []PayloadRow{{
			Row: Row{Name: "payload/flue", Rank: 40}, How: PayloadPair, Scope: "@flue/opentelemetry", Test: Present, Unquote: true,
			Input: []string{"flue.turn.input", "flue.tool.arguments", "flue.task.prompt", "flue.workflow.payload"}, InputTest: Present,
			Output: []string{"flue.turn.output", "flue.tool.result", "flue.task.result", "flue.operation.result", "flue.workflow.result"}, OutputTest: Present,
		}},
		Dropped: dropKeys(
			1300, "flue.turn.input", "flue.turn.output", "flue.tool.arguments", "flue.tool.result", "flue.task.prompt",
			"flue.task.result", "flue.operation.result", "flue.workflow.payload", "flue.workflow.result",
		),
	}}
}
