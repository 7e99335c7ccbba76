package main

import (
	"reflect"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
)

// An entity is what records say they are about.
type entity struct {
	kind        fold.Kind
	traceID, id string
}

// A family is entities that can turn out to be one: observations of one id, which a
// record without a trace, or with one that another absorbs, can join; and traces of
// which one absorbs the other. Scores are in it because they can be deleted.
type family struct {
	kind fold.Kind
	id   string
}

// states is what tables make of requests.
type states struct {
	// joined has the state of each entity without a family, from all its records.
	joined map[entity]fold.State
	// parts has, of each family, the state of every record by itself and of
	// every two of them. Which records become one entity, and which of them are there
	// while a call is answered or after a score is deleted, does not matter then: what
	// any of them are together follows from the pairs, since a join keeps of each field
	// that one of two values which the table prefers.
	parts map[family][]fold.State
}

// families are those of a replay. The tables have no part in them.
type families struct {
	aliases map[string]string // of traces that absorb or are absorbed, in the end to one of each family
	mixed   map[family]bool   // those that not only spans are about
}

func familiesOf(all []said) families {
	f := families{map[string]string{}, map[family]bool{}}
	for i := range all {
		for j := range all[i].records {
			if r := &all[i].records[j]; r.Absorbs != "" {
				one, other := f.alias(r.ID), f.alias(r.Absorbs)
				f.aliases[one], f.aliases[other] = one, one
			}
		}
	}
	for i := range all {
		for j := range all[i].records {
			kin, _ := f.of(&all[i].records[j])
			f.mixed[kin] = true
		}
	}
	return f
}

func (f families) alias(traceID string) string {
	for {
		next, ok := f.aliases[traceID]
		if !ok || next == traceID {
			return traceID
		}
		traceID = next
	}
}

// of returns the family of what a record is about, and whether that matters: it does
// not for what only spans are about, in a trace that is no alias.
func (f families) of(r *fold.Record) (kin family, matters bool) {
	kin = family{r.Kind, r.ID}
	if r.Kind == fold.Trace {
		kin.id = f.alias(r.ID)
	}
	_, aliased := f.aliases[r.TraceID]
	return kin, aliased || f.mixed[kin]
}

// statesOf maps and folds what the requests say as a server does.
func statesOf(t tables, all []said, f families) (states, error) {
	var (
		mapper  = otelmap.New(t.mapping)
		folder  = fold.New(t.folding)
		out     = states{map[entity]fold.State{}, map[family][]fold.State{}}
		records []fold.Record
		single  = map[family][]fold.State{}
		arrival int64
	)
	take := func(r *fold.Record) {
		state := folder.State(r, arrival)
		if kin, matters := f.of(r); matters {
			out.parts[kin] = append(out.parts[kin], state)
			for _, other := range single[kin] {
				out.parts[kin] = append(out.parts[kin], folder.Join(other, state))
			}
			single[kin] = append(single[kin], state)
			return
		}
		at := entity{r.Kind, r.TraceID, r.ID}
		if before, ok := out.joined[at]; ok {
			state = folder.Join(before, state)
		}
		out.joined[at] = state
	}
	for i := range all {
		for j := range all[i].records {
			arrival++
			take(&all[i].records[j])
		}
		if all[i].spans == nil {
			continue
		}
		resources := all[i].spans.Resources
		for j := range resources {
			for k := range resources[j].Scopes {
				scope := &resources[j].Scopes[k]
				for l := range scope.Spans {
					arrival++
					var err error
					if records, err = mapper.Map(&resources[j], scope, &scope.Spans[l], all[i].at, records[:0]); err != nil {
						return states{}, err
					}
					for n := range records {
						take(&records[n])
					}
				}
			}
		}
	}
	return out, nil
}

// sameStates reports whether other tables make the same of the requests as the whole
// ones. The tables have no other use in a server than to make states, so what they
// make the same of need not be asked of one.
func (r *replay) sameStates(t tables) (bool, error) {
	spans := slices.ContainsFunc(r.said, func(s said) bool { return s.spans != nil })
	if !spans && slices.Equal(t.folding, fold.DefaultRules()) {
		return true, nil // only spans are mapped
	}
	got, err := statesOf(t, r.said, r.families)
	return err == nil && reflect.DeepEqual(got, r.states), err
}
