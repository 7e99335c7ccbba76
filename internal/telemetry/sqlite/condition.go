package sqlite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// This file turns conditions into SQL.

// scope says how the fields of one kind of list are reached. An observation shows
// its trace's value where it has none of its own.
type scope struct {
	kind    fold.Kind               // of what is listed
	numbers map[string]int64        // of the texts that conditions name
	refs    map[filter.Field]string // columns with numbers of strings
	texts   map[filter.Field]string // columns with texts
	times   map[filter.Field]string
	flags   map[filter.Field]string
	values  map[filter.Field]string // columns with numbers
	never   map[filter.Field]bool   // is null
}

func traceScope(numbers map[string]int64) scope {
	return scope{
		kind: fold.Trace, numbers: numbers,
		refs: map[filter.Field]string{
			filter.Name: "t.name", filter.UserID: "t.user_id", filter.SessionID: "t.session",
			filter.Release: "t.release", filter.Version: "t.version", filter.Environment: "t.environment",
		},
		texts: map[filter.Field]string{filter.TraceID: "t.trace_id"},
		times: map[filter.Field]string{filter.Timestamp: "t.timestamp"},
		flags: map[filter.Field]string{filter.Public: "t.public", filter.Bookmarked: "t.bookmarked"},
		never: map[filter.Field]bool{filter.TraceID: true, filter.Environment: true},
	}
}

// rootCondition is the text of the partial index on roots.
const rootCondition = "o.parent IS NULL OR o.flags & 16 != 0"

func observationScope(numbers map[string]int64) scope {
	return scope{
		kind: fold.Observation, numbers: numbers,
		refs: map[filter.Field]string{
			filter.Name: "o.name", filter.UserID: "COALESCE(o.user_id, t.user_id)", filter.SessionID: "COALESCE(o.session, t.session)",
			filter.Release: "COALESCE(o.release, t.release)", filter.Version: "COALESCE(o.version, t.version)",
			filter.Environment: "COALESCE(o.environment, t.environment)",
		},
		texts: map[filter.Field]string{
			filter.TraceID: "t.trace_id", filter.ObservationID: "o.id", filter.ParentObservationID: "o.parent",
		},
		times: map[filter.Field]string{filter.Timestamp: "o.start"},
		flags: map[filter.Field]string{filter.Public: "t.public", filter.Bookmarked: "t.bookmarked"},
		never: map[filter.Field]bool{
			filter.TraceID: true, filter.ObservationID: true, filter.Environment: true, filter.Type: true, filter.Level: true,
		},
	}
}

func errCondition(c filter.Condition) error {
	return fault.New(fault.Invalid, "a condition on %q does not apply here", c.Field)
}

// where writes the conditions, each after AND.
func (s scope) where(b *builder, all filter.All) error {
	for _, c := range all {
		b.write("\n  AND ")
		if err := s.condition(b, c); err != nil {
			return err
		}
	}
	return nil
}

func (s scope) condition(b *builder, c filter.Condition) error {
	switch c.Op {
	case filter.AnyOf:
		return s.anyOf(b, c)
	case filter.AllOf:
		return s.allOf(b, c)
	case filter.From, filter.Before:
		column, ok := s.times[c.Field]
		if !ok {
			return errCondition(c)
		}
		// Times are shown in milliseconds, rounded toward the past; a bound
		// between two of them is the later one.
		op := map[filter.Op]string{filter.From: " >= ?", filter.Before: " < ?"}[c.Op]
		b.write(column+op, ceilMillis(c.Time))
	case filter.IsNull:
		return s.isNull(b, c)
	case filter.Is:
		return s.is(b, c)
	default:
		if s.kind != fold.Score && s.kind != fold.Session {
			return errCondition(c)
		}
		return s.further(b, c)
	}
	return nil
}

func ceilMillis(t trace.Micros) int64 {
	us := t.Millis() * 1000
	if us < int64(t) {
		us += 1000
	}
	return us
}

func (s scope) is(b *builder, c filter.Condition) error {
	if s.kind == fold.Observation && c.Field == filter.Root {
		if c.Bool {
			b.write("(" + rootCondition + ")")
		} else {
			b.write("NOT (" + rootCondition + ")")
		}
		return nil
	}
	column, ok := s.flags[c.Field]
	if !ok {
		return errCondition(c)
	}
	b.write(column+" = ?", flag(c.Bool))
	return nil
}

