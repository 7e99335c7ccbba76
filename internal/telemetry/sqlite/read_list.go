package sqlite

import (
	"context"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Traces implements [telemetry.Reader].
func (s *Store) Traces(ctx context.Context, p id.Project, q telemetry.TraceQuery) (telemetry.TraceList, error) {
	var list telemetry.TraceList
	err := s.read(ctx, p, func(r *reader) error {
		c, err := r.compiler(q.Where)
		if err != nil {
			return err
		}
		st, err := c.traces(q)
		if err != nil {
			return err
		}
		if q.Total {
			counting, err := c.countTraces(q.Where)
			if err != nil {
				return err
			}
			if list.Total, err = r.count(counting); err != nil {
				return err
			}
		}
		var page []*traceRow
		err = r.query(func(v []any) error {
			t, err := scanTrace(v)
			page = append(page, t)
			return err
		}, st.sql, st.args...)
		if err != nil {
			return err
		}
		for _, stored := range page {
			t, err := r.shown(stored, q.Parts)
			if err != nil {
				return err
			}
			list.Traces = append(list.Traces, t)
			if err := r.addIDs(&list, stored, q.Parts); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return telemetry.TraceList{}, err
	}
	return list, nil
}

// addIDs adds the ids of a trace's observations and scores, as far as wanted.
func (r *reader) addIDs(list *telemetry.TraceList, s *traceRow, parts telemetry.Parts) error {
	if parts.Observations {
		ids, err := r.observationIDs(s)
		if err != nil {
			return err
		}
		list.ObservationIDs = append(list.ObservationIDs, ids)
	}
	if parts.Scores {
		ids, err := r.scoreIDs(s.id)
		if err != nil {
			return err
		}
		list.ScoreIDs = append(list.ScoreIDs, ids)
	}
	return nil
}

// observationIDs returns the ids of a trace's observations, ordered by start, then
// id.
func (r *reader) observationIDs(s *traceRow) ([]string, error) {
	ids := make([]string, 0, s.sums.Observations)
	each := func(v []any) error {
		ids = append(ids, textOf(v[0]))
		return nil
	}
	if s.extent == s.t {
		from, to := r.store.cfg.layout.rows(s.t)
		err := r.query(each, "SELECT id FROM observations WHERE r BETWEEN ? AND ? ORDER BY start, id", from, to)
		return ids, err
	}
	bits := int64(r.store.cfg.layout.extentBits)
	err := r.query(each, `WITH extent (n) AS (SELECT ?1 UNION ALL SELECT extent FROM extents WHERE t = ?1)
SELECT o.id FROM extent CROSS JOIN observations o ON o.r BETWEEN extent.n << ?2 AND ((extent.n + 1) << ?2) - 1
ORDER BY o.start, o.id`, s.t, bits)
	return ids, err
}

// Observations implements [telemetry.Reader].
func (s *Store) Observations(ctx context.Context, p id.Project, q telemetry.ObservationQuery) (telemetry.ObservationList, error) {
	var list telemetry.ObservationList
	err := s.read(ctx, p, func(r *reader) error {
		c, err := r.compiler(q.Where)
		if err != nil {
			return err
		}
		via, err := r.way(c.ways(q.Where))
		if err != nil {
			return err
		}
		st, err := c.observations(q, via)
		if err != nil {
			return err
		}
		if q.Total {
			counting, err := c.countObservations(q.Where, via)
			if err != nil {
				return err
			}
			if list.Total, err = r.count(counting); err != nil {
				return err
			}
		}
		rows, traceIDs, err := r.page(st)
		if err != nil {
			return err
		}
		if len(rows) > q.Limit {
			rows = rows[:q.Limit]
			if q.Limit > 0 {
				last := rows[q.Limit-1]
				list.Next = &telemetry.Position{Start: last.start, TraceID: traceIDs[q.Limit-1], ID: last.id}
			}
		}
		list.Observations, err = r.observations(rows, traceIDs, q.Parts)
		return err
	})
	if err != nil {
		return telemetry.ObservationList{}, err
	}
	return list, nil
}

// way returns from which traces a list of observations or scores had best start,
// nil when it had best go through all of them in order.
func (r *reader) way(ways []way) (*statement, error) {
	for _, w := range ways {
		few := w.sure
		if !few {
			st := w.atMost(r.store.cfg.fewTraces)
			err := r.query(func(v []any) error {
				few = intOf(v[0]) != 0
				return nil
			}, st.sql, st.args...)
			if err != nil {
				return nil, err
			}
		}
		if few {
			return &w.traces, nil
		}
	}
	return nil, nil
}

// page runs a list of observations and returns the rows with the ids of their
// traces.
func (r *reader) page(st statement) (rows []*row, traceIDs []string, err error) {
	err = r.query(func(v []any) error {
		w, _ := scanRow(v)
		rows = append(rows, w)
		traceIDs = append(traceIDs, textOf(v[len(v)-1]))
		return nil
	}, st.sql, st.args...)
	return rows, traceIDs, err
}

// observations completes a page of rows: payloads as far as wanted, and what each
// takes from its trace. Both are read for the page alone, not while it is sorted.
func (r *reader) observations(rows []*row, traceIDs []string, parts telemetry.Parts) ([]trace.Observation, error) {
	if err := r.addPayloads(rows, parts); err != nil {
		return nil, err
	}
	traces, err := r.tracesOf(rows)
	if err != nil {
		return nil, err
	}
	all := make([]trace.Observation, 0, len(rows))
	for i, w := range rows {
		o, err := r.own(w, traceIDs[i], parts)
		if err != nil {
			return nil, err
		}
		fold.Inherit(&o, traces[w.t])
		all = append(all, o)
	}
	return all, nil
}

// addPayloads reads the payload of the rows that have a part which is wanted.
func (r *reader) addPayloads(rows []*row, parts telemetry.Parts) error {
	body := wantsBody(parts)
	byR := map[int64]*row{}
	var numbers []int64
	for _, w := range rows {
		if body && w.flags&flagBody != 0 || w.flags&flagExtra != 0 {
			byR[w.r] = w
			numbers = append(numbers, w.r)
		}
	}
	query := "SELECT r, NULL, extra FROM payload WHERE r IN ("
	if body {
		query = "SELECT r, body, extra FROM payload WHERE r IN ("
	}
	return r.queryEach(func(v []any) error {
		return byR[intOf(v[0])].unpack(r.store.squeezer, bytesOf(v[1]), bytesOf(v[2]))
	}, query, numbers)
}

// tracesOf returns the traces of rows by their number, without payload.
func (r *reader) tracesOf(rows []*row) (map[int64]*trace.Trace, error) {
	found := map[int64]*trace.Trace{}
	var numbers []int64
	for _, w := range rows {
		if _, ok := found[w.t]; !ok {
			found[w.t] = nil
			numbers = append(numbers, w.t)
		}
	}
	var stored []*traceRow
	err := r.queryEach(func(v []any) error {
		s, err := scanTrace(v)
		stored = append(stored, s)
		return err
	}, "SELECT "+traceColumns+" FROM traces WHERE t IN (", numbers)
	if err != nil {
		return nil, err
	}
	for _, s := range stored {
		t, err := r.shown(s, telemetry.Parts{})
		if err != nil {
			return nil, err
		}
		found[s.t] = &t
	}
	return found, nil
}
