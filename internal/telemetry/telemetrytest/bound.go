package telemetrytest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// runBound checks that a trace which holds more than was asked for is refused, and
// that what is not asked for does not count.
func runBound(t *testing.T, h Harness) {
	const p id.Project = "p"
	s := h.Open(t)
	defer closeStore(t, s)
	var records []fold.Record
	for i := range 20 {
		value := fold.Quote(strings.Repeat(fmt.Sprintf("%08d", i), 6_250)) // 50,000 characters
		records = append(records, create("t", fmt.Sprintf("o%d", i), trace.Micros(i), io(fold.Input, value), meta(`{"k":`+value+`}`)))
	}
	write(t, s, p, records...)
	for name, c := range map[string]struct {
		parts   telemetry.Parts
		refused bool
	}{
		"no bound":            {telemetry.Parts{IO: true, Metadata: true}, false},
		"a bound above it":    {telemetry.Parts{IO: true, Metadata: true, MaxBytes: 4 << 20}, false},
		"a bound below it":    {telemetry.Parts{IO: true, Metadata: true, MaxBytes: 1 << 20}, true},
		"not asked for texts": {telemetry.Parts{MaxBytes: 1000}, false},
	} {
		tree, err := s.Trace(t.Context(), p, "t", c.parts)
		switch {
		case c.refused && !fault.Is(err, fault.TooCostly):
			t.Errorf("%s: got error %v, want too costly", name, err)
		case !c.refused && (err != nil || len(tree.Observations) != 20):
			t.Errorf("%s: got %d observations and error %v", name, len(tree.Observations), err)
		}
	}
}
