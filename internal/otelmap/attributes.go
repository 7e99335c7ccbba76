package otelmap

import "github.com/fusebox-llm/fusebox/internal/span"

// index is an attribute list as the rules see it: by key, the last of repeated
// keys, with marks that say what became of each attribute. It is made for reuse.
type index struct {
	ring  *keyring
	attrs []span.Attribute
	slots []int32   // by slot: position of the attribute plus 1; 0 for none
	info  []mark    // by position
	any   prefixSet // union over all attributes
	seen  map[string]int32
}

// mark is what is known of the attribute at one position.
type mark struct {
	prefixes prefixSet
	known    bool // has a slot
	marks    marks
}

type marks uint8

const (
	markRepeated marks = 1 << iota // a later attribute has the same key
	markDropped                    // never part of metadata.attributes
	markExcluded                   // never user metadata
	markField                      // a field, metadata included, holds all of it
	markLost                       // part of it gave its place to another value
	markMoved                      // it became part of the input, and is no part of metadata.attributes
)

// fewAttributes is the number up to which repeated keys are found by comparing
// all pairs, which is then cheaper than a map.
const fewAttributes = 32

// reset makes ix the index of attrs.
func (ix *index) reset(ring *keyring, attrs []span.Attribute) {
	ix.ring, ix.attrs, ix.any = ring, attrs, 0
	if n := int(ring.slots) + 1; cap(ix.slots) < n {
		ix.slots = make([]int32, n)
	} else {
		ix.slots = ix.slots[:n]
		clear(ix.slots)
	}
	if cap(ix.info) < len(attrs) {
		ix.info = make([]mark, len(attrs), 2*len(attrs))
	}
	ix.info = ix.info[:len(attrs)]
	many := len(attrs) > fewAttributes
	if many && ix.seen == nil {
		ix.seen = map[string]int32{}
	}
	for i := range attrs {
		key := attrs[i].Key
		k := ring.lookup(key)
		ix.info[i] = mark{prefixes: k.prefixes, known: k.slot != 0, marks: k.flags}
		ix.any |= k.prefixes
		switch {
		case k.slot != 0:
			if before := ix.slots[k.slot]; before != 0 {
				ix.info[before-1].marks |= markRepeated
			}
			ix.slots[k.slot] = int32(i) + 1 //nolint:gosec // a list never has 2^31 entries
		case many:
			if before, ok := ix.seen[key]; ok {
				ix.info[before].marks |= markRepeated
			}
			ix.seen[key] = int32(i) //nolint:gosec // as above
		default:
			for j := i - 1; j >= 0; j-- {
				if !ix.info[j].known && attrs[j].Key == key {
					ix.info[j].marks |= markRepeated
					break
				}
			}
		}
	}
	if many {
		clear(ix.seen)
	}
}

// release forgets the attributes, so that a pooled index keeps none alive.
func (ix *index) release() { ix.attrs = nil }

// get returns the value of a numbered key and its position; nil without one.
func (ix *index) get(slot int32) (v *span.Value, at int32) {
	at = ix.slots[slot] - 1
	if at < 0 {
		return nil, none
	}
	return &ix.attrs[at].Value, at
}

// none is the position of what is no span attribute.
const none int32 = -1

// with reports whether the attribute at a position counts and has a prefix of the
// set.
func (ix *index) with(at int, set prefixSet) bool {
	return ix.info[at].prefixes&set != 0 && ix.info[at].marks&markRepeated == 0
}

// mark marks the attribute at a position; [none] is ignored.
func (ix *index) mark(at int32, m marks) {
	if at >= 0 {
		ix.info[at].marks |= m
	}
}
