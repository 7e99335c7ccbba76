package otlp

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"

	"github.com/fusebox-llm/fusebox/internal/span"
)

// attributes reads an attribute list. wrong says that there was something else.
func (d *jsonDecoder) attributes() (list []span.Attribute, wrong bool) {
	ok, wrong := d.list()
	if !ok {
		return nil, wrong
	}
	first := len(d.attrs)
	for d.more(']') {
		if d.refusal != "" || d.peek() != '{' || !d.fitsList(len(d.attrs)-first) {
			d.skip()
			continue
		}
		d.used = 0
		d.entry(0)
	}
	return d.takeAttributes(first), false
}

// takeAttributes takes the list that begins at first off the stack.
func (d *jsonDecoder) takeAttributes(first int) (list []span.Attribute) {
	list = append(list, d.attrs[first:]...)
	d.attrs = d.attrs[:first]
	return list
}

// entry reads a KeyValue object onto the attribute stack. depth is the number of
// arrays and maps around it.
func (d *jsonDecoder) entry(depth int) {
	if !d.element() {
		return
	}
	var a span.Attribute
	for d.open(); d.more('}'); {
		switch string(d.key()) {
		case "key":
			a.Key = ""
			if d.null() {
				continue
			}
			if b := d.stringOrRest(); d.fitsKey(len(b), depth) {
				a.Key = d.text.key(b)
			}
		case "value":
			d.value(&a.Value, depth)
		default:
			d.skip()
		}
	}
	d.attrs = append(d.attrs, a)
}

// The members of an AnyValue by precedence: of several the first here counts,
// whatever their order.
const (
	rankString = iota
	rankDouble
	rankBool
	rankArray
	rankInt
	rankMap
	rankBytes
	rankEmptyArray // without "values", which is how an empty one may be written
	rankUnknown    // something we do not know: the value is kept as JSON text
	rankNone
)

// value reads an AnyValue. What is none is kept as the JSON text it is.
func (d *jsonDecoder) value(v *span.Value, depth int) {
	*v = span.Value{}
	if d.null() {
		return
	}
	if d.peek() != '{' {
		d.keep(v, d.rest())
		return
	}
	start, best := d.pos, rankNone
	for d.open(); d.more('}'); {
		rank := rankUnknown
		switch string(d.key()) {
		case "stringValue", "string_value":
			rank = rankString
		case "doubleValue", "double_value":
			rank = rankDouble
		case "boolValue", "bool_value":
			rank = rankBool
		case "arrayValue", "array_value":
			rank = rankArray
		case "intValue", "int_value":
			rank = rankInt
		case "kvlistValue", "kvlist_value":
			rank = rankMap
		case "bytesValue", "bytes_value":
			rank = rankBytes
		}
		if d.null() {
			if rank == best {
				*v, best = span.Value{}, rankNone
			}
			continue
		}
		if rank > best || d.refusal != "" {
			d.skip()
			continue
		}
		best = d.alternative(rank, best, v, depth)
	}
	if best == rankUnknown && d.err == nil {
		d.keep(v, d.data[start:d.pos])
	}
}

// keep stores JSON text as a string. The texts of a request that are kept do not
// overlap, except where a member was read and then hidden by another of its name.
// Nested hidden members could make it copy the body once for each level.
func (d *jsonDecoder) keep(v *span.Value, text []byte) {
	if d.kept += len(text); d.kept > len(d.data) {
		d.refuse("attribute value with repeated members")
		return
	}
	if text = compact(text); d.fitsValue(len(text)) {
		*v = span.Value{Kind: span.String, Str: d.text.copy(text)}
	}
}

// alternative reads the member of an AnyValue that rank names, the first by
// precedence so far, and returns the rank of what v then holds. A member that
// cannot be read leaves v to others, but not to an earlier one of its own name.
func (d *jsonDecoder) alternative(rank, best int, v *span.Value, depth int) int {
	var got span.Value
	ok, again := true, rank == best
	switch rank {
	case rankString:
		b := d.stringOrRest()
		if d.fitsValue(len(b)) {
			got = span.Value{Kind: span.String, Str: d.text.copy(b)}
		}
	case rankDouble:
		got, ok = d.doubleValue()
	case rankBool:
		got, ok = d.boolValue()
	case rankInt:
		got, ok = d.intValue()
	case rankArray:
		var values bool
		if values, ok = d.arrayValue(&got, depth); !values {
			rank = rankEmptyArray
		}
	case rankMap:
		ok = d.kvlistValue(&got, depth)
	case rankBytes:
		got, ok = d.bytesValue()
	default:
		d.skip()
		ok = false
	}
	if !ok {
		rank, got = rankUnknown, span.Value{}
	}
	if rank > best && !again {
		return best
	}
	*v = got
	return rank
}

