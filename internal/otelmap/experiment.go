package otelmap

import (
	"strings"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// ExperimentHow is what an [ExperimentRow] reads.
type ExperimentHow uint8

// What experiment attributes are.
const (
	ExperimentText ExperimentHow = iota
	ExperimentID                 // the id of a span
	ExperimentDate               // a date; another value says nothing
	// ExperimentMap: an object, or the JSON text of one, and over it every
	// attribute whose name goes on with a point, named by the rest.
	ExperimentMap
)

// ExperimentRow gives one member of what a span says of the experiment that it is
// part of.
type ExperimentRow struct {
	KeyRow
	Member string
	How    ExperimentHow
}

func (r *ExperimentRow) line() Line {
	l := Line{Reads: code(r.Key), When: r.Test.String(), Gives: code(r.Member)}
	switch r.How {
	case ExperimentDate:
		l.When += ", and a date"
	case ExperimentMap:
		l.Reads, l.When = l.Reads+", and attributes that begin with "+code(r.Key+"."), "the first is an object, or the JSON text of one"
	}
	return l
}

type experimentRule struct {
	*ExperimentRow
	lookup
	prefix prefixSet
}

// experiment sets what the span says of its experiment: a JSON object with the
// members that are there.
func (c *call) experiment() {
	if c.attrs.any&c.m.experimentPrefix == 0 {
		return
	}
	dst, empty := append(c.out[:0], '{'), 1
	for i := range c.m.experiments {
		r := &c.m.experiments[i]
		before := len(dst)
		dst = c.experimentMember(dst, empty, r)
		if len(dst) > before {
			c.becauseEntry(fold.Experiment, r.Member, r.name)
		}
	}
	c.out = dst
	if len(dst) > empty {
		c.set(fold.Experiment, fold.Text(string(append(dst, '}'))), "")
	}
}

// experimentMember appends a member, or nothing.
func (c *call) experimentMember(dst []byte, empty int, r *experimentRule) []byte {
	h := c.look(&r.lookup)
	if r.How == ExperimentMap {
		return c.experimentMap(dst, empty, r, h)
	}
	if h.value == nil {
		return dst
	}
	text := textOf(h.value)
	switch r.How {
	case ExperimentID:
		text = normalID(text)
	case ExperimentDate:
		t, ok := parseDate(strings.TrimSpace(text))
		if !ok || !t.InRange() {
			return dst
		}
		if _, err := time.Parse(time.RFC3339, text); err != nil || t%1000 != 0 {
			h.at = none // what is kept is not all that was said
		}
		text = t.Time().UTC().Format("2006-01-02 15:04:05.000")
	}
	c.attrs.mark(h.at, markField)
	return jsontext.AppendString(appendKey(dst, empty, r.Member), text)
}

func (c *call) experimentMap(dst []byte, empty int, r *experimentRule, h hit) []byte {
	c.object.reset()
	if h.value != nil {
		switch h.value.Kind {
		case span.Map:
			c.base(r.slot)
		case span.String:
			if text := jsontext.Trim(h.value.Str); strings.HasPrefix(text, "{") {
				c.baseText(text, h.at)
			}
		}
	}
	if c.attrs.any&r.prefix != 0 {
		for i := range c.attrs.attrs {
			if c.attrs.with(i, r.prefix) {
				a := &c.attrs.attrs[i]
				c.addValue(a.Key[len(r.Key)+1:], &a.Value, int32(i)) //nolint:gosec // a list never has 2^31 entries
			}
		}
	}
	if len(c.object.list) == 0 {
		return dst
	}
	return c.object.append(appendKey(dst, empty, r.Member))
}
