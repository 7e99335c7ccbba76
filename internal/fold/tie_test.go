package fold_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// TestTies pins the exception to the rule that order does not matter: of records
// with the same event time and rank, the one that arrived last wins.
func TestTies(t *testing.T) {
	score := func(value string, parts ...part) fold.Record {
		return record(fold.Score, create, 5, append(parts, text(fold.ScoreValue, value))...)
	}
	tests := map[string]vector{ // records in order of arrival
		"a span sent again": {
			[]fold.Record{
				record(fold.Observation, complete, 9, payload(fold.Output, `"a"`), at(fold.Start, 1), text(fold.Model, "m")),
				record(fold.Observation, complete, 9, payload(fold.Output, `"b"`), at(fold.Start, 2)),
			},
			view{"output": "b", "start": "2", "model": "m", "otel": "true"},
		},
		"two updates of one microsecond": {
			[]fold.Record{record(fold.Observation, update, 5, text(fold.Name, "b"), text(fold.Model, "b")), record(fold.Observation, update, 5, text(fold.Name, "a"))},
			view{"name": "a", "model": "b"},
		},
		"a score upserted with a fixed timestamp": {
			[]fold.Record{score("1", text(fold.Comment, "c"), text(fold.TraceRef, "A")), score("2", null(fold.Comment), text(fold.TraceRef, "B"))},
			view{"score_value": "2", "comment": "null", "trace_ref": "B"},
		},
		"a, b, a": {
			[]fold.Record{score("a"), score("b"), score("a")},
			view{"score_value": "a"},
		},
		"a create that comes after an update of the same time": {
			[]fold.Record{record(fold.Observation, update, 5, text(fold.Name, "u")), record(fold.Observation, create, 5, text(fold.Name, "c"))},
			view{"name": "u"},
		},
		"a default after an explicit value": {
			[]fold.Record{record(fold.Observation, update, 5, text(fold.Level, "ERROR")), record(fold.Observation, update, 5, dflt(fold.Level, fold.Text("DEFAULT")))},
			view{"level": "ERROR"},
		},
		"a weak output after a strong one": {
			[]fold.Record{record(fold.Observation, update, 5, payload(fold.Output, `"x"`)), record(fold.Observation, update, 5, payload(fold.Output, `0`))},
			view{"output": "x"},
		},
		"first wins": {
			[]fold.Record{record(fold.Trace, create, 5, text(fold.Environment, "a")), record(fold.Trace, create, 5, text(fold.Environment, "b")), record(fold.Trace, create, 6, text(fold.Environment, "c"))},
			view{"environment": "b"},
		},
		"a metadata leaf": {
			[]fold.Record{record(fold.Trace, create, 5, meta(`{"k":1,"l":1}`)), record(fold.Trace, create, 5, meta(`{"k":2}`))},
			view{"metadata": `{"k":2,"l":1}`},
		},
		"a metadata scalar over an object": {
			[]fold.Record{record(fold.Trace, create, 5, meta(`{"a":{"b":1}}`)), record(fold.Trace, create, 5, meta(`{"a":5}`))},
			view{"metadata": `{"a":5}`},
		},
		"a metadata object over a scalar": {
			[]fold.Record{record(fold.Trace, create, 5, meta(`{"a":5}`)), record(fold.Trace, create, 5, meta(`{"a":{"b":1}}`))},
			view{"metadata": `{"a":{"b":1}}`},
		},
		"tags": {
			[]fold.Record{record(fold.Trace, create, 5, tags("a")), record(fold.Trace, create, 5, untag("a"), tags("b")), record(fold.Trace, create, 5, untag("b"))},
			view{},
		},
	}
	f := newFolder()
	for name, v := range tests {
		t.Run(name, func(t *testing.T) {
			// How the records are joined changes nothing as long as each keeps
			// its arrival.
			for _, s := range permutations(states(f, v.records)) {
				for _, end := range brackets(f, s) {
					if diff := cmp.Diff(v.want, show(&end)); diff != "" {
						t.Fatalf("(-want +got)\n%s\nrecords in order of arrival:\n%s", diff, describe(v.records))
					}
				}
			}
			end := joinForgetting(f, v.records)
			if diff := cmp.Diff(v.want, show(&end)); diff != "" {
				t.Errorf("in a store that forgets arrivals (-want +got)\n%s\nrecords in order of arrival:\n%s", diff, describe(v.records))
			}
		})
	}
}

// joinForgetting joins records as a store does that keeps no arrivals: what it
// has stored predates what comes.
func joinForgetting(f *fold.Folder, records []fold.Record) fold.State {
	var stored fold.State
	for i := range records {
		s := f.State(&records[i], 1)
		if i > 0 {
			s = f.Join(stored, s)
		}
		stored = forget(s)
	}
	return stored
}

// forget returns the state as it comes back from such a store.
func forget(s fold.State) fold.State {
	out := s
	out.Registers = nil
	for _, r := range s.Registers {
		r.Key.Arrival = 0
		out.Registers = append(out.Registers, r)
	}
	out.Tags = nil
	for _, t := range s.Tags {
		t.Key.Arrival = 0
		out.Tags = append(out.Tags, t)
	}
	if m, key, ok := s.Metadata.Whole(); ok {
		key.Arrival = 0
		out.Metadata = fold.LeafsOf(m, key)
		return out
	}
	var leaves []fold.Leaf
	for _, l := range s.Metadata.Leaves() {
		l.Key.Arrival = 0
		leaves = append(leaves, l)
	}
	out.Metadata = fold.LeafsFrom(leaves)
	return out
}

// TestTiesWithoutArrivals: with ties anywhere, a store that forgets arrivals
// shows what one shows that keeps them, and how the joins are bracketed changes
// nothing.
func TestTiesWithoutArrivals(t *testing.T) {
	f := newFolder()
	check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]fold.Kind{fold.Trace, fold.Observation, fold.Score, fold.Session}).Draw(t, "kind")
		n := rapid.IntRange(1, 7).Draw(t, "records")
		records := make([]fold.Record, n)
		for i := range records {
			// So few times and ranks that most records tie with another.
			time := trace.Micros(rapid.IntRange(0, 2).Draw(t, "time"))
			rank := rapid.SampledFrom([]fold.Rank{create, update, complete}).Draw(t, "rank")
			records[i] = drawRecord(t, kind, rank, time)
		}
		s := states(f, records)
		inOrder := joinAll(f, s)
		want := show(&inOrder)

		forgetful := joinForgetting(f, records)
		if diff := cmp.Diff(want, show(&forgetful)); diff != "" {
			t.Fatalf("a store that forgets arrivals (-with them +without)\n%s\nrecords in order of arrival:\n%s", diff, describe(records))
		}
		other := joinAnyhow(t, f, rapid.Permutation(s).Draw(t, "order"))
		if diff := cmp.Diff(want, show(&other)); diff != "" {
			t.Fatalf("joined in another way (-in order +otherwise)\n%s\nrecords in order of arrival:\n%s", diff, describe(records))
		}
	})
}
