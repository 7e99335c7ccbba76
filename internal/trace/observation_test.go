package trace_test

import (
	"slices"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

func TestRoot(t *testing.T) {
	parent := "p"
	for name, tt := range map[string]struct {
		o    trace.Observation
		want bool
	}{
		"no parent":           {trace.Observation{}, true},
		"a parent":            {trace.Observation{ParentID: &parent}, false},
		"an application root": {trace.Observation{ParentID: &parent, AppRoot: true}, true},
	} {
		if got := tt.o.Root(); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestLatency(t *testing.T) {
	end := trace.Micros(7)
	if us, ok := (&trace.Observation{Start: 2, End: &end}).Latency(); us != 5 || !ok {
		t.Errorf("%d, %v", us, ok)
	}
	if us, ok := (&trace.Observation{Start: 9, End: &end}).Latency(); us != -2 || !ok {
		t.Errorf("an end before the start: %d, %v", us, ok)
	}
	if us, ok := (&trace.Observation{Start: 9}).Latency(); us != 0 || ok {
		t.Errorf("no end: %d, %v", us, ok)
	}
	if us := (trace.Sums{First: -2, Last: 7}).Latency(); us != 9 {
		t.Errorf("a trace: %d", us)
	}
	if us := (trace.Sums{}).Latency(); us != 0 {
		t.Errorf("a trace without observations: %d", us)
	}
}

// TestVocabulary: sums of a trace are counted by the place of a level, and the
// names are the API's.
func TestVocabulary(t *testing.T) {
	if got, want := trace.Levels(), []trace.Level{"DEBUG", "DEFAULT", "WARNING", "ERROR"}; !slices.Equal(got, want) {
		t.Errorf("levels %v, want %v", got, want)
	}
	if got, want := len(trace.Sums{}.ByLevel), len(trace.Levels()); got != want {
		t.Errorf("sums count %d levels of %d", got, want)
	}
	want := []trace.Type{"SPAN", "GENERATION", "EVENT", "AGENT", "TOOL", "CHAIN", "RETRIEVER", "EVALUATOR", "EMBEDDING", "GUARDRAIL"}
	if got := trace.Types(); !slices.Equal(got, want) {
		t.Errorf("types %v, want %v", got, want)
	}
}

func TestMetadataEmpty(t *testing.T) {
	for object, want := range map[string]bool{"": true, "{}": true, `{"a":1}`: false} {
		if got := (trace.Metadata{Object: object}).Empty(); got != want {
			t.Errorf("%q: %v", object, got)
		}
	}
}
