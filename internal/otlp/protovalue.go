package otlp

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/fusebox-llm/fusebox/internal/span"
)

// attribute decodes a KeyValue message onto the attribute stack, as element
// number n of an attribute list.
func (d *protoDecoder) attribute(b []byte, n int) {
	if d.refusal != "" || !d.fitsList(n) {
		return
	}
	d.used = 0
	d.entry(b, 0)
}

// attributes takes the list that begins at first off the stack and adds it to
// list.
func (d *protoDecoder) attributes(list []span.Attribute, first int) []span.Attribute {
	list = append(list, d.attrs[first:]...)
	d.attrs = d.attrs[:first]
	return list
}

// entry decodes a KeyValue message onto the attribute stack. depth is the
// number of arrays and maps around it.
func (d *protoDecoder) entry(b []byte, depth int) {
	if !d.element() {
		return
	}
	var a span.Attribute
	for m := (message{rest: b}); d.next(&m); {
		switch m.tag {
		case 1<<3 | delimited:
			if d.fitsKey(len(m.data), depth) {
				a.Key = d.text.key(m.data)
			}
		case 2<<3 | delimited: // may come in parts
			d.value(m.data, &a.Value, depth)
		}
	}
	d.attrs = append(d.attrs, a)
}

// value decodes an AnyValue message into v. The alternative that comes last
// counts; an array or a map that follows its own kind continues it.
func (d *protoDecoder) value(b []byte, v *span.Value, depth int) {
	for m := (message{rest: b}); d.next(&m); {
		switch m.tag {
		case 1<<3 | delimited:
			*v = span.Value{Kind: span.String}
			if d.fitsValue(len(m.data)) {
				v.Str = d.text.copy(m.data)
			}
		case 2<<3 | varint:
			*v = span.Value{Kind: span.Bool}
			if protowire.DecodeBool(m.num) {
				v.Int = 1
			}
		case 3<<3 | varint:
			*v = span.Value{Kind: span.Int, Int: int64(m.num)} // two's complement
		case 4<<3 | fixed64:
			*v = span.Value{Kind: span.Double, Double: math.Float64frombits(m.num)}
		case 5<<3 | delimited:
			if v.Kind != span.Array {
				*v = span.Value{Kind: span.Array}
			}
			d.array(m.data, v, depth)
		case 6<<3 | delimited:
			if v.Kind != span.Map {
				*v = span.Value{Kind: span.Map}
			}
			d.mapping(m.data, v, depth)
		case 7<<3 | delimited:
			*v = span.Value{Kind: span.Bytes}
			if d.fitsValue(len(m.data)) {
				v.Str = d.text.raw(m.data)
			}
		case 8<<3 | varint:
			// An index into a string table that only profiles carry.
			*v = span.Value{}
		}
	}
}

// array decodes an ArrayValue message onto the end of v.
func (d *protoDecoder) array(b []byte, v *span.Value, depth int) {
	if !d.fitsDepth(depth) {
		return
	}
	first := len(d.values)
	var e span.Value // out here it stays off the heap
	for m := (message{rest: b}); d.refusal == "" && d.next(&m); {
		if m.tag != 1<<3|delimited {
			continue
		}
		if !d.element() {
			break
		}
		e = span.Value{}
		d.value(m.data, &e, depth+1)
		d.values = append(d.values, e)
	}
	v.Array = append(v.Array, d.values[first:]...)
	d.values = d.values[:first]
}

// mapping decodes a KeyValueList message onto the end of v.
func (d *protoDecoder) mapping(b []byte, v *span.Value, depth int) {
	if !d.fitsDepth(depth) {
		return
	}
	first := len(d.attrs)
	for m := (message{rest: b}); d.refusal == "" && d.next(&m); {
		if m.tag == 1<<3|delimited {
			d.entry(m.data, depth+1)
		}
	}
	v.Map = d.attributes(v.Map, first)
}
