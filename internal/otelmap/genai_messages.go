package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// messagesOf reads messages; where a span has none, the arguments and the result
// of a tool call. It succeeds when either side is truthy. Only the sides that are
// wanted count as shown.
func (c *call) messagesOf(ix *index, r *payloadRule, wantIn, wantOut bool) (p payload, ok bool) {
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
	if wantIn {
		p.input = shown(ix, in, inAt)
		if messages, _ := ix.get(r.input[0]); messages == in {
			c.instruct(&p.input, ix, in, r.system)
		}
	}
	if wantOut {
		p.output = shown(ix, out, outAt)
	}
	return p, true
}

// shown returns an attribute as a side; it then counts as shown.
func shown(ix *index, v *span.Value, at int32) side {
	value, ok := asPayload(v)
	if ok {
		ix.mark(at, markField)
	}
	return side{value, ok}
}

// instruct puts the system instructions of an attribute in front of messages that
// have none.
func (c *call) instruct(s *side, ix *index, messages *span.Value, slot int32) {
	if system, at := ix.get(slot); isTruthy(messages) && isTruthy(system) {
		if text, all, ok := c.withSystem(messages, system); ok {
			s.value = fold.Text(text)
			if all {
				ix.mark(at, markField)
			}
		}
	}
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
		if list = jsontext.Trim(messages.Str); !strings.HasPrefix(list, "[") || !jsontext.Valid(list, &c.buf) {
			return "", false, false
		}
	case span.Array:
		list = textOf(messages)
	default:
		return "", false, false
	}
	empty := true
	for message := range jsontext.Elements(list) {
		empty = false
		if jsontext.At(message, "role") == `"system"` {
			return "", false, false
		}
	}
	instructions, all := c.instructions(system)
	out := append(c.out[:0], `[{"role":"system","content":`...)
	out = jsontext.AppendString(out, instructions)
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
	if v.Kind == span.String && !jsontext.Valid(text, &c.buf) || v.Kind == span.Bytes {
		return text, true
	}
	raw := jsontext.Trim(text)
	if !strings.HasPrefix(raw, "[") {
		return jsonText(raw), true
	}
	var lines []string
	all = true
	for part := range jsontext.Elements(raw) {
		if content := jsontext.At(part, "content"); content != "" {
			for key, value := range jsontext.Members(part) {
				all = all && (key == "content" || key == "type" && value == `"text"`)
			}
			part = content
		}
		lines = append(lines, jsonText(part))
	}
	return strings.Join(lines, "\n"), all
}
