package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// compiler turns questions into SQL. It is the only place where the text of a
// statement depends on what is asked: identifiers and expressions come from the
// lists below, and everything that a caller says is a bound argument.
type compiler struct {
	layout    layout
	projectID id.Project
	project   int64
	numbers   map[string]int64 // of the texts that conditions are about, see numbered
}

// statement is a compiled question.
type statement struct {
	sql  string
	args []any
}

// builder collects a statement. Parts are put together in the order in which they
// occur in it, so that arguments can be plain question marks.
type builder struct {
	b    strings.Builder
	args []any
}

func (b *builder) write(sql string, args ...any) {
	b.b.WriteString(sql)
	b.args = append(b.args, args...)
}

func (b *builder) done() statement { return statement{b.b.String(), b.args} }

// checked is done for a whole question.
func (b *builder) checked() (statement, error) {
	if len(b.args) > maxArgs {
		return statement{}, fault.New(fault.Invalid, "too many values to compare with, at most about 15,000 are possible")
	}
	return b.done(), nil
}

// maxArgs is somewhat less than what SQLite takes.
const maxArgs = 32_000

// traces compiles a list of traces, as all columns of their rows.
func (c compiler) traces(q telemetry.TraceQuery) (statement, error) {
	var b builder
	b.write("SELECT " + prefixed("t", traceColumns) + "\n")
	s, err := c.fromTraces(&b, q.Where)
	if err != nil {
		return statement{}, err
	}
	order, err := s.traceOrder(q.Order)
	if err != nil {
		return statement{}, err
	}
	b.write("\nORDER BY "+order+"\nLIMIT ? OFFSET ?", int64(q.Limit), int64(q.Offset))
	return b.checked()
}

func (c compiler) countTraces(where filter.All) (statement, error) {
	var b builder
	b.write("SELECT " + countAll + "\n")
	if _, err := c.fromTraces(&b, where); err != nil {
		return statement{}, err
	}
	return b.checked()
}

// fromTraces writes a selection of traces. One by a tag starts from the tag, whose
// index goes on with the timestamp, so that both a rare and a frequent tag give the
// newest traces at once; unless something else says which traces it can be.
func (c compiler) fromTraces(b *builder, where filter.All) (scope, error) {
	s := traceScope(c.numbers)
	tag, narrow := "", false
	for _, w := range where {
		if w.Field == filter.Tags && len(w.Texts) > 0 && (w.Op == filter.AllOf || w.Op == filter.AnyOf && len(w.Texts) == 1) {
			tag = w.Texts[0]
		}
		if w.Op == filter.AnyOf && (w.Field == filter.TraceID || w.Field == filter.SessionID || w.Field == filter.UserID) {
			narrow = true
			if len(w.Texts) > 1 {
				// One of these finds its traces in order. With several, the plus
				// keeps the planner from going through all traces in order.
				s.times[filter.Timestamp] = "+t.timestamp"
			}
		}
	}
	if tag == "" || narrow {
		b.write("FROM traces t\nWHERE t.project = ?", c.project)
		return s, s.where(b, where)
	}
	s.times[filter.Timestamp] = "d.timestamp"
	b.write("FROM trace_tags d CROSS JOIN traces t ON t.t = d.t\nWHERE ")
	s.among(b, "d.tag", []string{tag})
	b.write(" AND t.project = ?", c.project)
	return s, s.where(b, where)
}

// traceOrder writes the order of a list of traces.
func (s scope) traceOrder(o telemetry.Order) (string, error) {
	if o.Field == "" {
		o = telemetry.Order{Field: filter.Timestamp, Desc: true}
	}
	desc := ""
	if o.Desc {
		desc = " DESC"
	}
	switch o.Field {
	case filter.TraceID:
		return "t.trace_id" + desc, nil
	case filter.Name, filter.UserID, filter.Release, filter.Version, filter.SessionID:
		return "(SELECT s.text FROM strings s WHERE s.id = " + s.refs[o.Field] + ")" + desc + ", t.trace_id" + desc, nil
	case filter.Timestamp:
		return s.times[o.Field] + desc + ", t.trace_id" + desc, nil
	case filter.Public, filter.Bookmarked:
		return s.flags[o.Field] + desc + ", t.trace_id" + desc, nil
	}
	return "", fault.New(fault.Invalid, "traces cannot be ordered by %q", o.Field)
}

// observations compiles a list of observations, as all columns of their rows and
// the trace id; via is one of [compiler.ways] or nothing. It asks for one row more
// than the limit, which says whether there is a next page.
func (c compiler) observations(q telemetry.ObservationQuery, via *statement) (statement, error) {
	var b builder
	if err := c.fromObservations(&b, q.Where, via, prefixed("o", observationColumns)+", t.trace_id"); err != nil {
		return statement{}, err
	}
	if a := q.After; a != nil {
		b.write("\n  AND o.start <= ? AND (o.start < ? OR t.trace_id < ? OR t.trace_id = ? AND o.id < ?)",
			int64(a.Start), int64(a.Start), a.TraceID, a.TraceID, a.ID)
	}
	b.write("\nORDER BY o.start DESC, t.trace_id DESC, o.id DESC\nLIMIT ? OFFSET ?", int64(q.Limit)+1, int64(q.Offset))
	return b.checked()
}

func (c compiler) countObservations(where filter.All, via *statement) (statement, error) {
	var b builder
	if err := c.fromObservations(&b, where, via, countAll); err != nil {
		return statement{}, err
	}
	return b.checked()
}

