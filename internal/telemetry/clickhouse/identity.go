package clickhouse

import (
	"cmp"
	"maps"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// settle gives the untraced records of one observation id to the observations
// with that id, as the rules of telemetry.Writer have it, and returns all
// observations with the id. Which traces hold the id is taken from named.
//
// With one trace at most, the order of arrival does not matter. With several, a
// record belongs where it would have been put when it arrived: so the arrivals
// are gone through once more, with as much of the state as decides.
func settle(folder *fold.Folder, named, records []row) []row {
	if len(records) == 0 {
		return named
	}
	if len(named) == 0 {
		home := row{kind: ofObservation, trace: records[0].trace, id: records[0].id, state: fold.State{Kind: fold.Observation}}
		named = []row{home}
	}
	homes := make([]int, len(records)) // index in named
	if len(named) > 1 {
		homes = replay(folder, named, records)
	}
	out := slices.Clone(named)
	for i := range out {
		out[i].arrived = maps.Clone(out[i].arrived)
		if out[i].arrived == nil {
			out[i].arrived = map[int64]arrival{}
		}
	}
	for i, r := range records {
		home := &out[homes[i]]
		home.state = folder.Join(home.state, r.state)
		maps.Copy(home.arrived, r.arrived)
	}
	return out
}

// replay returns for each record the place in named of the observation that it
// joined when it arrived, or that took it along when its trace was named.
func replay(folder *fold.Folder, named, records []row) []int {
	type event struct {
		at           int64
		start        fold.Register
		home, record int // index in named or in records; the other is -1
	}
	var events []event
	for i, r := range named {
		for at, a := range r.arrived {
			events = append(events, event{at, a.start, i, -1})
		}
	}
	for i, r := range records {
		for at, a := range r.arrived {
			events = append(events, event{at, a.start, -1, i})
		}
	}
	slices.SortFunc(events, func(a, b event) int { return cmp.Compare(a.at, b.at) })

	homes := make([]int, len(records))
	starts := map[int]fold.State{} // what is known of the starts, by index in named
	join := func(home int, e event) {
		one := fold.State{Kind: fold.Observation}
		if e.start.Field != 0 {
			one.Registers = []fold.Register{e.start}
		}
		if known, ok := starts[home]; ok {
			one = folder.Join(known, one)
		}
		starts[home] = one
	}
	var waiting []event
	for _, e := range events {
		switch {
		case e.record < 0:
			join(e.home, e)
			for _, w := range waiting {
				homes[w.record] = e.home
				join(e.home, w)
			}
			waiting = nil
		case len(starts) == 0:
			waiting = append(waiting, e)
		default:
			homes[e.record] = newest(starts, named)
			join(homes[e.record], e)
		}
	}
	return homes
}

// newest returns the place of the observation with the newest start; of equal
// ones, that of the greater trace id.
func newest(starts map[int]fold.State, named []row) int {
	best, at := -1, trace.Micros(0)
	for i, s := range starts {
		start, _ := s.Micros(fold.Start)
		if best < 0 || start > at || start == at && named[i].trace > named[best].trace {
			best, at = i, start
		}
	}
	return best
}
