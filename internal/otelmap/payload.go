package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// PayloadHow is how a [PayloadRow] finds input and output.
type PayloadHow uint8

// The ways to find input and output.
const (
	// PayloadPair: on each side the first attribute that passes the side's test,
	// or else the last. It succeeds when either side passes Test.
	PayloadPair PayloadHow = iota
	// PayloadMessages: the attributes Input[0] and Output[0], the former with
	// the instructions of System put first; see genai_messages.go for the other two.
	PayloadMessages
	// PayloadIndexed: rebuilt from all attributes with the prefixes Input[0]
	// and Output[0]; see indexed.go. It succeeds when there is one.
	PayloadIndexed
	// PayloadMembers: the members InputMember and OutputMember of the JSON in
	// Input[0] and Output[0], or all of it; see genkit.go.
	PayloadMembers
	// PayloadDetailsEvent: the first span event named Input[0] whose attributes
	// give something by the PayloadMessages rows.
	PayloadDetailsEvent
	// PayloadMessageEvents: the span events of Rules.MessageEvents.
	PayloadMessageEvents
	// PayloadContentEvents: the first span events named Input[0] and Output[0].
	PayloadContentEvents
	// PayloadLoggedEvents: the list of events in Input[0]; see logfire.go.
	PayloadLoggedEvents
	// PayloadVercelAI: see vercel.go.
	PayloadVercelAI
)

// PayloadRow gives input and output, both: rows are not mixed.
type PayloadRow struct {
	Row
	How                       PayloadHow
	Scope                     string // the scope's name; "" for any
	Always                    bool   // the row decides even where it finds nothing
	Input, Output             []string
	InputTest, OutputTest     Test // which of several attributes
	InputMember, OutputMember string
	System                    string
	Test                      Test
	Unquote                   bool // a JSON string stands for its text
}

func pair(rank int, test Test, input, output string) PayloadRow {
	return PayloadRow{
		Row: Row{Name: "payload/" + input + ", " + output, Rank: rank}, How: PayloadPair,
		Input: []string{input}, Output: []string{output}, Test: test,
	}
}

func indexed(rank int, input, output string) PayloadRow {
	return PayloadRow{
		Row: Row{Name: "payload/" + input + "*, " + output + "*", Rank: rank}, How: PayloadIndexed,
		Input: []string{input}, Output: []string{output},
	}
}

func (r *PayloadRow) line() Line {
	l := Line{Reads: "input: " + code(r.Input...) + "; output: " + code(r.Output...)}
	switch r.How {
	case PayloadPair:
		l.When = "either " + r.Test.String()
		if len(r.Input) > 1 {
			l.Gives = "the first input that " + r.InputTest.String() + ", the first output that " + r.OutputTest.String()
		}
	case PayloadMessages:
		l.When = "either is truthy"
		l.Gives = "messages; without any, arguments and result"
	case PayloadIndexed:
		l.When = "any attribute that begins with one of them"
		l.Gives = "the values built again from the indexed names"
	case PayloadMembers:
		l.Gives = "the members " + code(r.InputMember, r.OutputMember) + " of the JSON, or all of it"
	case PayloadDetailsEvent:
		l.Reads, l.When = "the first span event "+code(r.Input...), "its attributes hold GenAI messages"
	case PayloadMessageEvents:
		l.Reads, l.When = "the span events of the table `message_event`", "there is one"
	case PayloadContentEvents:
		l.Reads = "the first span events " + code(r.Input[0], r.Output[0])
		l.When = "either has attributes"
		l.Gives = "what this table makes of their attributes, or those as an object"
	case PayloadLoggedEvents:
		l.Reads, l.When = code(r.Input...), "is a list that is not empty, or the JSON text of one"
		l.Gives = "output: the first event that is a `gen_ai.choice`, or else a `gen_ai.assistant.message` that comes last; input: all others"
	case PayloadVercelAI:
		l.Gives = "the first that exists on each side; text and tool calls of a response together; a side that is missing as in `payload/gen_ai messages`"
	}
	if r.System != "" {
		l.Gives += "; the instructions of " + code(r.System) + " come first in the input"
		l.Gives = strings.TrimPrefix(l.Gives, "; ")
	}
	if r.Always {
		l.When = strings.TrimPrefix(l.When+"; decides in any case", "; ")
	}
	l.When = inScope(r.Scope, l.When)
	return l
}

type payloadRule struct {
	*PayloadRow
	input, output []int32 // slots of the attributes
	system        int32
	inputPrefix   prefixSet
	outputPrefix  prefixSet
}

func (r rings) payload(row *PayloadRow) payloadRule {
	rule := payloadRule{PayloadRow: row}
	switch row.How {
	case PayloadDetailsEvent, PayloadMessageEvents, PayloadContentEvents:
	default:
		for _, key := range row.Input {
			rule.input = append(rule.input, r.span.slot(key))
		}
		for _, key := range row.Output {
			rule.output = append(rule.output, r.span.slot(key))
		}
	}
	switch row.How {
	case PayloadIndexed:
		rule.inputPrefix, rule.outputPrefix = r.span.prefix(row.Input[0]), r.span.prefix(row.Output[0])
	}
	if row.System != "" {
		rule.system = r.span.slot(row.System)
	}
	return rule
}

