package sqlite

import (
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
)

// This file is how the writer gets at what is stored: traces through the cache of
// recent ones, rows from the file.

const selectTrace = "SELECT " + traceColumns + " FROM traces WHERE trace_id = ? AND project = ?"

// loadTrace reads a trace, nil if there is none.
func (w *writer) loadTrace(key traceKey) (*liveTrace, error) {
	var stored *traceRow
	err := w.conn.query(selectTrace, func(v []any) error {
		var err error
		stored, err = scanTrace(v)
		return err
	}, key.id, key.project)
	if stored == nil || err != nil {
		return nil, err
	}
	t, err := w.revive(stored)
	if err != nil {
		return nil, err
	}
	return t, w.loadIDs(t)
}

// revive makes a trace row live; which observations it has is not known yet.
func (w *writer) revive(s *traceRow) (*liveTrace, error) {
	t := &liveTrace{
		t: s.t, project: s.project, id: s.id, named: s.named, extent: s.extent, next: s.next, hasPayload: s.hasPayload,
		state: s.state, firstOTel: s.firstOTel, sums: s.sums, created: s.created, updated: s.updated,
		stored: storedTrace{
			exists: true, timestamp: s.timestamp, created: s.created, session: s.session, sums: cellSums(&s.sums),
			cell: traceCell{s.project, floorDiv(s.timestamp, microsPerDay), s.environment, s.name, s.user},
		},
	}
	if s.seenEnv != 0 {
		text, err := w.intern.text(s.seenEnv)
		if err != nil {
			return nil, err
		}
		t.env = some(seenEnv{text, s.seenKey})
	}
	for _, tag := range t.state.TagNames() {
		n, err := w.intern.number(t.project, tag)
		if err != nil {
			return nil, err
		}
		t.stored.tags = append(t.stored.tags, n)
	}
	slices.Sort(t.stored.tags)
	if !s.root.ok {
		return t, nil
	}
	r, err := w.readRow(s.root.v)
	if err != nil {
		return nil, err
	}
	state, err := r.state()
	if err != nil {
		return nil, err
	}
	f := factsOf(r.id, &state)
	t.root = some(liveRoot{r.r, f.root.v, f.name})
	return t, nil
}

// loadIDs reads which observations a trace has, unless they are too many.
func (w *writer) loadIDs(t *liveTrace) error {
	if t.sums.Observations >= int64(w.store.cfg.liveIDs) {
		return nil
	}
	t.ids = make(map[uint32]int64, t.sums.Observations)
	extents, err := w.extentsOf(t)
	if err != nil {
		return err
	}
	for _, e := range extents {
		from, to := w.store.cfg.layout.rows(e)
		err := w.conn.query("SELECT r, k FROM observations WHERE r BETWEEN ? AND ?", func(v []any) error {
			t.know(uint32(intOf(v[1])), intOf(v[0]), w.store.cfg.liveIDs)
			return nil
		}, from, to)
		if err != nil {
			return err
		}
	}
	return nil
}

// extentsOf returns the extents of a trace.
func (w *writer) extentsOf(t *liveTrace) ([]int64, error) {
	extents := []int64{t.t}
	if t.extent == t.t {
		return extents, nil
	}
	err := w.conn.query("SELECT extent FROM extents WHERE t = ? ORDER BY extent", func(v []any) error {
		extents = append(extents, intOf(v[0]))
		return nil
	}, t.t)
	return extents, err
}

const (
	selectRow  = "SELECT " + observationColumns + " FROM observations WHERE r = ?"
	selectRows = "SELECT " + observationColumns + " FROM observations WHERE r BETWEEN ? AND ?"
)

// readRow reads an observation with its texts and payload.
func (w *writer) readRow(r int64) (*row, error) {
	var found *row
	err := w.conn.query(selectRow, func(v []any) error {
		found, _ = scanRow(v)
		return nil
	}, r)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, errMalformed
	}
	if err := found.lookUp(w.intern.text); err != nil {
		return nil, err
	}
	if found.flags&(flagBody|flagExtra) == 0 {
		return found, nil
	}
	err = w.conn.query("SELECT body, extra FROM payload WHERE r = ?", func(v []any) error {
		return found.unpack(w.store.squeezer, bytesOf(v[0]), bytesOf(v[1]))
	}, r)
	return found, err
}

// unpack takes in a row's payload.
func (w *row) unpack(s *squeezer, body, extra []byte) error {
	var err error
	w.packedBody, w.packedExtra = body, extra
	if body != nil {
		if w.body, err = s.expand(body); err != nil {
			return err
		}
	}
	if extra != nil {
		w.extra, err = s.expand(extra)
	}
	return err
}

// eachRow calls the function for each row of a trace, without payload and reasons.
func (w *writer) eachRow(t *liveTrace, each func(r *row) error) error {
	extents, err := w.extentsOf(t)
	if err != nil {
		return err
	}
	for _, e := range extents {
		from, to := w.store.cfg.layout.rows(e)
		err := w.conn.query(selectRows, func(v []any) error {
			r, _ := scanRow(v)
			if err := r.withoutReasons().lookUp(w.intern.text); err != nil {
				return err
			}
			return each(r)
		}, from, to)
		if err != nil {
			return err
		}
	}
	return nil
}

// The cost of a cached trace, in bytes: roughly what it takes in memory.
const (
	liveTraceCost = 900
	liveIDCost    = 40
	// maxLiveHeavy is how large the heavy part of a state may be to stay with a
	// cached trace.
	maxLiveHeavy = 2 << 10
)

// remember keeps a trace for the next transactions.
func (w *writer) remember(t *liveTrace) {
	key := traceKey{t.project, t.id}
	if t.deleted {
		w.recent.drop(key)
		return
	}
	if t.stateChanged {
		detach(&t.state)
	}
	if t.heavyDirty && t.heavyKnown {
		detach(&t.heavy)
	}
	if t.heavyKnown && stateSize(&t.heavy) > maxLiveHeavy {
		t.heavy, t.heavyKnown = fold.State{}, !t.hasPayload
	}
	if t.isNew {
		t.id = strings.Clone(t.id)
		key.id = t.id
	}
	if t.root.ok && t.root.v.name.ok {
		t.root.v.name.v = strings.Clone(t.root.v.name.v)
		t.root.v.candidate.ID = strings.Clone(t.root.v.candidate.ID)
	}
	t.env.v.text = strings.Clone(t.env.v.text)
	t.ownUsers, t.ownSessions = nil, nil
	t.isNew, t.dirty, t.changed, t.heavyDirty, t.stateChanged, t.tagsChanged = false, false, false, false, false, false
	cost := liveTraceCost + liveIDCost*len(t.ids) + int(stateSize(&t.state)) + len(t.id)
	if t.heavyKnown {
		cost += int(stateSize(&t.heavy))
	}
	w.recent.put(key, t, cost)
}

// detach copies the texts of a state, which may be parts of a whole request that
// would otherwise stay in memory with them.
func detach(s *fold.State) {
	regs := make([]fold.Register, len(s.Registers))
	for i, r := range s.Registers {
		r.Value.S, r.Value.Ref = strings.Clone(r.Value.S), strings.Clone(r.Value.Ref)
		regs[i] = r
	}
	s.Registers = regs
	tags := make([]fold.Tag, len(s.Tags))
	for i, t := range s.Tags {
		t.Name = strings.Clone(t.Name)
		tags[i] = t
	}
	s.Tags = tags
	if whole, key, ok := s.Metadata.Whole(); ok && !whole.Empty() {
		whole.Object = strings.Clone(whole.Object)
		s.Metadata = fold.LeafsOf(whole, key)
	}
}
