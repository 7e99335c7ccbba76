package telemetrytest

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// TestTheSuiteHoldsEveryRule breaks each row of the fold table that concerns what
// engines keep, and expects some case to notice. Without this, an
// engine could pass and fold a field by another rule.
func TestTheSuiteHoldsEveryRule(t *testing.T) {
	fails := func(rules []fold.Rule, f fold.Field) bool {
		for _, vectors := range vectorGroups() {
			for _, v := range vectors {
				if mentions(v, f) && v.try(t.Context(), NewReference(rules)) != nil {
					return true
				}
			}
		}
		return false
	}
	for i, row := range fold.DefaultRules() {
		if row.Kind == fold.Session {
			continue
		}
		var mutants []fold.Rule
		for _, class := range []fold.Class{fold.None, fold.Ordinary, fold.Payload, fold.FirstWins, fold.Whole} {
			m := row
			m.Class = class
			mutants = append(mutants, m)
		}
		m := row
		m.NullIsAbsent = !m.NullIsAbsent
		mutants = append(mutants, m)
		for _, m := range mutants {
			if m == row || equivalent(row, m) {
				continue
			}
			rules := fold.DefaultRules()
			rules[i] = m
			if !fails(rules, row.Field) {
				t.Errorf("%s %s as %s, null absent %v: no case fails", m.Kind, m.Field, m.Class, m.NullIsAbsent)
			}
		}
	}
}

// equivalent says of a mutant why nothing a store shows could tell it apart.
func equivalent(row, m fold.Rule) bool {
	switch {
	case row.Class == fold.Whole || row.Class == fold.Leaves || row.Class == fold.TagSet:
		return m.NullIsAbsent != row.NullIsAbsent // neither null nor an empty value counts
	case row.Class == fold.Ordinary && m.Class == fold.Payload:
		return true // only payloads are marked as weak
	case m.Class == fold.Whole:
		// Never empty.
		return slices.Contains([]fold.Field{
			fold.Parent, fold.Type, fold.Level, fold.PromptLink, fold.ModelParameters, fold.Raw, fold.Experiment,
			fold.ObservationRef, fold.SessionRef, fold.RunRef, fold.Source, fold.ScoreValue,
		}, row.Field)
	}
	return false
}

func mentions(v vector, f fold.Field) bool {
	for _, r := range v.records {
		if _, ok := r.Get(f); ok || f == fold.Metadata && !r.Metadata.Empty() || f == fold.Tags && len(r.Tags) > 0 {
			return true
		}
	}
	return false
}

// TestReferenceHasNoOrder: the model itself shows the same whatever the order of
// arrival and the cut into calls, identity included. That holds where nothing is
// deleted and no two traces absorb the same id or each other.
func TestReferenceHasNoOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		hist := withoutConflicts(drawHistory(rt, "p"))
		first, second := NewReference(fold.DefaultRules()), NewReference(fold.DefaultRules())
		var records []fold.Record
		for _, c := range hist {
			if err := c.do(t.Context(), first); err != nil {
				rt.Fatal(err)
			}
			records = append(records, c.records...)
		}
		records = rapid.Permutation(records).Draw(rt, "another order")
		for chunk := range slices.Chunk(records, rapid.IntRange(1, 5).Draw(rt, "another cut")) {
			write(t, second, "p", chunk...)
		}
		q := drawQuestions(rt, "p")
		q.traceLists = append(q.traceLists, telemetry.TraceQuery{Limit: 50, Total: true, Parts: everything()})
		q.scoreLists = append(q.scoreLists, telemetry.ScoreQuery{Limit: 50, Total: true, Trace: true})
		if err := compareAnswers(t.Context(), first, second, "p", q); err != nil {
			rt.Fatalf("%v\nin one order:\n%vin another:\n%s", err, hist, describe(records))
		}
	})
}

// withoutConflicts takes out of a history what makes its order matter.
func withoutConflicts(h history) history {
	h = slices.DeleteFunc(h, func(c call) bool { return c.deleted != "" })
	absorber := map[string]string{}
	for _, c := range h {
		for i, r := range c.records {
			if first, ok := absorber[r.Absorbs]; r.Absorbs <= r.ID || ok && first != r.ID {
				c.records[i].Absorbs = ""
				continue
			}
			absorber[r.Absorbs] = r.ID
		}
	}
	return h
}
