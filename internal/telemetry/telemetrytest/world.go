package telemetrytest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// world is all that a project shows, worked out from its records.
type world struct {
	traces   map[string]*worldTrace
	aliases  aliases
	scores   []score.Score            // in the order in which they are listed
	sessions map[string]trace.Session // by id
}

type worldTrace struct {
	shown        trace.Trace
	observations []trace.Observation // by start, then id
}

// observations returns all observations in the order in which they are listed.
func (w *world) observations() []trace.Observation {
	var all []trace.Observation
	for _, t := range w.traces {
		all = append(all, t.observations...)
	}
	slices.SortFunc(all, func(a, b trace.Observation) int { return comparePositions(positionOf(&a), positionOf(&b)) })
	return all
}

func (r *Reference) world(ctx context.Context, p id.Project) (*world, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.usable(ctx); err != nil {
		return nil, err
	}
	if w, ok := r.worlds[p]; ok {
		return w, nil
	}
	a := r.assign(p, r.projects[p])
	w := &world{traces: map[string]*worldTrace{}, aliases: a.aliases}
	for traceID := range a.exists {
		w.traces[traceID] = r.worldTrace(p, traceID, a)
	}
	w.scores = r.worldScores(p, a)
	w.sessions = w.worldSessions(p)
	r.worlds[p] = w
	return w, nil
}

// assignment says which records make up which entity.
type assignment struct {
	exists       map[string]bool // traces
	traces       map[string][]arrival
	observations map[string]map[string][]arrival // by trace id, by id
	scores       map[string][]arrival
	aliases      aliases
}

// assign gives every record its entity, in the order of arrival. What a call
// absorbs, it absorbs before anything else of the call is looked at.
func (r *Reference) assign(p id.Project, records []arrival) assignment {
	a := assignment{map[string]bool{}, map[string][]arrival{}, map[string]map[string][]arrival{}, map[string][]arrival{}, aliases{}}
	untraced := map[string][]arrival{} // by observation id, while no record names the trace
	for len(records) > 0 {
		n := slices.IndexFunc(records, func(rec arrival) bool { return rec.call != records[0].call })
		if n < 0 {
			n = len(records)
		}
		for _, rec := range records[:n] {
			a.absorb(rec.record)
		}
		for _, rec := range records[:n] {
			r.place(a, untraced, rec)
		}
		records = records[n:]
	}
	for obs, recs := range untraced {
		a.add(a.aliases.resolve(id.TraceOfObservation(p, obs)), obs, recs...)
	}
	return a
}

// place gives one record its entity.
func (r *Reference) place(a assignment, untraced map[string][]arrival, rec arrival) {
	id, traceID := rec.record.ID, a.aliases.resolve(rec.record.TraceID)
	switch {
	case rec.record.Kind == fold.Score:
		a.scores[id] = append(a.scores[id], rec)
	case rec.record.Kind == fold.Trace:
		id = a.aliases.resolve(id)
		a.exists[id] = true
		a.traces[id] = append(a.traces[id], rec)
	case rec.record.TraceID != "":
		a.add(traceID, id, untraced[id]...)
		delete(untraced, id)
		a.add(traceID, id, rec)
	default:
		if home, ok := r.newest(a, id); ok {
			a.add(home, id, rec)
		} else {
			untraced[id] = append(untraced[id], rec)
		}
	}
}

// add gives records to an observation of a trace.
func (a assignment) add(traceID, id string, recs ...arrival) {
	a.exists[traceID] = true
	if a.observations[traceID] == nil {
		a.observations[traceID] = map[string][]arrival{}
	}
	a.observations[traceID][id] = append(a.observations[traceID][id], recs...)
}

