package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// maxDifferences is how many differences a verification reports before it stops.
const maxDifferences = 20

// Verify checks the file and works out anew, from the observations and the
// explicit states alone, everything that is kept up incrementally: what traces add
// up to and show, the sessions that they form, what scores show, and the rollups.
// It returns nil when all of it is equal, to the last digit, and otherwise an error
// that lists the first differences. It reads the whole file; writes go on
// meanwhile.
func (s *Store) Verify(ctx context.Context) error {
	if err := s.queue.open(); err != nil {
		return err
	}
	tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.readFault(ctx, err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	v := &verifier{
		reader:       reader{store: s, ctx: ctx, tx: tx},
		observations: map[observationCell]observationSums{},
		traces:       map[traceCell]traceCellSums{},
	}
	if err := v.run(); err != nil {
		return s.readFault(ctx, err)
	}
	return errors.Join(v.differences...)
}

type verifier struct {
	reader
	differences  []error
	observations map[observationCell]observationSums
	traces       map[traceCell]traceCellSums
}

func (v *verifier) report(format string, args ...any) {
	if len(v.differences) < maxDifferences {
		v.differences = append(v.differences, fmt.Errorf(format, args...))
	}
}

// expect reports a difference between what is stored and what should be.
func expect[T comparable](v *verifier, what string, stored, want T) {
	if stored != want {
		v.report("%s: stored %v, worked out %v", what, stored, want)
	}
}

func (v *verifier) run() error {
	if err := v.integrity(); err != nil {
		return err
	}
	if err := errors.Join(v.scores(), v.sessions()); err != nil {
		return err
	}
	for t := int64(-1); ; {
		var page []*traceRow
		var shown [][]any
		err := v.query(func(c []any) error {
			s, err := scanTrace(c)
			page = append(page, s)
			shown = append(shown, slices.Clone(c))
			return err
		}, "SELECT "+traceColumns+" FROM traces WHERE t > ? ORDER BY t LIMIT 500", t)
		if err != nil {
			return err
		}
		for i, s := range page {
			if err := v.trace(s, shown[i]); err != nil {
				return fmt.Errorf("trace %q: %w", s.id, err)
			}
			t = s.t
		}
		if len(v.differences) >= maxDifferences {
			return nil // the cells were not counted to the end
		}
		if len(page) == 0 {
			break
		}
	}
	return errors.Join(v.observationCells(), v.traceCells())
}

// integrity checks the file's own structure and that nothing hangs in the air.
func (v *verifier) integrity() error {
	checks := map[string]string{
		"PRAGMA integrity_check(5)": "integrity",
		"SELECT r FROM observations o WHERE NOT EXISTS (SELECT 1 FROM traces t WHERE t.t = o.t) LIMIT 5":                                        "observation without its trace",
		"SELECT r FROM payload p WHERE NOT EXISTS (SELECT 1 FROM observations o WHERE o.r = p.r) LIMIT 5":                                       "payload without its observation",
		"SELECT t FROM trace_payload p WHERE NOT EXISTS (SELECT 1 FROM traces t WHERE t.t = p.t) LIMIT 5":                                       "payload without its trace",
		"SELECT t FROM trace_tags g WHERE NOT EXISTS (SELECT 1 FROM traces t WHERE t.t = g.t) LIMIT 5":                                          "tag without its trace",
		"SELECT t FROM trace_values g WHERE NOT EXISTS (SELECT 1 FROM traces t WHERE t.t = g.t) LIMIT 5":                                        "value without its trace",
		"SELECT extent FROM extents e WHERE NOT EXISTS (SELECT 1 FROM traces t WHERE t.t = e.t) LIMIT 5":                                        "extent without its trace",
		"SELECT extent FROM extents e WHERE EXISTS (SELECT 1 FROM traces t WHERE t.t = e.extent) LIMIT 5":                                       "extent with the number of a trace",
		"SELECT s FROM score_metadata m WHERE NOT EXISTS (SELECT 1 FROM scores s WHERE s.s = m.s) LIMIT 5":                                      "metadata without its score",
		"SELECT alias FROM aliases a WHERE EXISTS (SELECT 1 FROM traces t WHERE t.trace_id = a.alias AND t.project = a.project) LIMIT 5":        "alias that is a trace",
		"SELECT alias FROM aliases a WHERE NOT EXISTS (SELECT 1 FROM traces t WHERE t.trace_id = a.trace_id AND t.project = a.project) LIMIT 5": "alias of no trace",
		"SELECT s.id FROM aliases a CROSS JOIN scores s ON s.trace_id = a.alias AND s.project = a.project LIMIT 5":                              "score of an alias",
		"SELECT text FROM strings GROUP BY project, text HAVING COUNT(*) > 1 LIMIT 5":                                                           "string stored twice",
		"SELECT id FROM observations GROUP BY t, id HAVING COUNT(*) > 1 LIMIT 5":                                                                "observation stored twice",
	}
	for _, query := range slices.Sorted(maps.Keys(checks)) {
		err := v.query(func(c []any) error {
			if c[0] != "ok" {
				v.report("%s: %v", checks[query], c[0])
			}
			return nil
		}, query)
		if err != nil {
			return err
		}
	}
	return nil
}

// trace checks one trace row and counts it, with its observations, into the cells.
func (v *verifier) trace(s *traceRow, c []any) error {
	what := func(field string) string { return fmt.Sprintf("trace %q (%d), %s", s.id, s.t, field) }
	want := &liveTrace{id: s.id, state: s.state}
	extents, err := v.extentsOf(s)
	if err != nil {
		return err
	}
	named := false
	for _, e := range extents {
		from, to := v.store.cfg.layout.rows(e)
		var rows []*row
		err := v.query(func(c []any) error {
			w, project := scanRow(c)
			rows = append(rows, w)
			expect(v, what(w.id+" project"), project, s.project)
			n := len(c)
			return w.unpack(v.store.squeezer, bytesOf(c[n-2]), bytesOf(c[n-1]))
		}, selectRowsFull(), from, to)
		if err != nil {
			return err
		}
		for _, w := range rows {
			if err := v.row(s, w, want); err != nil {
				return fmt.Errorf("observation %q: %w", w.id, err)
			}
			named = named || w.flags&flagNamed != 0
			if e == s.extent && w.r >= v.store.cfg.layout.row(e, s.next) {
				v.report("%s: row %d lies at or behind the next place %d", what("rows"), w.r, s.next)
			}
		}
	}
	expect(v, what("sums"), s.sums, want.sums)
	expect(v, what("first OTLP start"), s.firstOTel, want.firstOTel)
	expect(v, what("root"), s.root, optional[int64]{want.root.v.r, want.root.ok})
	if named && !s.named || !s.named && want.sums.Observations == 0 {
		v.report("%s: a trace that something names is not marked so, or one that nothing names is still there", what("named"))
	}
	if err := v.seenEnv(s, want, what); err != nil {
		return err
	}
	cell := traceCell{s.project, floorDiv(s.timestamp, microsPerDay), s.environment, s.name, s.user}
	v.traces[cell] = v.traces[cell].plus(cellSums(&want.sums))
	return v.shownColumns(s, want.view(), c, what)
}

// row checks one observation row and adds it to what its trace should be.
func (v *verifier) row(s *traceRow, w *row, want *liveTrace) error {
	what := func(field string) string { return fmt.Sprintf("observation %q of trace %q, %s", w.id, s.id, field) }
	if err := w.lookUp(v.text); err != nil {
		return err
	}
	state, err := w.state()
	if err != nil {
		return err
	}
	f := factsOf(w.id, &state)
	want.replace(w.r, nil, &f)
	expect(v, what("trace"), w.t, s.t)
	var name string
	if err := v.tx.QueryRowContext(v.ctx, "SELECT name FROM projects WHERE id = ?", s.project).Scan(&name); err != nil {
		return err
	}
	expect(v, what("index key"), w.k, v.store.cfg.layout.key(v.store.cfg.layout.extent(w.r), v.store.cfg.layout.hash(id.Project(name), w.id)))
	expect(v, what("has body"), w.flags&flagBody != 0, w.packedBody != nil)
	expect(v, what("has extra"), w.flags&flagExtra != 0, w.packedExtra != nil)
	for i, shown := range map[int]int64{rowUser: s.user, rowSession: s.session} {
		if n := w.refs[i]; n != 0 && n != shown {
			if err := v.noted(s, n, what("own user or session")); err != nil {
				return err
			}
		}
	}
	cell := observationCell{s.project, floorDiv(f.start, microsPerHour), w.kindCode, w.refs[rowModel], w.levelCode}
	v.observations[cell] = v.observations[cell].plus(sumsOf(&f))
	return nil
}

// noted checks that trace_values has a value.
func (v *verifier) noted(s *traceRow, n int64, what string) error {
	var there bool
	err := v.tx.QueryRowContext(v.ctx, "SELECT EXISTS (SELECT 1 FROM trace_values WHERE value = ? AND t = ?)", n, s.t).Scan(&there)
	expect(v, what, there, true)
	return err
}

func (v *verifier) seenEnv(s *traceRow, want *liveTrace, what func(string) string) error {
	var stored optional[seenEnv]
	if s.seenEnv != 0 {
		text, err := v.text(s.seenEnv)
		if err != nil {
			return err
		}
		stored = some(seenEnv{text, s.seenKey})
	}
	expect(v, what("first environment"), stored, want.env)
	return nil
}

// shownColumns checks what a trace row repeats of what the trace shows, because
// lists filter and sort by it.
func (v *verifier) shownColumns(s *traceRow, view trace.Trace, c []any, what func(string) string) error {
	expect(v, what("timestamp"), s.timestamp, view.Timestamp)
	expect(v, what("public"), intOf(c[15]), flag(view.Public))
	expect(v, what("bookmarked"), intOf(c[16]), flag(view.Bookmarked))
	texts := []*string{9: view.Name, 10: &view.Environment, 11: view.UserID, 12: view.SessionID, 13: view.Release, 14: view.Version}
	for i, text := range texts[9:] {
		var stored, want optional[string]
		if n := intOf(c[9+i]); n != 0 {
			s, err := v.text(n)
			if err != nil {
				return err
			}
			stored = some(s)
		}
		if text != nil {
			want = some(*text)
		}
		expect(v, what(fmt.Sprintf("column %d", 9+i)), stored, want)
	}
	var tags []string
	err := v.query(func(c []any) error {
		tags = append(tags, textOf(c[0]))
		expect(v, what("timestamp of a tag"), trace.Micros(intOf(c[1])), s.timestamp)
		return nil
	}, "SELECT s.text, g.timestamp FROM trace_tags g JOIN strings s ON s.id = g.tag WHERE g.t = ?", s.t)
	if err != nil {
		return err
	}
	slices.Sort(tags)
	expect(v, what("tags"), fmt.Sprintf("%q", tags), fmt.Sprintf("%q", slices.Sorted(slices.Values(view.Tags))))
	if !s.hasPayload {
		return nil
	}
	return v.query(func(c []any) error {
		b, err := v.store.squeezer.expand(bytesOf(c[0]))
		if err != nil {
			return err
		}
		_, err = readState(b, fold.Trace)
		return err
	}, "SELECT body FROM trace_payload WHERE t = ?", s.t)
}

// observationCells compares rollup_observation with the cells that were counted.
func (v *verifier) observationCells() error {
	err := v.query(func(c []any) error {
		cell := observationCell{intOf(c[0]), intOf(c[1]), intOf(c[2]), intOf(c[3]), intOf(c[4])}
		stored := observationSums{
			intOf(c[5]), triple{intOf(c[6]), intOf(c[7]), intOf(c[8])}, intOf(c[9]), intOf(c[10]), intOf(c[11]),
		}
		expect(v, fmt.Sprintf("rollup of observations %+v", cell), stored, v.observations[cell])
		delete(v.observations, cell)
		return nil
	}, "SELECT * FROM rollup_observation")
	for cell, want := range v.observations {
		expect(v, fmt.Sprintf("rollup of observations %+v", cell), observationSums{}, want)
	}
	return err
}

// traceCells compares rollup_trace with the cells that were counted.
func (v *verifier) traceCells() error {
	err := v.query(func(c []any) error {
		cell := traceCell{intOf(c[0]), intOf(c[1]), intOf(c[2]), intOf(c[3]), intOf(c[4])}
		stored := traceCellSums{intOf(c[5]), intOf(c[6]), triple{intOf(c[7]), intOf(c[8]), intOf(c[9])}, intOf(c[10])}
		expect(v, fmt.Sprintf("rollup of traces %+v", cell), stored, v.traces[cell])
		delete(v.traces, cell)
		return nil
	}, "SELECT * FROM rollup_trace")
	for cell, want := range v.traces {
		expect(v, fmt.Sprintf("rollup of traces %+v", cell), traceCellSums{}, want)
	}
	return err
}
