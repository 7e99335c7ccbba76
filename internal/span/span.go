// Package span owns the OTLP wire form of a span as plain Go values: what the
// decoders of package otlp produce and package otelmap reads.
//
// It holds no mapping rules and no protocol code. The word "span" is used for
// this wire form only; once mapped, the unit is an observation.
package span

// Batch is one export request: resources, their scopes, their spans, in wire
// order.
type Batch struct {
	Resources []Resource
}

// Resource is one ResourceSpans entry.
type Resource struct {
	Attributes []Attribute
	SchemaURL  string
	Scopes     []Scope
}

// Scope is one ScopeSpans entry.
type Scope struct {
	Name, Version string
	Attributes    []Attribute
	SchemaURL     string
	Spans         []Span
}

// Span is one span. Ids are text: lower-case hex when they arrived as bytes, as
// sent when they arrived as JSON text. ParentSpanID is empty for a root.
type Span struct {
	TraceID, SpanID, ParentSpanID string
	TraceState                    string
	Name                          string
	Kind                          int32
	Flags                         uint32
	// Start and End are microseconds since the Unix epoch. HasStart and HasEnd
	// are false where the sender gave no usable time.
	Start, End       int64
	HasStart, HasEnd bool

	Attributes []Attribute
	Events     []Event
	Links      []Link

	StatusCode    int32
	StatusMessage string

	DroppedAttributes, DroppedEvents, DroppedLinks uint32

	// Refused says why the span cannot be stored; "" for a good one. A decoder
	// sets it when a value or a size is over a limit, and may then leave the
	// rest of the span out. The span is counted and reported, never dropped
	// in silence.
	Refused string
}

// Event is a span event.
type Event struct {
	Time       int64 // microseconds since the Unix epoch; 0 when absent
	Name       string
	Attributes []Attribute
	Dropped    uint32
}

// Link is a span link.
type Link struct {
	TraceID, SpanID, TraceState string
	Attributes                  []Attribute
	Dropped                     uint32
	Flags                       uint32
}

// Attribute is a key with its value. Wire order is kept; when a key is repeated
// the last one counts.
type Attribute struct {
	Key   string
	Value Value
}

// Kind says which alternative of an AnyValue is set.
type Kind uint8

// The alternatives of an AnyValue.
const (
	Empty Kind = iota
	String
	Bool
	Int
	Double
	Array
	Map
	Bytes
)

// Value is an AnyValue. Only the field that Kind names is meaningful; Bool is
// Int 0 or 1.
type Value struct {
	Kind   Kind
	Str    string // String, and the raw bytes of Bytes
	Int    int64  // Int, Bool
	Double float64
	Array  []Value     // Array
	Map    []Attribute // Map
}
