package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// query reads folded rows of one project.
type query struct {
	// where is a condition on columns of the sorting key. All rows that FINAL
	// merges into one agree in these, so the condition may come before the merge
	// (PREWHERE), without which whole granules are merged to read one trace.
	where string
	args  []any
	parts telemetry.Parts
	bare  bool // only what says who a row is and what it is made of
	// limit refuses to read more rows than that. 0 is for reads by key: no limit,
	// and one thread, since starting more would cost more than they save.
	limit int
}

// rows runs a query. It selects whole columns only: under FINAL, a part of one may
// come from before the merge.
func (s *Store) rows(ctx context.Context, p id.Project, q query) ([]row, error) {
	sc := &scanned{}
	names, dest := sc.columns(q)
	statement := "SELECT " + strings.Join(names, ", ") + " FROM entities FINAL PREWHERE project = {project:String} AND " + q.where
	switch {
	case q.limit > 0:
		statement += fmt.Sprintf(" LIMIT %d", q.limit+1)
	case q.parts.MaxBytes > 0: // a block is in memory before its size is known
		statement += " SETTINGS max_threads = 1, max_block_size = 64"
	default:
		statement += " SETTINGS max_threads = 1"
	}
	found, err := s.conn.Query(ctx, statement, append([]any{clickhouse.Named("project", string(p))}, q.args...)...)
	if err != nil {
		return nil, s.faultOf(ctx, err)
	}
	defer func() { _ = found.Close() }()
	var rows []row
	var held int64
	for found.Next() {
		if q.limit > 0 && len(rows) == q.limit {
			return nil, fault.New(fault.TooCostly,
				"The project has more than %d traces, observations and scores, which is more than the ClickHouse store can list.", q.limit)
		}
		if err := found.Scan(dest...); err != nil {
			return nil, fmt.Errorf("row of entities: %w", err)
		}
		if held += sc.held(); q.parts.MaxBytes > 0 && held > q.parts.MaxBytes {
			return nil, fault.New(fault.TooCostly,
				"The trace holds more than %d MiB of input, output and metadata. Ask for less with `fields`.", max(q.parts.MaxBytes>>20, 1))
		}
		r, err := sc.row(s.codec)
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, s.faultOf(ctx, found.Err())
}

// load reads what the given traces are made of: their own rows, their
// observations, and the untraced records that belong to one of these. What comes
// back has no other traces, and those by the ids that they go by.
func (s *Store) load(ctx context.Context, p id.Project, traces []string, parts telemetry.Parts) (forest, aliases, error) {
	read := func(ids []string) ([]row, error) {
		return s.rows(ctx, p, query{where: "kind != 'score' AND trace IN {traces:Array(String)}", args: []any{clickhouse.Named("traces", ids)}, parts: parts})
	}
	rows, err := read(traces)
	if err != nil {
		return nil, nil, err
	}
	names, members := aliases{}, traces
	if slices.ContainsFunc(rows, func(r row) bool { return r.kind == ofAlias || r.kind == ofAbsorber }) {
		if names, err = s.kin(ctx, p, traces); err != nil {
			return nil, nil, err
		}
		traces = names.homes(traces)
		members = names.members(traces)
		if rows, err = read(members); err != nil {
			return nil, nil, err
		}
	}
	rows, names, err = s.withRecords(ctx, p, rows, members, names, parts)
	if err != nil {
		return nil, nil, err
	}
	f := s.grow(rows, names)
	traces = names.homes(traces) // one may have been absorbed between the statements
	for traceID := range f {
		if !slices.Contains(traces, traceID) {
			delete(f, traceID)
		}
	}
	return f, names, nil
}

// withRecords returns the rows of traces, which are all that is under the given
// ids, with every untraced record that may belong to one of their observations,
// and what it takes to tell whether it does: who else has the observation's id.
func (s *Store) withRecords(ctx context.Context, p id.Project, rows []row, members []string, names aliases, parts telemetry.Parts) ([]row, aliases, error) {
	var ids []string
	for _, r := range rows {
		if r.kind == ofObservation || r.kind == untraced {
			ids = append(ids, r.id)
		}
	}
	ids, err := s.withUntraced(ctx, p, ids)
	if err != nil || len(ids) == 0 {
		return rows, names, err
	}
	// Which observations those records belong to depends on when records of the
	// same id arrived in other traces, and on what these have become.
	records, err := s.rows(ctx, p, query{
		where: "kind = 'untraced' AND trace IN {homes:Array(String)}", args: []any{clickhouse.Named("homes", homesOf(p, ids))}, parts: parts,
	})
	if err != nil {
		return nil, nil, err
	}
	others, err := s.rows(ctx, p, query{
		where: "kind = 'observation' AND id IN {ids:Array(String)} AND trace NOT IN {traces:Array(String)}",
		args:  []any{clickhouse.Named("ids", ids), clickhouse.Named("traces", members)}, bare: true,
	})
	if err != nil {
		return nil, nil, err
	}
	if len(others) > 0 {
		ids := slices.Clone(members)
		for _, r := range others {
			ids = append(ids, r.trace)
		}
		if names, err = s.kin(ctx, p, ids); err != nil {
			return nil, nil, err
		}
	}
	rows = slices.DeleteFunc(rows, func(r row) bool { return r.kind == untraced })
	return slices.Concat(rows, records, others), names, nil
}

// withUntraced returns those of the observation ids that have untraced records,
// which usually is none.
func (s *Store) withUntraced(ctx context.Context, p id.Project, ids []string) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := s.conn.Query(ctx, "SELECT DISTINCT id FROM entities"+
		" PREWHERE project = {project:String} AND kind = 'untraced' AND trace IN {homes:Array(String)} SETTINGS max_threads = 1",
		clickhouse.Named("project", string(p)), clickhouse.Named("homes", homesOf(p, ids)))
	if err != nil {
		return nil, s.faultOf(ctx, err)
	}
	defer func() { _ = found.Close() }()
	var out []string
	for found.Next() {
		var obs string
		if err := found.Scan(&obs); err != nil {
			return nil, fmt.Errorf("id of entities: %w", err)
		}
		out = append(out, obs)
	}
	return out, s.faultOf(ctx, found.Err())
}

