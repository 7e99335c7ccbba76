package main

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// The recordings of two clients: tiny exports spans; old sends batches and makes the
// calls of 2023.
const recordings = "testdata/recordings"

// recorded returns what a client sent.
func recorded(t *testing.T, name string) []request {
	t.Helper()
	clients, err := readClients(recordings)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range clients {
		if c.name == name {
			return c.requests
		}
	}
	t.Fatalf("no recordings of %s", name)
	return nil
}

func TestEveryRowIsBroken(t *testing.T) {
	want := otelmap.DefaultRules().Rows()
	for _, rule := range fold.DefaultRules() {
		want = append(want, "fold/"+rule.Kind.String()+"."+rule.Field.String())
	}
	var got, names []string
	for _, m := range allMutants() {
		names = append(names, m.String())
		if m.mutation == removed {
			got = append(got, m.row)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows that are removed (-want +got):\n%s", diff)
	}
	if once := slices.Compact(slices.Sorted(slices.Values(names))); len(once) != len(names) {
		t.Errorf("%d names for %d mutants", len(once), len(names))
	}
}

// TestMutants tries mutants of every kind on a small recording, both ways: by what
// the tables make of it, and by asking a server in any case.
func TestMutants(t *testing.T) {
	tests := map[string]bool{ // whether it is seen
		"type/langfuse.observation.type=chain removed":                            true,
		"model/langfuse.observation.model.name removed":                           true,
		"metadata/resourceAttributes removed":                                     true,
		"version/resource/service.version removed":                                true,
		"model/model removed":                                                     false,
		"metadata/attributes after the next":                                      false,
		"payload/langfuse.observation.input, langfuse.observation.output removed": true,
		"dropped/langfuse.observation.input removed":                              false,
		"status_message/span status removed":                                      true,
		"fold/trace.name removed":                                                 true,
		"fold/trace.name as first_wins":                                           true,
		"fold/trace.tags removed":                                                 true,
		"fold/trace.name null flipped":                                            true,
		"fold/observation.start as ordinary":                                      true,
		"fold/observation.output as first_wins":                                   true,
		"fold/observation.output as ordinary":                                     true,
		"fold/trace.bookmarked removed":                                           false,
		// From here on they need what older clients sent.
		"fold/trace.environment as ordinary":        true,
		"fold/trace.start as ordinary":              true,
		"fold/trace.session null flipped":           true,
		"fold/observation.level null flipped":       true,
		"fold/observation.end null flipped":         false,
		"fold/observation.usage removed":            true,
		"fold/observation.completion_start removed": true,
		"fold/score.score_value as first_wins":      true,
		"fold/score.comment null flipped":           true,
		"fold/score.trace_ref as ordinary":          true,
		"fold/score.session_ref removed":            true,
		"fold/score.execution_trace as first_wins":  true,
		"fold/score.execution_trace null flipped":   true,
		"fold/score.author removed":                 false,
		"fold/session.public removed":               false,
	}
	clients, err := readClients(recordings)
	if err != nil {
		t.Fatal(err)
	}
	replays, err := prepare(t.Context(), clients)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]mutant{}
	for _, m := range allMutants() {
		byName[m.String()] = m
	}
	var mutants []mutant
	for name := range tests {
		m, ok := byName[name]
		if !ok {
			t.Fatalf("no mutant %q", name)
		}
		mutants = append(mutants, m)
	}
	for _, thorough := range []bool{false, true} {
		results, err := try(t.Context(), mutants, replays, options{workers: 2, thorough: thorough}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if seen := r.killedBy != ""; seen != tests[r.String()] {
				t.Errorf("thorough %v: %s: seen %v", thorough, r, seen)
			}
		}
	}
}

func TestReadClientsWithoutRecordings(t *testing.T) {
	if _, err := readClients(t.TempDir()); err == nil {
		t.Error("no error for a folder without clients")
	}
	if _, err := readClients("testdata"); err == nil { // testdata/recordings has folders, no requests
		t.Error("no error for a client without requests")
	}
}

