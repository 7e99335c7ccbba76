package clickhouse

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"unicode/utf16"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// The kinds of rows.
const (
	ofTrace       = "trace"
	ofObservation = "observation"
	untraced      = "untraced" // a record of an observation that names no trace
	ofScore       = "score"
	ofAlias       = "alias"    // what trace is an alias of, in id
	ofAbsorber    = "absorber" // what trace absorbed, in id
)

// row is one entity, one untraced record, or one absorption.
type row struct {
	kind  string
	trace string // of an untraced record, the trace that is derived for it
	id    string // of the observation or score
	state fold.State
	// arrived has every record that the row is made of, by its arrival.
	arrived map[int64]arrival
	// absorbed is the first arrival of an absorption.
	absorbed int64
}

// insert names the columns in the order of values.
const insert = "INSERT INTO entities (project, kind, trace, id, arrival, arrived, absorbed, otel, fields, amounts, io, raw, metadata, tags)"

// values returns the row of a record that arrived n-th.
func (s *Store) values(p id.Project, r *fold.Record, n int64) ([]any, error) {
	kind, traceID, entity, at := ofObservation, r.TraceID, r.ID, int64(0)
	switch {
	case r.Kind == fold.Trace:
		kind, traceID, entity = ofTrace, r.ID, ""
	case r.Kind == fold.Score:
		kind, traceID = ofScore, ""
	case r.TraceID == "":
		kind, traceID, at = untraced, id.TraceOfObservation(p, r.ID), n
	}
	digest, err := digestOf(r)
	if err != nil {
		return nil, err
	}
	here := tuple{"digest": digest, "k": absentKey(), "start": int64(0)}
	otel := uint8(0)
	if r.OTel {
		otel = 1
	}
	state := s.folder.State(r, n)
	groups := s.codec.write(&state)
	if reg, ok := state.Get(fold.Start); ok {
		here["k"], here["start"] = s.codec.key(reg), reg.Value.N
	}
	metadata := map[string]tuple{}
	for _, l := range state.Metadata.Leaves() {
		path, err := json.Marshal(l.Path)
		if err != nil {
			return nil, err
		}
		metadata[string(path)] = tuple{"k": encodeKey(present, l.Key, false), "s": l.JSON, "ref": l.Ref, "size": l.Size}
	}
	tags := map[string]tuple{}
	for _, t := range state.Tags {
		isSet := uint8(1)
		if t.Removed {
			isSet = 0
		}
		tags[t.Name] = tuple{"k": encodeKey(present, t.Key, false), "is_set": isSet}
	}
	return []any{
		string(p), kind, traceID, entity, at,
		map[int64]tuple{n: here},
		int64(0), otel,
		groups[fields], groups[amounts], groups[io], groups[raw], metadata, tags,
	}, nil
}

// scanned is a row as the driver gives it; what was not selected is empty.
type scanned struct {
	kind, trace, id string
	arrived         map[int64]tuple
	absorbed        int64
	otel            uint8
	groups          registers
	metadata, tags  map[string]tuple

	ioKeys bool              // of input and output the keys alone are wanted
	cards  map[string]string // of all rows so far, each once
}

// columns returns the columns that a query needs, and where they are scanned to.
func (sc *scanned) columns(q query) (names []string, dest []any) {
	names = []string{"kind", "trace", "id", "arrived", "absorbed"}
	dest = []any{&sc.kind, &sc.trace, &sc.id, &sc.arrived, &sc.absorbed}
	if q.bare {
		return names, dest
	}
	sc.ioKeys = !q.parts.IO
	names, dest = append(names, "otel", "tags"), append(dest, &sc.otel, &sc.tags)
	for g := range numGroups {
		if g.wanted(q.parts) {
			names, dest = append(names, g.String()), append(dest, &sc.groups[g])
		}
	}
	if q.parts.Metadata {
		names, dest = append(names, "metadata"), append(dest, &sc.metadata)
	}
	return names, dest
}

