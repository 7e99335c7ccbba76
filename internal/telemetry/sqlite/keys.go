package sqlite

import (
	"encoding/binary"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// A row of one record needs one key: all its fields have it. What an entity made
// of several records has beyond that goes into its side value, a list of
// exceptions: fields with another key, fields that are null, and defaults that
// the row's flags have no bit for. Arrivals are not stored: what is joined into a
// stored state has always arrived later.

// sameEvent reports whether two keys are equal but for their arrival.
func sameEvent(a, b fold.Key) bool { return a.Time == b.Time && a.Rank == b.Rank }

func withoutArrival(k fold.Key) fold.Key { return fold.Key{Time: k.Time, Rank: k.Rank} }

// baseKey returns the key that most registers have, which becomes the row's; of
// equally many the first.
func baseKey(s *fold.State) fold.Key {
	regs := s.Registers
	if _, key, whole := s.Metadata.Whole(); len(regs) == 0 {
		if whole {
			return withoutArrival(key)
		}
		return fold.Key{}
	}
	base, votes := regs[0].Key, 0
	for i := range regs {
		if !sameEvent(regs[i].Key, base) {
			votes = -1
			break
		}
	}
	if votes == 0 {
		return withoutArrival(base)
	}
	for i := range regs {
		n := 0
		for j := range regs {
			if sameEvent(regs[j].Key, regs[i].Key) {
				n++
			}
		}
		if n > votes {
			base, votes = regs[i].Key, n
		}
	}
	return withoutArrival(base)
}

// keyTable numbers keys; 0 is the base.
type keyTable struct {
	base fold.Key
	more []fold.Key
}

func (t *keyTable) place(k fold.Key) uint64 {
	if sameEvent(k, t.base) {
		return 0
	}
	for i := range t.more {
		if sameEvent(k, t.more[i]) {
			return uint64(i + 1)
		}
	}
	t.more = append(t.more, withoutArrival(k))
	return uint64(len(t.more))
}

func (t *keyTable) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(t.more)))
	for _, k := range t.more {
		b = append(binary.AppendVarint(b, int64(k.Time-t.base.Time)), byte(k.Rank))
	}
	return b
}

func (d *decoder) keyTable(base fold.Key) keyTable {
	t := keyTable{base: base}
	for range d.count() {
		k := fold.Key{Time: base.Time + trace.Micros(d.varint())}
		k.Rank = fold.Rank(d.byte())
		t.more = append(t.more, k)
	}
	return t
}

func appendKey(b []byte, k fold.Key) []byte {
	return append(binary.AppendVarint(b, int64(k.Time)), byte(k.Rank))
}

func (d *decoder) absoluteKey() fold.Key {
	k := fold.Key{Time: trace.Micros(d.varint())}
	k.Rank = fold.Rank(d.byte())
	return k
}

// key reads the place of a key.
func (d *decoder) key(t *keyTable) fold.Key { return d.keyAt(t, d.uvarint()) }

func (d *decoder) keyAt(t *keyTable, i uint64) fold.Key {
	switch {
	case i == 0:
		return t.base
	case i <= uint64(len(t.more)):
		return t.more[i-1]
	}
	d.fail()
	return fold.Key{}
}

// exceptions collects a row's side value.
type exceptions struct {
	table keyTable
	list  []byte
}

// The flags of an exception.
const (
	exceptNull = 1 << iota
	exceptDefault
)

// add notes what a register has beyond its value and the base key. byFlag says
// that the row's flags say already that it is a default.
func (x *exceptions) add(r *fold.Register, byFlag bool) {
	if sameEvent(r.Key, x.table.base) && !r.Value.Null && (!r.Default || byFlag) {
		return
	}
	var flags byte
	if r.Value.Null {
		flags |= exceptNull
	}
	if r.Default {
		flags |= exceptDefault
	}
	x.put(r.Field, flags, r.Key)
}

func (x *exceptions) put(f fold.Field, flags byte, key fold.Key) {
	x.list = binary.AppendUvarint(append(x.list, byte(f), flags), x.table.place(key))
}

// bytes returns the side value; nil when there are no exceptions.
func (x *exceptions) bytes() []byte {
	if len(x.list) == 0 {
		return nil
	}
	return append(x.table.append(nil), x.list...)
}

// exception is one entry of a side value.
type exception struct {
	field           fold.Field
	null, isDefault bool
	key             fold.Key
}

// applyExceptions gives a state's registers what its side value says. All of them
// have the base key before; they are sorted by field afterwards.
func applyExceptions(s *fold.State, side []byte, base fold.Key) error {
	list, err := exceptionsOf(side, base)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.field == fold.Metadata {
			if m, _, whole := s.Metadata.Whole(); whole {
				s.Metadata = fold.LeafsOf(m, e.key)
			}
			continue
		}
		i := slices.IndexFunc(s.Registers, func(r fold.Register) bool { return r.Field == e.field })
		if i < 0 && !e.null {
			continue // its value lies in a part that was not read
		}
		if i < 0 {
			s.Registers = append(s.Registers, fold.Register{Field: e.field})
			i = len(s.Registers) - 1
		}
		r := &s.Registers[i]
		r.Key, r.Default, r.Value.Null = e.key, e.isDefault, e.null
	}
	slices.SortFunc(s.Registers, func(a, b fold.Register) int { return int(a.Field) - int(b.Field) })
	return nil
}

// addMetadata notes the key of metadata that came with one record.
func (x *exceptions) addMetadata(l fold.Leafs) {
	if _, key, whole := l.Whole(); whole && !l.Empty() && !sameEvent(key, x.table.base) {
		x.put(fold.Metadata, 0, key)
	}
}

func exceptionsOf(b []byte, base fold.Key) ([]exception, error) {
	if len(b) == 0 {
		return nil, nil
	}
	d := decoder{b: b}
	table := d.keyTable(base)
	var list []exception
	for d.more() {
		e := exception{field: fold.Field(d.byte())}
		flags := d.byte()
		e.null, e.isDefault = flags&exceptNull != 0, flags&exceptDefault != 0
		e.key = d.key(&table)
		list = append(list, e)
	}
	return list, d.err
}
