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
	Timestamp   Field = "timestamp" // trace timestamp; observation start; score timestamp

	// Traces only, for ordering.
	Public     Field = "public"
	Bookmarked Field = "bookmarked"

	// Observations only.
	ParentObservationID Field = "parentObservationId"
	Type                Field = "type"
	Level               Field = "level"
	Root                Field = "isRootObservation"

	// Observations, and scores for what they are about.
	ObservationID Field = "id"

	// Sessions only; they have Environment too.
	CreatedAt Field = "createdAt"

	// Scores only. Of the fields above they have TraceID, ObservationID, SessionID,
	// Name, Environment and Timestamp as their own, and UserID and Tags as their
	// trace's. A score whose trace does not exist has none of the latter.
	ScoreID     Field = "scoreId"
	RunID       Field = "datasetRunId"
	Source      Field = "source"
	DataType    Field = "dataType"
	Value       Field = "value"       // the number; null where the data type has none
	StringValue Field = "stringValue" // of booleans "True" or "False"
	Comment     Field = "comment"
	ConfigID    Field = "configId"
	QueueID     Field = "queueId"
	AuthorID    Field = "authorUserId"
	TraceName   Field = "traceName"
	Metadata    Field = "metadata" // with Key
)

// Op is how a condition compares.
type Op uint8

// The operators. Texts are compared verbatim, case included; times as shown,
// that is in milliseconds. A null meets no condition but IsNull, NoneOf and
// Without.
const (
	AnyOf  Op = iota // equals one of Texts; an empty list matches nothing
	AllOf            // Tags only: has all of Texts
	From             // time at or after Time
	Before           // time before Time
	IsNull           // has no value
	Is               // Root, Public, Bookmarked: equals Bool

	// The operators below apply to scores and, as far as a field has them, to
	// sessions.
	NoneOf     // equals none of Texts
	IsNotNull  // has a value
	Contains   // Texts[0] is part of the text
	Without    // Texts[0] is no part of the text
	StartsWith // the text starts with Texts[0]
	EndsWith   // the text ends with Texts[0]
	Equal      // Value: equals Number
	Greater    // Value: is greater than Number
	AtLeast    // Value: is at least Number
	Less       // Value: is less than Number
	AtMost     // Value: is at most Number
	NotEqual   // Value: is there and does not equal Number
)

// Condition is one comparison.
type Condition struct {
	Field  Field
	Op     Op
	Texts  []string
	Time   trace.Micros // whole milliseconds
	Bool   bool
	Number float64
	// Key is the top-level key of Metadata whose value is compared, as text: a text
	// as it is, everything else as JSON. A key that is not there is null, except
	// that Without too needs it to be there.
	Key string
}

// All is a list of conditions that must all hold. An empty list matches all.
type All []Condition

// Equals is the condition that a field has one text.
func Equals(f Field, text string) Condition {
	return Condition{Field: f, Op: AnyOf, Texts: []string{text}}
}