// held returns the size of the payloads.
func (sc *scanned) held() int64 {
	n := 0
	payloads := []map[string]tuple{sc.groups[raw], sc.metadata}
	if !sc.ioKeys {
		payloads = append(payloads, sc.groups[io])
	}
	for _, m := range payloads {
		for _, t := range m {
			n += len(t["s"].(string))
		}
	}
	return int64(n)
}

// tidy takes the values out of registers of which the keys alone are wanted, and
// makes all rows of a model share the text of its card.
func (sc *scanned) tidy(regs []fold.Register) {
	for i := range regs {
		v := &regs[i].Value
		switch f := regs[i].Field; {
		case groupOf(f) == io && sc.ioKeys:
			*v = fold.Value{Null: true, Weak: v.Weak}
		case f == fold.Rates || f == fold.Repriced:
			if sc.cards == nil {
				sc.cards = map[string]string{}
			}
			if _, ok := sc.cards[v.S]; !ok {
				sc.cards[v.S] = v.S
			}
			v.S = sc.cards[v.S]
		}
	}
}

// row turns what was scanned into a state of package fold.
func (sc *scanned) row(c codec) (row, error) {
	r := row{kind: sc.kind, trace: sc.trace, id: sc.id, arrived: make(map[int64]arrival, len(sc.arrived)), absorbed: sc.absorbed}
	for n, t := range sc.arrived {
		a := arrival{digest: t["digest"].(uint64)}
		if reg, ok := c.keyed(fold.Start, t["k"].(string)); ok {
			reg.Value.N = t["start"].(int64)
			a.start = reg
		}
		r.arrived[n] = a
	}
	r.state = fold.State{Kind: fold.Observation, OTel: sc.otel != 0}
	switch sc.kind {
	case ofTrace:
		r.state.Kind = fold.Trace
	case ofScore:
		r.state.Kind = fold.Score
	}
	r.state.Registers = c.read(sc.groups)
	sc.tidy(r.state.Registers)

	leaves := make([]fold.Leaf, 0, len(sc.metadata))
	for path, t := range sc.metadata {
		l := fold.Leaf{JSON: t["s"].(string), Ref: t["ref"].(string), Size: t["size"].(int64), Key: keyOf(t)}
		if err := json.Unmarshal([]byte(path), &l.Path); err != nil {
			return row{}, fmt.Errorf("path of metadata %q: %w", path, err)
		}
		leaves = append(leaves, l)
	}
	r.state.Metadata = fold.LeafsFrom(leaves)

	for name, t := range sc.tags {
		r.state.Tags = append(r.state.Tags, fold.Tag{Name: name, Removed: t["is_set"].(uint8) == 0, Key: keyOf(t)})
	}
	slices.SortFunc(r.state.Tags, func(a, b fold.Tag) int {
		return cmp.Or(slices.Compare(utf16.Encode([]rune(a.Name)), utf16.Encode([]rune(b.Name))), cmp.Compare(a.Name, b.Name))
	})
	return r, nil
}

// with returns the row of an entity of which some records are in r and some in o.
func (r row) with(folder *fold.Folder, o row) row {
	r.state = folder.Join(r.state, o.state)
	arrived := make(map[int64]arrival, len(r.arrived)+len(o.arrived))
	maps.Copy(arrived, r.arrived)
	maps.Copy(arrived, o.arrived)
	r.arrived = arrived
	return r
}

func keyOf(t tuple) fold.Key {
	_, k := decodeKey(t["k"].(string), false)
	return k
}

// lifetime returns when the first record of the rows arrived, and the last that
// was not one sent again.
func lifetime(rows ...*row) (created, updated trace.Micros) {
	first := map[uint64]int64{}
	for _, r := range rows {
		for n, a := range r.arrived {
			if at, ok := first[a.digest]; !ok || n < at {
				first[a.digest] = n
			}
		}
	}
	for _, n := range first {
		at := trace.Micros(n / 1000)
		if created == 0 || at < created {
			created = at
		}
		updated = max(updated, at)
	}
	return created, updated
}
