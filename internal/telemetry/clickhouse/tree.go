package clickhouse

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// forest is what was read of a project, by trace id.
type forest map[string]*tree

// tree is a trace with its observations, as rows.
type tree struct {
	own          *row // nil when no record is about the trace itself
	observations []*row
}

// observation returns the row of an observation, nil when there is none.
func (f forest) observation(traceID, obs string) *row {
	if t := f[traceID]; t != nil {
		for _, r := range t.observations {
			if r.id == obs {
				return r
			}
		}
	}
	return nil
}

// grow gives every row its trace. Rows of absorptions and of scores have none.
func (s *Store) grow(rows []row, names aliases) forest {
	f := forest{}
	at := func(traceID string) *tree {
		if f[traceID] == nil {
			f[traceID] = &tree{}
		}
		return f[traceID]
	}
	named, records := map[string][]row{}, map[string][]row{} // by observation id
	for _, r := range rows {
		switch r.kind {
		case ofTrace:
			t := at(names.resolve(r.trace))
			if t.own != nil {
				r = t.own.with(s.folder, r)
			}
			t.own = &r
		case ofObservation:
			named[r.id] = append(named[r.id], r)
		case untraced:
			records[r.id] = append(records[r.id], r)
			if _, ok := named[r.id]; !ok {
				named[r.id] = nil
			}
		}
	}
	for obs := range named {
		settled := settle(s.folder, named[obs], records[obs], names)
		for i, r := range settled {
			t := at(r.trace)
			t.observations = append(t.observations, &settled[i])
		}
	}
	return f
}

// shownTrace is a trace with its observations as they are shown.
type shownTrace struct {
	trace.Trace
	observations []trace.Observation // by start, then id
	seen         fold.Observed
	root         string // id of the root among the OTLP spans; "" when there is none
}

// show works out what a trace shows: its own fields, those of its root below
// them, and what its observations add up to.
func (t *tree) show(p id.Project, traceID string) *shownTrace {
	var (
		out    shownTrace
		root   fold.RootCandidate
		envKey fold.Key
		all    []*row
		own    fold.State
	)
	if t.own != nil {
		all, own = append(all, t.own), t.own.state
	}
	for _, r := range t.observations {
		o := observationOf(r)
		out.observations = append(out.observations, o)
		all = append(all, r)
		out.seen.First = earlier(out.seen.First, o.Start)
		if r.state.OTel {
			out.seen.FirstOTel = earlier(out.seen.FirstOTel, o.Start)
		}
		if c, ok := fold.Candidate(r.id, &r.state); ok && (out.seen.Root == nil || c.Better(root)) {
			out.seen.Root, root, out.root = &r.state, c, r.id
		}
		if env, key, explicit := r.state.Environment(); explicit && env != "" {
			key.Arrival = 0 // of different observations none comes first by it
			c := key.Compare(envKey)
			if out.seen.Environment == "" || c < 0 || c == 0 && env < out.seen.Environment {
				out.seen.Environment, envKey = env, key
			}
		}
	}
	out.Trace = fold.TraceView(traceID, &own, out.seen)
	out.Project = p
	out.CreatedAt, out.UpdatedAt = lifetime(all...)
	for i := range out.observations {
		fold.Inherit(&out.observations[i], &out.Trace)
		add(&out.Sums, &out.observations[i])
	}
	slices.SortFunc(out.observations, func(a, b trace.Observation) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), strings.Compare(a.ID, b.ID))
	})
	return &out
}

// observationOf returns an observation's own shown fields.
func observationOf(r *row) trace.Observation {
	o := fold.ObservationView(r.id, r.trace, &r.state)
	o.Reasons = r.state.Reasons()
	o.CreatedAt, o.UpdatedAt = lifetime(r)
	return o
}

func earlier(a *trace.Micros, b trace.Micros) *trace.Micros {
	if a != nil && *a <= b {
		return a
	}
	return &b
}

// add counts an observation into the sums of its trace.
func add(s *trace.Sums, o *trace.Observation) {
	last := o.Start
	if o.End != nil {
		last = max(last, *o.End)
	}
	if s.Observations == 0 {
		s.First, s.Last = o.Start, last
	}
	s.Observations++
	s.First, s.Last = min(s.First, o.Start), max(s.Last, last)
	if i := slices.Index(trace.Levels(), o.Level); i >= 0 {
		s.ByLevel[i]++
	}
	sum := func(a trace.Amounts, part string) int64 { n, _ := a.SumContaining(part); return n }
	total, _ := o.Usage.Get("total")
	s.UsageInput += sum(o.Usage, "input")
	s.UsageOutput += sum(o.Usage, "output")
	s.UsageTotal += total
	s.CostInput += sum(o.Cost, "input")
	s.CostOutput += sum(o.Cost, "output")
	if o.TotalCost != nil {
		s.CostTotal += *o.TotalCost
	}
}
