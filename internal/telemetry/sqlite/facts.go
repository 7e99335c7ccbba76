package sqlite

import (
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// facts is what aggregates know of one observation. They are worked out from the
// folded state alone.
type facts struct {
	start, last trace.Micros // last: the greater of start and shown end
	otel        bool
	kind, level string // as shown
	model       optional[string]
	usage       triple // 1 a unit
	cost        triple // 1e-12 dollars
	latency     optional[int64]
	root        optional[fold.RootCandidate] // for those that can be a root
	name        optional[string]
	env         optional[seenEnv] // explicit ones only
}

// triple is an amount by direction. Sums of them wrap around, so that what was
// added can always be taken away again.
type triple struct{ input, output, total int64 }

func (a triple) plus(b triple) triple {
	return triple{a.input + b.input, a.output + b.output, a.total + b.total}
}

func (a triple) minus(b triple) triple {
	return triple{a.input - b.input, a.output - b.output, a.total - b.total}
}

// seenEnv is the explicit environment of an observation with the key that it was
// set with. Of a trace's observations the smallest counts.
type seenEnv struct {
	text string
	key  fold.Key // without arrival
}

// before orders environments by event time and rank; equal ones by text, so that
// the order of arrival does not matter.
func (e seenEnv) before(o seenEnv) bool {
	if c := e.key.Compare(o.key); c != 0 {
		return c < 0
	}
	return e.text < o.text
}

func factsOf(id string, s *fold.State) facts {
	o := fold.CountedView(id, s)
	f := facts{start: o.Start, last: o.Start, otel: o.OTel, kind: string(o.Type), level: string(o.Level)}
	if o.End != nil {
		f.last = max(f.last, *o.End)
	}
	if us, ok := o.Latency(); ok {
		f.latency = some(us)
	}
	if o.Model != nil {
		f.model = some(*o.Model)
	}
	if o.Name != nil {
		f.name = some(*o.Name)
	}
	f.usage.input, _ = o.Usage.SumContaining("input")
	f.usage.output, _ = o.Usage.SumContaining("output")
	f.usage.total, _ = o.Usage.Get("total")
	f.cost.input, _ = o.Cost.SumContaining("input")
	f.cost.output, _ = o.Cost.SumContaining("output")
	if o.TotalCost != nil {
		f.cost.total = *o.TotalCost
	}
	if c, ok := fold.Candidate(id, s); ok {
		f.root = some(c)
	}
	if env, key, explicit := s.Environment(); explicit && env != "" {
		f.env = some(seenEnv{env, withoutArrival(key)})
	}
	return f
}

// levelPlace returns the place of a level in [trace.Levels]; -1 for others.
func levelPlace(level string) int { return slices.Index(trace.Levels(), trace.Level(level)) }

// typePlace returns the place of a type in [trace.Types]; -1 for others.
func typePlace(kind string) int { return slices.Index(trace.Types(), trace.Type(kind)) }
