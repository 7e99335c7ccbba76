package fold

// Field names a field of an entity. The numbers are stored: never reorder,
// only append.
type Field uint8

// The fields. Which entity has which, and how each folds, is in [DefaultRules].
const (
	_ Field = iota
	Name
	UserID
	SessionID
	Release
	Version
	Environment
	Start // observation start; the timestamp of a trace or score
	End
	CompletionStart
	Parent
	Type
	Level
	StatusMessage
	Model
	ModelParameters
	PromptLink // name in S, version in N when HasN
	Input
	Output
	Metadata
	Usage
	Cost
	ToolDefinitions
	ToolCalls
	Tags
	Public
	Bookmarked
	AppRoot
	Raw
	TraceRef       // the trace of a score
	ObservationRef // the observation of a score
	SessionRef     // the session of a score
	RunRef         // the dataset run of a score
	ScoreValue     // name, data type, value, string value and config id: one JSON text
	Comment
	Source
	Author
	Queue
	AsRoot         // to be treated as the root of its trace, without being shown as one
	ExecutionTrace // the trace of the evaluator that gave a score
	Rates          // what the model's name costs: a card of package pricing; set with Model, "" where nobody knows
	Repriced       // the card that a recalculation chose; counts while it is for the model shown
	Reasons        // which rule gave which field of the record: lines of a field, a tab, a rule
	Experiment     // what the sender says of the experiment that it is part of, one JSON object
	numFields
)

// String returns the field's name as used in tables and logs.
func (f Field) String() string {
	names := [numFields]string{
		"-", "name", "user", "session", "release", "version", "environment", "start", "end",
		"completion_start", "parent", "type", "level", "status_message", "model", "model_parameters",
		"prompt", "input", "output", "metadata", "usage", "cost", "tool_definitions", "tool_calls",
		"tags", "public", "bookmarked", "app_root", "raw", "trace_ref", "observation_ref",
		"session_ref", "run_ref", "score_value", "comment", "source", "author", "queue", "as_root", "execution_trace",
		"rates", "repriced", "reasons", "experiment",
	}
	if f < numFields {
		return names[f]
	}
	return "?"
}

// Class is the way in which values of a field are joined.
type Class uint8

// The field classes.
const (
	// None: the entity has no such field; values are ignored.
	None Class = iota
	// Ordinary: the value with the greatest key wins; null is a value. A
	// default counts only where no record gave an explicit value.
	Ordinary
	// Payload: as Ordinary in two classes: the latest value that is not "", 0
	// or false; if there is none, the latest of those. Null changes nothing.
	Payload
	// FirstWins: the explicit value with the smallest event time and rank;
	// without one, the default of the smallest.
	FirstWins
	// Whole: as Ordinary, but an empty map changes nothing.
	Whole
	// Leaves: per key path of a JSON object, each leaf as Ordinary.
	Leaves
	// TagSet: per tag the greatest key of set and removed.
	TagSet
)

// String returns the class's name.
func (c Class) String() string {
	return [...]string{"none", "ordinary", "payload", "first_wins", "whole", "leaves", "tag_set"}[c]
}

// Rule says how one field of one kind of entity folds.
type Rule struct {
	Kind  Kind
	Field Field
	Class Class
	// NullIsAbsent: an explicit null changes nothing. Otherwise null is a value
	// and clears.
	NullIsAbsent bool
}

// DefaultRules returns the fold table. It is a value: callers may change their
// copy, which is how the mutation run proves that each row is held by a test.
func DefaultRules() []Rule {
	const absent = true
	return []Rule{
		{Trace, Name, Ordinary, false},
		{Trace, UserID, Ordinary, false},
		{Trace, SessionID, Ordinary, false},
		{Trace, Release, Ordinary, false},
		{Trace, Version, Ordinary, false},
		{Trace, Environment, FirstWins, absent},
		{Trace, Start, FirstWins, absent},
		{Trace, Input, Payload, absent},
		{Trace, Output, Payload, absent},
		{Trace, Metadata, Leaves, absent},
		{Trace, Tags, TagSet, absent},
		{Trace, Public, Ordinary, absent},
		{Trace, Bookmarked, Ordinary, absent},
		{Trace, Raw, Ordinary, absent},

		{Observation, Name, Ordinary, false},
		{Observation, UserID, Ordinary, false},
		{Observation, SessionID, Ordinary, false},
		{Observation, Release, Ordinary, false},
		{Observation, Version, Ordinary, absent},
		{Observation, Environment, FirstWins, absent},
		{Observation, Start, FirstWins, absent},
		{Observation, End, Ordinary, absent},
		{Observation, CompletionStart, Ordinary, absent},
		{Observation, Parent, Ordinary, absent},
		{Observation, Type, Ordinary, absent},
		{Observation, Level, Ordinary, false},
		{Observation, StatusMessage, Ordinary, absent},
		{Observation, Model, Ordinary, false},
		{Observation, ModelParameters, Ordinary, absent},
		{Observation, PromptLink, Ordinary, absent},
		{Observation, Input, Payload, absent},
		{Observation, Output, Payload, absent},
		{Observation, Metadata, Leaves, absent},
		{Observation, Usage, Whole, absent},
		{Observation, Cost, Whole, absent},
		{Observation, ToolDefinitions, Whole, absent},
		{Observation, ToolCalls, Whole, absent},
		{Observation, AppRoot, Ordinary, absent},
		{Observation, AsRoot, Ordinary, absent},
		{Observation, Raw, Ordinary, absent},
		{Observation, Rates, Ordinary, false},
		{Observation, Repriced, Ordinary, absent},
		{Observation, Reasons, Ordinary, absent},
		{Observation, Experiment, Ordinary, absent},

		{Score, Start, FirstWins, absent},
		{Score, TraceRef, FirstWins, absent},
		{Score, Environment, FirstWins, absent},
		{Score, ObservationRef, Ordinary, absent},
		{Score, SessionRef, Ordinary, absent},
		{Score, RunRef, Ordinary, absent},
		{Score, ScoreValue, Ordinary, absent},
		{Score, Comment, Ordinary, false},
		{Score, Metadata, Leaves, absent},
		{Score, Source, Ordinary, absent},
		{Score, Author, Ordinary, false},
		{Score, Queue, Ordinary, false},
		{Score, ExecutionTrace, Ordinary, false},
		{Score, Raw, Ordinary, absent},

		{Session, Environment, FirstWins, absent},
		{Session, Public, Ordinary, absent},
		{Session, Bookmarked, Ordinary, absent},
	}
}
