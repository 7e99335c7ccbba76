package sqlite

import (
	"encoding/binary"

	"github.com/fusebox-llm/fusebox/internal/fold"
)

// The explicit state of a trace is kept in two parts: the light one in the trace
// row, which every write to the trace needs, and the heavy one (input, output,
// metadata, raw) in trace_payload, which few do. A join works field by field, so
// the parts can be joined apart.

// splitState returns the two parts of a trace's state.
func splitState(s fold.State) (light, heavy fold.State) {
	light = fold.State{Kind: s.Kind, OTel: s.OTel, Tags: s.Tags}
	heavy = fold.State{Kind: s.Kind, OTel: s.OTel, Metadata: s.Metadata}
	for _, r := range s.Registers {
		if inBody(r.Field) {
			heavy.Registers = append(heavy.Registers, r)
		} else {
			light.Registers = append(light.Registers, r)
		}
	}
	return light, heavy
}

// emptyState reports whether a state says nothing.
func emptyState(s *fold.State) bool {
	return len(s.Registers) == 0 && s.Metadata.Empty() && len(s.Tags) == 0
}

// appendState writes a whole state; nothing for one that says nothing.
func appendState(b []byte, s *fold.State) []byte {
	if emptyState(s) {
		return b
	}
	base := baseKey(s)
	side := exceptions{table: keyTable{base: base}}
	var list []byte
	n := 0
	for i := range s.Registers {
		r := s.Registers[i]
		side.add(&r, true)
		if !inBody(r.Field) && !r.Value.Null {
			list = appendRegister(list, r)
			n++
		}
	}
	side.addMetadata(s.Metadata)

	b = appendKey(b, base)
	if s.OTel {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	b = appendText(b, string(side.bytes()))
	b = append(binary.AppendUvarint(b, uint64(n)), list...)
	b = appendTags(b, s.Tags)
	return appendBody(b, s)
}

func appendTags(b []byte, tags []fold.Tag) []byte {
	b = binary.AppendUvarint(b, uint64(len(tags)))
	if len(tags) == 0 {
		return b
	}
	table := keyTable{base: withoutArrival(tags[0].Key)}
	b = appendKey(b, table.base)
	var list []byte
	for _, t := range tags {
		place := table.place(t.Key) << 1
		if t.Removed {
			place |= 1
		}
		list = binary.AppendUvarint(appendText(list, t.Name), place)
	}
	return append(table.append(b), list...)
}

// readState reads what appendState wrote.
func readState(b []byte, kind fold.Kind) (fold.State, error) {
	s := fold.State{Kind: kind}
	if len(b) == 0 {
		return s, nil
	}
	d := decoder{b: b}
	base := d.absoluteKey()
	s.OTel = d.byte() != 0
	side := []byte(d.text())
	for range d.count() {
		r := d.register()
		r.Key = base
		s.Registers = append(s.Registers, r)
	}
	s.Tags = d.tags()
	if d.err != nil {
		return s, d.err
	}
	if err := readBody(d.b, &s, base); err != nil {
		return s, err
	}
	return s, applyExceptions(&s, side, base)
}

func (d *decoder) tags() []fold.Tag {
	n := d.count()
	if n == 0 {
		return nil
	}
	table := d.keyTable(d.absoluteKey())
	tags := make([]fold.Tag, 0, n)
	for range n {
		t := fold.Tag{Name: d.text()}
		place := d.uvarint()
		t.Removed = place&1 != 0
		t.Key = d.keyAt(&table, place>>1)
		tags = append(tags, t)
	}
	return tags
}
