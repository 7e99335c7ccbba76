package telemetrytest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// world is all that a project shows, worked out from its records.
type world struct {
	traces map[string]*worldTrace
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
	w := &world{traces: map[string]*worldTrace{}}
	for traceID := range a.exists {
		w.traces[traceID] = r.worldTrace(p, traceID, a)
	}
	r.worlds[p] = w
	return w, nil
}

// assignment says which records make up which entity.
type assignment struct {
	exists       map[string]bool // traces
	traces       map[string][]arrival
	observations map[string]map[string][]arrival // by trace id, by id
}

// assign gives every record its entity, in the order of arrival.
func (r *Reference) assign(p id.Project, records []arrival) assignment {
	a := assignment{map[string]bool{}, map[string][]arrival{}, map[string]map[string][]arrival{}}
	untraced := map[string][]arrival{} // by observation id, while no record names the trace
	add := func(traceID, id string, recs ...arrival) {
		a.exists[traceID] = true
		if a.observations[traceID] == nil {
			a.observations[traceID] = map[string][]arrival{}
		}
		a.observations[traceID][id] = append(a.observations[traceID][id], recs...)
	}
	for _, rec := range records {
		switch {
		case rec.record.Kind == fold.Trace:
			a.exists[rec.record.ID] = true
			a.traces[rec.record.ID] = append(a.traces[rec.record.ID], rec)
		case rec.record.TraceID != "":
			add(rec.record.TraceID, rec.record.ID, untraced[rec.record.ID]...)
			delete(untraced, rec.record.ID)
			add(rec.record.TraceID, rec.record.ID, rec)
		default:
			if home, ok := r.newest(a, rec.record.ID); ok {
				add(home, rec.record.ID, rec)
			} else {
				untraced[rec.record.ID] = append(untraced[rec.record.ID], rec)
			}
		}
	}
	for obs, recs := range untraced {
		add(id.TraceOfObservation(p, obs), obs, recs...)
	}
	return a
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
		if what := fmt.Sprintf("%+v", rec.record); !seen[what] {
			seen[what] = true
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
