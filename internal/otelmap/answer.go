package otelmap

// outputMessages begins the attributes in which OpenInference shows a model's answer.
// Spans around a call have its texts in input.value and output.value alone.
const outputMessages = "llm.output_messages"

// answered reports whether a span tells a call of a model with its answer, and not
// something around one or a part of one. Only then may usage that it does not report
// be estimated: otherwise another span counts the call.
func (c *call) answered(p *payload, row string) bool {
	if c.attrs.any&c.m.outputMessages != 0 {
		return true
	}
	for i := range c.m.payloads {
		r := &c.m.payloads[i]
		if r.Name != row {
			continue
		}
		switch r.How {
		case PayloadMessages, PayloadIndexed, PayloadDetailsEvent, PayloadMessageEvents, PayloadContentEvents, PayloadLoggedEvents, PayloadVercelAI:
			return p.output.set
		case PayloadPair, PayloadMembers:
			return r.Convention == Langfuse
		}
	}
	return false
}
