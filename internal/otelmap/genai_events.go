package otelmap

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// Earlier generations of the OpenTelemetry GenAI conventions sent messages as
// span events. What of an event became input or output is not kept again in the
// raw value; its time, its name and its other attributes are.

func genAIDetailsEvent() PayloadRow {
	const event = "gen_ai.client.inference.operation.details"
	return PayloadRow{Row: Row{"payload/event " + event, GenAI}, How: PayloadDetailsEvent, Input: []string{event}}
}

func genAIMessageEvents() PayloadRow {
	return PayloadRow{Row: Row{"payload/message events", GenAI}, How: PayloadMessageEvents}
}

func genAIContentEvents() PayloadRow {
	return PayloadRow{
		Row: Row{"payload/content events", GenAI}, How: PayloadContentEvents,
		Input: []string{"gen_ai.content.prompt"}, Output: []string{"gen_ai.content.completion"},
	}
}

// EventRow says that a span event is a message: of the input, with a role unless
// its attributes name one; without a Role, of the output.
type EventRow struct {
	Row
	Event string
	Role  string
}

func defaultMessageEvents() []EventRow {
	row := func(event, role string) EventRow {
		return EventRow{Row: Row{"message_event/" + event, GenAI}, Event: event, Role: role}
	}
	return []EventRow{
		row("gen_ai.system.message", "system"),
		row("gen_ai.user.message", "user"),
		row("gen_ai.assistant.message", "assistant"),
		row("gen_ai.tool.message", "tool"),
		row("gen_ai.choice", ""),
	}
}

// taken says which attributes of a span event became input or output.
type taken struct {
	event int
	all   bool
	attrs []bool // by position, when not all
}

// take remembers what the index of an event marked.
func (c *call) take(event int) {
	t := taken{event: event, attrs: make([]bool, len(c.event.info))}
	for i := range c.event.info {
		t.attrs[i] = c.event.info[i].marks&markField != 0
	}
	c.taken = append(c.taken, t)
}

func (c *call) detailsEvent(r *payloadRule) (payload, bool) {
	for i := range c.sp.Events {
		if c.sp.Events[i].Name != r.Input[0] {
			continue
		}
		c.event.reset(c.m.rings.span, c.sp.Events[i].Attributes)
		for j := range c.m.payloads {
			messages := &c.m.payloads[j]
			if messages.How != PayloadMessages {
				continue
			}
			if p, ok := c.messagesOf(&c.event, messages); ok {
				c.take(i)
				return p, true
			}
		}
	}
	return payload{}, false
}

func (c *call) messageEvents() (p payload, ok bool) {
	var input, output []byte
	choices := 0
	for i := range c.sp.Events {
		e := &c.sp.Events[i]
		row := c.messageEvent(e.Name)
		if row == nil {
			continue
		}
		c.taken = append(c.taken, taken{event: i, all: true})
		if row.Role == "" {
			output = appendObject(appendComma(output), e.Attributes)
			choices++
			continue
		}
		input = appendMessage(appendComma(input), row.Role, e.Attributes)
	}
	if len(input) > 0 {
		p.input = side{fold.Text("[" + string(input) + "]"), true}
	}
	switch {
	case choices == 1:
		p.output = side{fold.Text(string(output)), true}
	case choices > 1:
		p.output = side{fold.Text("[" + string(output) + "]"), true}
	}
	return p, p.input.set || p.output.set
}

func (c *call) messageEvent(name string) *EventRow {
	for i := range c.m.rules.MessageEvents {
		if row := &c.m.rules.MessageEvents[i]; row.Event == name {
			return row
		}
	}
	return nil
}

func appendComma(list []byte) []byte {
	if len(list) > 0 {
		return append(list, ',')
	}
	return list
}

// appendMessage appends the attributes of an event as an object with a role,
// which an attribute of that name overrides.
func appendMessage(dst []byte, role string, attrs []span.Attribute) []byte {
	dst = append(dst, `{"role":`...)
	value := spanText(role)
	rest := make([]span.Attribute, 0, len(attrs))
	for _, a := range attrs {
		if a.Key == "role" {
			value = a.Value
		} else {
			rest = append(rest, a)
		}
	}
	dst = appendValue(dst, &value)
	if len(rest) == 0 {
		return append(dst, '}')
	}
	brace := len(dst)
	dst = appendObject(dst, rest)
	dst[brace] = ',' // the object goes on
	return dst
}

// contentEvents gives each side from its event: what the table makes of the
// event's attributes, or those as an object.
func (c *call) contentEvents(r *payloadRule) (p payload, ok bool) {
	in, out := c.firstEvent(r.Input[0]), c.firstEvent(r.Output[0])
	if !c.hasAttributes(in) && !c.hasAttributes(out) {
		return p, false
	}
	p.input, p.output = side{fold.Text("{}"), true}, side{fold.Text("{}"), true}
	if in >= 0 {
		made, ok := c.contentEvent(in)
		p.input = c.content(in, made.input, made.output, ok)
	}
	if out >= 0 {
		made, ok := c.contentEvent(out)
		p.output = c.content(out, made.output, made.input, ok)
	}
	return p, true
}

func (c *call) firstEvent(name string) int {
	for i := range c.sp.Events {
		if c.sp.Events[i].Name == name {
			return i
		}
	}
	return -1
}

func (c *call) hasAttributes(event int) bool {
	return event >= 0 && len(c.sp.Events[event].Attributes) > 0
}

func (c *call) contentEvent(event int) (payload, bool) {
	c.event.reset(c.m.rings.span, c.sp.Events[event].Attributes)
	return c.payloadFrom(&c.event, false)
}

// content returns the wanted side of what the table made of an event, or all of
// the event's attributes where it made nothing.
func (c *call) content(event int, wanted, other side, ok bool) side {
	if !ok || !wanted.set || wanted.value.Weak {
		c.taken = append(c.taken, taken{event: event, all: true})
		return side{fold.Text(string(appendObject(nil, c.sp.Events[event].Attributes))), true}
	}
	if !other.set || other.value.S == "{}" { // else the event holds what is shown nowhere
		c.take(event)
	}
	return wanted
}
