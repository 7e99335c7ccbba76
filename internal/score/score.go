package score

import (
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// DataType says what the value of a score is, in the spelling of the API.
type DataType string

// The data types.
const (
	Numeric     DataType = "NUMERIC"
	Boolean     DataType = "BOOLEAN"
	Categorical DataType = "CATEGORICAL"
	Text        DataType = "TEXT"
	Correction  DataType = "CORRECTION" // what the output should have been
)

// DataTypes lists the data types in the order of the API document.
func DataTypes() []DataType { return []DataType{Numeric, Boolean, Categorical, Correction, Text} }

// Source says where a score came from, in the spelling of the API.
type Source string

// The sources.
const (
	API        Source = "API"
	Annotation Source = "ANNOTATION"
	Eval       Source = "EVAL"
)

// Sources lists the sources in the order of the API document.
func Sources() []Source { return []Source{Annotation, API, Eval} }

// Value is what a score says. Its parts change only together.
type Value struct {
	Name     string
	DataType DataType
	// Number is the value of a numeric score, 0 or 1 of a boolean one, the number
	// of the category of a categorical one (0 without a score config), and 0
	// otherwise.
	Number float64
	// Text is nil for a numeric score, "True" or "False" for a boolean one, and
	// otherwise the label, text or correction.
	Text *string
	// ConfigID is the score config that the value was checked against.
	ConfigID *string
}

// Score is one score as it is shown. Nil means null.
type Score struct {
	Project   id.Project
	ID        string
	Timestamp trace.Micros
	Value

	// What the score is about: a trace, an observation in a trace, a session or a
	// dataset run. Nothing says that it exists.
	TraceID       *string
	ObservationID *string
	SessionID     *string
	RunID         *string

	Environment string // "default" where none was given; not the trace's
	Source      Source
	Comment     *string
	AuthorID    *string
	QueueID     *string
	// ExecutionTraceID is the trace of the evaluator that gave the score.
	ExecutionTraceID *string
	Metadata         trace.Metadata
	// Raw is what no rule put anywhere, a JSON object text. It is never part of the
	// public shapes.
	Raw *trace.Text

	CreatedAt trace.Micros
	UpdatedAt trace.Micros

	// Trace is what lists show of the score's trace; nil when not asked for, when
	// the score has no trace, or when there is no such trace.
	Trace *Trace
}

// Trace is what a list of scores shows of a score's trace.
type Trace struct {
	UserID      *string
	SessionID   *string
	Environment string
	Tags        []string // sorted by code unit; never nil
}
