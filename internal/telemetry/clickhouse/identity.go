package clickhouse

import (
	"cmp"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// settle gives the untraced records of one observation id to the observations
// with that id, as the rules of telemetry.Writer have it, and returns all
// observations with the id, each in the trace that its rows' ids stand for. Which
// traces hold the id is taken from named.
//
// With one trace at most, the order of arrival does not matter. With several, a
// record belongs where it would have been put when it arrived: so the arrivals
// are gone through once more, with as much of the state as decides.
func settle(folder *fold.Folder, named, records []row, names aliases) []row {
	homes := map[string]row{}
	add := func(traceID string, r row) {
		r.kind, r.trace = ofObservation, traceID
		if known, ok := homes[traceID]; ok {
			r = known.with(folder, r)
		}
		homes[traceID] = r
	}
	for _, r := range named {
		add(names.resolve(r.trace), r)
	}
	var chosen []string
	switch {
	case len(homes) > 1 && len(records) > 0:
		chosen = replay(folder, named, records, names)
	case len(homes) == 1:
		chosen = slices.Repeat([]string{named[0].trace}, len(records))
	case len(records) > 0:
		chosen = slices.Repeat([]string{records[0].trace}, len(records))
	}
	for i, r := range records {
		add(names.resolve(chosen[i]), r)
	}
	out := make([]row, 0, len(homes))
	for _, r := range homes {
		out = append(out, r)
	}
	return out
}

// replay returns for each record the trace in which it joined an observation when
// it arrived, or that took it along when the trace was named.
func replay(folder *fold.Folder, named, records []row, names aliases) []string {
	type event struct {
		at     int64
		start  fold.Register
		trace  string // of a named row and of what was absorbed
		record int    // index in records, or one of the below
	}
	const ofNamed, ofAlias = -1, -2
	var events []event
	passed := map[string]bool{}
	for _, r := range named {
		for at, a := range r.arrived {
			events = append(events, event{at, a.start, r.trace, ofNamed})
		}
		for t := r.trace; !passed[t]; t = names[t].by {
			passed[t] = true
			a, ok := names[t]
			if !ok {
				break
			}
			events = append(events, event{at: a.at, trace: t, record: ofAlias})
		}
	}
	for i, r := range records {
		for at, a := range r.arrived {
			events = append(events, event{at, a.start, "", i})
		}
	}
	// Of one arrival, which only two processes can give, what is absorbed is first.
	slices.SortFunc(events, func(a, b event) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.record, b.record)) })

	chosen := make([]string, len(records))
	starts := map[string]fold.State{} // what is known of the starts, by trace
	join := func(traceID string, one fold.State) {
		if known, ok := starts[traceID]; ok {
			one = folder.Join(known, one)
		}
		starts[traceID] = one
	}
	startOf := func(e event) fold.State {
		one := fold.State{Kind: fold.Observation}
		if e.start.Field != 0 {
			one.Registers = []fold.Register{e.start}
		}
		return one
	}
	var waiting []event
	for _, e := range events {
		switch {
		case e.record == ofAlias:
			if moved, ok := starts[e.trace]; ok {
				delete(starts, e.trace)
				join(names[e.trace].by, moved)
			}
		case e.record == ofNamed:
			home := names.resolveAt(e.trace, e.at)
			join(home, startOf(e))
			for _, w := range waiting {
				chosen[w.record] = home
				join(home, startOf(w))
			}
			waiting = nil
		case len(starts) == 0:
			waiting = append(waiting, e)
		default:
			chosen[e.record] = newest(starts)
			join(chosen[e.record], startOf(e))
		}
	}
	return chosen
}

// newest returns the trace with the newest start; of equal ones, the greater id.
func newest(starts map[string]fold.State) (best string) {
	at, none := trace.Micros(0), true
	for traceID, s := range starts {
		start, _ := s.Micros(fold.Start)
		if none || start > at || start == at && traceID > best {
			best, at, none = traceID, start, false
		}
	}
	return best
}
