package fold

import "github.com/fusebox-llm/fusebox/internal/trace"

// Value is the value of a field. Which parts are meaningful depends on the
// field; the zero Value is the empty text.
//
// Usage has in S what a price may ask of the record that carried it, a
// pricing.Hints; a usage that is a default is an estimate. Rates and Repriced are
// cards of package pricing. Reasons are lines, each the name of a field as
// [Field.String] has it, perhaps with a dot and the name of an entry after it, a
// tab, and the name of a rule.
type Value struct {
	Null bool
	// Weak marks an input or output that was "", 0 or false when it arrived.
	Weak bool
	// HasN says that N is set where that is not implied by the field (the
	// version of a prompt link).
	HasN bool
	N    int64         // times in microseconds, booleans as 0 and 1, versions
	S    string        // texts, and JSON as text
	A    trace.Amounts // usage and cost; none is an empty map, whatever S is
	Ref  string        // blob key of a payload whose S is a preview
	Size int64         // bytes of the whole payload when Ref is set
}

// Equal reports whether two values are the same.
func (v Value) Equal(o Value) bool {
	return v.Null == o.Null && v.Weak == o.Weak && v.HasN == o.HasN && v.N == o.N &&
		v.S == o.S && v.Ref == o.Ref && v.Size == o.Size && v.A.Equal(o.A)
}

// Text returns a text value.
func Text(s string) Value { return Value{S: s} }

// Null returns the null value.
func Null() Value { return Value{Null: true} }

// Time returns an instant as a value.
func Time(t trace.Micros) Value { return Value{N: int64(t)} }

// Bool returns a boolean as a value.
func Bool(b bool) Value {
	if b {
		return Value{N: 1}
	}
	return Value{}
}

// Map returns usage or cost as a value.
func Map(a trace.Amounts) Value { return Value{A: a} }

// Register is a field with its value and, inside a [State], the key that it won
// with.
type Register struct {
	Field   Field
	Default bool // filled in by a mapping because the sender said nothing
	Key     Key  // ignored in a Record
	Value   Value
}

// Record is one thing that arrived about one entity.
type Record struct {
	Kind Kind
	// TraceID is the trace that the record names; "" when it names none, which
	// only a record from the batch or REST API may do. For a trace it equals ID.
	TraceID string
	ID      string
	Time    trace.Micros // event time
	Rank    Rank
	// OTel says that the record came as an OTLP span.
	OTel bool
	// Answered says, of an OTLP span, that it tells a call of a model with its answer,
	// so that usage which it does not report may be estimated. It does not fold.
	Answered bool
	// Fields holds each field at most once, in any order; a later duplicate
	// wins. Metadata and Tags are not in here.
	Fields []Register
	// Metadata is a JSON object; see [MetadataOf] for what is not one.
	Metadata trace.Metadata
	// Tags are added, RemovedTags taken away.
	Tags        []string
	RemovedTags []string
	// Absorbs, of a trace record, is an id that stands for this trace as well:
	// what lies under it becomes part of the trace. "" is none. It is no field and
	// does not fold; see telemetry.Writer.
	Absorbs string
}

// Set appends an explicit value.
func (r *Record) Set(f Field, v Value) {
	r.Fields = append(r.Fields, Register{Field: f, Value: v})
}

// SetDefault appends a value that counts only where no record is explicit.
func (r *Record) SetDefault(f Field, v Value) {
	r.Fields = append(r.Fields, Register{Field: f, Value: v, Default: true})
}

// Get returns the record's value of a field.
func (r *Record) Get(f Field) (Register, bool) {
	for i := len(r.Fields) - 1; i >= 0; i-- {
		if r.Fields[i].Field == f {
			return r.Fields[i], true
		}
	}
	return Register{}, false
}
