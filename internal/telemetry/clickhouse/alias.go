package clickhouse

import (
	"cmp"
	"context"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
)

// Rows stay under the ids that their records gave. Which of these ids stand for
// others is worked out on reads, from all that records have said about absorbing
// and the order in which they said it.

// absorbs reports whether a record says that its trace absorbs another id.
func absorbs(r *fold.Record) bool {
	return r.Kind == fold.Trace && r.Absorbs != "" && r.Absorbs != r.ID
}

// appendAbsorption appends the two rows that say so.
func appendAbsorption(batch driver.Batch, p id.Project, r *fold.Record, n int64) error {
	none := map[string]tuple{}
	if err := batch.Append(string(p), ofAlias, r.Absorbs, r.ID, int64(0), map[int64]tuple{}, n, uint8(0), none, none, none, none, none, none); err != nil {
		return err
	}
	return batch.Append(string(p), ofAbsorber, r.ID, r.Absorbs, int64(0), map[int64]tuple{}, n, uint8(0), none, none, none, none, none, none)
}

// absorption is what a trace id became part of.
type absorption struct {
	by string // the id of the trace at that time, which may be absorbed since
	at int64  // as an arrival
}

// aliases has the ids that were absorbed. It never leads back to an id: each leads
// to a trace that is no alias at the time and is another.
type aliases map[string]absorption

// aliasesOf returns what came of the given rows of absorptions, in any order. An
// absorption may be there twice, as the two rows that are kept of it.
func aliasesOf(rows []row) aliases {
	type said struct {
		alias, by string
		at        int64
	}
	var all []said
	for _, r := range rows {
		switch r.kind {
		case ofAlias:
			all = append(all, said{r.trace, r.id, r.absorbed})
		case ofAbsorber:
			all = append(all, said{r.id, r.trace, r.absorbed})
		}
	}
	slices.SortFunc(all, func(a, b said) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.alias, b.alias), cmp.Compare(a.by, b.by))
	})
	names := aliases{}
	for _, a := range all {
		by := names.resolve(a.by)
		if _, kept := names[a.alias]; !kept && by != a.alias {
			names[a.alias] = absorption{by, a.at}
		}
	}
	return names
}

// resolve returns the id of the trace that an id stands for.
func (a aliases) resolve(traceID string) string {
	for {
		to, ok := a[traceID]
		if !ok {
			return traceID
		}
		traceID = to.by
	}
}

// resolveAt returns what an id stood for when a record arrived.
func (a aliases) resolveAt(traceID string, n int64) string {
	for {
		to, ok := a[traceID]
		if !ok || to.at > n {
			return traceID
		}
		traceID = to.by
	}
}

// homes returns the ids of the traces that the given ids stand for, each once.
func (a aliases) homes(ids []string) []string {
	out := make([]string, len(ids))
	for i, traceID := range ids {
		out[i] = a.resolve(traceID)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// members returns the ids under which the rows of the given traces are.
func (a aliases) members(traces []string) []string {
	out := slices.Clone(traces)
	for alias := range a {
		if slices.Contains(traces, a.resolve(alias)) {
			out = append(out, alias)
		}
	}
	return out
}

// kin reads what there is about absorbing that concerns the given ids: what they
// absorbed or were absorbed by, and what that did in turn. Nearly always it is
// nothing.
func (s *Store) kin(ctx context.Context, p id.Project, traces []string) (aliases, error) {
	var all []row
	seen := map[string]bool{}
	for len(traces) > 0 {
		for _, traceID := range traces {
			seen[traceID] = true
		}
		found, err := s.rows(ctx, p, query{
			where: "kind IN ('alias', 'absorber') AND trace IN {traces:Array(String)}", args: []any{clickhouse.Named("traces", traces)}, bare: true,
		})
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
		traces = nil
		for _, r := range found {
			if !seen[r.id] {
				seen[r.id] = true
				traces = append(traces, r.id)
			}
		}
	}
	return aliasesOf(all), nil
}
