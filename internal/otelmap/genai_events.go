package otelmap

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// Earlier generations of the OpenTelemetry GenAI conventions sent messages as
// span events. What of an event became input or output is not kept again in the
// raw value; its time, its name and its other attributes are.

// EventRow says that a span event is a message: of the input, with a role unless
// its attributes name one; without a Role, of the output.
type EventRow struct {
	Row
	Event string
	Role  string
}

func messageEvent(rank int, event, role string) EventRow {
	return EventRow{Row: Row{Name: "message_event/" + event, Rank: rank}, Event: event, Role: role}
}

func (r *EventRow) line() Line {
	gives := "the output"
	if r.Role != "" {
		gives = "a message of the input with the role " + r.Role
	}
	return Line{Reads: "span event " + code(r.Event), Gives: gives}
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

// detailsEvent reads the events with the details of a call. Most send one; some send
// input, output and instructions as one event each: what the first event lacks is
// taken from those behind it.
func (c *call) detailsEvent(r *payloadRule) (p payload, ok bool) {
	var messages, system *span.Value
	systemAt, instructed := -1, false
	rule := c.messagesRule()
	if rule == nil {
		return p, false
	}
	for i := range c.sp.Events {
		if c.sp.Events[i].Name != r.Input[0] || p.input.set && p.output.set && system != nil {
			continue
		}
		c.event.reset(c.m.rings.span, c.sp.Events[i].Attributes)
		in, _ := c.event.get(rule.input[0])
		if found, _ := c.event.get(rule.system); isTruthy(found) && system == nil {
			system, systemAt = found, i
		}
		made, yields := c.messagesOf(&c.event, rule, !p.input.set, !p.output.set)
		if !yields {
			continue
		}
		ok = true
		if !p.input.set && made.input.set {
			p.input, messages, instructed = made.input, in, system != nil && systemAt == i
		}
		if !p.output.set {
			p.output = made.output
		}
		c.take(i)
	}
	if p.input.set && !instructed && isTruthy(messages) && system != nil {
		if text, all, ok := c.withSystem(messages, system); ok {
			p.input.value = fold.Text(text)
			if all {
				c.taken = append(c.taken, taken{event: systemAt, all: len(c.sp.Events[systemAt].Attributes) == 1})
			}
		}
	}
	return p, ok
}

// messagesRule returns the first row of GenAI messages.
func (c *call) messagesRule() *payloadRule {
	for i := range c.m.payloads {
		if r := &c.m.payloads[i]; r.How == PayloadMessages {
			return r
		}
	}
	return nil
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
		made := c.contentEvent(in)
		p.input = c.content(in, made.input, made.output)
	}
	if out >= 0 {
		made := c.contentEvent(out)
		p.output = c.content(out, made.output, made.input)
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

func (c *call) contentEvent(event int) payload {
	c.event.reset(c.m.rings.span, c.sp.Events[event].Attributes)
	p, _ := c.payloadFrom(&c.event, false)
	return p
}

// content returns the wanted side of what the table made of an event, or all of
// the event's attributes where it made nothing.
func (c *call) content(event int, wanted, other side) side {
	if !wanted.set || wanted.value.Weak {
		c.taken = append(c.taken, taken{event: event, all: true})
		return side{fold.Text(string(appendObject(nil, c.sp.Events[event].Attributes))), true}
	}
	if !other.set || other.value.S == "{}" { // else the event holds what is shown nowhere
		c.take(event)
	}
	return wanted
}
