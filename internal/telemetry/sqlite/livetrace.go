package sqlite

import (
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// liveTrace is a trace as the writer knows it: what its row says, what is about to
// be written to it, and which observations it has. The writer keeps recent ones
// (cache.go), so that the further spans of a trace cost no read of it.
type liveTrace struct {
	project int64
	id      string
	t       int64
	named   bool
	extent  int64 // takes the next row
	next    int64 // position of the next row in it

	state      fold.State // light part of the explicit state
	heavy      fold.State // heavy part, when it is known
	heavyKnown bool
	hasPayload bool // there is a row in trace_payload

	root      optional[liveRoot]
	firstOTel optional[trace.Micros]
	env       optional[seenEnv]
	sums      trace.Sums

	created, updated trace.Micros

	// ids holds the row number of each observation by the hash of its id. It is
	// nil when there are too many of them, or two with the same hash; the index
	// is asked then.
	ids map[uint32]int64

	// stored is what the last flush wrote; its zero value stands for no row.
	stored storedTrace

	ownUsers     []int64 // that rows which this transaction writes have
	ownSessions  []int64
	isNew        bool // not in the file yet
	dirty        bool // the row must be written
	changed      bool // … because what it shows has changed
	heavyDirty   bool
	walk         bool // what observations add up to must be worked out from the rows
	deleted      bool
	stateChanged bool
	tagsChanged  bool
}

// liveRoot is the root of a trace among its OTLP spans.
type liveRoot struct {
	r         int64
	candidate fold.RootCandidate
	name      optional[string]
}

// storedTrace is what has to be taken back when a trace changes.
type storedTrace struct {
	exists    bool
	timestamp trace.Micros
	created   trace.Micros
	tags      []int64 // sorted
	session   int64
	cell      traceCell
	sums      traceCellSums
}

// addNumber adds the number of a text to a short list without repetition.
func addNumber(list []int64, n int64) []int64 {
	if n == 0 || slices.Contains(list, n) {
		return list
	}
	return append(list, n)
}

// know notes where an observation is, unless limit are known already.
func (t *liveTrace) know(hash uint32, r int64, limit int) {
	if t.ids == nil {
		return
	}
	if _, taken := t.ids[hash]; taken || len(t.ids) >= limit {
		t.ids = nil
		return
	}
	t.ids[hash] = r
}

func (t *liveTrace) forget(hash uint32) { delete(t.ids, hash) }

// replace takes one observation's facts out of what the trace adds up to and puts
// others in: was is nil for a new observation, is nil for one that goes away. What
// can only be known from the other observations is left to a walk.
func (t *liveTrace) replace(r int64, was, is *facts) {
	t.dirty, t.changed = true, true
	if was != nil {
		t.count(was, -1)
	}
	if is != nil {
		t.count(is, +1)
	}
	if t.sums.Observations == 0 {
		t.root, t.firstOTel, t.env = optional[liveRoot]{}, optional[trace.Micros]{}, optional[seenEnv]{}
		t.sums.First, t.sums.Last, t.walk = 0, 0, false
		return
	}
	if was == nil && t.sums.Observations == 1 {
		t.sums.First, t.sums.Last = is.start, is.last
	}
	if was != nil {
		t.retract(r, was, is)
	}
	if is != nil {
		t.offer(r, is)
	}
}

// retract looks whether a bound that the old facts set no longer holds.
func (t *liveTrace) retract(r int64, was, is *facts) {
	switch {
	case was.start == t.sums.First && (is == nil || is.start > was.start),
		was.last == t.sums.Last && (is == nil || is.last < was.last),
		was.otel && was.start == t.firstOTel.v && (is == nil || is.start > was.start),
		was.env.ok && was.env.v == t.env.v && (is == nil || !is.env.ok || was.env.v.before(is.env.v)):
		t.walk = true
	}
	if t.root.ok && t.root.v.r == r {
		if is == nil || !is.root.ok || was.root.v.Better(is.root.v) {
			t.walk = true
			t.root = optional[liveRoot]{}
		} else {
			t.root = some(liveRoot{r, is.root.v, is.name})
		}
	}
}

// offer widens the bounds by an observation.
func (t *liveTrace) offer(r int64, f *facts) {
	t.sums.First, t.sums.Last = min(t.sums.First, f.start), max(t.sums.Last, f.last)
	if f.otel && (!t.firstOTel.ok || f.start < t.firstOTel.v) {
		t.firstOTel = some(f.start)
	}
	if f.env.ok && (!t.env.ok || f.env.v.before(t.env.v)) {
		t.env = f.env
	}
	if f.root.ok && (!t.root.ok || t.root.v.r == r || f.root.v.Better(t.root.v.candidate)) {
		t.root = some(liveRoot{r, f.root.v, f.name})
	}
}

func (t *liveTrace) count(f *facts, n int64) {
	t.sums.Observations += n
	if i := levelPlace(f.level); i >= 0 {
		t.sums.ByLevel[i] += n
	}
	t.sums.UsageInput += n * f.usage.input
	t.sums.UsageOutput += n * f.usage.output
	t.sums.UsageTotal += n * f.usage.total
	t.sums.CostInput += n * f.cost.input
	t.sums.CostOutput += n * f.cost.output
	t.sums.CostTotal += n * f.cost.total
}

// view returns what the trace shows, without the heavy part.
func (t *liveTrace) view() trace.Trace {
	var seen fold.Observed
	if t.root.ok {
		seen.Root = &fold.State{Kind: fold.Observation, OTel: true}
		if n := t.root.v.name; n.ok {
			seen.Root.Registers = []fold.Register{{Field: fold.Name, Value: fold.Text(n.v)}}
		}
	}
	if t.firstOTel.ok {
		seen.FirstOTel = &t.firstOTel.v
	}
	if t.sums.Observations > 0 {
		seen.First = &t.sums.First
	}
	if t.env.ok {
		seen.Environment = t.env.v.text
	}
	return fold.TraceView(t.id, &t.state, seen)
}
