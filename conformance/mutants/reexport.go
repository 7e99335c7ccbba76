package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/fusebox-llm/fusebox/internal/span"
)

// A change turns a recorded span into one that the client could have exported for
// the same observation at another time. The ids stay; the span is moved in time and
// whatever it says becomes something else of the same kind, so that it shows which
// of the two exports a field came from.
type change struct {
	every  int           // which spans are exported again: each, or each second one, …
	suffix string        // of every text that has no entry in texts
	shift  time.Duration // of start and end, and so of the event time
	by     int64         // added to every number
	flip   bool          // booleans become their opposite
	parent string        // replaces a parent
	texts  map[string]string
}

// withReexports returns the recorded requests, then every second one of their spans as
// exported an hour later, then each as exported an hour earlier. The order of arrival
// and the order of events thus disagree about which is the last; and since not every
// observation has a last export, not every one agrees with its trace about what the
// trace's value is.
func withReexports(ctx context.Context, recorded []request) ([]request, error) {
	out := append([]request(nil), recorded...)
	for _, c := range []change{later(), earlier()} {
		batches, err := decode(ctx, recorded)
		if err != nil {
			return nil, err
		}
		seen := 0
		for i := range batches {
			if seen = c.batch(&batches[i], seen); batches[i].Resources == nil {
				continue
			}
			body, err := json.Marshal(exportOf(&batches[i]))
			if err != nil {
				return nil, fmt.Errorf("request %d, exported again: %w", i+1, err)
			}
			r := recorded[i]
			r.Headers = maps.Clone(r.Headers)
			r.Headers.Set("Content-Type", "application/json")
			r.Headers.Del("Content-Encoding")
			r.body = body
			out = append(out, r)
		}
	}
	return out, nil
}

// later empties inputs and outputs: an empty one must not take the place of one that
// says something, though it is the last.
func later() change {
	return change{
		every: 2, suffix: "-later", shift: time.Hour, by: 1, flip: true, parent: "1a7e1a7e1a7e1a7e",
		texts: map[string]string{
			"langfuse.observation.type":                  "generation", // others have no prompt
			"langfuse.observation.level":                 "WARNING",
			"langfuse.observation.input":                 "",
			"langfuse.observation.output":                "",
			"langfuse.trace.input":                       "",
			"langfuse.trace.output":                      "",
			"langfuse.observation.completion_start_time": "2031-01-01T00:00:00Z",
			"langfuse.observation.model.parameters":      `{"temperature":1.5}`,
			"langfuse.observation.usage_details":         `{"input":11,"output":7}`,
			"langfuse.observation.cost_details":          `{"input":0.11,"output":0.07}`,
		},
	}
}

func earlier() change {
	return change{
		every: 1, suffix: "-earlier", shift: -time.Hour, by: 2, parent: "0e0e0e0e0e0e0e0e",
		texts: map[string]string{
			"langfuse.observation.type":                  "agent",
			"langfuse.observation.level":                 "DEBUG",
			"langfuse.observation.completion_start_time": "2021-01-01T00:00:00Z",
			"langfuse.observation.model.parameters":      `{"temperature":0.5}`,
			"langfuse.observation.usage_details":         `{"input":3,"output":2}`,
			"langfuse.observation.cost_details":          `{"input":0.03,"output":0.02}`,
		},
	}
}

// batch changes a batch and leaves out what is not exported again. It counts the spans
// from seen on and returns how many it is then.
func (c change) batch(b *span.Batch, seen int) int {
	kept := false
	for i := range b.Resources {
		res := &b.Resources[i]
		c.attributes(res.Attributes)
		for j := range res.Scopes {
			sc := &res.Scopes[j]
			var again []span.Span
			for k := range sc.Spans {
				if seen++; seen%c.every == 0 {
					c.span(&sc.Spans[k])
					again = append(again, sc.Spans[k])
				}
			}
			sc.Spans = again
			kept = kept || len(again) > 0
		}
	}
	if !kept {
		b.Resources = nil
	}
	return seen
}

func (c change) span(s *span.Span) {
	s.Start += c.shift.Microseconds()
	s.End += c.shift.Microseconds()
	if s.Name != "" {
		s.Name += c.suffix
	}
	if s.StatusMessage != "" {
		s.StatusMessage += c.suffix
	}
	if s.ParentSpanID != "" {
		s.ParentSpanID = c.parent
	}
	c.attributes(s.Attributes)
}

func (c change) attributes(list []span.Attribute) {
	for i := range list {
		if text, ok := c.texts[list[i].Key]; ok {
			list[i].Value = span.Value{Kind: span.String, Str: text}
			continue
		}
		c.value(&list[i].Value)
	}
}

func (c change) value(v *span.Value) {
	switch v.Kind {
	case span.Empty:
	case span.String, span.Bytes:
		v.Str += c.suffix
	case span.Bool:
		if c.flip {
			v.Int = 1 - v.Int
		}
	case span.Int:
		v.Int += c.by
	case span.Double:
		v.Double += float64(c.by)
	case span.Array:
		for i := range v.Array {
			c.value(&v.Array[i])
		}
	case span.Map:
		c.attributes(v.Map)
	}
}
