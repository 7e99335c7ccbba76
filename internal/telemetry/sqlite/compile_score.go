package sqlite

import (
	"slices"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// scoreScope says how the fields of scores are reached. Those of its trace t are
// null where there is no trace.
func scoreScope(numbers map[string]int64) scope {
	return scope{
		kind: fold.Score, numbers: numbers,
		refs: map[filter.Field]string{
			filter.Name: "s.name", filter.Environment: "s.environment", filter.ConfigID: "s.config",
			filter.QueueID: "s.queue", filter.AuthorID: "s.author",
			filter.UserID: "t.user_id", filter.TraceName: "t.name",
		},
		texts: map[filter.Field]string{
			filter.ScoreID: "s.id", filter.TraceID: "s.trace_id", filter.ObservationID: "s.observation_id",
			filter.SessionID: "s.session_id", filter.RunID: "s.run_id", filter.Source: "s.source", filter.DataType: "s.data_type",
			filter.StringValue: "s.string_value", filter.Comment: "s.comment",
		},
		times:  map[filter.Field]string{filter.Timestamp: "s.timestamp"},
		values: map[filter.Field]string{filter.Value: "s.value"},
		never: map[filter.Field]bool{
			filter.ScoreID: true, filter.Name: true, filter.Environment: true, filter.Source: true, filter.DataType: true,
			filter.Timestamp: true,
		},
	}
}

// scores compiles a list of scores, as shownScoreColumns; via is one of
// [compiler.scoreWays] or nothing. It asks for one row more than the limit, which
// says whether there is a next page.
func (c compiler) scores(q telemetry.ScoreQuery, via *statement) (statement, error) {
	var b builder
	b.write("SELECT " + prefixed("s", shownScoreColumns) + "\n")
	timestamp, err := c.fromScores(&b, q.Where, via)
	if err != nil {
		return statement{}, err
	}
	if a := q.After; a != nil {
		b.write("\n  AND ("+timestamp+", s.id) < (?, ?)", int64(a.Timestamp), a.ID)
	}
	b.write("\nORDER BY "+timestamp+" DESC, s.id DESC\nLIMIT ? OFFSET ?", int64(q.Limit)+1, int64(q.Offset))
	return b.checked()
}

func (c compiler) countScores(where filter.All, via *statement) (statement, error) {
	var b builder
	b.write("SELECT " + countAll + "\n")
	if _, err := c.fromScores(&b, where, via); err != nil {
		return statement{}, err
	}
	return b.checked()
}

// fromScores writes a selection of scores up to its conditions, and returns the
// timestamp for what follows. Where the scores are known to be few, the plus keeps
// the planner, which does not know, from going through all of them in order.
func (c compiler) fromScores(b *builder, where filter.All, via *statement) (timestamp string, err error) {
	s := scoreScope(c.numbers)
	if via != nil || slices.ContainsFunc(where, ofFewScores) {
		s.times[filter.Timestamp] = "+s.timestamp"
	}
	b.write("FROM scores s\n")
	if slices.ContainsFunc(where, ofTrace) {
		b.write("LEFT JOIN traces t ON t.trace_id = s.trace_id AND t.project = s.project\n")
	}
	b.write("WHERE s.project = ?", c.project)
	if via != nil {
		b.write("\n  AND s.trace_id IN ("+via.sql+")", via.args...)
	}
	return s.times[filter.Timestamp], s.where(b, where)
}

// ofFewScores reports whether a condition leaves few scores, which an index finds.
func ofFewScores(c filter.Condition) bool {
	switch c.Field {
	case filter.ScoreID, filter.TraceID, filter.ObservationID, filter.SessionID, filter.RunID:
		return c.Op == filter.AnyOf
	}
	return false
}

// ofTrace reports whether a condition on scores looks at their traces.
func ofTrace(c filter.Condition) bool {
	return c.Field == filter.Tags || c.Field == filter.TraceName || c.Field == filter.UserID
}

// scoreWays returns how a list of scores can start from traces, as their ids.
func (c compiler) scoreWays(where filter.All) []way {
	if slices.ContainsFunc(where, ofFewScores) {
		return nil
	}
	s := traceScope(c.numbers)
	var ways []way
	for _, by := range []struct {
		field  filter.Field
		column string
	}{{filter.UserID, "user_id"}, {filter.TraceName, "name"}} {
		if texts := firstTexts(where, by.field); texts != nil {
			var b builder
			b.write("SELECT trace_id FROM traces WHERE project = ? AND ", c.project)
			s.among(&b, by.column, texts)
			ways = append(ways, way{traces: b.done(), all: b.done()})
		}
	}
	if texts := tagsOf(where); texts != nil {
		var b builder
		b.write("SELECT d.trace_id FROM trace_tags g CROSS JOIN traces d ON d.t = g.t WHERE ")
		s.among(&b, "g.tag", texts)
		ways = append(ways, way{traces: b.done(), all: b.done()})
	}
	return ways
}