// doubleValue reads a doubleValue: a number or the text of one. Other text, as it is
// used for what JSON has no number for, stays text.
func (d *jsonDecoder) doubleValue() (v span.Value, ok bool) {
	switch c := d.peek(); {
	case c == '"':
		b := d.str()
		if _, ok := parseDecimal(b); ok {
			return float(b), true
		}
		if d.fitsValue(len(b)) {
			v = span.Value{Kind: span.String, Str: d.text.copy(b)}
		}
		return v, true
	case c == '-' || c-'0' <= 9:
		return float(d.number()), true
	}
	d.skip()
	return v, false
}

// float returns the Double for checked text. What is too large is infinite.
func float(b []byte) span.Value {
	f, _ := strconv.ParseFloat(string(bytes.TrimSpace(b)), 64) // only a range error is left
	return span.Value{Kind: span.Double, Double: f}
}

// boolValue reads a boolValue, which may be text.
func (d *jsonDecoder) boolValue() (v span.Value, ok bool) {
	v.Kind = span.Bool
	switch string(d.stringOrRest()) {
	case "true":
		v.Int = 1
		return v, true
	case "false":
		return v, true
	}
	return span.Value{}, false
}

// intValue reads an intValue: a number, the text of one or {high, low}. One that is
// not whole or has more than 64 bits becomes a Double.
func (d *jsonDecoder) intValue() (v span.Value, ok bool) {
	var b []byte
	switch c := d.peek(); {
	case c == '"':
		b = d.str()
	case c == '-' || c-'0' <= 9:
		b = d.number()
	case c == '{':
		w, ok := d.words()
		if !w.negative() && w.bits() > math.MaxInt64 {
			return span.Value{Kind: span.Double, Double: float64(w.bits())}, ok
		}
		return span.Value{Kind: span.Int, Int: int64(w.bits())}, ok // two's complement
	default:
		d.skip()
		return v, false
	}
	n, ok := parseDecimal(b)
	if !ok {
		return v, false
	}
	if i, exact, fits := n.integer(); exact && fits {
		return span.Value{Kind: span.Int, Int: i}, true
	}
	return float(b), true
}

// bytesValue reads a bytesValue: base64 of either alphabet, with or without padding,
// or bytes in one of the forms that ids have. Text that is not base64 stays text.
func (d *jsonDecoder) bytesValue() (v span.Value, ok bool) {
	switch d.peek() {
	case '"':
		b := d.str()
		if !d.fitsValue(len(b)) {
			return v, true
		}
		encoding := base64.RawStdEncoding
		if bytes.ContainsAny(b, "-_") {
			encoding = base64.RawURLEncoding
		}
		raw := make([]byte, encoding.DecodedLen(len(b)))
		n, err := encoding.Decode(raw, bytes.TrimRight(b, "="))
		if err != nil {
			return span.Value{Kind: span.String, Str: d.text.copy(b)}, true
		}
		return span.Value{Kind: span.Bytes, Str: d.text.raw(raw[:n])}, true
	case '[':
		ok = d.numbers()
	case '{':
		ok = d.buffer()
	default:
		d.skip()
	}
	if ok && d.fitsValue(len(d.octets)) {
		v = span.Value{Kind: span.Bytes, Str: d.text.raw(d.octets)}
	}
	return v, ok
}

// arrayValue reads an arrayValue. values says that it had a list, ok that it was
// an object with a list or nothing in its place.
func (d *jsonDecoder) arrayValue(v *span.Value, depth int) (values, ok bool) {
	v.Kind = span.Array
	if d.peek() != '{' || !d.fitsDepth(depth) {
		d.skip()
		return false, false
	}
	ok = true
	for d.open(); d.more('}'); {
		switch string(d.key()) {
		case "values":
			var wrong bool
			v.Array, values, wrong = d.elements(depth + 1)
			ok = !wrong
		default:
			d.skip()
		}
	}
	return values, ok
}

func (d *jsonDecoder) elements(depth int) (list []span.Value, ok, wrong bool) {
	if ok, wrong = d.list(); !ok {
		return nil, false, wrong
	}
	first := len(d.values)
	for d.more(']') {
		if d.refusal != "" {
			d.skip()
			continue
		}
		if !d.element() {
			break
		}
		var e span.Value
		d.value(&e, depth)
		d.values = append(d.values, e)
	}
	list = append(list, d.values[first:]...)
	d.values = d.values[:first]
	return list, true, false
}

// kvlistValue reads a kvlistValue and reports whether it was one.
func (d *jsonDecoder) kvlistValue(v *span.Value, depth int) (ok bool) {
	v.Kind = span.Map
	if d.peek() != '{' || !d.fitsDepth(depth) {
		d.skip()
		return false
	}
	ok = true
	for d.open(); d.more('}'); {
		switch string(d.key()) {
		case "values":
			var wrong bool
			v.Map, wrong = d.entries(depth + 1)
			ok = !wrong
		default:
			d.skip()
		}
	}
	return ok
}

func (d *jsonDecoder) entries(depth int) (list []span.Attribute, wrong bool) {
	ok, wrong := d.list()
	if !ok {
		return nil, wrong
	}
	first := len(d.attrs)
	for d.more(']') {
		if d.refusal != "" || d.peek() != '{' {
			d.skip()
			continue
		}
		d.entry(depth)
	}
	return d.takeAttributes(first), false
}
