package telemetrytest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// vector is one case of the fold: what arrives, and what is shown then,
// whatever the order and however it is cut into calls.
type vector struct {
	records []fold.Record
	want    []fact
	// inOrder says that the order of arrival matters: the case pins an
	// exception to the rule.
	inOrder bool
}

func vectorGroups() map[string]map[string]vector {
	return map[string]map[string]vector{
		"one entity":       entityVectors(),
		"field by field":   classVectors(),
		"whose trace":      identityVectors(),
		"what traces show": traceVectors(),
		"inherited":        inheritedVectors(),
		"scores":           scoreVectors(),
		"prices":           priceVectors(),
		"reasons":          reasonVectors(),
		"sessions":         sessionVectors(),
		"absorbed ids":     absorbVectors(),
		"equal times":      tieVectors(),
	}
}

// runVectors runs each case in a store of its own, each order and cut of it in a
// project of its own.
func runVectors(t *testing.T, open func(t *testing.T) telemetry.Store) {
	for group, vectors := range vectorGroups() {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for name, v := range vectors {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					s := open(t)
					defer closeStore(t, s)
					v.run(t, s)
				})
			}
		})
	}
}

func (v vector) run(t *testing.T, s telemetry.Store) {
	t.Helper()
	if err := v.try(t.Context(), s); err != nil {
		t.Error(err)
	}
}

// try writes the records in every order and cut that the case allows, then all
// of them again, and returns the first fact that does not hold.
func (v vector) try(ctx context.Context, s telemetry.Store) error {
	orders := [][]fold.Record{v.records}
	if !v.inOrder {
		orders = orderings(v.records)
	}
	for i, order := range orders {
		for _, cut := range []string{"in one call", "in a call each"} {
			p := id.Project(fmt.Sprintf("order %d, %s", i, cut))
			records := placed(p, order)
			calls := [][]fold.Record{records}
			if cut == "in a call each" {
				calls = slices.Collect(slices.Chunk(records, 1))
			}
			how := fmt.Sprintf("written in this order, %s:\n%s", cut, describe(records))
			for _, call := range calls {
				if err := s.Write(ctx, p, clone(call)); err != nil {
					return fmt.Errorf("write: %w\n%s", err, how)
				}
			}
			if err := v.check(ctx, s, p); err != nil {
				return fmt.Errorf("%w\n%s", err, how)
			}
			if v.inOrder {
				continue
			}
			if err := s.Write(ctx, p, clone(records)); err != nil {
				return fmt.Errorf("write: %w\n%s", err, how)
			}
			if err := v.check(ctx, s, p); err != nil {
				return fmt.Errorf("%w\nall of it written twice, %s", err, how)
			}
		}
	}
	return nil
}

// placed puts the trace ids of a project in the place of what stands for them.
func placed(p id.Project, records []fold.Record) []fold.Record {
	out := clone(records)
	for i, r := range out {
		out[i].TraceID = resolve(p, r.TraceID)
		out[i].Absorbs = resolve(p, r.Absorbs)
		if r.Kind == fold.Trace {
			out[i].ID = out[i].TraceID
		}
		for j, f := range out[i].Fields {
			if f.Field == fold.TraceRef {
				out[i].Fields[j].Value.S = resolve(p, f.Value.S)
			}
		}
	}
	return out
}

func (v vector) check(ctx context.Context, s telemetry.Store, p id.Project) error {
	for _, f := range v.want {
		if err := f.check(ctx, s, p); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

// write writes the records in one call; it copies them, since a store keeps what
// it is given.
func write(t testing.TB, s telemetry.Store, p id.Project, records ...fold.Record) {
	t.Helper()
	if err := s.Write(t.Context(), p, clone(records)); err != nil {
		t.Fatalf("write: %v\n%s", err, describe(records))
	}
}

func clone(records []fold.Record) []fold.Record {
	out := slices.Clone(records)
	for i := range out {
		out[i].Fields = slices.Clone(out[i].Fields)
		out[i].Tags = slices.Clone(out[i].Tags)
		out[i].RemovedTags = slices.Clone(out[i].RemovedTags)
	}
	return out
}

func closeStore(t testing.TB, s telemetry.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// orderings returns every order of up to three records; of more, the given one,
// its reverse, and each that starts with another record.
func orderings(records []fold.Record) [][]fold.Record {
	n := len(records)
	if n <= 3 {
		return permutations(records)
	}
	reverse := slices.Clone(records)
	slices.Reverse(reverse)
	out := [][]fold.Record{records, reverse}
	for i := 1; i < n; i++ {
		out = append(out, slices.Concat(records[i:], records[:i]))
	}
	return out
}

func permutations(records []fold.Record) [][]fold.Record {
	if len(records) <= 1 {
		return [][]fold.Record{records}
	}
	var out [][]fold.Record
	for i := range records {
		rest := slices.Concat(records[:i], records[i+1:])
		for _, p := range permutations(rest) {
			out = append(out, append([]fold.Record{records[i]}, p...))
		}
	}
	return out
}
