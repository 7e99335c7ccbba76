package clickhouse

import (
	"slices"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fold"
)

// Keep writes a register as a column keeps it and reads it back; ok is false when
// the column's name is not known.
func Keep(r fold.Register) (back fold.Register, ok bool) {
	c := newCodec(fold.DefaultRules())
	regs := c.read(c.write(&fold.State{Registers: []fold.Register{r}}))
	if len(regs) != 1 {
		return fold.Register{}, false
	}
	return regs[0], true
}

// KeyOf returns the bytes by which ClickHouse compares a register.
func KeyOf(r fold.Register) string { return newCodec(fold.DefaultRules()).key(r) }

// Arrivals returns a counter on a clock.
func Arrivals(now func() time.Time) (take func(n int) int64) {
	return (&arrivals{now: now}).take
}

// Aliases tells what ids stand for after trace records that absorb, which are given
// in the order of arrival.
func Aliases(records []fold.Record, ids ...string) (stand map[string]string) {
	names := aliasesOf(absorptionsOf(records))
	stand = map[string]string{}
	for _, traceID := range ids {
		stand[traceID] = names.resolve(traceID)
	}
	return stand
}

// absorptionsOf returns the rows that are kept of what the records absorb.
func absorptionsOf(records []fold.Record) (rows []row) {
	for i := range records {
		if r := &records[i]; absorbs(r) {
			rows = append(rows,
				row{kind: ofAbsorber, trace: r.ID, id: r.Absorbs, absorbed: int64(i + 1)},
				row{kind: ofAlias, trace: r.Absorbs, id: r.ID, absorbed: int64(i + 1)})
		}
	}
	slices.Reverse(rows)
	return rows
}

// Settle tells where untraced records end up. The records are given in the order
// of arrival, all of one observation id but for those of traces that absorb; what
// comes back is the name of the observation in each trace that holds the id.
func Settle(records []fold.Record) (names map[string]string) {
	s := &Store{folder: fold.New(fold.DefaultRules()), codec: newCodec(fold.DefaultRules())}
	named := map[string]row{}
	var loose, all []row
	for i := range records {
		r, n := &records[i], int64(i+1)
		if r.Kind == fold.Trace {
			continue
		}
		one := row{kind: ofObservation, trace: r.TraceID, id: r.ID, state: s.folder.State(r, n)}
		a := arrival{}
		if start, ok := one.state.Get(fold.Start); ok {
			a.start = start
		}
		one.arrived = map[int64]arrival{n: a}
		if r.TraceID == "" {
			one.kind, one.trace = untraced, "derived"
			loose = append(loose, one)
			continue
		}
		if known, ok := named[r.TraceID]; ok {
			one.state = s.folder.Join(known.state, one.state)
			for n, a := range known.arrived {
				one.arrived[n] = a
			}
		}
		named[r.TraceID] = one
	}
	for _, r := range named {
		all = append(all, r)
	}
	names = map[string]string{}
	for _, r := range settle(s.folder, all, loose, aliasesOf(absorptionsOf(records))) {
		name, _ := r.state.Text(fold.Name)
		names[r.trace] = name
	}
	return names
}
