package sqlite

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

const (
	selectExtents = "SELECT extent FROM extents WHERE t = ? ORDER BY extent"

	// The payload's two parts follow the row's columns in these.
	selectRowsBare = "SELECT " + observationColumns + `, NULL,
  CASE WHEN flags & 32768 != 0 THEN (SELECT p.extra FROM payload p WHERE p.r = observations.r) END
FROM observations WHERE r BETWEEN ? AND ?`
)

// selectRowsFull is selectRowsBare with the payload's body.
func selectRowsFull() string {
	return "SELECT " + prefixed("o", observationColumns) + ", p.body, p.extra\n" +
		"FROM observations o LEFT JOIN payload p ON p.r = o.r WHERE o.r BETWEEN ? AND ?"
}

// Trace implements [telemetry.Reader].
func (s *Store) Trace(ctx context.Context, p id.Project, traceID string, parts telemetry.Parts) (trace.Tree, error) {
	var tree trace.Tree
	err := s.read(ctx, p, func(r *reader) error {
		stored, err := r.stored(traceID)
		if err != nil {
			return err
		}
		if stored == nil {
			return fault.New(fault.NotFound, "trace not found")
		}
		if tree.Trace, err = r.shown(stored, parts); err != nil {
			return err
		}
		tree.Observations, err = r.observationsOf(stored, &tree.Trace, parts)
		return err
	})
	if err != nil {
		return trace.Tree{}, err
	}
	return tree, nil
}

// stored returns the row of the trace that an id stands for, nil if there is none.
func (r *reader) stored(traceID string) (found *traceRow, err error) {
	each := func(v []any) (err error) {
		found, err = scanTrace(v)
		return err
	}
	if err = r.query(each, selectTrace, traceID, r.project); err != nil || found != nil {
		return found, err
	}
	var of optional[string]
	err = r.query(func(v []any) error {
		of = some(textOf(v[0]))
		return nil
	}, selectAlias, r.project, traceID)
	if err != nil || !of.ok {
		return nil, err
	}
	err = r.query(each, selectTrace, of.v, r.project)
	return found, err
}

// observationsOf returns a trace's observations, ordered by start, then id.
func (r *reader) observationsOf(stored *traceRow, t *trace.Trace, parts telemetry.Parts) ([]trace.Observation, error) {
	query := selectRowsBare
	if wantsBody(parts) {
		query = selectRowsFull()
	}
	extents, err := r.extentsOf(stored)
	if err != nil {
		return nil, err
	}
	rows := make([]*row, 0, stored.sums.Observations)
	var held int64
	for _, e := range extents {
		from, to := r.store.cfg.layout.rows(e)
		err := r.query(func(v []any) error {
			w, _ := scanRow(v)
			rows = append(rows, w)
			n := len(v)
			if err := w.unpack(r.store.squeezer, bytesOf(v[n-2]), bytesOf(v[n-1])); err != nil {
				return err
			}
			if held += int64(len(w.body)); parts.MaxBytes > 0 && held > parts.MaxBytes {
				return fault.New(fault.TooCostly,
					"The trace holds more than %d MiB of input, output and metadata. Ask for less with `fields`.", max(parts.MaxBytes>>20, 1))
			}
			return nil
		}, query, from, to)
		if err != nil {
			return nil, err
		}
	}
	all := make([]trace.Observation, 0, len(rows))
	for _, w := range rows {
		o, err := r.own(w, t.ID, parts)
		if err != nil {
			return nil, err
		}
		fold.Inherit(&o, t)
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b trace.Observation) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), strings.Compare(a.ID, b.ID))
	})
	return all, nil
}

func (r *reader) extentsOf(s *traceRow) ([]int64, error) {
	extents := []int64{s.t}
	if s.extent == s.t {
		return extents, nil
	}
	err := r.query(func(v []any) error {
		extents = append(extents, intOf(v[0]))
		return nil
	}, selectExtents, s.t)
	return extents, err
}

// Observation implements [telemetry.Reader].
func (s *Store) Observation(ctx context.Context, p id.Project, observationID string, parts telemetry.Parts) (trace.Observation, error) {
	list, err := s.Observations(ctx, p, telemetry.ObservationQuery{
		Where: filter.All{filter.Equals(filter.ObservationID, observationID)}, Limit: 1, Parts: parts,
	})
	if err != nil {
		return trace.Observation{}, err
	}
	if len(list.Observations) == 0 {
		return trace.Observation{}, fault.New(fault.NotFound, "observation not found")
	}
	return list.Observations[0], nil
}
