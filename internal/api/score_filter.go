package api

import (
	"strconv"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/score"
)

// Columns of scores that no field of the stores stands for alone.
const (
	booleanValue filter.Field = "booleanValue"
	evaluatorID  filter.Field = "evaluatorId"
)

// scoreColumns are the columns of the v1 and v2 lists of scores. They take every
// operator of their types but the one of regular expressions.
func scoreColumns() table {
	return table{compare: condition.ofScore, columns: []column{
		{"id", "ID", kindText, filter.ScoreID, true},
		{"traceId", "Trace ID", kindText, filter.TraceID, false},
		{"observationId", "Observation ID", kindText, filter.ObservationID, false},
		{"sessionId", "Session ID", kindText, filter.SessionID, false},
		{"comment", "Comment", kindText, filter.Comment, false},
		{"authorUserId", "Author User ID", kindText, filter.AuthorID, false},
		{"timestamp", "Timestamp", kindTime, filter.Timestamp, true},
		{"environment", "Environment", kindOptions, filter.Environment, true},
		{"name", "Name", kindOptions, filter.Name, true},
		{"source", "Source", kindOptions, filter.Source, true},
		{"dataType", "Data Type", kindOptions, filter.DataType, true},
		{"value", "Value", kindNumber, filter.Value, false},
		{"stringValue", "String Value", kindOptions, filter.StringValue, false},
		{"booleanValue", "Boolean Value", kindOptions, booleanValue, false},
		{"traceName", "Trace Name", kindOptions, filter.TraceName, false},
		{"userId", "User ID", kindOptions, filter.UserID, false},
		{"evaluatorId", "Evaluator ID", kindOptions, evaluatorID, false},
		{"metadata", "Metadata", kindTextMap, filter.Metadata, true},
		{"trace_tags", "Trace Tags", kindList, filter.Tags, true},
		{"tags", "Tags", kindList, filter.Tags, true},
	}}
}

// ofScore returns what the stores compare of scores; ok is false where they
// cannot.
func (c condition) ofScore(col column) (_ filter.All, ok bool) {
	switch col.field {
	case evaluatorID:
		return c.ofNull()
	case booleanValue:
		return c.ofBoolean(col)
	}
	one := func(op filter.Op, set func(*filter.Condition)) (filter.All, bool) {
		out := filter.Condition{Field: col.field, Op: op, Key: c.key}
		set(&out)
		return filter.All{out}, true
	}
	switch c.kind {
	case kindNull:
		switch {
		case col.required:
			return constant(c.operator == "is not null"), true
		case c.operator == "is null":
			return one(filter.IsNull, func(*filter.Condition) {})
		}
		return one(filter.IsNotNull, func(*filter.Condition) {})
	case kindNumber:
		n, err := strconv.ParseFloat(c.number.String(), 64)
		if err != nil {
			return nil, false // no score has such a number
		}
		return one(comparisonOf(c.operator), func(f *filter.Condition) { f.Number = n })
	case kindText, kindTextMap:
		op, ok := textOperator(c.operator)
		if !ok {
			return nil, false
		}
		return one(op, func(f *filter.Condition) { f.Texts = []string{c.text} })
	case kindOptions, kindList:
		switch c.operator {
		case "any of":
			return one(filter.AnyOf, func(f *filter.Condition) { f.Texts = c.texts })
		case "none of":
			if len(c.texts) == 0 {
				return constant(true), true
			}
			return one(filter.NoneOf, func(f *filter.Condition) { f.Texts = c.texts })
		}
	}
	return c.conditions(col) // times, and all of the tags
}

// textOperator returns what an operator between texts means.
func textOperator(operator string) (_ filter.Op, ok bool) {
	switch operator {
	case "=":
		return filter.AnyOf, true
	case "contains":
		return filter.Contains, true
	case "does not contain":
		return filter.Without, true
	case "starts with":
		return filter.StartsWith, true
	case "ends with":
		return filter.EndsWith, true
	}
	return 0, false
}

// ofBoolean compares the text of boolean scores, "True" or "False". All others
// have no boolean value and meet no condition on it but "is null".
func (c condition) ofBoolean(col column) (filter.All, bool) {
	boolean := filter.Equals(filter.DataType, string(score.Boolean))
	if c.kind == kindNull {
		if c.operator == "is null" {
			boolean.Op = filter.NoneOf
		}
		return filter.All{boolean}, true
	}
	col.field = filter.StringValue
	conditions, ok := c.ofScore(col)
	return append(conditions, boolean), ok
}

// ofNull compares a column in which no score has a value.
func (c condition) ofNull() (filter.All, bool) {
	switch c.operator {
	case "is null", "none of", "does not contain":
		return constant(true), true
	case "matches":
		return nil, false
	}
	return constant(false), true
}

// constant are conditions that every score meets, or none.
func constant(meets bool) filter.All {
	if meets {
		return nil
	}
	return filter.All{{Field: filter.ScoreID, Op: filter.AnyOf}}
}
