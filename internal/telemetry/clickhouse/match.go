package clickhouse

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// operand is what a field of an entity holds, in one of the shapes that conditions
// compare.
type operand struct {
	shape  shape
	text   *string
	tags   []string
	time   trace.Micros
	flag   bool
	number *float64
}

type shape uint8

const (
	none shape = iota // the entity has no such field
	aText
	theTags
	aTime
	aFlag
	aNumber
	aValue // a text that is the value of a key, which may not be there
)

func texts(s *string) operand { return operand{shape: aText, text: s} }

// takes reports whether values of the shape can be compared so.
func (k shape) takes(op filter.Op) bool {
	switch op {
	case filter.AnyOf, filter.NoneOf:
		return k == aText || k == aValue || k == theTags
	case filter.AllOf:
		return k == theTags
	case filter.From, filter.Before:
		return k == aTime
	case filter.IsNull, filter.IsNotNull:
		return k == aText || k == aValue || k == aNumber
	case filter.Is:
		return k == aFlag
	case filter.Contains, filter.Without, filter.StartsWith, filter.EndsWith:
		return k == aText || k == aValue
	case filter.Equal, filter.NotEqual, filter.Greater, filter.AtLeast, filter.Less, filter.AtMost:
		return k == aNumber
	}
	return false
}

// holds reports whether a condition that is known to fit the operand holds.
func (v operand) holds(c filter.Condition) bool {
	switch c.Op {
	case filter.AnyOf, filter.NoneOf:
		found := v.text != nil && slices.Contains(c.Texts, *v.text) ||
			slices.ContainsFunc(v.tags, func(tag string) bool { return slices.Contains(c.Texts, tag) })
		return found == (c.Op == filter.AnyOf)
	case filter.AllOf:
		return !slices.ContainsFunc(c.Texts, func(tag string) bool { return !slices.Contains(v.tags, tag) })
	case filter.From:
		return v.time.Millis() >= c.Time.Millis()
	case filter.Before:
		return v.time.Millis() < c.Time.Millis()
	case filter.IsNull, filter.IsNotNull:
		return (v.text == nil && v.number == nil) == (c.Op == filter.IsNull)
	case filter.Is:
		return v.flag == c.Bool
	case filter.Without:
		if v.text == nil {
			return v.shape != aValue
		}
		return !strings.Contains(*v.text, c.Texts[0])
	case filter.Contains:
		return v.text != nil && strings.Contains(*v.text, c.Texts[0])
	case filter.StartsWith:
		return v.text != nil && strings.HasPrefix(*v.text, c.Texts[0])
	case filter.EndsWith:
		return v.text != nil && strings.HasSuffix(*v.text, c.Texts[0])
	}
	return v.number != nil && compares(*v.number, c.Op, c.Number)
}

// compares reports whether a number compares to another as the operator says.
func compares(n float64, op filter.Op, with float64) bool {
	switch op {
	case filter.Equal:
		return n == with
	case filter.NotEqual:
		return n != with
	case filter.Greater:
		return n > with
	case filter.AtLeast:
		return n >= with
	case filter.Less:
		return n < with
	case filter.AtMost:
		return n <= with
	}
	return false
}

// compare orders operands of one shape; null is the smallest.
func (v operand) compare(o operand) int {
	rank := func(x operand) int {
		if x.text != nil || x.flag {
			return 1
		}
		return 0
	}
	if c := cmp.Or(cmp.Compare(rank(v), rank(o)), cmp.Compare(v.time, o.time)); c != 0 || v.text == nil {
		return c
	}
	return strings.Compare(*v.text, *o.text)
}

func traceField(t *trace.Trace, f filter.Field) operand {
	switch f {
	case filter.TraceID:
		return texts(&t.ID)
	case filter.Name:
		return texts(t.Name)
	case filter.UserID:
		return texts(t.UserID)
	case filter.SessionID:
		return texts(t.SessionID)
	case filter.Release:
		return texts(t.Release)
	case filter.Version:
		return texts(t.Version)
	case filter.Environment:
		return texts(&t.Environment)
	case filter.Tags:
		return operand{shape: theTags, tags: t.Tags}
	case filter.Timestamp:
		return operand{shape: aTime, time: t.Timestamp}
	case filter.Public:
		return operand{shape: aFlag, flag: t.Public}
	case filter.Bookmarked:
		return operand{shape: aFlag, flag: t.Bookmarked}
	}
	return operand{}
}

func observationField(o *trace.Observation, f filter.Field) operand {
	switch f {
	case filter.TraceID:
		return texts(&o.TraceID)
	case filter.ObservationID:
		return texts(&o.ID)
	case filter.ParentObservationID:
		return texts(o.ParentID)
	case filter.Type:
		return texts((*string)(&o.Type))
	case filter.Level:
		return texts((*string)(&o.Level))
	case filter.Root:
		return operand{shape: aFlag, flag: o.Root()}
	case filter.Name:
		return texts(o.Name)
	case filter.UserID:
		return texts(o.UserID)
	case filter.SessionID:
		return texts(o.SessionID)
	case filter.Release:
		return texts(o.Release)
	case filter.Version:
		return texts(o.Version)
	case filter.Environment:
		return texts(&o.Environment)
	case filter.Tags:
		return operand{shape: theTags, tags: o.Tags}
	case filter.Timestamp:
		return operand{shape: aTime, time: o.Start}
	}
	return operand{}
}

// fits refuses conditions that do not apply to an entity, given any such and the
// last of the operators that it has.
func fits[T any](entity *T, field func(*T, filter.Field) operand, last filter.Op, where filter.All) error {
	for _, c := range where {
		if c.Op > last || !field(entity, c.Field).shape.takes(c.Op) {
			return fault.New(fault.Invalid, "a condition on %q does not apply here", c.Field)
		}
	}
	return nil
}

func ofObservations(where filter.All) (matches func(*trace.Observation) bool, err error) {
	matches = func(o *trace.Observation) bool {
		return !slices.ContainsFunc(where, func(c filter.Condition) bool { return !observationField(o, c.Field).holds(c) })
	}
	return matches, fits(&trace.Observation{}, observationField, filter.Is, where)
}

func ofTraces(where filter.All, order telemetry.Order) (matches func(*trace.Trace) bool, compare func(a, b *trace.Trace) int, err error) {
	if order.Field == "" {
		order = telemetry.Order{Field: filter.Timestamp, Desc: true}
	}
	if k := traceField(&trace.Trace{}, order.Field).shape; k == none || k == theTags {
		return nil, nil, fault.New(fault.Invalid, "traces cannot be ordered by %q", order.Field)
	}
	matches = func(t *trace.Trace) bool {
		return !slices.ContainsFunc(where, func(c filter.Condition) bool { return !traceField(t, c.Field).holds(c) })
	}
	compare = func(a, b *trace.Trace) int {
		c := cmp.Or(traceField(a, order.Field).compare(traceField(b, order.Field)), strings.Compare(a.ID, b.ID))
		if order.Desc {
			return -c
		}
		return c
	}
	return matches, compare, fits(&trace.Trace{}, traceField, filter.Is, where)
}