func (s scope) isNull(b *builder, c filter.Condition) error {
	column := s.refs[c.Field] + s.texts[c.Field] + s.values[c.Field]
	switch {
	case s.never[c.Field]:
		b.write("0")
	case s.kind == fold.Score && c.Field == filter.Metadata:
		b.write(metadataValue+" IS NULL", c.Key)
	case column == "":
		return errCondition(c)
	default:
		b.write(column + " IS NULL")
	}
	return nil
}

func (s scope) anyOf(b *builder, c filter.Condition) error {
	if column, ok := s.refs[c.Field]; ok {
		s.among(b, column, c.Texts)
		return nil
	}
	if column, ok := s.texts[c.Field]; ok {
		b.write(column + " IN (")
		marks(b, c.Texts)
		b.write(")")
		return nil
	}
	switch {
	case c.Field == filter.Tags && s.kind != fold.Session:
		s.hasTag(b, c.Texts)
	case s.kind == fold.Observation && c.Field == filter.Type:
		s.amongCodes(b, "o.type", 0, c.Texts, typePlace)
	case s.kind == fold.Observation && c.Field == filter.Level:
		s.amongCodes(b, "o.level", 1, c.Texts, levelPlace)
	case s.kind == fold.Score && c.Field == filter.Metadata:
		b.write(metadataValue+" IN (", c.Key)
		marks(b, c.Texts)
		b.write(")")
	default:
		return errCondition(c)
	}
	return nil
}

func (s scope) allOf(b *builder, c filter.Condition) error {
	if c.Field != filter.Tags || s.kind == fold.Session {
		return errCondition(c)
	}
	b.write("1")
	for _, text := range c.Texts {
		b.write(" AND ")
		s.hasTag(b, []string{text})
	}
	return nil
}

// hasTag writes that the trace has one of these tags.
func (s scope) hasTag(b *builder, tags []string) {
	b.write("EXISTS (SELECT 1 FROM trace_tags g WHERE g.t = t.t AND g.timestamp = t.timestamp AND ")
	s.among(b, "g.tag", tags)
	b.write(")")
}

// marks writes a question mark for each text.
func marks(b *builder, texts []string) {
	for i, text := range texts {
		if i > 0 {
			b.write(", ")
		}
		b.write("?", text)
	}
}

// among writes that a column with the number of a string is one of these texts. A
// text that the project does not have has no number and matches nothing. A single
// one is compared by =, which keeps the order of an index that goes on with the
// time.
func (s scope) among(b *builder, column string, texts []string) {
	b.write(column)
	if len(texts) == 1 {
		b.write(" = ?", s.numbers[texts[0]])
		return
	}
	b.write(" IN (")
	n := 0
	for _, text := range texts {
		if k, ok := s.numbers[text]; ok {
			if n++; n > 1 {
				b.write(", ")
			}
			b.write("?", k)
		}
	}
	b.write(")")
}

// numbered lists the texts of conditions that are compared by their numbers.
func numbered(where filter.All) []string {
	observation, score := observationScope(nil).refs, scoreScope(nil).refs
	var texts []string
	for _, c := range where {
		if c.Op != filter.AnyOf && c.Op != filter.AllOf && c.Op != filter.NoneOf {
			continue
		}
		ref := observation[c.Field] != "" || score[c.Field] != ""
		if ref || c.Field == filter.Tags || c.Field == filter.Type || c.Field == filter.Level {
			texts = append(texts, c.Texts...)
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// amongCodes writes that a type or level is one of these. Known ones are literal
// numbers from a closed list. The index leaves out the most frequent one, so when
// that is not asked for, the condition of the index is repeated.
func (s scope) amongCodes(b *builder, column string, frequent int64, texts []string, place func(string) int) {
	var codes []string
	usesIndex := len(texts) > 0
	for _, text := range texts {
		code := int64(place(text))
		if code < 0 {
			n, ok := s.numbers[text]
			if !ok {
				continue
			}
			code = -n
		}
		codes = append(codes, strconv.FormatInt(code, 10))
		usesIndex = usesIndex && code != frequent
	}
	if len(codes) == 1 {
		b.write(column + " = " + codes[0])
	} else {
		b.write(column + " IN (" + strings.Join(codes, ", ") + ")")
	}
	if usesIndex {
		b.write(fmt.Sprintf(" AND %s != %d", column, frequent))
	}
}
