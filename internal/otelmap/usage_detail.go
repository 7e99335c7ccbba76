package otelmap

import (
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Many instrumentations count input and output and leave what more the provider
// said, cached tokens and reasoning, in the answer that they show. It is looked for
// there once the counts are known. An answer may hold the usage of several calls, and
// of others than this one; so an object counts only where what it says of input and
// output is what was counted, and then only for parts that nothing else gave.

// UsageDetail is a place where the provider's own usage may stand.
type UsageDetail struct {
	Row
	Key   string // the attribute, of the span or of its events
	Event string // what the names of events begin with, of which the last is asked first; "" for the span
}

func usageDetail(rank int, key string) UsageDetail {
	return UsageDetail{Row: Row{Name: "usage_detail/" + key, Rank: rank}, Key: key}
}

func (r *UsageDetail) line() Line {
	l := Line{Reads: code(r.Key), When: "an object in it is of the table `detail_shape`, with the counts of this call", Gives: "its parts that nothing counted"}
	if r.Event != "" {
		l.Reads += " of the last span events that begin with " + code(r.Event)
	}
	return l
}

// maxDetailText is how long a text may be; one that is longer holds more than an answer.
const maxDetailText = 256 << 10

// details are the two tables made ready.
type details struct {
	places []detailRule
	shapes []detailShapeRule
	inputs [2][]string // of the shapes of wholes and of those of parts, without repeats
}

type detailRule struct {
	*UsageDetail
	slot int32
}

type detailShapeRule struct {
	*DetailShape
	input, output notedPath
	parts         []detailPart
}

// level is 0 for an object of wholes and 1 for one of parts.
func (s *detailShapeRule) level() int {
	if s.Of[0] != "" {
		return 1
	}
	return 0
}

type detailPart struct {
	path  notedPath
	entry int
}

// The entries that an object may give, by position.
const (
	partCached = iota
	partCreation
	partCreation5m
	partCreation1h
	partInputAudio
	partReasoning
	partOutputAudio
	numParts
)

func partNames() [numParts]string {
	return [numParts]string{entryCached, entryCreation, entryCreation5m, entryCreation1h, entryInputAudio, entryReasoning, entryOutputAudio}
}

func newDetails(rules *Rules, ring *keyring) (d details) {
	for i := range rules.UsageDetails {
		rule := detailRule{UsageDetail: &rules.UsageDetails[i]}
		if rule.Event == "" {
			rule.slot = ring.slot(rule.Key)
		}
		d.places = append(d.places, rule)
	}
	names := partNames()
	positions := map[string]int{}
	for i, name := range names {
		positions[name] = i
	}
	for i := range rules.DetailShapes {
		row := &rules.DetailShapes[i]
		rule := detailShapeRule{DetailShape: row, input: notedPathOf(row.Input), output: notedPathOf(row.Output)}
		for _, p := range row.Parts {
			rule.parts = append(rule.parts, detailPart{notedPathOf(p.Path), positions[p.Entry]})
		}
		d.shapes = append(d.shapes, rule)
		if of := &d.inputs[rule.level()]; !slices.Contains(*of, row.Input) {
			*of = append(*of, row.Input)
		}
	}
	return d
}

// reading says of a side whether its parts are in the whole that was counted, where
// an object told.
type reading struct{ known, included bool }

// addDetails adds the parts that only an answer tells, and returns how the object
// that told them reads the two sides.
func (c *call) addDetails() (readings [2]reading) {
	input, output := c.counted(entryInput), c.counted(entryOutput)
	if input == nil || output == nil || input.amount.N == 0 && output.amount.N == 0 {
		return readings
	}
	for i := range c.m.details.places {
		r := &c.m.details.places[i]
		if r.Event != "" {
			if readings, ok := c.detailsOfEvents(r); ok {
				return readings
			}
			continue
		}
		v, _ := c.attrs.get(r.slot)
		if readings, ok := c.detailsIn(v, r.Name); ok {
			return readings
		}
	}
	return readings
}

func (c *call) detailsOfEvents(r *detailRule) (readings [2]reading, ok bool) {
	for i := len(c.sp.Events) - 1; i >= 0; i-- {
		e := &c.sp.Events[i]
		if !strings.HasPrefix(e.Name, r.Event) {
			continue
		}
		for j := range e.Attributes {
			if a := &e.Attributes[j]; a.Key == r.Key {
				if readings, ok = c.detailsIn(&a.Value, r.Name); ok {
					return readings, true
				}
			}
		}
	}
	return readings, false
}

// detailsIn adds the parts of the first object in a value that agrees with the counts,
// and those of its parts.
func (c *call) detailsIn(v *span.Value, row string) (readings [2]reading, ok bool) {
	if v == nil {
		return readings, false
	}
	text := v.Str
	switch v.Kind {
	case span.String:
	case span.Map, span.Array:
		text = textOf(v)
	default:
		return readings, false
	}
	if len(text) > maxDetailText || !mayCount(text) {
		return readings, false
	}
	readings, ok = c.searchDetails(text, 0)
	if c.counted(entryCreation) != nil && c.counted(entryCreation5m) == nil && c.counted(entryCreation1h) == nil {
		_, more := c.searchDetails(text, 1)
		ok = ok || more
	}
	if ok {
		c.becauseEntry(fold.Usage, "detail", row)
	}
	return readings, ok
}

// searchDetails looks in a text for objects of a level, and takes the first that agrees.
func (c *call) searchDetails(text string, level int) (readings [2]reading, ok bool) {
	var (
		few   [32]noted
		place finder
	)
	place.begin(text, c.m.details.inputs[level])
	for at := place.next(); at >= 0; at = place.next() {
		list, end := readNoted(text, at, few[:0])
		place.from = max(place.from, end) // an end before the name is that of a brace in a text
		if end == 0 {
			continue
		}
		for i := range c.m.details.shapes {
			s := &c.m.details.shapes[i]
			if s.level() != level {
				continue
			}
			if said, is := s.read(list); is {
				if readings, ok = c.takeDetails(s, &said); ok {
					return readings, true
				}
			}
		}
	}
	return [2]reading{}, false
}

// mayCount reports whether there can be any usage in a text: looking for a word is
// much faster than anything else.
func mayCount(text string) bool {
	return strings.Contains(text, "_tokens") || strings.Contains(text, "TokenCount") || strings.Contains(text, "_token_count")
}

// detail is what an object says.
type detail struct {
	wholes [2]int64
	parts  [numParts]int64
}

// read reads an object, if it is of the shape.
func (s *detailShapeRule) read(list []noted) (d detail, ok bool) {
	var have [2]bool
	for i := range list {
		switch n := &list[i]; n.path {
		case s.input:
			d.wholes[0], have[0] = n.n, true
		case s.output:
			d.wholes[1], have[1] = n.n, true
		}
	}
	if !have[0] || !have[1] {
		return d, false
	}
	for i := range s.parts {
		p := &s.parts[i]
		if d.parts[p.entry] > 0 {
			continue
		}
		for j := range list {
			if list[j].path == p.path && list[j].n > 0 {
				d.parts[p.entry], ok = list[j].n, true
			}
		}
	}
	return d, ok
}

// creation returns what was written to the cache: all of it is told, or how long
// it lives, or both.
func (d *detail) creation() int64 {
	return max(d.parts[partCreation], d.parts[partCreation5m]+d.parts[partCreation1h])
}

// sums returns what the parts of the two sides add up to.
func (d *detail) sums() [2]int64 {
	return [2]int64{
		d.parts[partCached] + d.creation() + d.parts[partInputAudio],
		d.parts[partReasoning] + d.parts[partOutputAudio],
	}
}

// agree reports whether an object says of input and output what was counted, and in
// which reading.
func (c *call) agree(s *detailShapeRule, d *detail) (readings [2]reading, ok bool) {
	sums, beside := d.sums(), [2]bool{s.InputBeside, s.OutputBeside}
	for side, name := range [2]string{entryInput, entryOutput} {
		whole, all := c.counted(name).amount.N, d.wholes[side]
		if beside[side] {
			all += sums[side]
		}
		switch {
		case all < sums[side]: // the object does not mean what the shape says
			return readings, false
		case sums[side] == 0 && whole == all:
		case whole == all:
			readings[side] = reading{known: true, included: true}
		case whole == all-sums[side]:
			readings[side] = reading{known: true}
		default:
			return readings, false
		}
	}
	return readings, true
}

// sameParts reports whether an object of parts says of them what is known, and no
// more of their parts.
func (c *call) sameParts(s *detailShapeRule, d *detail) bool {
	for i, name := range s.Of {
		if n := c.counted(name); n == nil || n.amount.N != d.wholes[i] {
			return false
		}
	}
	return d.creation() <= d.wholes[1]
}

// takeDetails adds the parts of an object that nothing counted; ok is false where it
// is not the usage of what was counted, or says nothing new.
func (c *call) takeDetails(s *detailShapeRule, d *detail) (readings [2]reading, ok bool) {
	if s.Of[0] != "" {
		ok = c.sameParts(s, d)
	} else {
		readings, ok = c.agree(s, d)
	}
	if !ok {
		return readings, false
	}
	ok = false
	names := partNames()
	for i, name := range names {
		said := d.parts[i]
		if i == partCreation && s.Of[0] == "" {
			said = d.creation()
		}
		if n := c.counted(name); n != nil && said > 0 && n.amount.N != said {
			return readings, false
		}
	}
	for i, name := range names {
		n := d.parts[i]
		if i == partCreation && n <= d.parts[partCreation5m]+d.parts[partCreation1h] { // nothing of it is left
			n = 0
		}
		if n > 0 && c.counted(name) == nil {
			c.counts = append(c.counts, count{amount: trace.Amount{Name: name, N: n}, order: len(c.m.rules.UsageAliases), at: none, row: s.Name})
			ok = true
		}
	}
	return readings, ok
}
