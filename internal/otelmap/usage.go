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

func (r *UsageRow) line() Line {
	if r.How == UsageCounted {
		return Line{Reads: "the counts of the tables `usage_prefix` and `usage_member`", Gives: "the entries of the table `usage_alias`"}
	}
	return Line{Reads: code(r.Key), When: "is truthy; other than an object, or text that is no JSON, it ends the search", Gives: "the entries of a shape, or its members"}
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

func (r *UsageShape) line() Line {
	return Line{
		Reads: "keys " + code(r.Input, r.Output, r.Total) + ", and perhaps " + code(r.InputDetails, r.OutputDetails), When: "it has no others",
		Gives: "input, output, total; each detail as an entry, taken out of its total",
	}
}

// UsageSplit says that an entry of an object of no shape is a part of another. The other
// keeps the rest.
type UsageSplit struct {
	Row
	Part, Of string
	As       string // the entry that it becomes
}

func usageSplit(rank int, part, of, as string) UsageSplit {
	return UsageSplit{Row: Row{Name: "usage_split/" + part, Rank: rank}, Part: part, Of: of, As: as}
}

func (r *UsageSplit) line() Line {
	return Line{Reads: "member " + code(r.Part), Gives: code(r.As) + ", taken out of " + code(r.Of)}
}

// split takes parts out of what they are part of, in a usage that names both.
func split(splits []UsageSplit, usage trace.Amounts) {
	position := func(name string) int { // of a repeated name the last counts
		for i := len(usage) - 1; i >= 0; i-- {
			if usage[i].Name == name {
				return i
			}
		}
		return -1
	}
	for i := range splits {
		r := &splits[i]
		part, of := position(r.Part), position(r.Of)
		if part < 0 || of < 0 || usage[of].N < usage[part].N || position(r.As) >= 0 {
			continue
		}
		usage[of].N -= usage[part].N
		usage[part].Name = r.As
	}
}

type usageRule struct {
	how  UsageHow
	slot int32
	name string
}

func (c *call) usage() {
	for i := range c.m.usages {
		r := &c.m.usages[i]
		if r.how == UsageCounted {
			before := len(c.reasons)
			c.because("", fold.Usage, r.name)
			usage := c.countedUsage()
			if len(usage) == 0 {
				c.reasons = c.reasons[:before]
				return
			}
			c.set(fold.Usage, fold.Map(usage), "")
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
			c.usageObject(text, at, r.name)
		}
		return
	}
}

// usageObject sets the usage that an object says.
func (c *call) usageObject(object string, at int32, row string) {
	usage, shape, all := normalUsage(c.m.rules.UsageShapes, c.m.rules.UsageSplits, object)
	n := len(usage)
	if usage = tidy(usage); len(usage) == 0 {
		return
	}
	c.set(fold.Usage, fold.Map(usage), row)
	if shape != "" {
		row = shape
	}
	for _, entry := range usage {
		of := row
		for i := range c.m.rules.UsageSplits {
			if r := &c.m.rules.UsageSplits[i]; shape == "" && r.As == entry.Name && strings.Contains(object, r.Part) {
				of = r.Name
			}
		}
		c.becauseEntry(fold.Usage, entry.Name, of)
	}
	if all && len(usage) == n {
		c.attrs.mark(at, markField)
	}
}

// objectText returns the JSON text of a value that is an object or the text of
// one, "" for other JSON and other values; ok is false for text that is no JSON.
// Several rows ask for the same attribute, so the last answer is kept.
func (c *call) objectText(v *span.Value) (text string, ok bool) {
	switch v.Kind {
	case span.String:
		if c.asked == "" || c.asked != v.Str {
			c.asked, c.answer = v.Str, jsontext.Valid(v.Str, &c.buf)
		}
		if !c.answer {
			return "", false
		}
		if text = jsontext.Trim(v.Str); !strings.HasPrefix(text, "{") {
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
	usage, _, all = normalUsage(generic().rows.UsageShapes, langfuse().rows.UsageSplits, object)
	n := len(usage)
	usage = tidy(usage)
	return usage, all && len(usage) == n
}

// normalUsage returns the usage that an object says, and the shape that it is of, if
// it is of one; all is false where entries had to be left out.
func normalUsage(shapes []UsageShape, splits []UsageSplit, object string) (usage trace.Amounts, shape string, all bool) {
	for i := range shapes {
		if usage, ok := shapes[i].read(object); ok {
			return usage, shapes[i].Name, true
		}
	}
	all = true
	for key, raw := range jsontext.Members(object) {
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
	split(splits, usage)
	return usage, "", all
}

// read returns the usage of an object of the shape.
func (s *UsageShape) read(object string) (trace.Amounts, bool) {
	var (
		sums    [3]int64
		have    [3]bool
		details [2]string
	)
	for key, raw := range jsontext.Members(object) {
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
		for key, raw := range jsontext.Members(object) {
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