// payload is an input and an output.
type payload struct {
	input, output side
}

// side is an input or an output; set is false where there is none.
type side struct {
	value fold.Value
	set   bool
}

// payload returns what the span went in with and came out with, and the row that
// says so.
func (c *call) payload() (p payload, row string) { return c.payloadFrom(&c.attrs, true) }

func (c *call) setPayload(p *payload, row string) {
	if p.input.set {
		c.set(fold.Input, p.input.value, row)
	}
	if p.output.set {
		c.set(fold.Output, p.output.value, row)
	}
}

// payloadFrom applies the whole table to attributes, those of the span or of one of
// its events. Span events are looked at only with the former. row is empty where
// no row applies.
func (c *call) payloadFrom(ix *index, events bool) (p payload, row string) {
	events = events && len(c.sp.Events) > 0
	for i := range c.m.payloads {
		r := &c.m.payloads[i]
		if r.Scope != "" && r.Scope != c.scope.Name || len(r.input) > 0 && !r.Always && !ix.hasAny(r) {
			continue
		}
		ok := false
		switch r.How {
		case PayloadPair:
			p, ok = c.pairOf(ix, r)
		case PayloadMessages:
			p, ok = c.messagesOf(ix, r, true, true)
		case PayloadIndexed:
			p, ok = indexedOf(ix, r)
		case PayloadMembers:
			p = c.membersOf(ix, r)
		case PayloadLoggedEvents:
			p, ok = c.loggedEvents(ix, r)
		case PayloadVercelAI:
			p = c.vercelPayload(ix, r)
		case PayloadDetailsEvent:
			if events {
				p, ok = c.detailsEvent(r)
			}
		case PayloadMessageEvents:
			if events {
				p, ok = c.messageEvents()
			}
		case PayloadContentEvents:
			if events {
				p, ok = c.contentEvents(r)
			}
		}
		if ok || r.Always {
			return p, r.Name
		}
	}
	return payload{}, ""
}

// hasAny reports whether one of a row's attributes is there, without which it cannot
// apply. Most rows have none.
func (ix *index) hasAny(r *payloadRule) bool {
	if ix.any&(r.inputPrefix|r.outputPrefix) != 0 {
		return true
	}
	for _, slot := range r.input {
		if ix.slots[slot] != 0 {
			return true
		}
	}
	for _, slot := range r.output {
		if ix.slots[slot] != 0 {
			return true
		}
	}
	return false
}

func (c *call) pairOf(ix *index, r *payloadRule) (p payload, ok bool) {
	in, inAt := ix.firstOf(r.input, r.InputTest)
	out, outAt := ix.firstOf(r.output, r.OutputTest)
	if (in == nil || !r.Test.passes(in)) && (out == nil || !r.Test.passes(out)) {
		return p, false
	}
	p.input, p.output = shown(ix, in, inAt), shown(ix, out, outAt)
	if r.System != "" {
		c.instruct(&p.input, ix, in, r.system)
	}
	if r.Unquote {
		c.unquote(&p.input, in)
		c.unquote(&p.output, out)
	}
	return p, true
}

// firstOf returns the first attribute that passes a test, or else the last.
func (ix *index) firstOf(slots []int32, test Test) (v *span.Value, at int32) {
	at = none
	for _, slot := range slots {
		if found, foundAt := ix.get(slot); found != nil {
			v, at = found, foundAt
			if test.passes(v) {
				break
			}
		}
	}
	return v, at
}

// unquote replaces a side that is a JSON string by the text that it stands for.
func (c *call) unquote(s *side, v *span.Value) {
	if s.set {
		s.value = c.unquoted(v, s.value)
	}
}

// unquoted returns the text that a JSON string stands for, and the value as it is
// for anything else.
func (c *call) unquoted(v *span.Value, value fold.Value) fold.Value {
	if v.Kind != span.String {
		return value
	}
	if text := jsontext.Trim(v.Str); strings.HasPrefix(text, `"`) && jsontext.Valid(text, &c.buf) {
		value = fold.Value{S: jsontext.Unquote(text)}
		value.Weak = value.S == ""
	}
	return value
}

// fill takes what a payload lacks from the rows of GenAI messages.
func (c *call) fill(p *payload, ix *index) {
	if p.input.set && p.output.set {
		return
	}
	for i := range c.m.payloads {
		r := &c.m.payloads[i]
		if r.How != PayloadMessages {
			continue
		}
		made, ok := c.messagesOf(ix, r, !p.input.set, !p.output.set)
		if !ok {
			continue
		}
		if !p.input.set {
			p.input = made.input
		}
		if !p.output.set {
			p.output = made.output
		}
	}
}
