package sqlite_test

import (
	"maps"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
)

func allQuestions() map[string]question {
	all := questions()
	maps.Copy(all, scoreQuestions())
	maps.Copy(all, sessionQuestions())
	return all
}

func scoreQuestions() map[string]question {
	of := func(where ...filter.Condition) *telemetry.ScoreQuery {
		return &telemetry.ScoreQuery{Where: where, Limit: 50, Offset: 5}
	}
	op := func(f filter.Field, op filter.Op, texts ...string) filter.Condition {
		return filter.Condition{Field: f, Op: op, Texts: texts}
	}
	value := func(op filter.Op) filter.Condition {
		return filter.Condition{Field: filter.Value, Op: op, Number: 0.5}
	}
	key := func(op filter.Op, texts ...string) filter.Condition {
		return filter.Condition{Field: filter.Metadata, Op: op, Texts: texts, Key: "k"}
	}
	from := filter.Condition{Field: filter.Timestamp, Op: filter.From, Time: 1_000_000}
	before := filter.Condition{Field: filter.Timestamp, Op: filter.Before, Time: 2_000_500}
	after := of(anyOf(filter.Name, "n"))
	after.After = &telemetry.ScorePosition{Timestamp: 5, ID: "c"}
	const newest = "scores_timestamp"
	return map[string]question{
		"scores":                        {scores: of(), uses: newest + " (project=?)"},
		"scores of a time":              {scores: of(from, before), uses: newest + " (project=? AND timestamp>? AND timestamp<?)"},
		"scores after one":              {scores: &telemetry.ScoreQuery{Limit: 50, After: after.After}, uses: newest + " (project=? AND (timestamp,id)<(?,?))"},
		"scores of a name":              {scores: of(anyOf(filter.Name, "n")), uses: "scores_name (project=? AND name=?)"},
		"scores of a name after one":    {scores: after, uses: "scores_name"},
		"scores of names":               {scores: of(anyOf(filter.Name, "n", "m")), uses: newest},
		"scores of a trace":             {scores: of(anyOf(filter.TraceID, "t")), uses: "scores_trace (trace_id=? AND project=?)", sorts: true},
		"scores of traces":              {scores: of(anyOf(filter.TraceID, "t", "u"), from), uses: "scores_trace", sorts: true},
		"scores of an observation":      {scores: of(anyOf(filter.ObservationID, "o")), uses: "scores_observation", sorts: true},
		"scores of a session":           {scores: of(anyOf(filter.SessionID, "s")), uses: "scores_session", sorts: true},
		"scores of a run":               {scores: of(anyOf(filter.RunID, "r")), uses: "scores_run", sorts: true},
		"scores by id":                  {scores: of(anyOf(filter.ScoreID, "c", "d")), uses: "scores_id", sorts: true},
		"scores of a user":              {scores: of(anyOf(filter.UserID, "u")), uses: "scores_trace", sorts: true},
		"scores of a user, of many":     {scores: of(anyOf(filter.UserID, "u")), uses: newest, inOrder: true},
		"scores of a trace name":        {scores: of(anyOf(filter.TraceName, "x")), uses: "scores_trace", sorts: true},
		"scores of a trace name, many":  {scores: of(anyOf(filter.TraceName, "x")), uses: newest, inOrder: true},
		"scores of a tag":               {scores: of(anyOf(filter.Tags, "a", "b")), uses: "scores_trace", sorts: true},
		"scores of a tag, of many":      {scores: of(anyOf(filter.Tags, "a", "b")), uses: newest, inOrder: true},
		"scores of no user":             {scores: of(op(filter.UserID, filter.IsNull)), uses: newest},
		"scores of other users":         {scores: of(op(filter.UserID, filter.NoneOf, "u")), uses: newest},
		"scores of tags":                {scores: of(op(filter.Tags, filter.AllOf, "a", "b"), anyOf(filter.Tags, "c"), op(filter.Tags, filter.NoneOf, "d")), uses: "scores_trace", sorts: true},
		"scores of part of a name":      {scores: of(op(filter.TraceName, filter.Contains, "x")), uses: newest},
		"scores of what they show":      {scores: of(anyOf(filter.Environment, "e"), anyOf(filter.Source, "API"), anyOf(filter.DataType, "TEXT", "NUMERIC"), anyOf(filter.ConfigID, "c"), anyOf(filter.QueueID, "q"), anyOf(filter.AuthorID, "a")), uses: newest},
		"scores of values":              {scores: of(value(filter.Equal), value(filter.NotEqual), value(filter.Greater), value(filter.AtLeast), value(filter.Less), value(filter.AtMost)), uses: newest},
		"scores with a value":           {scores: of(op(filter.Value, filter.IsNotNull), op(filter.Name, filter.IsNotNull), op(filter.TraceID, filter.IsNotNull), key(filter.IsNotNull)), uses: newest},
		"scores without":                {scores: of(op(filter.Value, filter.IsNull), op(filter.Comment, filter.IsNull), key(filter.IsNull)), uses: newest},
		"scores without what all have":  {scores: of(op(filter.Source, filter.IsNull)), uses: ""},
		"scores of parts of texts":      {scores: of(op(filter.Comment, filter.Contains, "x"), op(filter.StringValue, filter.Without, "y"), op(filter.Name, filter.StartsWith, "z"), op(filter.ScoreID, filter.EndsWith, "w"), op(filter.Comment, filter.EndsWith, "")), uses: newest},
		"scores of none":                {scores: of(op(filter.Name, filter.NoneOf, "a", "b"), op(filter.Comment, filter.NoneOf), op(filter.Source, filter.NoneOf, "API")), uses: newest},
		"scores of metadata":            {scores: of(key(filter.AnyOf, "a", "b"), key(filter.NoneOf, "c"), key(filter.Contains, "d"), key(filter.Without, "e"), key(filter.StartsWith, "f"), key(filter.EndsWith, "g")), uses: newest},
		"scores of a trace and a value": {scores: of(anyOf(filter.TraceID, "t"), value(filter.Greater), anyOf(filter.Name, "n")), uses: "scores_trace", sorts: true},
	}
}

