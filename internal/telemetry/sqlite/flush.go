package sqlite

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// flush writes what the transaction has changed: observations first, since what
// traces add up to may have to be worked out from them.
func (x *txn) flush() error {
	if err := x.flushRows(); err != nil {
		return err
	}
	traces := slices.AppendSeq(slices.Clip(x.absorbed), maps.Values(x.traces))
	slices.SortFunc(traces, func(a, b *liveTrace) int { return cmp.Compare(a.t, b.t) })
	cells := map[traceCell]traceCellSums{}
	for _, t := range traces {
		if err := x.flushTrace(t, cells); err != nil {
			return err
		}
	}
	for c, sums := range x.cells {
		if err := x.w.addToObservationCell(c, sums); err != nil {
			return err
		}
	}
	for c, sums := range cells {
		if err := x.w.addToTraceCell(c, sums); err != nil {
			return err
		}
	}
	if err := x.flushSessions(); err != nil {
		return err
	}
	return x.flushScores()
}

// flushRows writes the observations and their payloads.
func (x *txn) flushRows() error {
	var added []*liveRow
	for _, l := range x.rows {
		switch {
		case !l.dirty:
		case l.deleted && l.isNew:
		case l.deleted:
			if err := x.w.deleteRow(l.row.r); err != nil {
				return err
			}
		default:
			if err := x.w.number(l.project, l.row); err != nil {
				return err
			}
			l.trace.ownUsers = addNumber(l.trace.ownUsers, l.row.refs[rowUser])
			l.trace.ownSessions = addNumber(l.trace.ownSessions, l.row.refs[rowSession])
			if l.isNew {
				added = append(added, l)
			} else if err := x.w.updateRow(l); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(added, func(a, b *liveRow) int { return cmp.Compare(a.row.r, b.row.r) })
	return x.w.insertRows(added)
}

// number gives a row's texts their numbers.
func (w *writer) number(project int64, r *row) error {
	var err error
	for i := range r.texts {
		if r.refs[i], err = w.intern.optional(project, r.texts[i]); err != nil {
			return err
		}
	}
	if r.kindCode, err = w.code(project, typePlace(r.kind), r.kind); err != nil {
		return err
	}
	r.levelCode, err = w.code(project, levelPlace(r.level), r.level)
	return err
}

// insertRows inserts observations and payloads, many with a statement.
func (w *writer) insertRows(rows []*liveRow) error {
	var args []any
	for len(rows) > 0 {
		n := batchOf(len(rows))
		args = args[:0]
		for _, l := range rows[:n] {
			args = l.row.appendArgs(args, l.project)
		}
		if err := w.conn.exec(w.insertObservations[n], args...); err != nil {
			return err
		}
		if err := w.insertPayload(rows[:n], args[:0]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (w *writer) insertPayload(rows []*liveRow, args []any) error {
	for _, l := range rows {
		if l.row.packedBody != nil || l.row.packedExtra != nil {
			args = append(args, l.row.r, blob(l.row.packedBody), blob(l.row.packedExtra))
		}
	}
	for len(args) > 0 {
		n := batchOf(len(args) / 3)
		if err := w.conn.exec(w.insertPayloads[n], args[:3*n]...); err != nil {
			return err
		}
		args = args[3*n:]
	}
	return nil
}

// batchSizes are the numbers of rows that there are insert statements for.
func batchSizes() []int { return []int{32, 8, 1} }

func batchOf(n int) int {
	for _, size := range batchSizes() {
		if n >= size {
			return size
		}
	}
	return 0
}

func (w *writer) deleteRow(r int64) error {
	if err := w.conn.exec("DELETE FROM observations WHERE r = ?", r); err != nil {
		return err
	}
	return w.conn.exec("DELETE FROM payload WHERE r = ?", r)
}

func (w *writer) updateRow(l *liveRow) error {
	r := l.row
	if err := w.conn.exec(w.updateObservation, r.appendArgs(nil, l.project)...); err != nil {
		return err
	}
	switch {
	case !l.bodyDirty && !l.extraDirty:
		return nil
	case r.packedBody == nil && r.packedExtra == nil:
		return w.conn.exec("DELETE FROM payload WHERE r = ?", r.r)
	}
	return w.conn.exec("INSERT OR REPLACE INTO payload (r, body, extra) VALUES (?, ?, ?)", r.r, blob(r.packedBody), blob(r.packedExtra))
}

// flushTrace writes a trace row and what hangs on it, and notes which cells it
// leaves and enters.
func (x *txn) flushTrace(t *liveTrace, cells map[traceCell]traceCellSums) error {
	if !t.dirty {
		return nil
	}
	if t.sums.Observations == 0 && !t.named {
		return x.dropTrace(t, cells)
	}
	if t.walk {
		if err := x.w.walk(t); err != nil {
			return err
		}
	}
	if t.changed {
		t.updated = x.now
	}
	now, args, err := x.w.traceArgs(t)
	if err != nil {
		return err
	}
	was := t.stored
	if !was.exists || was.cell != now.cell || was.sums != now.sums {
		if was.exists {
			cells[was.cell] = cells[was.cell].plus(was.sums.negated())
		}
		cells[now.cell] = cells[now.cell].plus(now.sums)
	}
	if t.isNew {
		err = x.w.conn.exec(x.w.insertTrace, args...)
	} else {
		err = x.w.conn.exec(x.w.updateTrace, args...)
	}
	if err != nil {
		return err
	}
	if t.heavyDirty {
		body := x.w.store.squeezer.squeeze(appendState(nil, &t.heavy))
		if err := x.w.conn.exec("INSERT OR REPLACE INTO trace_payload (t, body) VALUES (?, ?)", t.t, body); err != nil {
			return err
		}
	}
	t.stored = now
	x.moveSession(t, &was, &now)
	if err := x.w.noteOwn(t, was, now); err != nil {
		return err
	}
	return x.w.retag(t.t, was, now)
}

// noteOwn keeps in trace_values which users and sessions observations have of
// their own that the trace does not show. When the trace begins to show another,
// observations may have the one that it showed until now.
func (w *writer) noteOwn(t *liveTrace, was, now storedTrace) error {
	note := func(values []int64, shown int64) error {
		for _, n := range values {
			if n == shown {
				continue
			}
			if err := w.conn.exec("INSERT OR IGNORE INTO trace_values (value, t) VALUES (?, ?)", n, t.t); err != nil {
				return err
			}
		}
		return nil
	}
	return errors.Join(
		note(addNumber(t.ownUsers, was.cell.user), now.cell.user),
		note(addNumber(t.ownSessions, was.session), now.session))
}

// traceArgs returns what is written for a trace.
func (w *writer) traceArgs(t *liveTrace) (now storedTrace, args []any, err error) {
	v := t.view()
	num := func(text *string) (n int64) {
		if err == nil && text != nil {
			n, err = w.intern.number(t.project, *text)
		}
		return n
	}
	name, env, user, session := num(v.Name), num(&v.Environment), num(v.UserID), num(v.SessionID)
	release, version := num(v.Release), num(v.Version)
	var seen int64
	if t.env.ok {
		seen = num(&t.env.v.text)
	}
	now = storedTrace{
		exists: true, timestamp: v.Timestamp, created: t.created, session: session, sums: cellSums(&t.sums),
		cell: traceCell{t.project, floorDiv(v.Timestamp, microsPerDay), env, name, user},
	}
	if t.tagsChanged || !t.stored.exists {
		for i := range v.Tags {
			now.tags = append(now.tags, num(&v.Tags[i]))
		}
		slices.Sort(now.tags)
	} else {
		now.tags = t.stored.tags // to look up many again and again would hold up all writers
	}

	var root, firstOTel any
	if t.root.ok {
		root = t.root.v.r
	}
	if t.firstOTel.ok {
		firstOTel = int64(t.firstOTel.v)
	}
	s := &t.sums
	t.hasPayload = t.hasPayload || t.heavyDirty
	return now, []any{
		t.t, t.project, t.id, flag(t.named), t.extent, t.next, blob(appendState(nil, &t.state)), flag(t.hasPayload),
		int64(v.Timestamp), number(name), env, number(user), number(session), number(release), number(version),
		flag(v.Public), flag(v.Bookmarked), root, firstOTel, int64(s.First), int64(s.Last),
		number(seen), int64(t.env.v.key.Time), int64(t.env.v.key.Rank),
		s.Observations, s.ByLevel[0], s.ByLevel[1], s.ByLevel[2], s.ByLevel[3],
		s.UsageInput, s.UsageOutput, s.UsageTotal, s.CostInput, s.CostOutput, s.CostTotal,
		int64(t.created), int64(t.updated),
	}, err
}

// retag brings trace_tags in step with a trace's tags and timestamp.
func (w *writer) retag(t int64, was, now storedTrace) error {
	moved := was.timestamp != now.timestamp
	if !moved && slices.Equal(was.tags, now.tags) {
		return nil
	}
	for _, tag := range was.tags {
		if _, still := slices.BinarySearch(now.tags, tag); still && !moved {
			continue
		}
		if err := w.conn.exec("DELETE FROM trace_tags WHERE tag = ? AND timestamp = ? AND t = ?", tag, int64(was.timestamp), t); err != nil {
			return err
		}
	}
	for _, tag := range now.tags {
		if _, already := slices.BinarySearch(was.tags, tag); already && !moved {
			continue
		}
		if err := w.conn.exec("INSERT INTO trace_tags (tag, timestamp, t) VALUES (?, ?, ?)", tag, int64(now.timestamp), t); err != nil {
			return err
		}
	}
	return nil
}

// dropTrace deletes a trace that nothing names and that has no observations: a
// derived one that its observation has left, or one that was absorbed.
func (x *txn) dropTrace(t *liveTrace, cells map[traceCell]traceCellSums) error {
	t.deleted = true
	if t.isNew {
		return x.w.conn.exec("DELETE FROM extents WHERE t = ?", t.t)
	}
	cells[t.stored.cell] = cells[t.stored.cell].plus(t.stored.sums.negated())
	x.moveSession(t, &t.stored, &storedTrace{})
	for _, query := range []string{
		"DELETE FROM traces WHERE t = ?", "DELETE FROM trace_payload WHERE t = ?",
		"DELETE FROM extents WHERE t = ?", "DELETE FROM trace_values WHERE t = ?",
	} {
		if err := x.w.conn.exec(query, t.t); err != nil {
			return err
		}
	}
	return x.w.retag(t.t, t.stored, storedTrace{})
}

// walk works out from a trace's rows what cannot be kept up otherwise: bounds that
// shrank, a root that is none any more.
func (w *writer) walk(t *liveTrace) error {
	t.root, t.firstOTel, t.env = optional[liveRoot]{}, optional[trace.Micros]{}, optional[seenEnv]{}
	first := true
	err := w.eachRow(t, func(r *row) error {
		s, err := r.state()
		if err != nil {
			return err
		}
		f := factsOf(r.id, &s)
		if first {
			t.sums.First, t.sums.Last, first = f.start, f.last, false
		}
		t.offer(r.r, &f)
		return nil
	})
	t.walk = false
	return err
}

// loadHeavy reads the heavy part of a trace's state.
func (w *writer) loadHeavy(t *liveTrace) error {
	if t.heavyKnown {
		return nil
	}
	t.heavy, t.heavyKnown = fold.State{Kind: fold.Trace}, true
	if !t.hasPayload {
		return nil
	}
	return w.conn.query("SELECT body FROM trace_payload WHERE t = ?", func(v []any) error {
		b, err := w.store.squeezer.expand(bytesOf(v[0]))
		if err != nil {
			return err
		}
		t.heavy, err = readState(b, fold.Trace)
		return err
	}, t.t)
}
