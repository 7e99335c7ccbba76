package sqlite

import (
	"cmp"
	"maps"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// scoreKey tells scores apart.
type scoreKey struct {
	project int64
	id      string
}

// liveScore is a score that the transaction has touched, or looked for.
type liveScore struct {
	s, project int64
	id         string
	state      fold.State
	row        *scoreRow // of the state; nil while it has to be worked out
	created    trace.Micros
	updated    trace.Micros

	stored       bool // has a row
	exists       bool // is to have one
	dirty        bool // the row must be written
	membersDirty bool // and what score_metadata has
}

const (
	selectScore  = "SELECT s, " + shownScoreColumns + " FROM scores WHERE id = ? AND project = ?"
	insertMember = "INSERT OR ROLLBACK INTO score_metadata (s, key, value) VALUES (?, ?, ?)"
)

// score returns the score with that id, whether there is one or not.
func (x *txn) score(scoreID string) (*liveScore, error) {
	key := scoreKey{x.project, scoreID}
	if l, ok := x.scores[key]; ok {
		return l, nil
	}
	l := &liveScore{project: x.project, id: scoreID}
	err := x.w.conn.query(selectScore, func(v []any) (err error) {
		l.s, l.stored, l.exists = intOf(v[0]), true, true
		l.created, l.updated = trace.Micros(intOf(v[2])), trace.Micros(intOf(v[3]))
		l.state, err = x.w.store.squeezer.scoreState(bytesOf(v[4]))
		return err
	}, scoreID, x.project)
	if err != nil {
		return nil, err
	}
	if x.scores == nil {
		x.scores = map[scoreKey]*liveScore{}
	}
	x.scores[key] = l
	return l, nil
}

// applyScore joins a state into a score, which begins to exist with it if there
// is none.
func (x *txn) applyScore(it *item) error {
	l, err := x.score(it.id)
	if err != nil {
		return err
	}
	state, elsewhere, err := x.refer(x.project, it.state)
	if err != nil {
		return err
	}
	if l.exists {
		x.joinScore(l, state)
		return nil
	}
	l.state, l.exists, l.dirty, l.membersDirty = state, true, true, true
	l.created, l.updated = x.now, x.now
	if l.row = it.score; elsewhere {
		l.row = nil
	}
	if !l.stored {
		l.s = x.w.nextS
		x.w.nextS++
	}
	return nil
}

// joinScore folds a state into a score. One that changes no field changes nothing
// at all.
func (x *txn) joinScore(l *liveScore, state fold.State) {
	joined := x.w.store.folder.Join(l.state, state)
	if sameState(&joined, &l.state) {
		return
	}
	l.become(joined, x.now)
}

// become gives a score another state.
func (l *liveScore) become(state fold.State, now trace.Micros) {
	if !sameContent(&state, &l.state) {
		l.updated = now
	}
	if !sameMetadata(state.Metadata.Object(), l.state.Metadata.Object()) {
		l.membersDirty = true
	}
	l.state, l.row, l.dirty = state, nil, true
}

// refer returns the state of a score with the trace that its reference stands for,
// and whether that is another than it says.
func (x *txn) refer(project int64, state fold.State) (fold.State, bool, error) {
	if !x.w.aliased[project] {
		return state, false, nil
	}
	i := slices.IndexFunc(state.Registers, func(r fold.Register) bool { return r.Field == fold.TraceRef && !r.Value.Null })
	if i < 0 {
		return state, false, nil
	}
	to, err := x.resolve(project, state.Registers[i].Value.S)
	if err != nil || to == state.Registers[i].Value.S {
		return state, false, err
	}
	// The job that brought the state may have to be tried again.
	state.Registers = slices.Clone(state.Registers)
	state.Registers[i].Value = fold.Text(to)
	return state, true, nil
}

// deleteScore removes a score, if there is one.
func (x *txn) deleteScore(scoreID string) error {
	l, err := x.score(scoreID)
	if err != nil {
		return err
	}
	l.state, l.exists = fold.State{Kind: fold.Score}, false
	return nil
}

// flushScores writes the scores that the transaction has changed.
func (x *txn) flushScores() error {
	byPlace := func(a, b *liveScore) int { return cmp.Compare(a.s, b.s) }
	for _, l := range slices.SortedFunc(maps.Values(x.scores), byPlace) {
		if err := x.flushScore(l); err != nil {
			return err
		}
	}
	return nil
}

func (x *txn) flushScore(l *liveScore) error {
	if !l.exists {
		return x.w.dropScore(l)
	}
	// A later call of the transaction may have absorbed its trace.
	state, elsewhere, err := x.refer(l.project, l.state)
	if err != nil {
		return err
	}
	if elsewhere {
		l.become(state, x.now)
	}
	if !l.dirty {
		return nil
	}
	if l.row == nil {
		l.row = x.w.store.scoreRowOf(l.id, &l.state)
	}
	args, err := x.w.scoreArgs(l)
	if err != nil {
		return err
	}
	query := x.w.insertScore
	if l.stored {
		query = x.w.updateScore
	}
	if err := x.w.conn.exec(query, args...); err != nil || !l.membersDirty {
		return err
	}
	if l.stored {
		if err := x.w.conn.exec("DELETE FROM score_metadata WHERE s = ?", l.s); err != nil {
			return err
		}
	}
	for _, m := range l.row.members {
		if err := x.w.conn.exec(insertMember, l.s, m.key, m.value); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) dropScore(l *liveScore) error {
	if !l.stored {
		return nil
	}
	if err := w.conn.exec("DELETE FROM scores WHERE s = ?", l.s); err != nil {
		return err
	}
	return w.conn.exec("DELETE FROM score_metadata WHERE s = ?", l.s)
}
