package otlp

import (
	"fmt"

	"github.com/fusebox-llm/fusebox/internal/body"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// The years 1 to 9999, in microseconds since the epoch: what RFC 3339 and every
// store can write.
const (
	minMicros = -62_135_596_800_000_000
	maxMicros = 253_402_300_799_999_999
)

// intake is what both decoders keep while they read one request: what has been
// used of the limits, and where lists grow before they get memory of the right
// size.
//
// Limits count everything that was sent, also what a later duplicate replaces.
type intake struct {
	limits   Limits
	text     text
	spanSum  int
	elements int
	// used is the text in the attribute value being read.
	used int64
	// refusal says why the span, scope or resource being read cannot be stored.
	// From then on its lists are passed over.
	refusal string

	// Stacks: a list begins at the length it finds and gives back what it took.
	attrs  []span.Attribute
	values []span.Value
	spans  []span.Span
	events []span.Event
	links  []span.Link
}

func (in *intake) init(l Limits, body int) {
	in.limits = l
	in.text.init(body)
	in.attrs = make([]span.Attribute, 0, 32)
}

// countSpan returns an error for a span too many.
func (in *intake) countSpan() error {
	in.spanSum++
	if in.spanSum > in.limits.Spans {
		return fault.New(fault.TooLarge, "More than %d spans in one request", in.limits.Spans)
	}
	return nil
}

// countElement returns an error for a list element too many.
func (in *intake) countElement() error {
	in.elements++
	if in.elements > in.limits.Elements {
		return fault.New(fault.TooLarge, "More than %d attributes and other list elements in one request", in.limits.Elements)
	}
	return nil
}

// refuse marks what is being read as not storable. The first reason stays.
func (in *intake) refuse(format string, args ...any) {
	if in.refusal == "" {
		in.refusal = fmt.Sprintf(format, args...)
	}
}

// takeRefusal returns the refusal and begins anew.
func (in *intake) takeRefusal() string {
	r := in.refusal
	in.refusal = ""
	return r
}

// fits reports whether a text outside attributes has an acceptable length, and
// refuses if not.
func (in *intake) fits(n int, what string) bool {
	if int64(n) > in.limits.ValueBytes {
		in.refuse("%s longer than %s", what, body.Size(in.limits.ValueBytes))
		return false
	}
	return true
}

// fitsID is fits for the text of an id.
func (in *intake) fitsID(n int, what string) bool {
	if n > in.limits.KeyBytes {
		in.refuse("%s longer than %s", what, body.Size(int64(in.limits.KeyBytes)))
		return false
	}
	return true
}

// fitsKey is fits for an attribute key or, at a depth above 0, a key in a map,
// which is part of the attribute's value.
func (in *intake) fitsKey(n, depth int) bool {
	if n > in.limits.KeyBytes {
		in.refuse("attribute key longer than %s", body.Size(int64(in.limits.KeyBytes)))
		return false
	}
	if depth > 0 {
		in.used += int64(n)
	}
	return true
}

// fitsValue adds text to the attribute value being read.
func (in *intake) fitsValue(n int) bool {
	in.used += int64(n)
	if in.used > in.limits.ValueBytes {
		in.refuse("attribute value larger than %s", body.Size(in.limits.ValueBytes))
		return false
	}
	return true
}

// fitsList reports whether an attribute list of length n may grow by one.
func (in *intake) fitsList(n int) bool {
	if n >= in.limits.Attributes {
		in.refuse("more than %d attributes", in.limits.Attributes)
		return false
	}
	return true
}

// fitsDepth reports whether an array or map may lie inside depth others.
func (in *intake) fitsDepth(depth int) bool {
	if depth >= in.limits.Depth {
		in.refuse("attribute value nested deeper than %d levels", in.limits.Depth)
		return false
	}
	return true
}

// fitsTime reports whether a time can be stored.
func (in *intake) fitsTime(micros int64, what string) bool {
	if micros < minMicros || micros > maxMicros {
		in.refuse("%s outside the years 1 to 9999", what)
		return false
	}
	return true
}

// closeSpan gives a span that was read its refusal. The lists of a refused span
// are dropped: they are incomplete, and nobody will store them.
func (in *intake) closeSpan(s *span.Span) {
	if s.Refused = in.takeRefusal(); s.Refused != "" {
		s.Attributes, s.Events, s.Links = nil, nil, nil
	}
}

// closeScope passes what is wrong with a scope on to its spans.
func closeScope(s *span.Scope, why string) {
	if why != "" {
		s.Attributes = nil
		refuseSpans(s.Spans, "scope: "+why)
	}
}

// closeResource passes what is wrong with a resource on to its spans.
func closeResource(r *span.Resource, why string) {
	if why == "" {
		return
	}
	r.Attributes = nil
	for i := range r.Scopes {
		refuseSpans(r.Scopes[i].Spans, "resource: "+why)
	}
}

// refuseSpans refuses the spans that have no reason of their own.
func refuseSpans(spans []span.Span, why string) {
	for i := range spans {
		s := &spans[i]
		s.Attributes, s.Events, s.Links = nil, nil, nil
		if s.Refused == "" {
			s.Refused = why
		}
	}
}
