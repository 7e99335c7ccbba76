package otelmap

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// NameRow gives the name from one attribute, with the truthy text of the attribute
// Before and a colon put first.
type NameRow struct {
	KeyRow
	Before string // "" for none
}

func (r *NameRow) line() Line {
	l := r.KeyRow.line()
	if r.Before != "" {
		l.Gives = code(r.Before) + " and a colon, where that is truthy, then the value"
	}
	return l
}

type nameRule struct {
	lookup
	before int32 // 0 for none
}

// name sets the observation's name. A name that is empty says nothing. A span name
// that gave way is kept in the raw value.
func (c *call) name() {
	for i := range c.m.names {
		r := &c.m.names[i]
		h := c.look(&r.lookup)
		if h.value == nil {
			continue
		}
		name := textOf(h.value)
		if name == "" {
			continue
		}
		c.attrs.mark(h.at, markField)
		if before, at := c.attrs.get(r.before); isTruthy(before) {
			c.attrs.mark(at, markField)
			name = textOf(before) + ":" + name
		}
		c.set(fold.Name, fold.Text(name), r.name)
		c.nameKept = name == c.sp.Name
		return
	}
}

func (c *call) statusMessage() {
	h := c.find(c.m.statusMessages)
	if h.value == nil {
		return
	}
	message := textOf(h.value)
	c.attrs.mark(h.at, markField)
	c.set(fold.StatusMessage, fold.Text(message), h.row)
	c.messageKept = message == c.sp.StatusMessage
}

// shared sets a field of the observation that is an explicit value of its trace
// as well.
func (c *call) shared(f fold.Field, rows []lookup) {
	h := c.find(rows)
	if h.value == nil {
		return
	}
	value := fold.Text(textOf(h.value))
	c.attrs.mark(h.at, markField)
	c.set(f, value, h.row)
	c.setTrace(f, value, h.row)
}

// spanText wraps a text of the span itself, so that rows can name it.
func spanText(s string) span.Value { return span.Value{Kind: span.String, Str: s} }
