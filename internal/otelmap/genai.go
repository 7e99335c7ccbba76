package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// genAITypes maps the operations of the OpenTelemetry GenAI conventions, and the
// attributes that only their tool spans carry.
func genAITypes() []TypeRow {
	const key = "gen_ai.operation.name"
	var rows []TypeRow
	for _, operation := range []string{"chat", "completion", "text_completion", "generate_content", "generate"} {
		rows = append(rows, typeEquals(GenAI, key, operation, trace.Generation))
	}
	return append(
		rows,
		typeEquals(GenAI, key, "embeddings", trace.Embedding),
		typeEquals(GenAI, key, "invoke_agent", trace.Agent),
		typeEquals(GenAI, key, "create_agent", trace.Agent),
		typeEquals(GenAI, key, "execute_tool", trace.Tool),
		typePresent(GenAI, "gen_ai.tool.name", trace.Tool),
		typePresent(GenAI, "gen_ai.tool.call.id", trace.Tool),
	)
}

// genAIMessages is the current generation of the conventions: messages as
// attributes of the span.
func genAIMessages() PayloadRow {
	return PayloadRow{
		Row: Row{"payload/gen_ai messages", GenAI}, How: PayloadMessages,
		Input:  []string{"gen_ai.input.messages", "gen_ai.tool.call.arguments"},
		Output: []string{"gen_ai.output.messages", "gen_ai.tool.call.result"},
		System: "gen_ai.system_instructions",
	}
}

// messagesOf reads messages; where a span has none, the arguments and the result
// of a tool call. It succeeds when either side is truthy.
func (c *call) messagesOf(ix *index, r *payloadRule) (p payload, ok bool) {
	in, inAt := ix.get(r.input[0])
	out, outAt := ix.get(r.output[0])
	if !isTruthy(out) {
		if !isTruthy(in) {
			if arguments, at := ix.get(r.input[1]); arguments != nil {
				in, inAt = arguments, at
			}
		}
		if result, at := ix.get(r.output[1]); result != nil {
			out, outAt = result, at
		}
	}
	if !isTruthy(in) && !isTruthy(out) {
		return p, false
	}
	p.input.value, p.input.set = asPayload(in)
	p.output.value, p.output.set = asPayload(out)
	if messages, at := ix.get(r.input[0]); messages == in && isTruthy(in) {
		if system, systemAt := ix.get(r.system); isTruthy(system) {
			if text, all, ok := c.withSystem(in, system); ok {
				p.input.value = fold.Text(text)
				inAt = at
				if all {
					ix.mark(systemAt, markField)
				}
			}
		}
	}
	if p.input.set {
		ix.mark(inAt, markField)
	}
	if p.output.set {
		ix.mark(outAt, markField)
	}
	return p, true
}

func isTruthy(v *span.Value) bool { return v != nil && truthy(v) }

// withSystem returns the JSON text of a list of messages with a system message
// put first; all is false where that leaves out something of the instructions, ok
// where the messages are no such list or have a system message already. The
// messages themselves stay as they are written.
func (c *call) withSystem(messages, system *span.Value) (text string, all, ok bool) {
	list := ""
	switch messages.Kind {
	case span.String:
		if list = trimmed(messages.Str); !strings.HasPrefix(list, "[") || !parsable(list, &c.buf) {
			return "", false, false
		}
	case span.Array:
		list = textOf(messages)
	default:
		return "", false, false
	}
	empty := true
	for message := range elements(list) {
		empty = false
		if memberAt(message, "role") == `"system"` {
			return "", false, false
		}
	}
	instructions, all := c.instructions(system)
	out := append(c.out[:0], `[{"role":"system","content":`...)
	out = appendString(out, instructions)
	out = append(out, '}')
	if !empty {
		out = append(out, ',')
	}
	out = append(out, list[1:]...)
	c.out = out
	return string(out), all, true
}

// instructions returns the text of system instructions: the contents of a list,
// one a line; the text of anything else. all is false where a part of the list
// has more than a content and the type "text".
func (c *call) instructions(v *span.Value) (text string, all bool) {
	text = textOf(v)
	if v.Kind == span.String && !parsable(text, &c.buf) || v.Kind == span.Bytes {
		return text, true
	}
	raw := trimmed(text)
	if !strings.HasPrefix(raw, "[") {
		return jsonText(raw), true
	}
	var lines []string
	all = true
	for part := range elements(raw) {
		if content := memberAt(part, "content"); content != "" {
			for key, value := range members(part) {
				all = all && (key == "content" || key == "type" && value == `"text"`)
			}
			part = content
		}
		lines = append(lines, jsonText(part))
	}
	return strings.Join(lines, "\n"), all
}
