package otelmap

import (
	"bytes"

	"github.com/fusebox-llm/fusebox/internal/jsontext"
)

// object is a JSON object being built from members in order, where a later member
// takes the place of an earlier one with its key. It is made for reuse.
type object struct {
	list   []member
	values []byte
	from   int
	at     map[string]int // position in list by key, once there are many
	owner  *call          // is told of members whose place another value takes
}

// member is one key with its value, which is values[from:to].
type member struct {
	key      string
	from, to int
	at       int32 // position of the attribute that it comes from, or one of none, ofAttributes, …
}

func (o *object) reset() {
	clear(o.list)
	o.list, o.values = o.list[:0], o.values[:0]
	clear(o.at)
}

// begin starts a value: the caller appends its JSON to o.values and calls put.
func (o *object) begin() { o.from = len(o.values) }

// put ends the value begun last and gives it a key. The attribute at the position
// then counts as shown.
func (o *object) put(key string, at int32) {
	o.owner.attrs.mark(at, markField)
	m := member{key: key, from: o.from, to: len(o.values), at: at}
	i := o.find(key)
	if i < 0 {
		o.list = append(o.list, m)
		if len(o.list) > fewAttributes {
			o.remember()
		}
		return
	}
	old := o.list[i]
	if bytes.Equal(o.value(old), o.value(m)) {
		return
	}
	o.list[i] = m
	o.owner.replaced(old)
}

func (o *object) find(key string) int {
	if len(o.list) > fewAttributes {
		if i, ok := o.at[key]; ok {
			return i
		}
		return -1
	}
	for i := range o.list {
		if o.list[i].key == key {
			return i
		}
	}
	return -1
}

// remember adds what is new in the list to the map.
func (o *object) remember() {
	if o.at == nil {
		o.at = map[string]int{}
	}
	for i := len(o.at); i < len(o.list); i++ {
		o.at[o.list[i].key] = i
	}
}

func (o *object) value(m member) []byte { return o.values[m.from:m.to] }

// append appends the object as JSON.
func (o *object) append(dst []byte) []byte {
	dst = append(dst, '{')
	for i := range o.list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = jsontext.AppendString(dst, o.list[i].key)
		dst = append(dst, ':')
		dst = append(dst, o.value(o.list[i])...)
	}
	return append(dst, '}')
}
