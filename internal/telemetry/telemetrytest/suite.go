package telemetrytest

import (
	"slices"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// Harness is what an engine's test gives to [Run].
type Harness struct {
	// Open returns a fresh, empty store. It is called once per subtest, from
	// several goroutines at once; closing is the suite's business, cleaning up
	// Open's (t.Cleanup).
	Open func(t *testing.T) telemetry.Store
	// Reopen closes the store and opens the same data again. Nil means that
	// the engine cannot, which [Skip] has to give a reason for.
	Reopen func(t *testing.T, s telemetry.Store) telemetry.Store
	// Skip names the topics that the engine is known to fail.
	Skip Skip
}

// Skip maps the name of a topic, the first level of subtests, to the reason why
// an engine does not pass it. The zero value skips nothing.
type Skip map[string]string

type topic struct {
	name string
	run  func(t *testing.T, h Harness)
}

func topics() []topic {
	return []topic{
		{"fold", func(t *testing.T, h Harness) { runVectors(t, h.Open) }},
		{"histories", runHistories},
		{"round trip", runRoundTrip},
		{"texts", runTexts},
		{"empty texts", runEmptyTexts},
		{"large values", runLargeValues},
		{"bounded answers", runBound},
		{"orders", runOrders},
		{"filters", runFilters},
		{"times", runTimes},
		{"score filters", runScoreFilters},
		{"score pages", runScorePages},
		{"score texts", runScoreTexts},
		{"deleted scores", runDeleteScore},
		{"session lists", runSessionLists},
		{"absorbed ids", runAbsorbed},
		{"parts", runParts},
		{"stable pages", runStablePages},
		{"isolation", runIsolation},
		{"all or nothing", runAtomic},
		{"sent again", runSentAgain},
		{"concurrency", runConcurrency},
		{"cancelled", runCancel},
		{"closed", runClose},
		{"reopened", runReopen},
		{"many", runMany},
	}
}

// Run holds an engine to the whole contract. Each subtest gets a store of its
// own; subtests run in parallel.
func Run(t *testing.T, h Harness) {
	t.Helper()
	all := topics()
	for name, reason := range h.Skip {
		if !slices.ContainsFunc(all, func(p topic) bool { return p.name == name }) {
			t.Errorf("skip names %q, which is no topic", name)
		}
		if reason == "" {
			t.Errorf("skipping %q needs a reason", name)
		}
	}
	for _, p := range all {
		if reason, ok := h.Skip[p.name]; ok {
			t.Logf("not run: %s: %s", p.name, reason)
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.run(t, h)
		})
	}
}

// RunFold holds an engine to the cases of the fold alone, which is what an
// experiment has to pass before it is worth measuring. They use Write, Trace and
// Observation, and the lists where a case says what is listed.
func RunFold(t *testing.T, open func(t *testing.T) telemetry.Store) {
	t.Helper()
	runVectors(t, open)
}
