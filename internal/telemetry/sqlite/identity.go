package sqlite

import (
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// This file says which observation and trace an item belongs to.

// trace returns the trace that an id stands for, a new one if there is none.
func (x *txn) trace(traceID string) (*liveTrace, error) {
	traceID, err := x.resolve(x.project, traceID)
	if err != nil {
		return nil, err
	}
	t, err := x.knownTrace(traceID)
	if t != nil || err != nil {
		return t, err
	}
	t = &liveTrace{
		project: x.project, id: traceID, t: x.w.nextT, extent: x.w.nextT, isNew: true, dirty: true, changed: true,
		created: x.now, updated: x.now, ids: map[uint32]int64{}, heavyKnown: true,
	}
	x.w.nextT++
	x.traces[traceKey{x.project, traceID}] = t
	return t, nil
}

// knownTrace returns the trace with that id, which is no alias, nil if there is
// none.
func (x *txn) knownTrace(traceID string) (*liveTrace, error) {
	key := traceKey{x.project, traceID}
	if t, ok := x.traces[key]; ok {
		return t, nil
	}
	t, ok := x.w.recent.get(key)
	if !ok {
		var err error
		if t, err = x.w.loadTrace(key); t == nil || err != nil {
			return nil, err
		}
	}
	x.traces[key] = t
	return t, nil
}

// find returns the observation of a trace that an item is about, nil if there is
// none.
func (x *txn) find(t *liveTrace, it *item) (*liveRow, error) {
	for l := x.byHash[hashKey(x.project, it.hash)]; l != nil; l = l.next {
		if l.trace == t && l.row.id == it.id && !l.deleted {
			return l, nil
		}
	}
	if t.ids != nil {
		r, ok := t.ids[it.hash]
		if !ok || x.byR[r] != nil {
			return nil, nil
		}
		l, err := x.load(r, t)
		if err != nil || l.row.id != it.id {
			return nil, err
		}
		return l, nil
	}
	extents, err := x.w.extentsOf(t)
	if err != nil {
		return nil, err
	}
	seen := map[int64]bool{}
	for _, extent := range extents {
		k := x.w.store.cfg.layout.key(extent, it.hash)
		if seen[k] {
			continue
		}
		seen[k] = true
		r, ok, err := x.w.conn.queryInt("SELECT r FROM observations WHERE k = ? AND id = ? AND t = ?", k, it.id, t.t)
		if err != nil {
			return nil, err
		}
		if ok && x.byR[r] == nil {
			return x.load(r, t)
		}
	}
	return nil, nil
}

// applyUntraced joins a record that names no trace into the observation of the
// project with its id: of several the one with the newest start, then the greater
// trace id. Without one it begins its own derived trace.
func (x *txn) applyUntraced(it *item) error {
	best, several, err := x.newest(it)
	switch {
	case err != nil:
		return err
	case best != nil && several && len(it.run) > 1:
		for _, state := range it.run {
			one := *it
			one.state, one.run = state, nil
			if err := x.applyUntraced(&one); err != nil {
				return err
			}
		}
		return nil
	case best != nil:
		return x.join(best, it.state, false)
	}
	t, err := x.trace(id.TraceOfObservation(x.projectID, it.id))
	if err != nil {
		return err
	}
	return x.insert(t, it, it.fresh, it.state, false)
}

// selectByID finds the rows of an observation id: one probe of the index for each
// bucket that there is.
const selectByID = `WITH RECURSIVE bucket (n) AS (
  SELECT 0 UNION ALL SELECT n + 1 FROM bucket WHERE n < (SELECT MAX(r) FROM observations) >> ?1
)
SELECT o.r, o.start, t.trace_id FROM bucket
CROSS JOIN observations o ON o.k = (bucket.n << 32 | ?2)
CROSS JOIN traces t ON t.t = o.t
WHERE o.project = ?3 AND o.id = ?4`

// newest returns the observation with an item's id that has the newest start, nil
// if there is none, and whether there are several with that id.
func (x *txn) newest(it *item) (best *liveRow, several bool, err error) {
	var (
		found   bool
		holders int
		r       int64
		start   trace.Micros
		traceID string
		live    *liveRow
	)
	better := func(s trace.Micros, tr string) bool {
		return !found || s > start || s == start && tr > traceID
	}
	for l := x.byHash[hashKey(x.project, it.hash)]; l != nil; l = l.next {
		if l.row.id != it.id || l.deleted {
			continue
		}
		holders++
		if better(l.row.start, l.trace.id) {
			found, r, start, traceID, live = true, l.row.r, l.row.start, l.trace.id, l
		}
	}
	layout := x.w.store.cfg.layout
	err = x.w.conn.query(selectByID, func(v []any) error {
		n, s, tr := intOf(v[0]), trace.Micros(intOf(v[1])), textOf(v[2])
		if x.byR[n] != nil {
			return nil
		}
		holders++
		if better(s, tr) {
			found, r, start, traceID, live = true, n, s, tr, nil
		}
		return nil
	}, int64(layout.extentBits+layout.bucketBits), int64(it.hash), x.project, it.id)
	if err != nil || !found || live != nil {
		return live, holders > 1, err
	}
	t, err := x.knownTrace(traceID)
	if err != nil {
		return nil, false, err
	}
	best, err = x.load(r, t)
	return best, holders > 1, err
}

// takeUnnamed removes the observation with an item's id from its derived trace,
// if it lives there because no record has named its trace, and returns it. The
// item names one.
func (x *txn) takeUnnamed(t *liveTrace, it *item) (*liveRow, error) {
	if !x.w.unnamed.mayHave(it.hash) {
		return nil, nil
	}
	derived, err := x.resolve(x.project, id.TraceOfObservation(x.projectID, it.id))
	if derived == t.id || err != nil {
		return nil, err // it lives where it is named to be
	}
	home, err := x.knownTrace(derived)
	if home == nil || err != nil {
		return nil, err
	}
	l, err := x.find(home, it)
	if l == nil || err != nil || l.named() {
		return nil, err
	}
	return l, x.remove(l)
}

// remove takes an observation out of its trace.
func (x *txn) remove(l *liveRow) error {
	l.deleted, l.dirty = true, true
	l.trace.forget(l.hash)
	l.trace.replace(l.row.r, &l.row.facts, nil)
	if !l.named() {
		x.newlyNamed = append(x.newlyNamed, l.hash)
	}
	return x.roll(l, &l.row.facts, nil)
}

// load reads a stored observation with its payload.
func (x *txn) load(r int64, t *liveTrace) (*liveRow, error) {
	w, err := x.w.readRow(r)
	if err != nil {
		return nil, err
	}
	state, err := w.state()
	if err != nil {
		return nil, err
	}
	w.body = nil // the state has it
	w.facts = factsOf(w.id, &state)
	l := &liveRow{row: w, state: state, trace: t, project: x.project, hash: uint32(w.k)}
	x.track(l)
	return l, nil
}

// unnamed remembers which observations live in a derived trace because no record
// has named theirs, by the hash of their id. It may name too many, never too few.
// Nearly always it is empty, which saves a look-up for every new observation.
type unnamed struct {
	limit  int
	counts map[uint32]int
	many   bool // too many to remember
}

func (u *unnamed) mayHave(hash uint32) bool { return u.many || u.counts[hash] > 0 }

func (u *unnamed) add(hash uint32) {
	if !u.many {
		u.counts[hash]++
		if len(u.counts) > u.limit {
			u.counts, u.many = nil, true
		}
	}
}

func (u *unnamed) remove(hash uint32) {
	if u.many {
		return
	}
	if u.counts[hash]--; u.counts[hash] <= 0 {
		delete(u.counts, hash)
	}
}
