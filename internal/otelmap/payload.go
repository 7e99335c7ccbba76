package otelmap

import "github.com/fusebox-llm/fusebox/internal/fold"

// PayloadHow is how a [PayloadRow] finds input and output.
type PayloadHow uint8

// The ways to find input and output.
const (
	// PayloadPair: the attributes Input[0] and Output[0] as they are. It
	// succeeds when either passes Test.
	PayloadPair PayloadHow = iota
	// PayloadMessages: the attributes Input[0] and Output[0], the former with
	// the instructions of System put first; see genai.go for the other two.
	PayloadMessages
	// PayloadIndexed: rebuilt from all attributes with the prefixes Input[0]
	// and Output[0]; see indexed.go. It succeeds when there is one.
	PayloadIndexed
	// PayloadDetailsEvent: the first span event named Input[0] whose attributes
	// give something by the PayloadMessages rows.
	PayloadDetailsEvent
	// PayloadMessageEvents: the span events of Rules.MessageEvents.
	PayloadMessageEvents
	// PayloadContentEvents: the first span events named Input[0] and Output[0].
	PayloadContentEvents
)

// PayloadRow gives input and output, both: rows are not mixed.
type PayloadRow struct {
	Row
	How           PayloadHow
	Input, Output []string
	System        string
	Test          Test
}

func defaultPayloads() []PayloadRow {
	return []PayloadRow{
		pair(Langfuse, Present, "langfuse.observation.input", "langfuse.observation.output"),
		genAIDetailsEvent(),
		genAIMessageEvents(),
		genAIContentEvents(),
		pair(Logfire, Truthy, "prompt", "all_messages_events"),
		pair(MLflow, Truthy, "mlflow.spanInputs", "mlflow.spanOutputs"),
		pair(Traceloop, Truthy, "traceloop.entity.input", "traceloop.entity.output"),
		pair(OpenInference, Truthy, "input.value", "output.value"),
		pair(Generic, Truthy, "input", "output"),
		pair(PydanticAI, Truthy, "tool_arguments", "tool_response"),
		indexed(Traceloop, "gen_ai.prompt", "gen_ai.completion"),
		genAIMessages(),
	}
}

func pair(c Convention, test Test, input, output string) PayloadRow {
	return PayloadRow{
		Row: Row{"payload/" + input + ", " + output, c}, How: PayloadPair,
		Input: []string{input}, Output: []string{output}, Test: test,
	}
}

func indexed(c Convention, input, output string) PayloadRow {
	return PayloadRow{
		Row: Row{"payload/" + input + "*, " + output + "*", c}, How: PayloadIndexed,
		Input: []string{input}, Output: []string{output},
	}
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
	case PayloadPair, PayloadMessages, PayloadIndexed:
		for _, key := range row.Input {
			rule.input = append(rule.input, r.span.slot(key))
		}
		for _, key := range row.Output {
			rule.output = append(rule.output, r.span.slot(key))
		}
	}
	switch row.How {
	case PayloadMessages:
		rule.system = r.span.slot(row.System)
	case PayloadIndexed:
		rule.inputPrefix, rule.outputPrefix = r.span.prefix(row.Input[0]), r.span.prefix(row.Output[0])
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

func (c *call) payload() {
	p, ok := c.payloadFrom(&c.attrs, true)
	if !ok {
		return
	}
	if p.input.set {
		c.set(fold.Input, p.input.value)
	}
	if p.output.set {
		c.set(fold.Output, p.output.value)
	}
}

// payloadFrom applies the whole table to attributes, those of the span or of one of
// its events. Span events are looked at only with the former.
func (c *call) payloadFrom(ix *index, events bool) (p payload, ok bool) {
	events = events && len(c.sp.Events) > 0
	for i := range c.m.payloads {
		r := &c.m.payloads[i]
		switch r.How {
		case PayloadPair:
			p, ok = pairOf(ix, r)
		case PayloadMessages:
			p, ok = c.messagesOf(ix, r)
		case PayloadIndexed:
			p, ok = indexedOf(ix, r)
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
		if ok {
			return p, true
		}
	}
	return payload{}, false
}

func pairOf(ix *index, r *payloadRule) (p payload, ok bool) {
	in, inAt := ix.get(r.input[0])
	out, outAt := ix.get(r.output[0])
	if (in == nil || !r.Test.passes(in)) && (out == nil || !r.Test.passes(out)) {
		return p, false
	}
	p.input.value, p.input.set = asPayload(in)
	p.output.value, p.output.set = asPayload(out)
	if p.input.set {
		ix.mark(inAt, markField)
	}
	if p.output.set {
		ix.mark(outAt, markField)
	}
	return p, true
}
