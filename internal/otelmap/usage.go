package otelmap

import (
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// UsageHow is how a [UsageRow] finds usage.
type UsageHow uint8

// The ways to find usage.
const (
	// UsageObject: the attribute is an object, or the JSON text of one. What is
	// truthy and no such thing ends the search without a result, except text
	// that is no JSON.
	UsageObject UsageHow = iota
	// UsageCounted: counted attributes, see [UsagePrefix]. It always applies.
	UsageCounted
)

// UsageRow is a source of usage.
type UsageRow struct {
	Row
	How UsageHow
	Key string
}

func defaultUsages() []UsageRow {
	return []UsageRow{
		{Row: Row{"usage/langfuse.observation.usage_details", Langfuse}, How: UsageObject, Key: "langfuse.observation.usage_details"},
		{Row: Row{"usage/counted attributes", Generic}, How: UsageCounted},
	}
}

// UsageShape is the usage object of one API. An object is of a shape when it has
// the first three keys, may have the last two, and has no others; all counts are
// whole and the details are objects of counts. Its details are part of its
// totals and so are taken out of them.
type UsageShape struct {
	Row
	Input, Output, Total        string
	InputDetails, OutputDetails string
}

func defaultUsageShapes() []UsageShape {
	return []UsageShape{
		{
			Row: Row{"usage_shape/chat", Generic}, Input: "prompt_tokens", Output: "completion_tokens", Total: "total_tokens",
			InputDetails: "prompt_tokens_details", OutputDetails: "completion_tokens_details",
		},
		{
			Row: Row{"usage_shape/responses", Generic}, Input: "input_tokens", Output: "output_tokens", Total: "total_tokens",
			InputDetails: "input_tokens_details", OutputDetails: "output_tokens_details",
		},
	}
}

type usageRule struct {
	how  UsageHow
	slot int32
}

func (c *call) usage() {
	for i := range c.m.usages {
		r := &c.m.usages[i]
		if r.how == UsageCounted {
			c.setUsage(c.countedUsage())
			return
		}
		v, at := c.attrs.get(r.slot)
		if v == nil || !truthy(v) {
			continue
		}
		text, ok := c.objectText(v)
		if !ok {
			continue
		}
		if text != "" {
			usage, all := normalUsage(c.m.rules.UsageShapes, text)
			if c.setUsage(usage) && all {
				c.attrs.mark(at, markField)
			}
		}
		return
	}
}

// setUsage sets the usage and reports whether all entries have a place in it.
func (c *call) setUsage(usage trace.Amounts) bool {
	n := len(usage)
	if usage = tidy(usage); len(usage) > 0 {
		c.set(fold.Usage, fold.Map(usage))
	}
	return len(usage) == n
}

// objectText returns the JSON text of a value that is an object or the text of
// one, "" for other JSON and other values; ok is false for text that is no JSON.
func (c *call) objectText(v *span.Value) (text string, ok bool) {
	switch v.Kind {
	case span.String:
		if !parsable(v.Str, &c.buf) {
			return "", false
		}
		if text = trimmed(v.Str); !strings.HasPrefix(text, "{") {
			return "", true
		}
		return text, true
	case span.Map:
		return textOf(v), true
	}
	return "", true
}

// UsageOf returns the usage that a JSON object, which must be valid, says by the
// rules for usage objects, whatever it came with; all is false where entries had to
// be left out.
func UsageOf(object string) (usage trace.Amounts, all bool) {
	usage, all = normalUsage(defaultUsageShapes(), object)
	n := len(usage)
	usage = tidy(usage)
	return usage, all && len(usage) == n
}

// normalUsage returns the usage that an object says; all is false where entries
// had to be left out.
func normalUsage(shapes []UsageShape, object string) (usage trace.Amounts, all bool) {
	for i := range shapes {
		if usage, ok := shapes[i].read(object); ok {
			return usage, true
		}
	}
	all = true
	for key, raw := range members(object) {
		n, ok := jsonWhole(raw)
		if raw[0] == '"' {
			var exact bool
			n, exact, ok = leadingWhole(jsontext.Unquote(raw))
			ok = ok && n >= 0
			all = all && exact
		}
		if ok {
			usage = append(usage, trace.Amount{Name: key, N: n})
		}
		all = all && ok
	}
	return usage, all
}

// read returns the usage of an object of the shape.
func (s *UsageShape) read(object string) (trace.Amounts, bool) {
	var (
		sums    [3]int64
		have    [3]bool
		details [2]string
	)
	for key, raw := range members(object) {
		at := slices.Index([]string{s.Input, s.Output, s.Total, s.InputDetails, s.OutputDetails}, key)
		switch {
		case at < 0:
			return nil, false
		case at < 3:
			n, ok := jsonWhole(raw)
			if !ok {
				return nil, false
			}
			sums[at], have[at] = n, true
		case raw[0] == '{' || raw == "null":
			details[at-3] = raw
		default:
			return nil, false
		}
	}
	if !have[0] || !have[1] || !have[2] {
		return nil, false
	}
	usage := trace.Amounts{{Name: "input"}, {Name: "output"}, {Name: "total", N: sums[2]}}
	for side, object := range details {
		if object == "" || object == "null" {
			continue
		}
		for key, raw := range members(object) {
			if raw == "null" {
				continue
			}
			n, ok := jsonWhole(raw)
			if !ok {
				return nil, false
			}
			usage = append(usage, trace.Amount{Name: usage[side].Name + "_" + key, N: n})
			sums[side] = max(0, sums[side]-n)
		}
	}
	usage[0].N, usage[1].N = sums[0], sums[1]
	return usage, true
}

// jsonWhole reads a JSON value that is a count.
func jsonWhole(raw string) (int64, bool) {
	if raw[0] < '0' || raw[0] > '9' {
		return 0, false
	}
	if n, exact, ok := leadingWhole(raw); exact {
		return n, ok
	}
	f, _ := decimal(raw) // a JSON number is always one
	return whole(f)
}

// tidy sorts amounts by name; of a repeated name the last counts.
func tidy(amounts trace.Amounts) trace.Amounts {
	slices.SortStableFunc(amounts, func(a, b trace.Amount) int { return strings.Compare(a.Name, b.Name) })
	out := amounts[:0]
	for i, a := range amounts {
		if i+1 == len(amounts) || amounts[i+1].Name != a.Name {
			out = append(out, a)
		}
	}
	return out
}
