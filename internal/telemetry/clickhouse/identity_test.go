package clickhouse_test

import (
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