func sessionQuestions() map[string]question {
	of := func(where ...filter.Condition) *telemetry.SessionQuery {
		return &telemetry.SessionQuery{Where: where, Limit: 50, Offset: 5}
	}
	return map[string]question{
		"sessions": {sessions: of(), uses: "sessions_created (project=?)"},
		"sessions of a time": {sessions: of(
			filter.Condition{Field: filter.CreatedAt, Op: filter.From, Time: 1_000_000},
			filter.Condition{Field: filter.CreatedAt, Op: filter.Before, Time: 2_000_500},
		), uses: "sessions_created (project=? AND created_at>? AND created_at<?)"},
		"sessions of an environment":  {sessions: of(anyOf(filter.Environment, "e", "f")), uses: "sessions_created"},
		"sessions of no environments": {sessions: of(anyOf(filter.Environment)), uses: ""},
	}
}

func TestScoreConditionsThatDoNotApply(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{})
	write(t, s, "p", observation("t", "o", "x"))
	conditions := filter.All{
		anyOf("nonsense", "x"),
		anyOf(filter.Release, "x"),
		anyOf(filter.Type, "SPAN"),
		anyOf(filter.Level, "ERROR"),
		{Field: filter.Root, Op: filter.Is},
		{Field: filter.Name, Op: filter.Equal},
		{Field: filter.Name, Op: filter.From},
		{Field: filter.Name, Op: filter.Contains},
		{Field: filter.Value, Op: filter.Contains, Texts: []string{"x"}},
		{Field: filter.Timestamp, Op: filter.NoneOf},
		{Field: filter.CreatedAt, Op: filter.From},
		{Field: filter.Value, Op: 99},
	}
	for _, c := range conditions {
		if _, err := s.Scores(t.Context(), "p", telemetry.ScoreQuery{Where: filter.All{c}, Limit: 1, Total: true}); !fault.Is(err, fault.Invalid) {
			t.Errorf("scores by %+v: %v, want invalid", c, err)
		}
		if _, err := s.Sessions(t.Context(), "p", telemetry.SessionQuery{Where: filter.All{c}, Limit: 1, Total: true}); c.Field != filter.CreatedAt && !fault.Is(err, fault.Invalid) {
			t.Errorf("sessions by %+v: %v, want invalid", c, err)
		}
	}
	for _, f := range []filter.Field{filter.Tags, filter.Metadata, filter.Name, filter.SessionID, filter.Timestamp} {
		if _, err := s.Sessions(t.Context(), "p", telemetry.SessionQuery{Where: filter.All{anyOf(f, "x")}, Limit: 1}); !fault.Is(err, fault.Invalid) {
			t.Errorf("sessions by %s: %v, want invalid", f, err)
		}
	}
	// What only scores and sessions know applies to nothing else.
	for _, op := range []filter.Op{filter.NoneOf, filter.IsNotNull, filter.Contains, filter.Without, filter.StartsWith, filter.EndsWith} {
		where := filter.All{{Field: filter.Name, Op: op, Texts: []string{"x"}}}
		if _, err := s.Traces(t.Context(), "p", telemetry.TraceQuery{Where: where, Limit: 1}); !fault.Is(err, fault.Invalid) {
			t.Errorf("traces by operator %d: %v, want invalid", op, err)
		}
	}
}

func TestCostlyScoreCount(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{CountLimit: 1})
	if _, err := s.Scores(t.Context(), "p", telemetry.ScoreQuery{Limit: 1, Total: true}); !fault.Is(err, fault.TooCostly) {
		t.Errorf("scores: %v, want too costly", err)
	}
	if _, err := s.Sessions(t.Context(), "p", telemetry.SessionQuery{Limit: 1, Total: true}); !fault.Is(err, fault.TooCostly) {
		t.Errorf("sessions: %v, want too costly", err)
	}
}
