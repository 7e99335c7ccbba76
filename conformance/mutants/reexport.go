package main

import "github.com/fusebox-llm/fusebox/internal/span"

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
