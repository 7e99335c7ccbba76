package telemetrytest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// catalogue is a project in which most values are shared, so that nearly every
// order has ties and every condition some matches.
func catalogue() []fold.Record {
	pick := func(texts []string, i int) (string, bool) { // one in three lacks it
		return texts[i/3%len(texts)], i%3 != 0
	}
	users, names := []string{"u", "U", "v"}, []string{"a", "b"}
	levels, types := trace.Levels(), trace.Types()
	var records []fold.Record
	for i := range 24 {
		traceID := fmt.Sprintf("t%02d", (i*7)%24)
		at := trace.Micros(i%5) * 1000
		own := []part{start(at), set(fold.Public, fold.Bool(i%2 == 0)), set(fold.Bookmarked, fold.Bool(i%4 == 1))}
		for f, texts := range map[fold.Field][]string{fold.Name: names, fold.UserID: users, fold.SessionID: names, fold.Release: users, fold.Version: names} {
			if s, ok := pick(texts, i+int(f)); ok {
				own = append(own, text(f, s))
			}
		}
		if i%2 == 0 {
			own = append(own, tags([]string{"x", "y", "z"}[:1+i%3]...))
		}
		if i%3 == 0 {
			own = append(own, text(fold.Environment, "prod"))
		}
		records = append(records, traceCreate(traceID, 1_000_000+trace.Micros(i), own...))
		for j := range i % 4 {
			parts := []part{start(at + trace.Micros(j%2)), text(fold.Level, string(levels[(i+j)%4])), text(fold.Type, string(types[(i+j)%10]))}
			if j > 0 {
				parts = append(parts, text(fold.Parent, "o0"))
			}
			if j > 1 {
				parts = append(parts, appRoot(), text(fold.UserID, "own"), text(fold.Environment, "own"))
			}
			if s, ok := pick(names, i+j); ok {
				parts = append(parts, text(fold.Name, s))
			}
			records = append(records, create(traceID, fmt.Sprintf("o%d", j), 2_000_000+trace.Micros(10*i+j), parts...))
		}
	}
	return records
}

// openCatalogue writes the catalogue to the engine and to the reference.
func openCatalogue(t *testing.T, h Harness, p id.Project) (model, s telemetry.Store) {
	t.Helper()
	model, s = NewReference(fold.DefaultRules()), h.Open(t)
	for _, store := range []telemetry.Store{model, s} {
		for chunk := range slices.Chunk(catalogue(), 7) {
			write(t, store, p, chunk...)
		}
	}
	return model, s
}

// runOrders lists the traces by every order, by every page size that cuts ties,
// and expects the order of the reference: nulls are the smallest, texts go by
// their bytes, and the id breaks ties in the same direction.
func runOrders(t *testing.T, h Harness) {
	const p id.Project = "p"
	model, s := openCatalogue(t, h, p)
	defer closeStore(t, s)
	for _, field := range append(traceOrders(), "") {
		for _, desc := range []bool{false, true} {
			if field == "" && desc {
				continue
			}
			for _, limit := range []int{1, 5, 24, 100} {
				for offset := 0; offset <= 25; offset += limit {
					q := telemetry.TraceQuery{Order: telemetry.Order{Field: field, Desc: desc}, Offset: offset, Limit: limit, Total: true}
					if err := compareAnswers(t.Context(), model, s, p, questions{traceLists: []telemetry.TraceQuery{q}}); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	for _, limit := range []int{1, 2, 7, 35, 36, 37} {
		if err := compareWalks(t, model, s, p, nil, limit); err != nil {
			t.Error(err)
		}
		for offset := 0; offset <= 37; offset += limit {
			q := telemetry.ObservationQuery{Offset: offset, Limit: limit, Total: true}
			if err := compareAnswers(t.Context(), model, s, p, questions{lists: []telemetry.ObservationQuery{q}}); err != nil {
				t.Fatal(err)
			}
		}
	}

	// The reference could be wrong in the same way; this is written by hand.
	const hand id.Project = "by hand"
	write(t, s, hand,
		traceCreate("1", 5_000, text(fold.Name, "b"), set(fold.Public, fold.Bool(true))), traceCreate("2", 5_000, text(fold.Name, "B")), traceCreate("3", 4_999),
		traceCreate("4", 5_001, text(fold.Name, "")), traceCreate("5", 5_000, text(fold.Name, "b"), set(fold.Public, fold.Bool(false))))
	for what, tt := range map[string]struct {
		order telemetry.Order
		want  []string
	}{
		"newest first": {telemetry.Order{}, []string{"4", "5", "2", "1", "3"}}, "oldest first": {telemetry.Order{Field: filter.Timestamp}, []string{"3", "1", "2", "5", "4"}},
		"name": {telemetry.Order{Field: filter.Name}, []string{"3", "4", "2", "1", "5"}}, "name, descending": {telemetry.Order{Field: filter.Name, Desc: true}, []string{"5", "1", "2", "4", "3"}},
		"public": {telemetry.Order{Field: filter.Public, Desc: true}, []string{"1", "5", "4", "3", "2"}}, "id": {telemetry.Order{Field: filter.TraceID}, []string{"1", "2", "3", "4", "5"}},
	} {
		list, err := s.Traces(t.Context(), hand, telemetry.TraceQuery{Order: tt.order, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, tr := range list.Traces {
			got = append(got, tr.ID)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", what, diff)
		}
	}
	write(t, s, hand, create("2", "b", 7, start(9)), create("2", "a", 8, start(9)), create("1", "c", 9, start(9)), create("1", "A", 10, start(10)), create("1", "0", 11, start(8)))
	if err := observationsListed(telemetry.ObservationQuery{}, "1/A", "2/b", "2/a", "1/c", "1/0").check(t.Context(), s, hand); err != nil {
		t.Error(err)
	}
	if err := holdsObservations("1", "0", "c", "A").check(t.Context(), s, hand); err != nil {
		t.Error(err)
	}
	if err := holdsObservations("2", "a", "b").check(t.Context(), s, hand); err != nil {
		t.Error(err)
	}
}
