package telemetrytest

import "github.com/fusebox-llm/fusebox/internal/fold"

// aliases maps each id that a trace has absorbed to the id of that trace at the
// time, which may have been absorbed itself since.
type aliases map[string]string

// resolve returns the id of the trace that an id stands for.
func (a aliases) resolve(traceID string) string {
	for {
		to, ok := a[traceID]
		if !ok {
			return traceID
		}
		traceID = to
	}
}

// absorb does what a record says about absorbing. An alias never leads back to
// itself: it leads to a trace that is no alias then and is another.
func (a assignment) absorb(rec fold.Record) {
	if rec.Kind != fold.Trace || rec.Absorbs == "" {
		return
	}
	from, to := rec.Absorbs, a.aliases.resolve(rec.ID)
	if _, kept := a.aliases[from]; kept || from == to {
		return
	}
	a.aliases[from] = to
	a.exists[to] = true
	a.traces[to] = append(a.traces[to], a.traces[from]...)
	for obs, recs := range a.observations[from] {
		a.add(to, obs, recs...)
	}
	delete(a.exists, from)
	delete(a.traces, from)
	delete(a.observations, from)
}
