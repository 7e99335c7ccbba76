package otlp

import "github.com/fusebox-llm/fusebox/internal/body"

// Limits bounds what one export request may hold and what decoding it may cost.
// A zero field allows nothing; start from [DefaultLimits].
type Limits struct {
	body.Limits // of the request as a whole

	// Spans is the number of spans in a request. More of them refuse it.
	Spans int
	// Elements is the number of resources, scopes, events, links, attributes and
	// array elements in a request, together. More of them refuse it. An element
	// can be two bytes on the wire and a hundred in memory, so the size of the
	// body alone bounds nothing.
	Elements int
	// Attributes is the length of one attribute list: of a span, resource,
	// scope, event or link.
	Attributes int
	// Depth is how many arrays and maps may be nested in one attribute value.
	Depth int
	// KeyBytes is the length of an attribute key, of a key inside a map, and of
	// the text of an id.
	KeyBytes int
	// ValueBytes is the text in one attribute value, all its parts together, and
	// the length of a name, a message or another text outside attributes.
	ValueBytes int64
}

// DefaultLimits returns the limits of a server that was told nothing else.
func DefaultLimits() Limits {
	return Limits{
		Limits:     body.DefaultLimits(),
		Spans:      50_000,
		Elements:   1_000_000,
		Attributes: 1024,
		Depth:      32,
		KeyBytes:   1 << 10,
		ValueBytes: 64 << 20,
	}
}
