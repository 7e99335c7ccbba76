package telemetrytest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// shown is one field of an entity as conditions see it; what does not apply is
// zero.
type shown struct {
	text   *string
	list   []string // tags
	number *float64
	time   trace.Micros
	flag   bool
}

func traceField(t *trace.Trace, f filter.Field) shown {
	switch f {
	case filter.TraceID:
		return shown{text: &t.ID}
	case filter.Name:
		return shown{text: t.Name}
	case filter.UserID:
		return shown{text: t.UserID}
	case filter.SessionID:
		return shown{text: t.SessionID}
	case filter.Release:
		return shown{text: t.Release}
	case filter.Version:
		return shown{text: t.Version}
	case filter.Environment:
		return shown{text: &t.Environment}
	case filter.Tags:
		return shown{list: t.Tags}
	case filter.Timestamp:
		return shown{time: t.Timestamp}
	case filter.Public:
		return shown{flag: t.Public}
	case filter.Bookmarked:
		return shown{flag: t.Bookmarked}
	}
	panic(fmt.Sprintf("traces have no field %q", f))
}

func observationField(o *trace.Observation, f filter.Field) shown {
	switch f {
	case filter.TraceID:
		return shown{text: &o.TraceID}
	case filter.Name:
		return shown{text: o.Name}
	case filter.UserID:
		return shown{text: o.UserID}
	case filter.SessionID:
		return shown{text: o.SessionID}
	case filter.Release:
		return shown{text: o.Release}
	case filter.Version:
		return shown{text: o.Version}
	case filter.Environment:
		return shown{text: &o.Environment}
	case filter.Tags:
		return shown{list: o.Tags}
	case filter.Timestamp:
		return shown{time: o.Start}
	case filter.ObservationID:
		return shown{text: &o.ID}
	case filter.ParentObservationID:
		return shown{text: o.ParentID}
	case filter.Type:
		s := string(o.Type)
		return shown{text: &s}
	case filter.Level:
		s := string(o.Level)
		return shown{text: &s}
	case filter.Root:
		return shown{flag: o.Root()}
	}
	panic(fmt.Sprintf("observations have no field %q", f))
}

func matchesTrace(t *trace.Trace, where filter.All) bool {
	return !slices.ContainsFunc(where, func(c filter.Condition) bool { return !holds(traceField(t, c.Field), c) })
}

func matchesObservation(o *trace.Observation, where filter.All) bool {
	return !slices.ContainsFunc(where, func(c filter.Condition) bool { return !holds(observationField(o, c.Field), c) })
}

func holds(v shown, c filter.Condition) bool {
	is := func(found bool) bool { return v.text != nil && found }
	number := func(compare func(n float64) bool) bool { return v.number != nil && compare(*v.number) }
	null := v.text == nil && v.number == nil && c.Field != filter.Timestamp && c.Field != filter.CreatedAt
	switch c.Op {
	case filter.AnyOf:
		if c.Field == filter.Tags {
			return slices.ContainsFunc(v.list, func(s string) bool { return slices.Contains(c.Texts, s) })
		}
		return is(slices.Contains(c.Texts, text0(v)))
	case filter.NoneOf:
		if c.Field == filter.Tags {
			return !slices.ContainsFunc(v.list, func(s string) bool { return slices.Contains(c.Texts, s) })
		}
		return !is(slices.Contains(c.Texts, text0(v)))
	case filter.AllOf:
		return !slices.ContainsFunc(c.Texts, func(s string) bool { return !slices.Contains(v.list, s) })
	case filter.From:
		return v.time.Millis() >= c.Time.Millis()
	case filter.Before:
		return v.time.Millis() < c.Time.Millis()
	case filter.IsNull:
		return null
	case filter.IsNotNull:
		return !null
	case filter.Is:
		return v.flag == c.Bool
	case filter.Contains:
		return is(strings.Contains(text0(v), c.Texts[0]))
	case filter.Without:
		if v.text == nil {
			return c.Field != filter.Metadata // the key has to be there
		}
		return !strings.Contains(*v.text, c.Texts[0])
	case filter.StartsWith:
		return is(strings.HasPrefix(text0(v), c.Texts[0]))
	case filter.EndsWith:
		return is(strings.HasSuffix(text0(v), c.Texts[0]))
	case filter.Equal:
		return number(func(n float64) bool { return n == c.Number })
	case filter.NotEqual:
		return number(func(n float64) bool { return n != c.Number })
	case filter.Greater:
		return number(func(n float64) bool { return n > c.Number })
	case filter.AtLeast:
		return number(func(n float64) bool { return n >= c.Number })
	case filter.Less:
		return number(func(n float64) bool { return n < c.Number })
	case filter.AtMost:
		return number(func(n float64) bool { return n <= c.Number })
	}
	panic(fmt.Sprintf("no operator %d", c.Op))
}

// text0 is the text, "" where there is none.
func text0(v shown) string {
	if v.text == nil {
		return ""
	}
	return *v.text
}

// compareTraces orders traces as a list is asked for.
func compareTraces(a, b *trace.Trace, o telemetry.Order) int {
	if o.Field == "" {
		o = telemetry.Order{Field: filter.Timestamp, Desc: true}
	}
	x, y := traceField(a, o.Field), traceField(b, o.Field)
	c := cmp.Or(compareTexts(x.text, y.text), cmp.Compare(x.time, y.time), compareFlags(x.flag, y.flag), strings.Compare(a.ID, b.ID))
	if o.Desc {
		return -c
	}
	return c
}

func compareTexts(a, b *string) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return strings.Compare(*a, *b)
}

func compareFlags(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
