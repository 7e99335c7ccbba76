package sqlite

import (
	"fmt"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// txn is what one transaction does. Items are applied to it one after the other in
// memory, with reads where something stored is touched; flush.go then writes
// everything once, however often it was touched.
type txn struct {
	w   *writer
	now trace.Micros

	traces map[traceKey]*liveTrace
	byHash map[uint64]*liveRow // project and hash of the id; a chain by next
	byR    map[int64]*liveRow
	rows   []*liveRow // in the order in which they were touched first

	scores   map[scoreKey]*liveScore
	sessions map[sessionKey][]sessionMove
	absorbed []*liveTrace // traces that became part of others; no longer in traces

	cells        map[observationCell]observationSums
	newlyNamed   []uint32 // hashes of observations that are no longer unnamed
	newlyUnnamed []uint32
	firstNew     int64 // the first number that the transaction can give to a text
	project      int64 // of the job that is applied
	projectID    id.Project
}

type traceKey struct {
	project int64
	id      string
}

// liveRow is an observation that the transaction has touched.
type liveRow struct {
	row     *row
	state   fold.State
	trace   *liveTrace
	project int64
	hash    uint32

	isNew      bool // not in the file yet
	dirty      bool
	bodyDirty  bool
	extraDirty bool
	deleted    bool
	next       *liveRow
}

func (l *liveRow) named() bool { return l.row.flags&flagNamed != 0 }

func hashKey(project int64, hash uint32) uint64 { return uint64(project)<<32 | uint64(hash) }

// apply folds a job into the transaction. What it absorbs comes first, so that all
// of its records find their trace.
func (x *txn) apply(j *job) error {
	var err error
	if x.project, err = x.w.intern.project(j.project); err != nil {
		return err
	}
	x.projectID = j.project
	for _, a := range j.absorbs {
		if err := x.absorb(a); err != nil {
			return fmt.Errorf("absorb %q into trace %q: %w", a.id, a.by, err)
		}
	}
	for _, scoreID := range j.deletes {
		if err := x.deleteScore(scoreID); err != nil {
			return fmt.Errorf("delete score %q: %w", scoreID, err)
		}
	}
	for _, it := range j.items {
		switch it.kind {
		case fold.Trace:
			err = x.applyTrace(it)
		case fold.Score:
			err = x.applyScore(it)
		default:
			err = x.applyObservation(it)
		}
		if err != nil {
			return fmt.Errorf("write %s %q: %w", it.kind, it.id, err)
		}
	}
	return nil
}

// applyTrace joins explicit values into a trace.
func (x *txn) applyTrace(it *item) error {
	t, err := x.trace(it.id)
	if err != nil {
		return err
	}
	x.name(t)
	return x.joinTrace(t, &it.light, &it.heavy)
}

// joinTrace folds the two parts of a state into a trace's explicit one.
func (x *txn) joinTrace(t *liveTrace, light, heavy *fold.State) error {
	joined := x.w.store.folder.Join(t.state, *light)
	if !sameState(&joined, &t.state) {
		t.changed = t.changed || !sameContent(&joined, &t.state)
		t.tagsChanged = t.tagsChanged || len(light.Tags) > 0
		t.state, t.dirty, t.stateChanged = joined, true, true
	}
	if emptyState(heavy) {
		return nil
	}
	if err := x.w.loadHeavy(t); err != nil {
		return err
	}
	joined = x.w.store.folder.Join(t.heavy, *heavy)
	if !sameState(&joined, &t.heavy) {
		t.changed = t.changed || !sameContent(&joined, &t.heavy)
		t.heavy, t.dirty, t.heavyDirty = joined, true, true
	}
	return nil
}

// name notes that a record names the trace.
func (x *txn) name(t *liveTrace) {
	if !t.named {
		t.named, t.dirty = true, true
	}
}

// applyObservation joins a state into the observation that it belongs to; which
// one that is, identity.go says.
func (x *txn) applyObservation(it *item) error {
	if it.traceID == "" {
		return x.applyUntraced(it)
	}
	t, err := x.trace(it.traceID)
	if err != nil {
		return err
	}
	x.name(t)
	moved, err := x.takeUnnamed(t, it)
	if err != nil {
		return err
	}
	l, err := x.find(t, it)
	if err != nil {
		return err
	}
	switch {
	case l != nil:
		state := it.state
		if moved != nil {
			state = x.w.store.folder.Join(moved.state, state)
		}
		return x.join(l, state, true)
	case moved != nil:
		state := x.w.store.folder.Join(moved.state, it.state)
		w := rowOf(it.id, &state)
		x.w.store.pack(w, &state)
		if err := x.insert(t, it, w, state, true); err != nil {
			return err
		}
		w.created = moved.row.created
		return nil
	}
	return x.insert(t, it, it.fresh, it.state, true)
}

// insert adds an observation that is new in its trace.
func (x *txn) insert(t *liveTrace, it *item, w *row, state fold.State, named bool) error {
	if err := x.place(t, w, it.hash); err != nil {
		return err
	}
	w.flags &^= flagNamed
	if named {
		w.flags |= flagNamed
	}
	w.created, w.updated = x.now, x.now
	l := &liveRow{row: w, state: state, trace: t, project: x.project, hash: it.hash, isNew: true, dirty: true, bodyDirty: true, extraDirty: true}
	x.track(l)
	t.know(it.hash, w.r, x.w.store.cfg.liveIDs)
	t.replace(w.r, nil, &w.facts)
	if !named {
		x.w.unnamed.add(it.hash)
		x.newlyUnnamed = append(x.newlyUnnamed, it.hash)
	}
	return x.roll(l, nil, &w.facts)
}

// place gives a new row its number, in a further extent when the trace's is full.
func (x *txn) place(t *liveTrace, w *row, hash uint32) error {
	l := x.w.store.cfg.layout
	if t.next == 1<<l.extentBits {
		t.extent, t.next = x.w.nextT, 0
		x.w.nextT++
		if err := x.w.conn.exec("INSERT INTO extents (extent, t) VALUES (?, ?)", t.extent, t.t); err != nil {
			return err
		}
	}
	w.t, w.r, w.k = t.t, l.row(t.extent, t.next), l.key(t.extent, hash)
	t.next++
	return nil
}

// track makes a row findable for the rest of the transaction.
func (x *txn) track(l *liveRow) {
	key := hashKey(l.project, l.hash)
	l.next = x.byHash[key]
	x.byHash[key] = l
	x.byR[l.row.r] = l
	x.rows = append(x.rows, l)
}

// join folds a state into an observation that is there. A state that changes no
// field changes nothing at all.
func (x *txn) join(l *liveRow, state fold.State, named bool) error {
	joined := x.w.store.folder.Join(l.state, state)
	if named && !l.named() {
		l.row.flags |= flagNamed
		l.dirty = true
		x.newlyNamed = append(x.newlyNamed, l.hash)
	}
	if sameState(&joined, &l.state) {
		return nil
	}
	was := l.row
	is := rowOf(was.id, &joined)
	is.r, is.t, is.k, is.created, is.updated = was.r, was.t, was.k, was.created, was.updated
	is.flags |= was.flags & flagNamed
	if was.facts != is.facts {
		l.trace.replace(is.r, &was.facts, &is.facts)
		if err := x.roll(l, &was.facts, &is.facts); err != nil {
			return err
		}
	}
	if !sameContent(&joined, &l.state) {
		is.updated = x.now
		l.trace.dirty, l.trace.changed = true, true
	}
	l.keepPayload(was, is, &joined, x.w.store.squeezer)
	l.row, l.state, l.dirty = is, joined, true
	return nil
}

// keepPayload compresses what differs in the new row's payload and leaves alone
// what does not.
func (l *liveRow) keepPayload(was, is *row, joined *fold.State, s *squeezer) {
	if sameBody(&l.state, joined) {
		is.packedBody = was.packedBody
	} else {
		is.packedBody, l.bodyDirty = s.squeezeBody(joined), true
	}
	large := is.flags&flagExtra != 0
	if large == (was.flags&flagExtra != 0) && (!large || string(was.extra) == string(is.extra)) {
		is.packedExtra = was.packedExtra
		return
	}
	l.extraDirty = true
	if large {
		is.packedExtra = s.squeeze(is.extra)
	}
}
