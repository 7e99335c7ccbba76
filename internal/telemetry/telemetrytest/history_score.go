package telemetrytest

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func someNumbers() []float64 { return []float64{-1, 0, 0.1, 0.7, 1, 3} }
func someKeys() []string     { return []string{"a", "b", "a.b", `q"\`, "é"} }

// someAliases are the ids that the traces of a history absorb.
func someAliases(p id.Project) []string {
	return append(someTraces(), "Y", id.TraceOfObservation(p, "o1"), id.TraceOfObservation(p, "o2"))
}

// drawScore draws the record with number i of a history, of a score.
func drawScore(t *rapid.T, p id.Project, i int, at trace.Micros) fold.Record {
	var parts []part
	some := func(what string) bool { return rapid.IntRange(0, 2).Draw(t, "has "+what) == 0 }
	if rapid.IntRange(0, 4).Draw(t, "has a value") > 0 {
		parts = append(parts, drawValue(t))
	}
	if rapid.Bool().Draw(t, "has trace") {
		parts = append(parts, of(rapid.SampledFrom(someAliases(p)).Draw(t, "trace")))
	}
	if some("observation") {
		parts = append(parts, on(rapid.SampledFrom(someObservations()).Draw(t, "observation")))
	}
	if some("session") {
		parts = append(parts, text(fold.SessionRef, rapid.SampledFrom([]string{"u", "U"}).Draw(t, "session")))
	}
	if some("run") {
		parts = append(parts, text(fold.RunRef, "r"))
	}
	for _, f := range []fold.Field{fold.Comment, fold.Author, fold.Queue, fold.ExecutionTrace} {
		switch {
		case !some(f.String()):
		case rapid.IntRange(0, 3).Draw(t, "null") == 0:
			parts = append(parts, null(f))
		default:
			parts = append(parts, text(f, rapid.SampledFrom(someTexts()).Draw(t, f.String())))
		}
	}
	if some("source") {
		parts = append(parts, text(fold.Source, string(rapid.SampledFrom(score.Sources()).Draw(t, "source"))))
	}
	if some("metadata") {
		// Without objects in it, whose text a condition sees and whose keys may be in
		// any order.
		parts = append(parts, meta(drawObject(t, 3)))
	}
	if some("environment") {
		parts = append(parts, text(fold.Environment, rapid.SampledFrom(someEnvironments()).Draw(t, "environment")))
	}
	if some("timestamp") {
		parts = append(parts, start(drawTime(t, i%3))) // some tie
	}
	return judge(rapid.SampledFrom(someScores()).Draw(t, "score"), at, parts...)
}

func drawValue(t *rapid.T) part {
	name := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name")
	n := rapid.SampledFrom(someNumbers()).Draw(t, "number")
	words := rapid.SampledFrom(someTexts()).Draw(t, "words")
	switch rapid.SampledFrom(score.DataTypes()).Draw(t, "data type") {
	case score.Boolean:
		return boolean(name, n > 0)
	case score.Categorical:
		v := score.Value{Name: name, DataType: score.Categorical, Number: n, Text: &words}
		if rapid.Bool().Draw(t, "by a config") {
			v.ConfigID = ptr("c")
		}
		return says(v)
	case score.Text:
		return prose(name, words)
	case score.Correction:
		return correction(words)
	case score.Numeric:
	}
	return number(name, n)
}

// drawJudged draws reads of scores and sessions.
func drawJudged(t *rapid.T, p id.Project, q *questions) {
	q.scores, q.sessions = append(someScores(), "none"), append(someTexts(), "none")
	for range 3 {
		list := telemetry.ScoreQuery{
			Where: drawWhere(t, scoreFilters(), p), Limit: rapid.IntRange(1, 10).Draw(t, "limit"), Total: rapid.Bool().Draw(t, "total"), Trace: rapid.Bool().Draw(t, "trace"),
		}
		if rapid.Bool().Draw(t, "after") {
			list.After = &telemetry.ScorePosition{Timestamp: drawTime(t, rapid.IntRange(0, 9).Draw(t, "i")), ID: rapid.SampledFrom(someScores()).Draw(t, "id")}
			list.Total = false
		} else {
			list.Offset = rapid.IntRange(0, 3).Draw(t, "offset")
		}
		q.scoreLists = append(q.scoreLists, list)
	}
	q.sessionLists = []telemetry.SessionQuery{
		{Limit: 50, Total: true},
		{Limit: 50, Total: true, Where: filter.All{{Field: filter.Environment, Op: filter.AnyOf, Texts: rapid.SliceOfNDistinct(rapid.SampledFrom(someEnvironments()), 0, 2, rapid.ID[string]).Draw(t, "environments")}}},
	}
}

// scoreFilters are the fields that lists of scores are narrowed by.
func scoreFilters() []filterable {
	always := []filter.Op{filter.AnyOf, filter.NoneOf, filter.Contains, filter.Without, filter.StartsWith, filter.EndsWith}
	nullable := append(slices.Clone(always), filter.IsNull, filter.IsNotNull)
	sources, types := make([]string, len(score.Sources())), make([]string, len(score.DataTypes()))
	for i, v := range score.Sources() {
		sources[i] = string(v)
	}
	for i, v := range score.DataTypes() {
		types[i] = string(v)
	}
	return []filterable{
		{filter.ScoreID, always, someScores()},
		{filter.TraceID, nullable, someTraces()},
		{filter.ObservationID, nullable, someObservations()},
		{filter.SessionID, nullable, []string{"u", "U"}},
		{filter.RunID, nullable, []string{"r", "R"}},
		{filter.Name, always, []string{"a", "b", score.CorrectionName}},
		{filter.Environment, always, someEnvironments()},
		{filter.Timestamp, []filter.Op{filter.From, filter.Before}, nil},
		{filter.UserID, nullable, someTexts()},
		{filter.TraceName, nullable, someTexts()},
		{filter.Tags, []filter.Op{filter.AnyOf, filter.AllOf, filter.NoneOf}, someTags()},
		{filter.Source, always, sources},
		{filter.DataType, always, types},
		{filter.Value, []filter.Op{filter.Equal, filter.Greater, filter.AtLeast, filter.Less, filter.AtMost, filter.NotEqual, filter.IsNull, filter.IsNotNull}, nil},
		{filter.StringValue, nullable, append(someTexts(), "True", "False")},
		{filter.Comment, nullable, someTexts()},
		{filter.ConfigID, nullable, []string{"c"}},
		{filter.QueueID, nullable, someTexts()},
		{filter.AuthorID, nullable, someTexts()},
		{filter.Metadata, nullable, []string{"1", "1.0", "null", "x", `[{"a":1}]`, "{}", "12345678901234567890"}},
	}
}

// drawPiece draws one of the texts or a part of one, whole runes of it.
func drawPiece(t *rapid.T, texts []string) string {
	whole := []rune(rapid.SampledFrom(texts).Draw(t, "text"))
	from := rapid.IntRange(0, len(whole)).Draw(t, "from")
	return string(whole[from:rapid.IntRange(from, len(whole)).Draw(t, "to")])
}
