// Package filter owns the typed conditions that lists are narrowed by: what to
// compare, how, and with what. Parsers at the edges build them; each engine has
// one compiler from them to its own query form, with bind parameters only.
//
// The package holds no query text and no wire format.
package filter

import "github.com/fusebox-llm/fusebox/internal/trace"

// Field names what a condition looks at. Filters see what is shown: an
// observation without a user of its own matches by its trace's.
type Field string

// The fields. Those of the trace can be used on observations too where the
// comment says so.
const (
	TraceID     Field = "traceId"
	Name        Field = "name" // of the entity that is listed
	UserID      Field = "userId"
	SessionID   Field = "sessionId"
	Release     Field = "release"
	Version     Field = "version"
	Environment Field = "environment"
	Tags        Field = "tags"      // the trace's
	Timestamp   Field = "timestamp" // trace timestamp; observation start

	// Traces only, for ordering.
	Public     Field = "public"
	Bookmarked Field = "bookmarked"

	// Observations only.
	ObservationID       Field = "id"
	ParentObservationID Field = "parentObservationId"
	Type                Field = "type"
	Level               Field = "level"
	Root                Field = "isRootObservation"
)

// Op is how a condition compares.
type Op uint8

// The operators. Texts are compared verbatim, case included; times as shown,
// that is in milliseconds.
const (
	AnyOf  Op = iota // equals one of Texts; an empty list matches nothing
	AllOf            // Tags only: has all of Texts
	From             // time at or after Time
	Before           // time before Time
	IsNull           // has no value
	Is               // Root, Public, Bookmarked: equals Bool
)

// Condition is one comparison.
type Condition struct {
	Field Field
	Op    Op
	Texts []string
	Time  trace.Micros // whole milliseconds
	Bool  bool
}

// All is a list of conditions that must all hold. An empty list matches all.
type All []Condition

// Equals is the condition that a field has one text.
func Equals(f Field, text string) Condition {
	return Condition{Field: f, Op: AnyOf, Texts: []string{text}}
}