// TestExport sees that spans survive being written and read again, so that what
// differs in an export of changed spans is only what was changed.
func TestExport(t *testing.T) {
	requests := recorded(t, "tiny")
	want, err := decode(t.Context(), requests)
	if err != nil {
		t.Fatal(err)
	}
	for i := range requests {
		if requests[i], err = requests[i].saying(exportOf(want[i].spans)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := decode(t.Context(), requests)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(spansOf(want), spansOf(got)); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
}

func spansOf(all []said) []span.Batch {
	var batches []span.Batch
	for _, s := range all {
		batches = append(batches, *s.spans)
	}
	return batches
}

// TestReasonsAreAboutMutants looks at the file itself; whether each of its mutants
// survives, the run says.
func TestReasonsAreAboutMutants(t *testing.T) {
	reasons, err := readReasons()
	if err != nil {
		t.Fatal(err)
	}
	var results []result // as if all survived
	for _, m := range allMutants() {
		results = append(results, result{mutant: m})
	}
	for _, p := range judge(results, reasons).problems {
		if !strings.HasSuffix(p, "survives without a reason") {
			t.Error(p)
		}
	}
}

func TestReport(t *testing.T) {
	results := []result{
		{mutant{row: "name/a", mutation: removed}, "js5, as recorded"},
		{mutant{row: "name/a", mutation: swapped}, ""},
		{mutant{row: "fold/trace.name", mutation: removed}, ""},
		{mutant{row: "fold/trace.name", mutation: nullFlipped}, ""},
	}
	one := reason{Why: "nobody sends both", Mutation: swapped, Rows: []string{"name/a"}}
	all := reason{Why: "arrives later", Rows: []string{"fold/trace.name"}}
	tests := map[string]struct {
		reasons []reason
		want    []string // problems
	}{
		"a reason for each": {reasons: []reason{one, all}},
		"survivors without": {
			reasons: []reason{one},
			want: []string{
				"fold/trace.name removed survives without a reason",
				"fold/trace.name null flipped survives without a reason",
			},
		},
		"a reason for a killed one": {
			reasons: []reason{{Why: "x", Rows: []string{"name/a"}}, all},
			want:    []string{"name/a removed is killed (js5, as recorded) and needs no reason"},
		},
		"a row that is none": {
			reasons: []reason{one, all, {Why: "x", Rows: []string{"name/gone"}}},
			want:    []string{"a reason is about name/gone, which is no mutant"},
		},
		"a mutation that is none": {
			reasons: []reason{one, all, {Why: "x", Mutation: "as payload", Rows: []string{"fold/trace.name"}}},
			want:    []string{"a reason is about fold/trace.name as payload, which is no mutant"},
		},
		"two reasons": {
			reasons: []reason{one, all, {Why: "x", Mutation: removed, Rows: []string{"fold/trace.name"}}},
			want:    []string{"fold/trace.name removed has two reasons"},
		},
		"a reason without words": {
			reasons: []reason{{Why: " ", Mutation: swapped, Rows: []string{"name/a"}}, all},
			want:    []string{`a reason for ["name/a"] says nothing`, "name/a after the next survives without a reason"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			ok, err := report(&out, results, test.reasons)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for line := range strings.Lines(out.String()) {
				if problem, found := strings.CutPrefix(line, "FAIL: "); found {
					got = append(got, strings.TrimSpace(problem))
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if ok != (len(test.want) == 0) {
				t.Errorf("ok is %v", ok)
			}
			if total := "mapping: 1 rows, 2 mutants, 1 killed, 1 survived\nfold: 1 rows, 2 mutants, 0 killed, 2 survived\n"; !strings.Contains(out.String(), total) {
				t.Errorf("no totals in:\n%s", out.String())
			}
		})
	}
}
