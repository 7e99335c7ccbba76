package api

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// ScoreV1 is a score of a trace or observation in the shape of the v1 API.
type ScoreV1 struct {
	ScoreFields
	// The trace that the score is about, or the observation's.
	TraceID string `json:"traceId"`
}

// ScoreV1OfList is a score with what its list shows of the trace.
type ScoreV1OfList struct {
	ScoreV1
	// What is known of the trace, which need not exist; null when the group `trace` was not asked for.
	Trace *ScoreV1Trace `json:"trace"`
}

// ScoreV1Trace is what the v1 list shows of a score's trace.
type ScoreV1Trace struct {
	// The user that the trace belongs to.
	UserID *string `json:"userId"`
	// The trace's tags.
	Tags []string `json:"tags"`
	// The trace's environment.
	Environment *string `json:"environment"`
}

// ScoresV1 is a page of scores.
type ScoresV1 struct {
	// The scores.
	Data []ScoreV1OfList `json:"data"`
	// Where the page stands in the list.
	Meta PageMeta `json:"meta"`
}

// ScoresV1Query narrows a list of scores.
type ScoresV1Query struct {
	PageQuery
	// Only scores whose trace belongs to this user.
	UserID string `query:"userId"`
	// Only scores of this name.
	Name string `query:"name"`
	// Only scores given at or after this time.
	FromTimestamp *trace.Micros `query:"fromTimestamp"`
	// Only scores given before this time.
	ToTimestamp *trace.Micros `query:"toTimestamp"`
	// Only scores of one of these environments.
	Environment []string `query:"environment"`
	// Only scores from this source.
	Source string `query:"source" enum:"ANNOTATION,API,EVAL"`
	// How the number of a score is compared with `value`. Ignored without it.
	Operator string `query:"operator" enum:"<,>,<=,>=,!=,="`
	// What the number of a score is compared with. Ignored without `operator`.
	Value *float64 `query:"value"`
	// Only scores with one of these ids.
	ScoreIDs []string `query:"scoreIds" list:"commas"`
	// Only scores that were checked against this score config.
	ConfigID string `query:"configId"`
	// Only scores that were given in this annotation queue.
	QueueID string `query:"queueId"`
	// Only scores of this data type.
	DataType string `query:"dataType" enum:"NUMERIC,BOOLEAN,CATEGORICAL,CORRECTION,TEXT"`
	// Only scores whose trace has all of these tags.
	TraceTags []string `query:"traceTags"`
	// The groups of fields that are wanted, default both: score, which cannot be left out, and trace.
	Fields []string `query:"fields" list:"commas"`
	// A JSON array of conditions that must all hold, each an object with type, column, operator and value. Columns: id, traceId, observationId, sessionId, comment, authorUserId, timestamp, environment, name, source, dataType, value, stringValue, booleanValue, traceName, userId, tags, metadata (with key), evaluatorId. A condition on the column of a simple parameter takes its place.
	Filter string `query:"filter"`
}

func (c Config) scoresV1(ctx context.Context, in ScoresV1Query) (ScoresV1, error) {
	groups, err := in.groups()
	if err != nil {
		return ScoresV1{}, err
	}
	w, err := in.where()
	if err != nil {
		return ScoresV1{}, err
	}
	list, err := c.Explore.Scores(ctx, projectOf(ctx), telemetry.ScoreQuery{
		Where: append(w.all,
			filter.Condition{Field: filter.TraceID, Op: filter.IsNotNull},
			filter.Condition{Field: filter.DataType, Op: filter.NoneOf, Texts: []string{string(score.Correction)}}),
		Offset: in.number().Offset(), Limit: in.Limit, Total: true, Trace: groups["trace"],
	})
	if err != nil {
		return ScoresV1{}, err
	}
	out := ScoresV1{Data: make([]ScoreV1OfList, len(list.Scores)), Meta: metaOf(in.number(), list.Total)}
	for i := range list.Scores {
		sc := &list.Scores[i]
		out.Data[i].ScoreV1 = scoreV1Of(sc)
		if groups["trace"] {
			out.Data[i].Trace = scoreV1TraceOf(sc.Trace)
		}
	}
	return out, nil
}

func (c Config) scoreV1(ctx context.Context, in ScoreQuery) (ScoreV1, error) {
	sc, err := c.score(ctx, in)
	if err == nil && (sc.TraceID == nil || sc.DataType == score.Correction) {
		err = fault.New(fault.NotFound, scoreNotFound)
	}
	if err != nil {
		return ScoreV1{}, err
	}
	return scoreV1Of(&sc), nil
}

// scoreV1TraceOf is an object even where there is no such trace: clients of that
// age need one.
func scoreV1TraceOf(t *score.Trace) *ScoreV1Trace {
	if t == nil {
		return &ScoreV1Trace{Tags: []string{}}
	}
	return &ScoreV1Trace{UserID: t.UserID, Tags: tagsOf(t.Tags), Environment: &t.Environment}
}

func scoreV1Of(sc *score.Score) ScoreV1 {
	out := ScoreV1{ScoreFields: scoreFieldsOf(sc)}
	if sc.TraceID != nil {
		out.TraceID = *sc.TraceID
	}
	return out
}

// groups returns the groups of fields that are shown.
func (in *ScoresV1Query) groups() (fieldGroups, error) {
	known := []string{"score", "trace"}
	groups := groupsOf(in.Fields, known, nil)
	if len(in.Fields) == 0 {
		groups = groupsOf(known, known, nil)
	}
	switch {
	case !groups["score"]:
		return nil, fault.New(fault.Invalid, "Scores needs to be selected always.")
	case !groups["trace"] && (in.UserID != "" || len(in.TraceTags) > 0):
		return nil, fault.New(fault.Invalid,
			"Cannot filter by trace properties (userId, traceTags) when 'trace' field is not included. Add 'trace' to fields, or leave these parameters out.")
	}
	return groups, nil
}

// where returns the conditions that the v1 and v2 lists have in common.
func (in *ScoresV1Query) where() (*where, error) {
	w, err := newWhere(in.Filter, scoreColumns())
	if err != nil {
		return nil, err
	}
	w.equals(filter.UserID, in.UserID)
	w.equals(filter.Name, in.Name)
	w.between(filter.Timestamp, in.FromTimestamp, in.ToTimestamp)
	w.anyOf(filter.Environment, in.Environment)
	w.equals(filter.Source, in.Source)
	if in.Operator != "" && in.Value != nil {
		w.number(filter.Value, comparisonOf(in.Operator), *in.Value)
	}
	w.anyOf(filter.ScoreID, in.ScoreIDs)
	w.equals(filter.ConfigID, in.ConfigID)
	w.equals(filter.QueueID, in.QueueID)
	w.equals(filter.DataType, in.DataType)
	w.allOf(filter.Tags, in.TraceTags)
	return w, nil
}

// comparisonOf returns what an operator between numbers means.
func comparisonOf(operator string) filter.Op {
	switch operator {
	case "<":
		return filter.Less
	case ">":
		return filter.Greater
	case "<=":
		return filter.AtMost
	case ">=":
		return filter.AtLeast
	case "!=":
		return filter.NotEqual
	}
	return filter.Equal
}