// loadIDs reads the observations with the given ids, whatever traces hold them.
// The aliases are those of the whole project; nil when they are not known.
func (s *Store) loadIDs(ctx context.Context, p id.Project, ids []string, parts telemetry.Parts, names aliases) (forest, error) {
	if len(ids) == 0 {
		return forest{}, nil
	}
	parts.MaxBytes = 0 // it bounds traces
	rows, err := s.rows(ctx, p, query{
		where: "kind IN ('observation', 'untraced') AND id IN {ids:Array(String)}", args: []any{clickhouse.Named("ids", ids)}, parts: parts,
	})
	if err != nil {
		return nil, err
	}
	if names == nil && len(rows) > 0 {
		var traces []string
		for _, r := range rows {
			traces = append(traces, r.trace)
		}
		if names, err = s.kin(ctx, p, traces); err != nil {
			return nil, err
		}
	}
	return s.grow(rows, names), nil
}

// loadAll reads all traces of a project without their payloads, and all aliases.
func (s *Store) loadAll(ctx context.Context, p id.Project) (forest, aliases, error) {
	rows, err := s.rows(ctx, p, query{where: "kind IN ('trace', 'observation', 'untraced', 'alias')", limit: s.maxListed})
	if err != nil {
		return nil, nil, err
	}
	names := aliasesOf(rows)
	return s.grow(rows, names), names, nil
}

// homesOf returns the traces that observations live in while none is named.
func homesOf(p id.Project, ids []string) []string {
	homes := make([]string, len(ids))
	for i, obs := range ids {
		homes[i] = id.TraceOfObservation(p, obs)
	}
	return homes
}
