package otelmap

import "github.com/fusebox-llm/fusebox/internal/span"

// lookup is a [KeyRow] made ready: its key is a slot.
type lookup struct {
	slot  int32
	place Place
	test  Test
	name  string // of the row
}

// rings are the keyrings that a Mapper is built with.
type rings struct {
	span, resource *keyring
}

func (r rings) lookup(row KeyRow) lookup {
	l := lookup{place: row.Place, test: row.Test, name: row.Name}
	switch row.Place {
	case OnSpan:
		l.slot = r.span.slot(row.Key)
	case OnResource:
		l.slot = r.resource.slot(row.Key)
	}
	return l
}

func (r rings) lookups(rows []KeyRow) []lookup {
	out := make([]lookup, len(rows))
	for i, row := range rows {
		out[i] = r.lookup(row)
	}
	return out
}

// hit is what a row found.
type hit struct {
	value *span.Value // nil when no row applied
	at    int32       // position among the span's attributes, or [none]
	row   string
}

// find returns the value of the first row that applies.
func (c *call) find(rows []lookup) hit {
	for i := range rows {
		if h := c.look(&rows[i]); h.value != nil {
			return h
		}
	}
	return hit{at: none}
}

// look returns the value of one row, if it applies.
func (c *call) look(l *lookup) hit {
	h := hit{at: none, row: l.name}
	switch l.place {
	case OnSpan:
		h.value, h.at = c.attrs.get(l.slot)
	case OnResource:
		h.value, _ = c.resource.get(l.slot)
	case SpanName:
		h.value = &c.spanName
	case StatusMessage:
		h.value = &c.spanMessage
	}
	if h.value == nil || !l.test.passes(h.value) {
		return hit{at: none}
	}
	return h
}
