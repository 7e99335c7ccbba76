package fold

import (
	"slices"
	"sort"
)

// State is the folded state of one entity. It is a value: joins never change
// their arguments, and states may share memory.
type State struct {
	Kind Kind
	// OTel says that at least one record came as an OTLP span.
	OTel bool
	// Registers are sorted by field, each field at most once.
	Registers []Register
	Metadata  Leafs
	Tags      []Tag // sorted by name
}

// Tag is a tag with the key of its last change.
type Tag struct {
	Name    string
	Removed bool
	Key     Key
}

// Get returns the register of a field.
func (s *State) Get(f Field) (Register, bool) {
	i := sort.Search(len(s.Registers), func(i int) bool { return s.Registers[i].Field >= f })
	if i < len(s.Registers) && s.Registers[i].Field == f {
		return s.Registers[i], true
	}
	return Register{}, false
}

// Folder applies a fold table. It is immutable and safe for concurrent use.
type Folder struct {
	table [numKinds][numFields]Rule
}

// New returns a Folder for the given table; fields without a row are ignored.
func New(rules []Rule) *Folder {
	f := &Folder{}
	for _, r := range rules {
		f.table[r.Kind][r.Field] = r
	}
	return f
}

// State returns the state of an entity of which r is the only record.
func (f *Folder) State(r *Record, arrival int64) State {
	key := Key{Time: r.Time, Rank: r.Rank, Arrival: arrival}
	s := State{Kind: r.Kind, OTel: r.OTel}
	s.Registers = lastOfEach(r.Fields)
	s.Registers = slices.DeleteFunc(s.Registers, func(reg Register) bool { return !f.counts(r.Kind, reg) })
	for i := range s.Registers {
		s.Registers[i].Key = key
	}
	if f.table[r.Kind][Metadata].Class == Leaves && !r.Metadata.Empty() {
		s.Metadata = Leafs{whole: r.Metadata, key: key}
	}
	if f.table[r.Kind][Tags].Class == TagSet {
		s.Tags = tagsOf(r, key)
	}
	return s
}

// counts reports whether a register of a record changes anything.
func (f *Folder) counts(k Kind, reg Register) bool {
	rule := f.table[k][reg.Field]
	switch rule.Class {
	case None, Leaves, TagSet:
		return false
	case Whole:
		v := &reg.Value
		text := v.S != "" && v.S != "{}" && v.S != "[]"
		if len(v.A) == 0 && (!text || reg.Field == Usage || reg.Field == Cost) {
			return false
		}
	}
	return !reg.Value.Null || !rule.NullIsAbsent
}

// lastOfEach returns a copy sorted by field, with the last of duplicates.
func lastOfEach(fields []Register) []Register {
	regs := slices.Clone(fields)
	sorted := true
	for i := 1; i < len(regs); i++ {
		if regs[i-1].Field >= regs[i].Field {
			sorted = false
			break
		}
	}
	if sorted {
		return regs
	}
	slices.SortStableFunc(regs, func(a, b Register) int { return int(a.Field) - int(b.Field) })
	out := regs[:0]
	for i := range regs {
		if i+1 < len(regs) && regs[i+1].Field == regs[i].Field {
			continue
		}
		out = append(out, regs[i])
	}
	return out
}

// Join returns the state of an entity whose records are those of a and of b.
func (f *Folder) Join(a, b State) State {
	out := State{Kind: a.Kind, OTel: a.OTel || b.OTel}
	out.Registers = make([]Register, 0, max(len(a.Registers), len(b.Registers)))
	i, j := 0, 0
	for i < len(a.Registers) || j < len(b.Registers) {
		switch {
		case j == len(b.Registers) || i < len(a.Registers) && a.Registers[i].Field < b.Registers[j].Field:
			out.Registers = append(out.Registers, a.Registers[i])
			i++
		case i == len(a.Registers) || b.Registers[j].Field < a.Registers[i].Field:
			out.Registers = append(out.Registers, b.Registers[j])
			j++
		default:
			ra, rb := a.Registers[i], b.Registers[j]
			if f.beats(f.table[a.Kind][ra.Field].Class, rb, ra) {
				ra = rb
			}
			out.Registers = append(out.Registers, ra)
			i++
			j++
		}
	}
	out.Metadata = joinLeafs(a.Metadata, b.Metadata)
	out.Tags = joinTags(a.Tags, b.Tags)
	return out
}

// JoinAll returns the state of an entity whose records are those of all the states,
// of which there must be one at least. It joins halves, so that what many records
// say, each of something else, is not copied once for each of them.
func (f *Folder) JoinAll(states []State) State {
	if len(states) == 1 {
		return states[0]
	}
	half := len(states) / 2
	return f.Join(f.JoinAll(states[:half]), f.JoinAll(states[half:]))
}

// beats reports whether register n takes the place of register o.
func (f *Folder) beats(c Class, n, o Register) bool {
	if n.Default != o.Default {
		return o.Default
	}
	if c == Payload && n.Value.Weak != o.Value.Weak {
		return o.Value.Weak
	}
	if c == FirstWins {
		if cmp := n.Key.compareEvent(o.Key); cmp != 0 {
			return cmp < 0
		}
		return n.Key.Arrival > o.Key.Arrival
	}
	return n.Key.Compare(o.Key) > 0
}

func tagsOf(r *Record, key Key) []Tag {
	if len(r.Tags)+len(r.RemovedTags) == 0 {
		return nil
	}
	tags := make([]Tag, 0, len(r.Tags)+len(r.RemovedTags))
	for _, t := range r.Tags {
		tags = append(tags, Tag{Name: t, Key: key})
	}
	for _, t := range r.RemovedTags {
		tags = append(tags, Tag{Name: t, Removed: true, Key: key})
	}
	slices.SortStableFunc(tags, func(a, b Tag) int { return compareUTF16(a.Name, b.Name) })
	return slices.CompactFunc(tags, func(a, b Tag) bool { return a.Name == b.Name })
}

func joinTags(a, b []Tag) []Tag {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := make([]Tag, 0, len(a)+len(b))
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case j == len(b):
			out = append(out, a[i:]...)
			return out
		case i == len(a):
			out = append(out, b[j:]...)
			return out
		}
		switch c := compareUTF16(a[i].Name, b[j].Name); {
		case c < 0:
			out = append(out, a[i])
			i++
		case c > 0:
			out = append(out, b[j])
			j++
		default:
			t := a[i]
			if b[j].Key.Compare(t.Key) > 0 {
				t = b[j]
			}
			out = append(out, t)
			i++
			j++
		}
	}
	return out
}
