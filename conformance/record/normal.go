package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// epoch is when every recording begins.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// A surroundings is what a run knows of the machine and must not show.
type surroundings struct {
	// from and to enclose all times of the run.
	from, to time.Time
	// texts are replaced wherever they stand, in this order.
	texts []replacement
	ports []int64
}

type replacement struct{ old, new string }

// A normaliser replaces what differs from run to run. It goes through the spans
// twice: the first time it notes all times and ids, the second time it replaces
// them by their places among all.
type normaliser struct {
	around   surroundings
	volatile map[string]bool
	random   []*regexp.Regexp
	changing []*regexp.Regexp

	replacing bool
	times     []nanos           // the different times, sorted before the second time
	ids       map[string]string // hex ids of traces and spans, and random ids
	traces    int
	spans     int
	others    int
}

func newNormaliser(f framework, around surroundings) (*normaliser, error) {
	n := &normaliser{around: around, ids: map[string]string{}, volatile: map[string]bool{
		"thread.id": true, "gen_ai.response.time_to_first_chunk": true,
	}}
	for _, key := range f.Volatile {
		n.volatile[key] = true
	}
	var err error
	if n.random, err = compile(f.Random); err != nil {
		return nil, err
	}
	n.changing, err = compile(f.Changing)
	return n, err
}

func compile(patterns []string) ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for _, p := range patterns {
		r, err := regexp.Compile(p)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// normalise returns all exports as one, in the order of the spans' starts.
func (n *normaliser) normalise(in []resourceSpans) (exported, error) {
	out := exported{merge(in)}
	for _, replacing := range []bool{false, true} {
		n.replacing = replacing
		slices.Sort(n.times)
		n.times = slices.Compact(n.times)
		for _, s := range bySpanStart(out.ResourceSpans) {
			n.span(s)
		}
		for i := range out.ResourceSpans {
			r := &out.ResourceSpans[i]
			n.attributes(r.Resource.Attributes, true)
			for j := range r.ScopeSpans {
				n.attributes(r.ScopeSpans[j].Scope.Attributes, false)
			}
		}
	}
	return out, nil
}

// merge puts the spans of one resource and scope together.
func merge(in []resourceSpans) []resourceSpans {
	var out []resourceSpans
	resources, scopes := map[string]int{}, map[string]int{}
	for _, r := range in {
		key := identity(r.Resource, r.SchemaURL)
		at, ok := resources[key]
		if !ok {
			at = len(out)
			resources[key] = at
			out = append(out, resourceSpans{Resource: r.Resource, SchemaURL: r.SchemaURL})
		}
		for _, s := range r.ScopeSpans {
			key := identity(at, s.Scope, s.SchemaURL)
			within, ok := scopes[key]
			if !ok {
				within = len(out[at].ScopeSpans)
				scopes[key] = within
				out[at].ScopeSpans = append(out[at].ScopeSpans, scopeSpans{Scope: s.Scope, SchemaURL: s.SchemaURL})
			}
			group := &out[at].ScopeSpans[within]
			group.Spans = append(group.Spans, s.Spans...)
		}
	}
	// The order of the exports is of no meaning and may differ.
	first := func(s scopeSpans) nanos { return s.Spans[0].Start }
	for i := range out {
		r := &out[i]
		r.ScopeSpans = slices.DeleteFunc(r.ScopeSpans, func(s scopeSpans) bool { return len(s.Spans) == 0 })
		for j := range r.ScopeSpans {
			slices.SortStableFunc(r.ScopeSpans[j].Spans, func(a, b span) int { return compareSpans(&a, &b) })
		}
		slices.SortStableFunc(r.ScopeSpans, func(a, b scopeSpans) int { return cmp.Compare(first(a), first(b)) })
	}
	out = slices.DeleteFunc(out, func(r resourceSpans) bool { return len(r.ScopeSpans) == 0 })
	slices.SortStableFunc(out, func(a, b resourceSpans) int { return cmp.Compare(first(a.ScopeSpans[0]), first(b.ScopeSpans[0])) })
	return out
}

func identity(parts ...any) string {
	raw, err := json.Marshal(parts)
	if err != nil {
		panic(err) // they came as JSON or could
	}
	return string(raw)
}

// compareSpans sorts by start; of two that start together the one that ends later
// is the parent.
func compareSpans(a, b *span) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.Name, b.Name))
}

