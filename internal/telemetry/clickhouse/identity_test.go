package clickhouse_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry/clickhouse"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// in is a record of the observation g in a trace, or in none. A start of -1 is
// none; a record with a name sets it.
func in(traceID string, at, start trace.Micros, name string) fold.Record {
	r := fold.Record{Kind: fold.Observation, TraceID: traceID, ID: "g", Time: at, Rank: fold.Update}
	if start >= 0 {
		r.Set(fold.Start, fold.Time(start))
	}
	if name != "" {
		r.Set(fold.Name, fold.Text(name))
	}
	return r
}

// absorbing is a record of a trace that absorbs an id.
func absorbing(traceID, alias string) fold.Record {
	return fold.Record{Kind: fold.Trace, TraceID: traceID, ID: traceID, Rank: fold.Update, Absorbs: alias}
}

// TestSettle pins where records without a trace end up where the order of arrival
// decides, beyond the cases of the suite.
func TestSettle(t *testing.T) {
	tests := map[string]struct {
		records []fold.Record
		want    map[string]string // name by trace
	}{
		"nobody names a trace": {
			[]fold.Record{in("", 1, 5, "a"), in("", 2, 5, "b")}, map[string]string{"derived": "b"},
		},
		"one trace, named last": {
			[]fold.Record{in("", 2, 5, "b"), in("", 1, 5, "a"), in("A", 0, 9, "")}, map[string]string{"A": "b"},
		},
		"what waits goes to the first trace that is named": {
			[]fold.Record{in("", 1, 5, "a"), in("A", 2, 1, ""), in("B", 3, 90, "")}, map[string]string{"A": "a", "B": ""},
		},
		"what comes later joins the newest start": {
			[]fold.Record{in("A", 1, 10, ""), in("B", 2, 20, ""), in("", 3, -1, "n")}, map[string]string{"A": "", "B": "n"},
		},
		"of equal starts, the greater trace": {
			[]fold.Record{in("B", 1, 10, ""), in("A", 2, 10, ""), in("", 3, -1, "n")}, map[string]string{"A": "", "B": "n"},
		},
		"the newest start of that moment": {
			[]fold.Record{in("A", 1, 10, ""), in("B", 2, 5, ""), in("", 3, -1, "n"), in("B", 4, 90, "")}, map[string]string{"A": "n", "B": ""},
		},
		"a start is the first that was given, by event time": {
			[]fold.Record{in("A", 5, 90, ""), in("B", 6, 50, ""), in("A", 1, 10, ""), in("", 7, -1, "n")}, map[string]string{"A": "", "B": "n"},
		},
		"what joined counts for the next": {
			// The first record without a trace joins B and moves its start to 1.
			[]fold.Record{in("A", 5, 10, ""), in("B", 6, 20, ""), in("", 1, 1, "x"), in("", 7, -1, "n")}, map[string]string{"A": "n", "B": "x"},
		},
		"what waited counts too": {
			[]fold.Record{in("", 1, 1, "w"), in("B", 6, 20, ""), in("A", 5, 10, ""), in("", 7, -1, "n")}, map[string]string{"A": "n", "B": "w"},
		},
		"of a trace and its alias, it does not matter which": {
			[]fold.Record{in("A", 1, 10, ""), in("B", 2, 20, ""), in("", 3, -1, "n"), absorbing("A", "B")}, map[string]string{"A": "n"},
		},
		"what joined an alias goes with it": {
			[]fold.Record{in("A", 1, 10, ""), in("B", 2, 20, ""), in("", 3, -1, "n"), absorbing("C", "B"), in("A", 4, 90, "a")}, map[string]string{"A": "a", "C": "n"},
		},
		"two that became one have one start": {
			// B alone would be the newest; with A it is not.
			[]fold.Record{in("A", 1, 10, ""), in("B", 2, 90, ""), in("C", 3, 50, ""), absorbing("A", "B"), in("", 4, -1, "n")}, map[string]string{"A": "", "C": "n"},
		},
		"one that becomes an alias later has its own start": {
			[]fold.Record{in("A", 1, 10, ""), in("B", 2, 90, ""), in("C", 3, 50, ""), in("", 4, -1, "n"), absorbing("A", "B")}, map[string]string{"A": "n", "C": ""},
		},
		"of equal starts, the greater trace of that moment": {
			[]fold.Record{in("B", 1, 10, ""), in("C", 2, 10, ""), in("", 3, -1, "n"), absorbing("A", "C"), in("", 4, -1, "m")}, map[string]string{"A": "n", "B": "m"},
		},
		"a chain": {
			[]fold.Record{absorbing("B", "C"), in("C", 1, 10, ""), in("D", 2, 20, ""), absorbing("A", "B"), in("", 3, -1, "n"), absorbing("A", "D")}, map[string]string{"A": "n"},
		},
		"what waits is not taken along by an alias": {
			[]fold.Record{in("", 1, 5, "w"), absorbing("A", "derived"), in("B", 2, 9, ""), in("C", 3, 9, "")}, map[string]string{"B": "w", "C": ""},
		},
		"nobody names a trace, and the derived one is an alias": {
			[]fold.Record{in("", 1, 5, "a"), absorbing("A", "derived"), in("", 2, 5, "b")}, map[string]string{"A": "b"},
		},
		"no start at all is the epoch": {
			[]fold.Record{in("A", 1, -1, ""), in("B", 2, 3, ""), in("", 3, -1, "n")}, map[string]string{"A": "", "B": "n"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, clickhouse.Settle(tt.records)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestAliases pins what ids stand for, and that this does not depend on the order
// in which the rows are read.
func TestAliases(t *testing.T) {
	tests := map[string]struct {
		records []fold.Record
		want    map[string]string
	}{
		"an alias":               {[]fold.Record{absorbing("A", "B")}, map[string]string{"A": "A", "B": "A", "C": "C"}},
		"the first keeps it":     {[]fold.Record{absorbing("A", "C"), absorbing("B", "C"), absorbing("A", "C")}, map[string]string{"A": "A", "B": "B", "C": "A"}},
		"a chain":                {[]fold.Record{absorbing("A", "B"), absorbing("B", "C"), absorbing("C", "D")}, map[string]string{"A": "A", "B": "A", "C": "A", "D": "A"}},
		"a chain from its end":   {[]fold.Record{absorbing("C", "D"), absorbing("B", "C"), absorbing("A", "B")}, map[string]string{"A": "A", "B": "A", "C": "A", "D": "A"}},
		"each absorbs the other": {[]fold.Record{absorbing("B", "A"), absorbing("A", "B")}, map[string]string{"A": "B", "B": "B"}},
		"a circle":               {[]fold.Record{absorbing("A", "B"), absorbing("B", "C"), absorbing("C", "A")}, map[string]string{"A": "A", "B": "A", "C": "A"}},
		"a circle that is cut": {
			[]fold.Record{absorbing("A", "B"), absorbing("Z", "A"), absorbing("B", "A")}, map[string]string{"A": "Z", "B": "Z", "Z": "Z"},
		},
		"itself":  {[]fold.Record{absorbing("A", "A"), absorbing("B", "A")}, map[string]string{"A": "B", "B": "B"}},
		"nothing": {[]fold.Record{absorbing("A", ""), {Kind: fold.Observation, TraceID: "A", ID: "o", Absorbs: "B"}}, map[string]string{"A": "A", "B": "B", "": ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, clickhouse.Aliases(tt.records, slices.Collect(maps.Keys(tt.want))...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