// newest returns the trace in which the observation with that id has the newest
// start, among those that a record names.
func (r *Reference) newest(a assignment, obs string) (traceID string, ok bool) {
	var best trace.Micros
	for candidate, observations := range a.observations {
		recs, has := observations[obs]
		if !has {
			continue
		}
		s := r.state(recs)
		start, _ := s.Micros(fold.Start)
		if !ok || start > best || start == best && candidate > traceID {
			traceID, best, ok = candidate, start, true
		}
	}
	return traceID, ok
}

func (r *Reference) state(recs []arrival) fold.State {
	var s fold.State
	for i, rec := range recs {
		one := r.folder.State(&rec.record, rec.n)
		if i == 0 {
			s = one
		} else {
			s = r.folder.Join(s, one)
		}
	}
	return s
}

func (r *Reference) worldTrace(p id.Project, traceID string, a assignment) *worldTrace {
	var (
		seen     fold.Observed
		root     fold.RootCandidate
		envKey   fold.Key
		w        worldTrace
		ownState = r.state(a.traces[traceID])
		arrived  []arrival
	)
	for obs, recs := range a.observations[traceID] {
		s := r.state(recs)
		o := fold.ObservationView(obs, traceID, &s)
		o.Reasons = s.Reasons()
		o.CreatedAt, o.UpdatedAt = lifetime(recs)
		arrived = append(arrived, recs...)
		w.observations = append(w.observations, o)

		seen.First = earlier(seen.First, o.Start)
		if s.OTel {
			seen.FirstOTel = earlier(seen.FirstOTel, o.Start)
		}
		if c, ok := fold.Candidate(obs, &s); ok && (seen.Root == nil || c.Better(root)) {
			seen.Root, root = &s, c
		}
		if env, key, explicit := s.Environment(); explicit && (seen.Environment == "" || key.Compare(envKey) < 0) {
			seen.Environment, envKey = env, key
		}
	}
	w.shown = fold.TraceView(traceID, &ownState, seen)
	w.shown.Project = p
	w.shown.CreatedAt, w.shown.UpdatedAt = lifetime(append(arrived, a.traces[traceID]...))
	for i := range w.observations {
		fold.Inherit(&w.observations[i], &w.shown)
		count(&w.shown.Sums, &w.observations[i])
	}
	slices.SortFunc(w.observations, func(a, b trace.Observation) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), strings.Compare(a.ID, b.ID))
	})
	return &w
}

func earlier(a *trace.Micros, b trace.Micros) *trace.Micros {
	if a != nil && *a <= b {
		return a
	}
	return &b
}

// lifetime returns the arrival of the first record and of the last that was not
// one sent again, as times.
func lifetime(recs []arrival) (created, updated trace.Micros) {
	recs = slices.SortedFunc(slices.Values(recs), func(a, b arrival) int { return cmp.Compare(a.n, b.n) })
	seen := map[string]bool{}
	for i, rec := range recs {
		n := trace.Micros(rec.n)
		if i == 0 {
			created = n
		}
		if !seen[rec.said] {
			seen[rec.said] = true
			updated = n
		}
	}
	return created, updated
}

// count adds an observation to the sums of its trace.
func count(s *trace.Sums, o *trace.Observation) {
	last := o.Start
	if o.End != nil {
		last = max(last, *o.End)
	}
	if s.Observations == 0 {
		s.First, s.Last = o.Start, last
	}
	s.Observations++
	s.First, s.Last = min(s.First, o.Start), max(s.Last, last)
	s.ByLevel[slices.Index(trace.Levels(), o.Level)]++

	in, _ := o.Usage.SumContaining("input")
	out, _ := o.Usage.SumContaining("output")
	total, _ := o.Usage.Get("total")
	s.UsageInput, s.UsageOutput, s.UsageTotal = s.UsageInput+in, s.UsageOutput+out, s.UsageTotal+total
	in, _ = o.Cost.SumContaining("input")
	out, _ = o.Cost.SumContaining("output")
	s.CostInput, s.CostOutput = s.CostInput+in, s.CostOutput+out
	if o.TotalCost != nil {
		s.CostTotal += *o.TotalCost
	}
}
