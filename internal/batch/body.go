package batch

import (
	"bytes"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// body is the object that says something about one entity, while it is read. It is
// made for reuse.
type body struct {
	findings
	path   []any // of the object in what the client sent
	values [numKeys][]byte
	size   int      // how many members
	rest   []member // what no rule reads, in order
}

// member is one key of an object and its value, as they are written.
type member struct{ key, value []byte }

// maxDepth is how many levels a value of a body may have: 1 for {"a":1}. What reads
// stored values may recurse.
const maxDepth = 256

// maxMembers is how many keys a body may have.
const maxMembers = 1024

// fill takes the members of an object apart; of a repeated key the last counts. It
// returns false, with the problems added, when values are too deep. Then nothing else
// of the body is worth telling.
func (b *body) fill(object []byte, keys keySet) (ok bool) {
	clear(b.values[:])
	clear(b.rest)
	b.rest, b.size = b.rest[:0], 0
	ok = true
	depth := 0
	for name, value := range measured(object, &depth) {
		if depth > maxDepth {
			b.add(tooDeep(at(b.path, string(name))))
			ok = false
		}
		if b.size++; b.size > maxMembers {
			b.add(custom(b.path, "more than %d keys", maxMembers))
			return false
		}
		if k, known := keyOf(name); known && keys.has(k) {
			b.values[k] = value
		} else {
			b.rest = append(b.rest, member{name, value})
		}
	}
	return ok
}

// keep has a key that a rule reads kept in the raw side value too, because the
// record does not hold all that it says.
func (b *body) keep(k key) {
	if b.values[k] != nil && !slices.ContainsFunc(b.rest, func(m member) bool { return string(m.key) == k.String() }) {
		b.rest = append(b.rest, member{[]byte(k.String()), b.values[k]})
	}
}

// setRaw sets the raw side value, if there is something to keep: the object
// {"body":{…}} with the members of the body that no rule read, in order.
func (b *body) setRaw(r *fold.Record) {
	if len(b.rest) == 0 {
		return
	}
	var out bytes.Buffer
	out.WriteString(`{"body":{`)
	for i, m := range b.rest {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(compact([]byte(fold.Quote(string(m.key))))) // which escapes more than must be
		out.WriteByte(':')
		out.WriteString(compact(m.value))
	}
	out.WriteString(`}}`)
	r.Set(fold.Raw, fold.Text(out.String()))
}

// newRecord returns a record with room for what the body says.
func (b *body) newRecord(kind fold.Kind, o *occasion) fold.Record {
	return fold.Record{Kind: kind, Time: o.time, Rank: o.rank, Fields: make([]fold.Register, 0, min(b.size, int(numKeys))+3)}
}

func (b *body) pathOf(k key) []any { return at(b.path, k.String()) }

func isNull(raw []byte) bool { return raw != nil && raw[0] == 'n' }

// given reports whether a key is there and not null.
func (b *body) given(k key) bool { return b.values[k] != nil && !isNull(b.values[k]) }

// text returns a text. What is given and none is a problem.
func (b *body) text(k key) (s string, ok bool) {
	if !b.given(k) {
		return "", false
	}
	if b.values[k][0] != '"' {
		b.add(wrongType(b.pathOf(k), "string", b.values[k]))
		return "", false
	}
	return unquote(b.values[k]), true
}

// textNotEmpty is text, where "" counts as absent.
func (b *body) textNotEmpty(k key) string {
	s, _ := b.text(k)
	return s
}

// option returns a text that is one of those allowed.
func (b *body) option(k key, allowed []string) (s string, ok bool) {
	if !b.given(k) {
		return "", false
	}
	if b.values[k][0] == '"' {
		s = unquote(b.values[k])
	}
	if !slices.Contains(allowed, s) {
		b.add(wrongOption(b.pathOf(k), allowed))
		return "", false
	}
	return s, true
}

// instant returns a time.
func (b *body) instant(k key) (t trace.Micros, ok bool) {
	if !b.given(k) {
		return 0, false
	}
	if b.values[k][0] != '"' {
		b.add(wrongType(b.pathOf(k), "string", b.values[k]))
		return 0, false
	}
	if t, ok = instant(unquote(b.values[k])); !ok {
		b.add(wrongInstant(b.pathOf(k)))
	}
	return t, ok
}

// setText sets a field to a text.
func (b *body) setText(r *fold.Record, f fold.Field, k key) {
	if s, ok := b.text(k); ok {
		r.Set(f, fold.Text(s))
	}
}

// setClearable is setText, where null is a value and clears.
func (b *body) setClearable(r *fold.Record, f fold.Field, k key) {
	if isNull(b.values[k]) {
		r.Set(f, fold.Null())
		return
	}
	b.setText(r, f, k)
}

// setTime sets a field to a time.
func (b *body) setTime(r *fold.Record, f fold.Field, k key) {
	if t, ok := b.instant(k); ok {
		r.Set(f, fold.Time(t))
	}
}

// setStart sets the start to a time, by default to that of the event.
func (b *body) setStart(r *fold.Record, k key) {
	if t, ok := b.instant(k); ok {
		r.Set(fold.Start, fold.Time(t))
	} else {
		r.SetDefault(fold.Start, fold.Time(r.Time))
	}
}

// setEnvironment sets the environment. A text is explicit, also when normalising it
// gives the default; anything else says nothing and is no problem.
func (b *body) setEnvironment(r *fold.Record) {
	raw := b.values[keyEnvironment]
	if raw == nil || raw[0] != '"' {
		if b.given(keyEnvironment) {
			b.keep(keyEnvironment)
		}
		r.SetDefault(fold.Environment, fold.Text(trace.DefaultEnvironment))
		return
	}
	r.Set(fold.Environment, fold.Text(trace.NormalEnvironment(unquote(raw))))
}

// setPayload sets an input or output to the first of the keys that is given, and
// keeps the others in the raw side value.
func (b *body) setPayload(r *fold.Record, f fold.Field, keys ...key) {
	done := false
	for _, k := range keys {
		if !b.given(k) {
			continue
		}
		if done {
			b.keep(k)
			continue
		}
		done = true
		if v, ok := payload(b.values[k]); ok {
			r.Set(f, v)
		}
	}
}

// payload is fold.PayloadOf for JSON that is known to be valid.
func payload(raw []byte) (fold.Value, bool) {
	switch raw[0] {
	case '"':
		s := unquote(raw)
		return fold.Value{S: s, Weak: s == ""}, true
	case '{', '[':
		return fold.Text(compact(raw)), true
	}
	v, ok, err := fold.PayloadOf(raw)
	return v, ok && err == nil
}

// setMetadata sets the metadata.
func (b *body) setMetadata(r *fold.Record) {
	if b.given(keyMetadata) {
		r.Metadata = metadata(b.values[keyMetadata])
	}
}

// metadata is fold.MetadataOf for JSON that is known to be valid.
func metadata(raw []byte) trace.Metadata {
	if raw[0] == '{' {
		return trace.Metadata{Object: compact(raw)}
	}
	m, _ := fold.MetadataOf([]byte(compact(raw))) // fails for what is not JSON
	return m
}