// fromObservations writes a selection of observations up to its conditions. Where
// it can, it starts from few rows: from the ids of observations with one probe per
// bucket and id, from traces with the ranges of their rows. CROSS JOIN keeps that
// order.
func (c compiler) fromObservations(b *builder, where filter.All, via *statement, columns string) error {
	shift := c.layout.extentBits
	ids := firstTexts(where, filter.ObservationID)
	switch {
	case ids != nil:
		b.write(fmt.Sprintf("WITH RECURSIVE bucket (n) AS (\n"+
			"  SELECT 0 UNION ALL SELECT n + 1 FROM bucket WHERE n < (SELECT MAX(r) FROM observations) >> %d\n"+
			"), wanted (hash) AS (VALUES ", shift+c.layout.bucketBits))
		c.hashes(b, ids)
		b.write(")\nSELECT " + columns +
			"\nFROM wanted CROSS JOIN bucket CROSS JOIN observations o ON o.k = (bucket.n << 32 | wanted.hash)\n")
	case via != nil:
		b.write("WITH wanted (t) AS MATERIALIZED (\n  "+via.sql+"\n), extent (n) AS MATERIALIZED (\n"+
			"  SELECT t FROM wanted UNION ALL SELECT e.extent FROM wanted CROSS JOIN extents e ON e.t = wanted.t\n)\n", via.args...)
		b.write(fmt.Sprintf("SELECT %s\nFROM extent CROSS JOIN observations o ON o.r BETWEEN extent.n << %d AND ((extent.n + 1) << %d) - 1\n",
			columns, shift, shift))
	default:
		b.write("SELECT " + columns + "\nFROM observations o\n")
	}
	if columns != countAll || needsTrace(where) {
		b.write("CROSS JOIN traces t ON t.t = o.t\n")
	}
	// The plus keeps the planner, which does not know what is frequent, from going
	// through all rows of the project in order instead.
	plus := ""
	if ids != nil || via != nil {
		plus = "+"
	}
	b.write("WHERE "+plus+"o.project = ?", c.project)
	return observationScope(c.numbers).where(b, where)
}

// firstTexts returns the texts of the first condition that a field is one of them.
func firstTexts(where filter.All, f filter.Field) []string {
	for _, c := range where {
		if c.Field == f && c.Op == filter.AnyOf && len(c.Texts) > 0 {
			return c.Texts
		}
	}
	return nil
}

// hashes writes what the observations of these ids are found by.
func (c compiler) hashes(b *builder, ids []string) {
	written := map[uint32]bool{}
	for _, text := range ids {
		h := c.layout.hash(c.projectID, text)
		if written[h] {
			continue
		}
		if len(written) > 0 {
			b.write(", ")
		}
		written[h] = true
		b.write("(?)", int64(h))
	}
}

// way is a selection of the traces that the observations which are asked for can
// lie in.
type way struct {
	traces statement // each trace once
	all    statement // the same, some perhaps twice, which costs no sorting
	// sure says that there are few of them: as many as ids were given. Of others
	// only the file can tell whether going through them is less than going through
	// all observations in order.
	sure bool
}

// ways returns how a list of observations can start from traces, the best first.
func (c compiler) ways(where filter.All) []way {
	s := traceScope(c.numbers)
	var ways []way
	if texts := firstTexts(where, filter.TraceID); texts != nil {
		var b builder
		b.write("SELECT t FROM traces WHERE project = ? AND trace_id IN (", c.project)
		marks(&b, texts)
		b.write(")")
		ways = append(ways, way{b.done(), b.done(), true})
	}
	for _, by := range []struct {
		field  filter.Field
		column string
	}{{filter.SessionID, "session"}, {filter.UserID, "user_id"}} {
		texts := firstTexts(where, by.field)
		if texts == nil {
			continue
		}
		union := func(union string) statement {
			var b builder
			b.write("SELECT t FROM traces WHERE project = ? AND ", c.project)
			s.among(&b, by.column, texts)
			b.write(" " + union + " SELECT t FROM trace_values WHERE ")
			s.among(&b, "value", texts)
			return b.done()
		}
		ways = append(ways, way{traces: union("UNION"), all: union("UNION ALL")})
	}
	for _, w := range where {
		if texts := tagsOf(filter.All{w}); texts != nil {
			var b builder
			b.write("t FROM trace_tags WHERE ")
			s.among(&b, "tag", texts)
			from := b.done()
			ways = append(ways, way{traces: statement{"SELECT DISTINCT " + from.sql, from.args}, all: statement{"SELECT " + from.sql, from.args}})
		}
	}
	return ways
}

// atMost compiles the question whether a way leads to at most n traces.
func (w way) atMost(n int) statement {
	return statement{"SELECT COUNT(*) <= ? FROM (" + w.all.sql + " LIMIT ?)", append(append([]any{int64(n)}, w.all.args...), int64(n)+1)}
}

const countAll = "COUNT(*)"

// needsTrace reports whether a condition on observations looks at their traces. A
// count that does not can do with an index alone.
func needsTrace(where filter.All) bool {
	return slices.ContainsFunc(where, func(c filter.Condition) bool {
		switch c.Field {
		case filter.ObservationID, filter.ParentObservationID, filter.Name, filter.Timestamp, filter.Type, filter.Level, filter.Root:
			return false
		}
		return true
	})
}

// tagsOf returns the tags of the first condition that the trace has one of them.
func tagsOf(where filter.All) []string {
	for _, c := range where {
		switch {
		case c.Field != filter.Tags || len(c.Texts) == 0:
		case c.Op == filter.AnyOf:
			return c.Texts
		case c.Op == filter.AllOf:
			return c.Texts[:1]
		}
	}
	return nil
}
