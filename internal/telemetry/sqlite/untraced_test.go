package sqlite_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// TestUntracedRuns writes records that name no trace one after the other, for one
// observation, for none yet, and for an id that two traces hold and whose newest
// start changes while they are joined. However they are cut into calls, each finds
// what it finds alone.
func TestUntracedRuns(t *testing.T) {
	t.Parallel()
	said := func(traceID string, at trace.Micros, start trace.Micros, explicit bool) fold.Record {
		r := fold.Record{Kind: fold.Observation, TraceID: traceID, ID: "u", Time: at, Rank: fold.Update, Metadata: trace.Metadata{Object: fmt.Sprintf(`{"k%d":1}`, at)}}
		r.Set(fold.Name, fold.Text(fmt.Sprint("said at ", at)))
		if explicit {
			r.Set(fold.Start, fold.Time(start))
		} else {
			r.SetDefault(fold.Start, fold.Time(start))
		}
		return r
	}
	tests := map[string][]fold.Record{
		"none yet":         {said("", 5, 5, false), said("", 6, 6, false), said("", 4, 4, false), said("", 3, 9, true)},
		"one":              {said("A", 1, 1, true), said("", 5, 5, false), said("", 6, 6, false), said("", 4, 4, false)},
		"then one":         {said("", 5, 5, false), said("", 6, 6, false), said("A", 1, 1, true), said("", 4, 4, false), said("", 7, 7, false)},
		"two":              {said("A", 1, 10, true), said("B", 2, 20, true), said("", 5, 5, false), said("", 6, 6, true), said("", 4, 4, false)},
		"two, start moves": {said("A", 8, 10, true), said("B", 9, 20, true), said("", 5, 1, true), said("", 6, 6, false), said("", 4, 30, true), said("", 3, 2, false)},
	}
	for name, records := range tests {
		for cuts := range 1 << (len(records) - 1) {
			t.Run(fmt.Sprintf("%s/%d", name, cuts), func(t *testing.T) {
				t.Parallel()
				s, ref := open(t, sqlite.Config{Synchronous: "OFF"}), telemetrytest.NewReference(fold.DefaultRules())
				var call []fold.Record
				for i, r := range records {
					call = append(call, r)
					if cuts>>i&1 == 0 && i < len(records)-1 {
						continue
					}
					write(t, s, "p", call...)
					if err := ref.Write(t.Context(), "p", call); err != nil {
						t.Fatal(err)
					}
					verify(t, s)
					call = nil
				}
				if diff := cmp.Diff(dump(t, ref, "p"), dump(t, s, "p")); diff != "" {
					t.Errorf("(-reference +engine):\n%s", diff)
				}
			})
		}
	}
}
