package trace

import "github.com/fusebox-llm/fusebox/internal/id"

// Type is the type of an observation, upper case as the API writes it.
type Type string

// The observation types.
const (
	Span       Type = "SPAN"
	Event      Type = "EVENT"
	Generation Type = "GENERATION"
	Agent      Type = "AGENT"
	Tool       Type = "TOOL"
	Chain      Type = "CHAIN"
	Retriever  Type = "RETRIEVER"
	Evaluator  Type = "EVALUATOR"
	Embedding  Type = "EMBEDDING"
	Guardrail  Type = "GUARDRAIL"
)

// Types lists all observation types in the order of the API document.
func Types() []Type {
	return []Type{Span, Generation, Event, Agent, Tool, Chain, Retriever, Evaluator, Embedding, Guardrail}
}

// Level is the severity of an observation.
type Level string

// The levels, from the least to the most severe.
const (
	Debug   Level = "DEBUG"
	Default Level = "DEFAULT"
	Warning Level = "WARNING"
	Error   Level = "ERROR"
)

// Levels lists the levels from the least to the most severe.
func Levels() []Level { return []Level{Debug, Default, Warning, Error} }

// DefaultEnvironment is the environment of what names none.
const DefaultEnvironment = "default"

// Observation is one unit of work as it is shown: its own folded fields, and
// what it takes from its trace. Nil means null.
type Observation struct {
	Project  id.Project
	ID       string
	TraceID  string
	ParentID *string

	Type            Type
	Name            *string
	Level           Level
	StatusMessage   *string
	Start           Micros
	End             *Micros
	CompletionStart *Micros

	// Own value where the observation has one, otherwise its trace's.
	Environment string
	UserID      *string
	SessionID   *string
	Release     *string
	Version     *string

	// Input, Output and Metadata are filled only when asked for.
	Input    *Text
	Output   *Text
	Metadata Metadata

	Model           *string
	ModelParameters string // JSON object text; "" when none
	Prompt          *Prompt

	ProvidedUsage Amounts
	ProvidedCost  Amounts
	Usage         Amounts // with total
	Cost          Amounts // with total where one is defined
	TotalCost     *int64  // 1e-12 dollars
	Account       Account

	ToolDefinitions string // JSON object text; "" when none
	ToolCalls       string // JSON array text; "" when none
	Experiment      string // JSON object text of what its sender says of its experiment; "" when none

	AppRoot bool // marked by its SDK as the first exported span of a service
	OTel    bool // at least one of its records was an OTLP span
	// Raw is what no rule put anywhere, a JSON object text; filled only when
	// asked for. It is never part of the public shapes.
	Raw *Text
	// Reasons says which rule gave which field, where the record that gave it said
	// so.
	Reasons []Reason

	CreatedAt Micros
	UpdatedAt Micros

	// Always the trace's.
	TraceName  *string
	Tags       []string
	Public     bool
	Bookmarked bool
}

// Root reports whether the observation counts as a root: it has no parent, or
// its SDK marked it as the root of its application.
func (o *Observation) Root() bool { return o.ParentID == nil || o.AppRoot }

// Latency returns the duration in microseconds; ok is false without an end.
func (o *Observation) Latency() (us int64, ok bool) {
	if o.End == nil {
		return 0, false
	}
	return int64(*o.End - o.Start), true
}
