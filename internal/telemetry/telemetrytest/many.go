package telemetrytest

import (
	"fmt"
	"math"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/filter"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// runMany: large calls and large traces, and numbers at their edges.
func runMany(t *testing.T, h Harness) {
	s := h.Open(t)
	defer closeStore(t, s)
	const traces, each = 40, 60
	var records []fold.Record
	for i := range traces * each {
		n := (i * 1009) % (traces * each) // no order
		records = append(records, span(fmt.Sprint("t", n%traces), fmt.Sprintf("o%05d", n), trace.Micros(n), trace.Micros(n+5), usage(map[string]int64{"input": 1})))
	}
	for i := range 1500 {
		records = append(records, create("large", fmt.Sprintf("%05d", i), trace.Micros(i), usage(map[string]int64{"output": int64(i)})))
	}
	write(t, s, "p", records...)
	tree, err := s.Trace(t.Context(), "p", "large", telemetry.Parts{})
	if err != nil || len(tree.Observations) != 1500 || tree.Trace.Sums.Observations != 1500 || tree.Trace.Sums.UsageOutput != 1500*1499/2 || tree.Observations[1499].ID != "01499" {
		t.Errorf("a large trace: %d observations, sums %+v, %v", len(tree.Observations), tree.Trace.Sums, err)
	}
	list, err := s.Traces(t.Context(), "p", telemetry.TraceQuery{Limit: 100, Total: true, Parts: telemetry.Parts{Observations: true}})
	if err != nil || list.Total != traces+1 || len(list.Traces) != traces+1 {
		t.Fatalf("%d of %d traces, %v", len(list.Traces), list.Total, err)
	}
	for i, tr := range list.Traces {
		if tr.ID != "large" && (tr.Sums.Observations != each || tr.Sums.UsageTotal != each || len(list.ObservationIDs[i]) != each) {
			t.Errorf("trace %s: %+v", tr.ID, tr.Sums)
		}
	}
	total, err := s.Observations(t.Context(), "p", telemetry.ObservationQuery{Where: filter.All{filter.Equals(filter.Environment, "default")}, Limit: 1, Total: true})
	if err != nil || total.Total != traces*each+1500 {
		t.Errorf("%d observations in all, %v", total.Total, err)
	}

	// One absurd number must not keep the trace from being written or read.
	most := usage(map[string]int64{"input": math.MaxInt64, "output": math.MaxInt64})
	costly := set(fold.Cost, fold.Map(trace.Amounts{{Name: "input", N: trace.MaxCost}, {Name: "output", N: trace.MaxCost}}))
	for i := range 12 {
		write(t, s, "edge", create("T", fmt.Sprint(i), trace.Micros(i), most, costly))
	}
	write(t, s, "edge", update("T", "0", 99, usage(map[string]int64{"input": 1}), text(fold.Name, "n")))
	tree, err = s.Trace(t.Context(), "edge", "T", everything())
	if err != nil || len(tree.Observations) != 12 || tree.Trace.Sums.Observations != 12 || opt(tree.Observations[0].Name) != "n" {
		t.Fatalf("numbers at their edges: %+v, %v", tree.Trace.Sums, err)
	}
	if n, _ := tree.Observations[1].Usage.Get("input"); n != math.MaxInt64 {
		t.Errorf("a usage of %d comes back as %d", int64(math.MaxInt64), n)
	}
}
