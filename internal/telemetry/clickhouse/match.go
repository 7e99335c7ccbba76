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

// operand is what a field of an entity holds, in one of the four shapes that
// conditions compare.
type operand struct {
	shape shape
	text  *string
	tags  []string
	time  trace.Micros
	flag  bool
}

type shape uint8

const (
	none shape = iota // the entity has no such field
	aText
	theTags
	aTime
	aFlag
)

func texts(s *string) operand { return operand{shape: aText, text: s} }

// takes reports whether values of the shape can be compared so.
func (k shape) takes(op filter.Op) bool {
	switch op {
	case filter.AnyOf:
		return k == aText || k == theTags
	case filter.AllOf:
		return k == theTags
	case filter.From, filter.Before:
		return k == aTime
	case filter.IsNull:
		return k == aText
	case filter.Is:
		return k == aFlag
	}
	return false
}

// holds reports whether a condition that is known to fit the operand holds.
func (v operand) holds(c filter.Condition) bool {
	switch c.Op {
	case filter.AnyOf:
		if v.shape == theTags {
			return slices.ContainsFunc(v.tags, func(tag string) bool { return slices.Contains(c.Texts, tag) })
		}
		return v.text != nil && slices.Contains(c.Texts, *v.text)
	case filter.AllOf:
		return !slices.ContainsFunc(c.Texts, func(tag string) bool { return !slices.Contains(v.tags, tag) })
	case filter.From:
		return v.time.Millis() >= c.Time.Millis()
	case filter.Before:
		return v.time.Millis() < c.Time.Millis()
	case filter.IsNull:
		return v.text == nil
	case filter.Is:
		return v.flag == c.Bool
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

// fits refuses conditions that do not apply to an entity, given any such.
func fits[T any](entity *T, field func(*T, filter.Field) operand, where filter.All) error {
	for _, c := range where {
		if !field(entity, c.Field).shape.takes(c.Op) {
			return fault.New(fault.Invalid, "a condition on %q does not apply here", c.Field)
		}
	}
	return nil
}

func ofObservations(where filter.All) (matches func(*trace.Observation) bool, err error) {
	matches = func(o *trace.Observation) bool {
		return !slices.ContainsFunc(where, func(c filter.Condition) bool { return !observationField(o, c.Field).holds(c) })
	}
	return matches, fits(&trace.Observation{}, observationField, where)
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
	return matches, compare, fits(&trace.Trace{}, traceField, where)
}
