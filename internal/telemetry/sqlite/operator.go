package sqlite

import (
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
)

// This file has the operators that only scores and sessions know.

// metadataValue is the value of a top-level key of a score's metadata.
const metadataValue = "(SELECT m.value FROM score_metadata m WHERE m.s = s.s AND m.key = ?)"

// further writes a condition with one of the operators that not all lists have.
func (s scope) further(b *builder, c filter.Condition) error {
	switch c.Op {
	case filter.NoneOf:
		return s.noneOf(b, c)
	case filter.IsNotNull:
		b.write("NOT (")
		if err := s.isNull(b, c); err != nil {
			return err
		}
		b.write(")")
		return nil
	case filter.Contains, filter.Without, filter.StartsWith, filter.EndsWith:
		return s.part(b, c)
	}
	op, ok := map[filter.Op]string{
		filter.Equal: " = ?", filter.NotEqual: " != ?", filter.Greater: " > ?",
		filter.AtLeast: " >= ?", filter.Less: " < ?", filter.AtMost: " <= ?",
	}[c.Op]
	column := s.values[c.Field]
	if !ok || column == "" {
		return errCondition(c)
	}
	b.write(column+op, c.Number)
	return nil
}

// noneOf writes that AnyOf does not hold. What is null is none of any texts.
func (s scope) noneOf(b *builder, c filter.Condition) error {
	b.write("NOT COALESCE(")
	if err := s.anyOf(b, c); err != nil {
		return err
	}
	b.write(", 0)")
	return nil
}

// part writes a condition on part of a text. Texts are compared as bytes.
func (s scope) part(b *builder, c filter.Condition) error {
	if len(c.Texts) == 0 {
		return fault.New(fault.Invalid, "a condition on %q needs a text", c.Field)
	}
	var text func()
	switch {
	case s.refs[c.Field] != "":
		text = func() { b.write("(SELECT x.text FROM strings x WHERE x.id = " + s.refs[c.Field] + ")") }
	case s.texts[c.Field] != "":
		text = func() { b.write(s.texts[c.Field]) }
	case s.kind == fold.Score && c.Field == filter.Metadata:
		text = func() { b.write(metadataValue, c.Key) }
	default:
		return errCondition(c)
	}
	wanted := []byte(c.Texts[0])
	n := int64(len(wanted))
	switch c.Op {
	case filter.Contains:
		b.write("instr(CAST(")
		text()
		b.write(" AS BLOB), ?) > 0", wanted)
	case filter.Without:
		// What is null is without; a key of metadata has to be there.
		b.write("COALESCE(instr(CAST(")
		text()
		b.write(" AS BLOB), ?) = 0, ?)", wanted, flag(c.Field != filter.Metadata))
	case filter.StartsWith, filter.EndsWith:
		if n == 0 { // of nothing, substr makes NULL
			text()
			b.write(" IS NOT NULL")
			return nil
		}
		if c.Op == filter.StartsWith {
			b.write("substr(CAST(")
			text()
			b.write(" AS BLOB), 1, ?) = ?", n, wanted)
			return nil
		}
		b.write("substr(CAST(")
		text()
		b.write(" AS BLOB), -?, ?) = ?", n, n, wanted)
	}
	return nil
}