func bySpanStart(in []resourceSpans) []*span {
	var all []*span
	for i := range in {
		for j := range in[i].ScopeSpans {
			for k := range in[i].ScopeSpans[j].Spans {
				all = append(all, &in[i].ScopeSpans[j].Spans[k])
			}
		}
	}
	slices.SortStableFunc(all, compareSpans)
	return all
}

func (n *normaliser) span(s *span) {
	s.TraceID = n.id(s.TraceID, &n.traces)
	s.SpanID = n.id(s.SpanID, &n.spans)
	s.ParentSpanID = n.id(s.ParentSpanID, &n.spans)
	n.text(&s.Name)
	n.text(&s.Status.Message)
	s.Start, s.End = n.time(s.Start), n.time(s.End)
	n.attributes(s.Attributes, false)
	for i := range s.Events {
		e := &s.Events[i]
		e.Time = n.time(e.Time)
		n.attributes(e.Attributes, false)
	}
	for i := range s.Links {
		l := &s.Links[i]
		l.TraceID, l.SpanID = n.id(l.TraceID, &n.traces), n.id(l.SpanID, &n.spans)
		n.attributes(l.Attributes, false)
	}
}

// id returns a numbered id of the same length; "" stays.
func (n *normaliser) id(id string, count *int) string {
	if id == "" {
		return ""
	}
	if n.replacing {
		return n.ids[id]
	}
	if _, ok := n.ids[id]; !ok {
		*count++
		n.ids[id] = fmt.Sprintf("%0*d", len(id), *count)
	}
	return id
}

// time returns a time's place among all times.
func (n *normaliser) time(t nanos) nanos {
	if t == 0 {
		return 0
	}
	if !n.replacing {
		n.times = append(n.times, t)
		return t
	}
	place, _ := slices.BinarySearch(n.times, t)
	return nanos(epoch.Add(time.Duration(place) * time.Millisecond).UnixNano())
}

func (n *normaliser) attributes(list []attribute, ofResource bool) {
	for i := range list {
		a := &list[i]
		switch {
		case n.volatile[a.Key]:
			if n.replacing {
				a.Value = fixed(a.Value, "volatile")
			}
		case ofResource && (strings.HasPrefix(a.Key, "host.") || strings.HasPrefix(a.Key, "process.") || strings.HasPrefix(a.Key, "os.")):
			if n.replacing {
				a.Value = fixed(a.Value, "recorded")
			}
		default:
			n.value(a.Key, &a.Value)
		}
	}
}

// fixed returns a value of the same type that is always the same.
func fixed(v value, text string) value {
	switch {
	case v.Int != nil:
		return value{Int: new(integer(1))}
	case v.Double != nil:
		return value{Double: new(double(1))}
	case v.Array != nil:
		return value{Array: &arrayValue{[]value{{String: &text}}}}
	}
	return value{String: &text}
}

func (n *normaliser) value(key string, v *value) {
	switch {
	case v.String != nil:
		n.text(v.String)
	case v.Int != nil:
		if slices.Contains(n.around.ports, int64(*v.Int)) && strings.Contains(strings.ToLower(key), "port") {
			v.Int = new(integer(1))
		} else if changed, ok := n.number(strconv.FormatInt(int64(*v.Int), 10)); ok {
			i, _ := strconv.ParseInt(changed, 10, 64)
			v.Int = new(integer(i))
		}
	case v.Double != nil:
		if changed, ok := n.number(strconv.FormatFloat(float64(*v.Double), 'f', -1, 64)); ok {
			f, _ := strconv.ParseFloat(changed, 64)
			v.Double = new(double(f))
		}
	case v.Array != nil:
		for i := range v.Array.Values {
			n.value(key, &v.Array.Values[i])
		}
	case v.Map != nil:
		n.attributes(v.Map.Values, false)
	}
}
