package api

import (
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// maxNumbers is how many numbers the v3 list takes as values: each is a question
// of its own to the store.
const maxNumbers = 20

// ScoresV3Query narrows a list of scores and says what is wanted of them.
type ScoresV3Query struct {
	strictQuery //nolint:unused // Handle looks for it
	// How many scores a page holds.
	Limit int `query:"limit" default:"50" minimum:"1" maximum:"100"`
	// Where to go on: meta.cursor of the page before.
	Cursor string `query:"cursor"`
	// The groups of fields that are wanted, default core, which always comes. Groups: core, details, subject, annotation.
	Fields []string `query:"fields" list:"commas"`
	// Only scores with one of these ids.
	ID []string `query:"id" list:"commas"`
	// Only scores of one of these names.
	Name []string `query:"name" list:"commas"`
	// Only scores of one of these environments.
	Environment []string `query:"environment" list:"commas"`
	// Only scores that were checked against one of these score configs.
	ConfigID []string `query:"configId" list:"commas"`
	// Only scores that were given in one of these annotation queues.
	QueueID []string `query:"queueId" list:"commas"`
	// Only scores that one of these users gave.
	AuthorUserID []string `query:"authorUserId" list:"commas"`
	// Only scores from one of these sources, in any case: ANNOTATION, API, EVAL.
	Source []string `query:"source" list:"commas"`
	// Only scores of one of these data types, in any case: NUMERIC, BOOLEAN, CATEGORICAL, CORRECTION, TEXT.
	DataType []string `query:"dataType" list:"commas"`
	// Only scores of one of these traces and their observations. At most one of traceId, sessionId and experimentId can be given.
	TraceID []string `query:"traceId" list:"commas"`
	// Only scores of one of these sessions.
	SessionID []string `query:"sessionId" list:"commas"`
	// Only scores of one of these dataset runs.
	ExperimentID []string `query:"experimentId" list:"commas"`
	// Only scores of one of these observations. Needs traceId.
	ObservationID []string `query:"observationId" list:"commas"`
	// Only scores with one of these values. Needs a single dataType: NUMERIC (up to 20 numbers), BOOLEAN (`true`, `false`) or CATEGORICAL.
	Value []string `query:"value" list:"commas"`
	// Only scores whose number is at least this. Needs dataType=NUMERIC.
	ValueMin *float64 `query:"valueMin"`
	// Only scores whose number is at most this. Needs dataType=NUMERIC.
	ValueMax *float64 `query:"valueMax"`
	// Only scores given at or after this time.
	FromTimestamp *trace.Micros `query:"fromTimestamp"`
	// Only scores given before this time.
	ToTimestamp *trace.Micros `query:"toTimestamp"`
}

// scoresV3Asked is a query of the v3 list that keeps the rules.
type scoresV3Asked struct {
	groups fieldGroups
	where  filter.All
	// numbers are values of which one must be met.
	numbers []filter.Condition
}

// read checks the rules between the parameters and reports all that are broken.
func (in *ScoresV3Query) read() (scoresV3Asked, error) {
	var (
		wrong IssuesError
		w     = &where{}
		out   = scoresV3Asked{groups: fieldGroups{}}
	)
	for _, name := range words(in.Fields, strings.ToLower, []string{"core", "details", "subject", "annotation"}, "fields", &wrong) {
		out.groups[name] = true
	}
	sources := words(in.Source, strings.ToUpper, texts(score.Sources()), "source", &wrong)
	dataTypes := words(in.DataType, strings.ToUpper, texts(score.DataTypes()), "dataType", &wrong)
	only := func(t score.DataType) bool { return len(dataTypes) == 1 && dataTypes[0] == string(t) }

	targets := 0
	for _, ids := range [][]string{in.TraceID, in.SessionID, in.ExperimentID} {
		if len(ids) > 0 {
			targets++
		}
	}
	if targets > 1 {
		wrong = append(wrong, brokenRule("traceId", "At most one of traceId, sessionId and experimentId can be given"))
	}
	if len(in.ObservationID) > 0 && len(in.TraceID) == 0 {
		wrong = append(wrong, brokenRule("observationId", "observationId needs traceId"))
	}
	for name, bound := range map[string]*float64{"valueMin": in.ValueMin, "valueMax": in.ValueMax} {
		if bound != nil && !only(score.Numeric) {
			wrong = append(wrong, brokenRule(name, name+" needs dataType=NUMERIC"))
		}
	}
	switch {
	case len(in.Value) == 0:
	case only(score.Numeric):
		out.numbers = in.numbers(&wrong)
	case only(score.Boolean):
		w.anyOf(filter.StringValue, in.flags(&wrong))
	case only(score.Categorical):
		w.anyOf(filter.StringValue, in.Value)
	default:
		wrong = append(wrong, brokenRule("value", "value needs a single dataType: NUMERIC, BOOLEAN or CATEGORICAL"))
	}
	if len(wrong) > 0 {
		slices.SortStableFunc(wrong, func(a, b Issue) int { return strings.Compare(a.Path[0].(string), b.Path[0].(string)) })
		return scoresV3Asked{}, wrong
	}
	w.anyOf(filter.ScoreID, in.ID)
	w.anyOf(filter.Name, in.Name)
	w.anyOf(filter.Environment, in.Environment)
	w.anyOf(filter.ConfigID, in.ConfigID)
	w.anyOf(filter.QueueID, in.QueueID)
	w.anyOf(filter.AuthorID, in.AuthorUserID)
	w.anyOf(filter.Source, sources)
	w.anyOf(filter.DataType, dataTypes)
	w.anyOf(filter.TraceID, in.TraceID)
	w.anyOf(filter.SessionID, in.SessionID)
	w.anyOf(filter.RunID, in.ExperimentID)
	w.anyOf(filter.ObservationID, in.ObservationID)
	w.between(filter.Timestamp, in.FromTimestamp, in.ToTimestamp)
	if in.ValueMin != nil {
		w.number(filter.Value, filter.AtLeast, *in.ValueMin)
	}
	if in.ValueMax != nil {
		w.number(filter.Value, filter.AtMost, *in.ValueMax)
	}
	out.where = w.all
	return out, nil
}

// numbers returns the values of numeric scores, each once.
func (in *ScoresV3Query) numbers(wrong *IssuesError) (out []filter.Condition) {
	for _, text := range in.Value {
		n, ok := parseNumber(text)
		if !ok {
			*wrong = append(*wrong, wrongType([]any{"value"}, "number", "NaN"))
			return nil
		}
		if !slices.ContainsFunc(out, func(c filter.Condition) bool { return c.Number == n }) {
			out = append(out, filter.Condition{Field: filter.Value, Op: filter.Equal, Number: n})
		}
	}
	if len(out) > maxNumbers {
		*wrong = append(*wrong, tooBig([]any{"value"}, "array", maxNumbers))
	}
	return out
}

// flags returns the values of boolean scores as the texts that they have.
func (in *ScoresV3Query) flags(wrong *IssuesError) (out []string) {
	for _, text := range in.Value {
		switch strings.TrimSpace(text) {
		case "true":
			out = append(out, "True")
		case "false":
			out = append(out, "False")
		default:
			*wrong = append(*wrong, wrongOption([]any{"value"}, []string{"true", "false"}))
			return nil
		}
	}
	return out
}

// words returns the words of a list in the spelling that is known, each once.
func words(given []string, spell func(string) string, known []string, parameter string, wrong *IssuesError) (out []string) {
	for _, text := range given {
		word := spell(strings.TrimSpace(text))
		if !slices.Contains(known, word) {
			*wrong = append(*wrong, wrongOption([]any{parameter}, known))
			return nil
		}
		if !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return out
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
