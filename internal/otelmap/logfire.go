package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// logfire has what Pydantic's Logfire SDK, and Pydantic AI in its earlier versions,
// write.
func logfire() convention {
	return convention{About{
		Convention: Logfire, Title: "Logfire",
		Description: "Pydantic's Logfire SDK: a message made for people as name, and the messages of a call as one attribute, either as a prompt with all events or as a list of events.",
		Recognised:  "attributes that begin with `logfire.`; `events`, `all_messages_events`",
		ReadBy:      []Convention{GenAI},
	}, Rules{
		Names: []NameRow{{KeyRow: onSpan(30, "name", Truthy, "logfire.msg")}},
		Payloads: []PayloadRow{
			pair(90, Truthy, "prompt", "all_messages_events"),
			{Row: Row{Name: "payload/events", Rank: 110}, How: PayloadLoggedEvents, Input: []string{"events"}, Output: []string{"events"}},
		},
		UsageMembers: []UsageMember{
			logfireRaw(300, "total_tokens"),
		},
		UsageAliases: slicesOf(
			aliases(495, entryCached, "prompt_tokens_details.cached_tokens", "input_tokens_details.cached_tokens"),
			aliases(795, entryReasoning, "completion_tokens_details.reasoning_tokens", "output_tokens_details.reasoning_tokens"),
		),
		UsageDetails: []UsageDetail{usageDetail(60, "usage"), usageDetail(61, "gen_ai.usage.raw")},
		Dropped:      dropKeys(800, "prompt", "all_messages_events", "events"),
	}}
}

// logfireRaw is a count in the usage as the provider answered it, whose parts
// Logfire writes nowhere else.
func logfireRaw(rank int, member string) UsageMember {
	return UsageMember{Row: Row{Name: "usage_member/gen_ai.usage.raw " + member, Rank: rank}, Key: "gen_ai.usage.raw", Member: member}
}

// loggedEvents takes a list of events apart: the first choice is the output,
// everything that is no choice the input. Without a choice an assistant's message
// at the end is the output, as Logfire writes the answers of OpenAI's responses API.
func (c *call) loggedEvents(ix *index, r *payloadRule) (p payload, ok bool) {
	v, at := ix.get(r.input[0])
	if v == nil {
		return p, false
	}
	text := ""
	switch v.Kind {
	case span.String:
		if text = jsontext.Trim(v.Str); !strings.HasPrefix(text, "[") || !jsontext.Valid(text, &c.buf) {
			return p, false
		}
	case span.Array:
		text = textOf(v)
	default:
		return p, false
	}
	var input []byte
	choices, beforeLast, last := 0, 0, ""
	for event := range jsontext.Elements(text) {
		name := jsontext.At(event, "event.name")
		if name != `"gen_ai.choice"` {
			beforeLast, last = len(input), ""
			if input = jsontext.AppendCompact(appendComma(input), event); name == `"gen_ai.assistant.message"` {
				last = event
			}
			continue
		}
		if choices++; choices == 1 {
			p.output = side{fold.Text(string(jsontext.AppendCompact(nil, event))), true}
		}
	}
	if choices == 0 && last != "" {
		p.output = side{fold.Text(string(jsontext.AppendCompact(nil, last))), true}
		input = input[:beforeLast]
	}
	if len(input) > 0 {
		p.input = side{fold.Text("[" + string(input) + "]"), true}
	}
	if choices < 2 { // else the list says more than is shown
		ix.mark(at, markField)
	}
	return p, p.input.set || p.output.set
}
