package otelmap

import (
	"cmp"
	"slices"
)

// Table is a table as it is documented.
type Table struct {
	Name    string // what the names of its rows begin with
	Title   string
	Decides string // how rows are chosen
	Rows    []Line
}

// Line is a row as it is documented, in the words of docs/conventions.md: texts of
// Markdown without line breaks.
type Line struct {
	Row
	Reads string // which attributes
	When  string // what they must be; "" for anything
	Gives string // what comes of them; "" where that is the table's title
}

// anyTable is a table of [Rules] without the type of its rows. All that holds for
// every table goes through it, so that a new one is added in one place.
type anyTable interface {
	rows() []*Row
	drop(name string)
	take(other anyTable, from Convention)
	sort()
	table() Table
}

// rowOf is a pointer to a row of type T.
type rowOf[T any] interface {
	*T
	row() *Row
	line() Line
}

type typedTable[T any, P rowOf[T]] struct {
	list                 *[]T
	name, title, decides string
}

func tableOf[T any, P rowOf[T]](list *[]T, name, title, decides string) anyTable {
	return typedTable[T, P]{list, name, title, decides}
}

func (t typedTable[T, P]) rows() []*Row {
	out := make([]*Row, len(*t.list))
	for i := range *t.list {
		out[i] = P(&(*t.list)[i]).row()
	}
	return out
}

// drop replaces the list by one without the row.
func (t typedTable[T, P]) drop(name string) {
	kept := make([]T, 0, len(*t.list))
	for i := range *t.list {
		if P(&(*t.list)[i]).row().Name != name {
			kept = append(kept, (*t.list)[i])
		}
	}
	*t.list = kept
}

// take appends the rows of another table of the same type, which are of one
// convention.
func (t typedTable[T, P]) take(other anyTable, from Convention) {
	for _, r := range *other.(typedTable[T, P]).list { //nolint:forcetypeassert // tables are in one order
		P(&r).row().Convention = from
		*t.list = append(*t.list, r)
	}
}

func (t typedTable[T, P]) sort() {
	slices.SortStableFunc(*t.list, func(a, b T) int { return cmp.Compare(P(&a).row().Rank, P(&b).row().Rank) })
}

func (t typedTable[T, P]) table() Table {
	out := Table{Name: t.name, Title: t.title, Decides: t.decides}
	for i := range *t.list {
		line := P(&(*t.list)[i]).line()
		line.Row = *P(&(*t.list)[i]).row()
		out.Rows = append(out.Rows, line)
	}
	return out
}

// code writes a name as Markdown code; several are separated by commas.
func code(names ...string) string {
	out := ""
	for i, name := range names {
		if i > 0 {
			out += ", "
		}
		out += "`" + name + "`"
	}
	return out
}

func (t Test) String() string {
	return [...]string{"exists", "is present", "is truthy", "is truthy and not {}"}[t]
}

// line documents a row that reads one attribute.
func (r *KeyRow) line() Line {
	reads := code(r.Key)
	switch r.Place {
	case OnResource:
		reads = "resource attribute " + reads
	case SpanName:
		reads = "the name of the span"
	case StatusMessage:
		reads = "the message of the span's status"
	}
	return Line{Reads: reads, When: r.Test.String()}
}

func (r *MemberRow) line() Line {
	l := r.KeyRow.line()
	if r.Member != "" {
		l.Reads = code(r.Member) + " of the JSON in " + l.Reads
	}
	return l
}

// inScope documents a gate.
func inScope(scope, when string) string {
	switch {
	case scope == "":
		return when
	case when == "":
		return "scope " + code(scope)
	}
	return "scope " + code(scope) + "; " + when
}
