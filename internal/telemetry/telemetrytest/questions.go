package telemetrytest

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// drawQuestions draws reads of a project with such a history.
func drawQuestions(t *rapid.T, p id.Project) questions {
	q := questions{traces: append(someTraces(), "none", "a"), observations: append(someObservations(), "none")}
	for _, obs := range someObservations() {
		q.traces = append(q.traces, id.TraceOfObservation(p, obs))
	}
	for range 4 {
		list := telemetry.TraceQuery{
			Where:  drawWhere(t, traceFilters(), p),
			Order:  telemetry.Order{Field: rapid.SampledFrom(append(traceOrders(), "")).Draw(t, "order by"), Desc: rapid.Bool().Draw(t, "descending")},
			Offset: rapid.IntRange(0, 3).Draw(t, "offset"), Limit: rapid.IntRange(1, 10).Draw(t, "limit"),
			Total: rapid.Bool().Draw(t, "total"), Parts: drawQuestionParts(t),
		}
		if list.Order.Field == "" {
			list.Order.Desc = false // the zero value
		}
		q.traceLists = append(q.traceLists, list)
		observations := telemetry.ObservationQuery{
			Where: drawWhere(t, observationFilters(), p), Limit: rapid.IntRange(1, 10).Draw(t, "limit"),
			Total: rapid.Bool().Draw(t, "total"), Parts: drawQuestionParts(t),
		}
		if rapid.Bool().Draw(t, "after") {
			observations.After = &telemetry.Position{Start: drawTime(t, rapid.IntRange(0, 9).Draw(t, "i")), TraceID: rapid.SampledFrom(someTraces()).Draw(t, "trace"), ID: rapid.SampledFrom(someObservations()).Draw(t, "id")}
			observations.Total = false
		} else {
			observations.Offset = rapid.IntRange(0, 3).Draw(t, "offset")
		}
		q.lists = append(q.lists, observations)
	}
	q.parts = drawQuestionParts(t)
	drawJudged(t, p, &q)
	return q
}

func drawQuestionParts(t *rapid.T) telemetry.Parts {
	b := rapid.Bool()
	return telemetry.Parts{IO: b.Draw(t, "IO"), Metadata: b.Draw(t, "metadata"), Observations: b.Draw(t, "observations"), Scores: b.Draw(t, "scores"), Raw: b.Draw(t, "raw")}
}

func traceOrders() []filter.Field {
	return []filter.Field{
		filter.Timestamp, filter.TraceID, filter.Name, filter.UserID, filter.Release, filter.Version, filter.Public,
		filter.Bookmarked, filter.SessionID,
	}
}

// filterable is a field with the operators that it takes and the texts that it
// may have.
type filterable struct {
	field filter.Field
	ops   []filter.Op
	texts []string
}

func traceFilters() []filterable {
	nullable := []filter.Op{filter.AnyOf, filter.IsNull}
	return []filterable{
		{filter.TraceID, []filter.Op{filter.AnyOf}, someTraces()},
		{filter.Name, nullable, someTexts()},
		{filter.UserID, nullable, someTexts()},
		{filter.SessionID, nullable, someTexts()},
		{filter.Release, nullable, someTexts()},
		{filter.Version, nullable, someTexts()},
		{filter.Environment, []filter.Op{filter.AnyOf}, someEnvironments()},
		{filter.Tags, []filter.Op{filter.AnyOf, filter.AllOf}, someTags()},
		{filter.Timestamp, []filter.Op{filter.From, filter.Before}, nil},
		{filter.Public, []filter.Op{filter.Is}, nil},
		{filter.Bookmarked, []filter.Op{filter.Is}, nil},
	}
}

func observationFilters() []filterable {
	var fields []filterable
	for _, f := range traceFilters() {
		if f.field != filter.Public && f.field != filter.Bookmarked {
			fields = append(fields, f)
		}
	}
	types, levels := make([]string, len(trace.Types())), make([]string, len(trace.Levels()))
	for i, v := range trace.Types() {
		types[i] = string(v)
	}
	for i, v := range trace.Levels() {
		levels[i] = string(v)
	}
	return append(fields,
		filterable{filter.ObservationID, []filter.Op{filter.AnyOf}, someObservations()},
		filterable{filter.ParentObservationID, []filter.Op{filter.AnyOf, filter.IsNull}, someObservations()},
		filterable{filter.Type, []filter.Op{filter.AnyOf}, types},
		filterable{filter.Level, []filter.Op{filter.AnyOf}, levels},
		filterable{filter.Root, []filter.Op{filter.Is}, nil},
	)
}

func drawWhere(t *rapid.T, fields []filterable, p id.Project) filter.All {
	var all filter.All
	for range rapid.SampledFrom([]int{0, 0, 1, 1, 2, 3}).Draw(t, "conditions") {
		f := rapid.SampledFrom(fields).Draw(t, "field")
		c := filter.Condition{Field: f.field, Op: rapid.SampledFrom(f.ops).Draw(t, "operator")}
		switch c.Op {
		case filter.AnyOf, filter.AllOf, filter.NoneOf:
			texts := f.texts
			if f.field == filter.TraceID {
				texts = append(slices.Clone(texts), id.TraceOfObservation(p, "o1"))
			}
			least := 1
			if c.Op != filter.AllOf && rapid.IntRange(0, 9).Draw(t, "of nothing") == 0 {
				least = 0
			}
			c.Texts = rapid.SliceOfNDistinct(rapid.SampledFrom(texts), least, 3, rapid.ID[string]).Draw(t, "texts")
		case filter.From, filter.Before:
			c.Time = trace.Micros(rapid.IntRange(-6, 115).Draw(t, "ms")) * 1000
		case filter.Is:
			c.Bool = rapid.Bool().Draw(t, "is")
		case filter.Contains, filter.Without, filter.StartsWith, filter.EndsWith:
			c.Texts = []string{drawPiece(t, f.texts)}
		case filter.Equal, filter.Greater, filter.AtLeast, filter.Less, filter.AtMost, filter.NotEqual:
			c.Number = rapid.SampledFrom(someNumbers()).Draw(t, "number")
		case filter.IsNull, filter.IsNotNull:
		}
		if f.field == filter.Metadata {
			c.Key = rapid.SampledFrom(someKeys()).Draw(t, "key")
		}
		all = append(all, c)
	}
	return all
}
