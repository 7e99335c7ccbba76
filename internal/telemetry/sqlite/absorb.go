package sqlite

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
)

// This file is how a trace absorbs another id. The table aliases says which ids
// were absorbed; projects that have none, which is nearly all, are known without
// asking it.

// absorption is what a record of a trace says about absorbing.
type absorption struct {
	by, id string
}

const (
	selectAlias    = "SELECT trace_id FROM aliases WHERE project = ? AND alias = ?"
	updateAliases  = "UPDATE aliases SET trace_id = ? WHERE trace_id = ? AND project = ?"
	insertAlias    = "INSERT INTO aliases (project, alias, trace_id) VALUES (?, ?, ?)"
	selectScoresOf = "SELECT id FROM scores WHERE trace_id = ? AND project = ?"
	// One probe for each project that has aliases.
	selectAliased = `WITH RECURSIVE aliased (project) AS (
  SELECT MIN(project) FROM aliases
  UNION ALL SELECT (SELECT MIN(a.project) FROM aliases a WHERE a.project > aliased.project) FROM aliased WHERE aliased.project IS NOT NULL
)
SELECT project FROM aliased WHERE project IS NOT NULL`
)

// loadAliased reads which projects have aliases.
func (w *writer) loadAliased() error {
	w.aliased = map[int64]bool{}
	return w.conn.query(selectAliased, func(v []any) error {
		w.aliased[intOf(v[0])] = true
		return nil
	})
}

// resolve returns the id of the trace that an id stands for: its own unless it was
// absorbed.
func (x *txn) resolve(project int64, traceID string) (string, error) {
	if !x.w.aliased[project] {
		return traceID, nil
	}
	key := traceKey{project, traceID}
	if _, known := x.traces[key]; known {
		return traceID, nil
	}
	if _, known := x.w.recent.get(key); known {
		return traceID, nil
	}
	to := traceID
	err := x.w.conn.query(selectAlias, func(v []any) error {
		to = textOf(v[0])
		return nil
	}, project, traceID)
	return to, err
}

// absorb makes an id an alias, unless it is one already, and moves what lies under
// it. Nothing else of the call has been applied yet.
func (x *txn) absorb(a absorption) error {
	by, err := x.resolve(x.project, a.by)
	if err != nil {
		return err
	}
	// An alias of the trace itself resolves to it, one of another to that: both are
	// taken.
	if to, err := x.resolve(x.project, a.id); err != nil || to != a.id || to == by {
		return err
	}
	home, err := x.knownTrace(a.id)
	if err != nil {
		return err
	}
	x.w.aliased[x.project] = true
	if err := x.w.conn.exec(updateAliases, by, a.id, x.project); err != nil {
		return err
	}
	if err := x.w.conn.exec(insertAlias, x.project, a.id, by); err != nil {
		return err
	}
	if home != nil {
		if err := x.merge(home, by); err != nil {
			return err
		}
	}
	return x.touchScores(a.id)
}

// merge moves everything that a trace has into another one. What is left of it is
// dropped when the transaction is written.
func (x *txn) merge(home *liveTrace, by string) error {
	key := traceKey{home.project, home.id}
	delete(x.traces, key)
	x.w.recent.drop(key)
	x.absorbed = append(x.absorbed, home)

	t, err := x.trace(by)
	if err != nil {
		return err
	}
	x.name(t)
	t.created, t.dirty, t.changed = min(t.created, home.created), true, true
	if err := x.w.loadHeavy(home); err != nil {
		return err
	}
	if err := x.joinTrace(t, &home.state, &home.heavy); err != nil {
		return err
	}
	rows, err := x.rowsOf(home)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := x.move(r, home, t); err != nil {
			return err
		}
	}
	home.named, home.dirty = false, true
	home.state, home.heavy = fold.State{Kind: fold.Trace}, fold.State{Kind: fold.Trace}
	return nil
}

// rowsOf returns the numbers of a trace's observations, those included that are
// not in the file yet.
func (x *txn) rowsOf(t *liveTrace) ([]int64, error) {
	extents, err := x.w.extentsOf(t)
	if err != nil {
		return nil, err
	}
	var rows []int64
	for _, e := range extents {
		from, to := x.w.store.cfg.layout.rows(e)
		err := x.w.conn.query("SELECT r FROM observations WHERE r BETWEEN ? AND ?", func(v []any) error {
			if r := intOf(v[0]); x.byR[r] == nil {
				rows = append(rows, r)
			}
			return nil
		}, from, to)
		if err != nil {
			return nil, err
		}
		if e == t.extent {
			to = x.w.store.cfg.layout.row(e, t.next) - 1
		}
		for r := from; r <= to; r++ {
			if l := x.byR[r]; l != nil && !l.deleted {
				rows = append(rows, r)
			}
		}
	}
	return rows, nil
}

// move takes an observation from one trace to another. If that has it already,
// both become one.
func (x *txn) move(r int64, from, to *liveTrace) error {
	l := x.byR[r]
	if l == nil {
		var err error
		if l, err = x.load(r, from); err != nil {
			return err
		}
	}
	if err := x.remove(l); err != nil {
		return err
	}
	it := &item{kind: fold.Observation, traceID: to.id, id: l.row.id, hash: l.hash}
	there, err := x.find(to, it)
	if err != nil {
		return err
	}
	if there == nil {
		w := *l.row
		if err := x.insert(to, it, &w, l.state, l.named()); err != nil {
			return err
		}
		w.created = l.row.created
		return nil
	}
	if err := x.join(there, l.state, l.named()); err != nil {
		return err
	}
	if l.row.created < there.row.created {
		there.row.created, there.dirty = l.row.created, true
	}
	return nil
}

// touchScores loads the stored scores of a trace that was absorbed; flushScores
// gives them the other trace.
func (x *txn) touchScores(traceID string) error {
	var ids []string
	err := x.w.conn.query(selectScoresOf, func(v []any) error {
		ids = append(ids, textOf(v[0]))
		return nil
	}, traceID, x.project)
	if err != nil {
		return err
	}
	for _, scoreID := range ids {
		if _, err := x.score(scoreID); err != nil {
			return err
		}
	}
	return nil
}
