package clickhouse

import (
	"cmp"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// A register is an entry of a map column: the field's name, and a tuple of the
// key and the value (migrations).

// tuple is a named tuple as the driver takes and gives it.
type tuple = map[string]any

// group is a map column of registers.
type group uint8

const (
	fields group = iota
	amounts
	io
	raw
	numGroups
)

// String returns the name of the column.
func (g group) String() string { return [numGroups]string{"fields", "amounts", "io", "raw"}[g] }

func groupOf(f fold.Field) group {
	switch f {
	case fold.Usage, fold.Cost:
		return amounts
	case fold.Input, fold.Output:
		return io
	case fold.Raw, fold.Reasons: // read together, and rarely
		return raw
	}
	return fields
}

// hints is the entry of fields that has the text of the usage. It counts where its
// key is that of the usage: usage without a text writes none.
const hints = "usage_hints"

// isNumber reports whether the value of a field is in N.
func isNumber(f fold.Field) bool {
	switch f {
	case fold.Start, fold.End, fold.CompletionStart, fold.Public, fold.Bookmarked, fold.AppRoot, fold.AsRoot:
		return true
	}
	return false
}

// wanted reports whether the column is needed for the given parts. The reasons need
// the keys of input and output, which tell whether a reason is that of the value
// which is shown.
func (g group) wanted(parts telemetry.Parts) bool {
	return g != io && g != raw || g == io && parts.IO || parts.Raw
}

// codec knows by the fold table how registers are written.
type codec struct {
	classes map[fold.Field]fold.Class
	fields  map[string]fold.Field // by name
}

// newCodec returns the codec for traces, observations and scores. A field has the
// same class in all.
func newCodec(rules []fold.Rule) codec {
	c := codec{map[fold.Field]fold.Class{}, map[string]fold.Field{}}
	for _, r := range rules {
		if r.Kind != fold.Session {
			c.classes[r.Field], c.fields[r.Field.String()] = r.Class, r.Field
		}
	}
	return c
}

// key returns the key of a register.
func (c codec) key(r fold.Register) string {
	class := byte(present)
	if c.classes[r.Field] != fold.Payload || !r.Value.Weak {
		class |= strong
	}
	if !r.Default {
		class |= explicit
	}
	return encodeKey(class, r.Key, c.classes[r.Field] == fold.FirstWins)
}

// keyed returns the register with a key, without its value; ok is false for the
// key of none.
func (c codec) keyed(f fold.Field, key string) (r fold.Register, ok bool) {
	class, k := decodeKey(key, c.classes[f] == fold.FirstWins)
	return fold.Register{Field: f, Default: class&explicit == 0, Key: k, Value: fold.Value{Weak: class&strong == 0}}, class != 0
}

// registers are the map columns.
type registers [numGroups]map[string]tuple

// write returns the registers of a state.
func (c codec) write(s *fold.State) registers {
	var to registers
	for g := range to {
		to[g] = map[string]tuple{}
	}
	for _, r := range s.Registers {
		t := c.encode(r)
		to[groupOf(r.Field)][r.Field.String()] = t
		if r.Field == fold.Usage && r.Value.S != "" {
			to[fields][hints] = tuple{"k": t["k"], "s": &r.Value.S, "n": (*int64)(nil)}
		}
	}
	return to
}

// read is the inverse of write.
func (c codec) read(from registers) []fold.Register {
	var regs []fold.Register
	for _, g := range from {
		for name, t := range g {
			r, ok := c.decode(name, t)
			if !ok {
				continue
			}
			if h := from[fields][hints]; r.Field == fold.Usage && h != nil && h["k"] == t["k"] {
				if text, _ := h["s"].(*string); text != nil {
					r.Value.S = *text
				}
			}
			regs = append(regs, r)
		}
	}
	slices.SortFunc(regs, func(a, b fold.Register) int { return cmp.Compare(a.Field, b.Field) })
	return regs
}

// encode returns the tuple of a register.
func (c codec) encode(r fold.Register) tuple {
	k, v := c.key(r), &r.Value
	switch groupOf(r.Field) {
	case amounts:
		names, ns := make([]string, len(v.A)), make([]int64, len(v.A))
		for i, a := range v.A {
			names[i], ns[i] = a.Name, a.N
		}
		return tuple{"k": k, "names": names, "amounts": ns}
	case io, raw:
		return tuple{"k": k, "s": v.S, "ref": v.Ref, "size": v.Size}
	default:
		var s *string
		var n *int64
		if !v.Null && !isNumber(r.Field) {
			s = &v.S
		}
		if !v.Null && (isNumber(r.Field) || v.HasN) {
			n = &v.N
		}
		return tuple{"k": k, "s": s, "n": n}
	}
}

// decode is the inverse of encode; ok is false for the name of no field, which a
// newer version may have written.
func (c codec) decode(name string, t tuple) (r fold.Register, ok bool) {
	f, ok := c.fields[name]
	if !ok {
		return fold.Register{}, false
	}
	r, _ = c.keyed(f, t["k"].(string))
	v := &r.Value
	switch groupOf(f) {
	case amounts:
		names, ns := t["names"].([]string), t["amounts"].([]int64)
		for i := range names {
			v.A = append(v.A, trace.Amount{Name: names[i], N: ns[i]})
		}
	case io, raw:
		v.S, v.Ref, v.Size = t["s"].(string), t["ref"].(string), t["size"].(int64)
	default:
		s, _ := t["s"].(*string)
		n, _ := t["n"].(*int64)
		if s != nil {
			v.S = *s
		}
		if n != nil {
			v.N, v.HasN = *n, !isNumber(f)
		}
		v.Null = s == nil && n == nil
	}
	return r, true
}
