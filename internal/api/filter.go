package api

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// maxFilterTexts is how many texts the conditions of a filter may name together.
const maxFilterTexts = 10_000

// condition is one element of a structured filter, checked for its form.
type condition struct {
	kind, column, operator string
	text                   string
	texts                  []string
	time                   trace.Micros
	number                 json.Number
	flag                   bool
	key                    string
}

// compiled is what the stores compare for one condition, and the field it is
// about.
type compiled struct {
	field filter.Field
	all   filter.All
}

// parseFilter reads a structured filter: a JSON array of conditions that must all
// hold. Its form is checked whole before its meaning; what is understood and
// cannot be compared is refused, never passed over.
func parseFilter(text string, columns table) ([]compiled, error) {
	var elements []json.RawMessage
	if !json.Valid([]byte(text)) {
		return nil, fault.New(fault.Invalid, "Invalid JSON in filter parameter")
	}
	if err := json.Unmarshal([]byte(text), &elements); err != nil || elements == nil {
		return nil, IssuesError{wrongType([]any{"filter"}, "array", jsonKind(text))}
	}
	var (
		wrong      IssuesError
		texts      int
		conditions = make([]condition, len(elements))
	)
	for i, raw := range elements {
		e := element{index: i}
		conditions[i] = e.read(raw)
		wrong = append(wrong, e.wrong...)
		texts += len(conditions[i].texts)
	}
	if texts > maxFilterTexts {
		wrong = append(wrong, tooBig([]any{"filter"}, "array", maxFilterTexts))
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	var out []compiled
	for _, c := range conditions {
		if c.kind == kindPosition {
			continue // has no meaning outside of experiments; accepted as upstream does
		}
		compiled, err := c.compile(columns)
		if err != nil {
			return nil, err
		}
		out = append(out, compiled)
	}
	return out, nil
}

// compile finds the column of a condition and says what the stores compare.
func (c condition) compile(t table) (compiled, error) {
	i := slices.IndexFunc(t.columns, func(col column) bool { return col.id == c.column })
	if i < 0 {
		i = slices.IndexFunc(t.columns, func(col column) bool { return col.label == c.column })
	}
	if i < 0 {
		return compiled{}, fault.New(fault.Invalid, "Column %s does not match a UI / CH table mapping.", c.column)
	}
	col := t.columns[i]
	if !col.takes(c.kind) {
		return compiled{}, fault.New(fault.Invalid, "Invalid filter type '%s' for column '%s'. Expected filter type '%s'.", c.kind, c.column, col.kind)
	}
	all, ok := t.compare(c, col)
	if col.field == "" || !ok {
		return compiled{}, fault.New(fault.Invalid, "Filtering by column '%s' with operator '%s' is not supported.", c.column, c.operator)
	}
	return compiled{col.field, all}, nil
}

// takes reports whether a filter type can be applied to the column.
func (c column) takes(kind string) bool {
	switch {
	case kind == c.kind, kind == kindNull:
		return true
	case c.id == "scores":
		return kind == kindCategory || kind == kindFlagMap
	case c.kind == kindText:
		return kind == kindOptions
	case c.kind == kindOptions:
		return kind == kindText
	case c.kind == kindList, c.kind == kindCategory:
		return kind == kindOptions
	}
	return false
}

// conditions returns what the stores compare of traces and observations; ok is
// false where they cannot.
func (c condition) conditions(col column) (_ filter.All, ok bool) {
	one := func(op filter.Op, set func(*filter.Condition)) (filter.All, bool) {
		out := filter.Condition{Field: col.field, Op: op}
		set(&out)
		return filter.All{out}, true
	}
	when := func(op filter.Op, at trace.Micros) (filter.All, bool) {
		return one(op, func(f *filter.Condition) { f.Time = at })
	}
	const tick = 1000 // the times that are compared are whole milliseconds
	switch c.kind + " " + c.operator {
	case "null is null":
		if col.required {
			return one(filter.AnyOf, func(*filter.Condition) {}) // matches nothing
		}
		return one(filter.IsNull, func(*filter.Condition) {})
	case "string =":
		return col.anyOf([]string{c.text})
	case "stringOptions any of":
		return col.anyOf(c.texts)
	case "arrayOptions all of":
		if len(c.texts) == 0 {
			return nil, true // every trace has all of none
		}
		return one(filter.AllOf, func(f *filter.Condition) { f.Texts = c.texts })
	case "datetime >=":
		return when(filter.From, c.time)
	case "datetime >":
		return when(filter.From, c.time+tick)
	case "datetime <":
		return when(filter.Before, c.time)
	case "datetime <=":
		return when(filter.Before, c.time+tick)
	case "boolean =", "boolean <>":
		yes := c.flag == (c.operator == "=")
		if col.field == filter.ParentObservationID {
			return filter.All{{Field: col.field, Op: filter.IsNull}}, !yes
		}
		return one(filter.Is, func(f *filter.Condition) { f.Bool = yes })
	}
	return nil, false
}

// anyOf compares a text column. An observation without parent has the empty
// parent for clients, which is no value here.
func (c column) anyOf(texts []string) (filter.All, bool) {
	if c.kind == kindList {
		return nil, false
	}
	if c.field == filter.ParentObservationID && slices.Contains(texts, "") {
		return filter.All{{Field: c.field, Op: filter.IsNull}}, len(texts) == 1
	}
	return filter.All{{Field: c.field, Op: filter.AnyOf, Texts: texts}}, true
}

// jsonKind names the kind of a valid JSON text.
func jsonKind(text string) string {
	switch c := strings.TrimLeft(text, " \t\r\n"); {
	case strings.HasPrefix(c, "{"):
		return "object"
	case strings.HasPrefix(c, "["):
		return "array"
	case strings.HasPrefix(c, `"`):
		return "string"
	case strings.HasPrefix(c, "t"), strings.HasPrefix(c, "f"):
		return "boolean"
	case strings.HasPrefix(c, "n"):
		return "null"
	}
	return "number"
}

// parseFilterTime reads the value of a datetime condition: as in queries, or a
// date alone, which is its midnight in UTC.
func parseFilterTime(s string) (trace.Micros, bool) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return trace.MicrosOf(t), true
	}
	return parseInstant(s)
}

func operatorsOf(kind string) []string {
	comparisons := []string{"=", ">", "<", ">=", "<="}
	texts := []string{"=", "contains", "does not contain", "starts with", "ends with", "matches"}
	switch kind {
	case kindTime:
		return comparisons[1:]
	case kindText, kindTextMap:
		return texts
	case kindNumber, kindNumberMap:
		return comparisons
	case kindOptions, kindCategory:
		return []string{"any of", "none of"}
	case kindList:
		return []string{"any of", "none of", "all of"}
	case kindFlag, kindFlagMap:
		return []string{"=", "<>"}
	case kindNull:
		return []string{"is null", "is not null"}
	case kindPosition:
		return []string{"="}
	}
	return nil
}
