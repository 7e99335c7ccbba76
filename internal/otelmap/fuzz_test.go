package otelmap_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/otlp"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// FuzzRecording maps exports that begin as recordings: no panic, sound records, no
// count below 0, the same twice, and every plain word of an attribute is found
// again.
func FuzzRecording(f *testing.F) {
	for _, r := range readRecordings(f) {
		f.Add(r.spans)
	}
	m := otelmap.New(otelmap.DefaultRules())
	f.Fuzz(func(t *testing.T, body []byte) {
		batch, err := otlp.DecodeJSON(body, otlp.DefaultLimits())
		if err != nil {
			return
		}
		for i := range batch.Resources {
			res := &batch.Resources[i]
			for j := range res.Scopes {
				for k := range res.Scopes[j].Spans {
					checkSpan(t, m, res, &res.Scopes[j], &res.Scopes[j].Spans[k])
				}
			}
		}
	})
}

// word is a text that every field keeps as it is, but for the case.
var word = regexp.MustCompile(`^[A-Za-z]{4,60}$`)

func checkSpan(t *testing.T, m *otelmap.Mapper, res *span.Resource, sc *span.Scope, sp *span.Span) {
	t.Helper()
	records, err := m.Map(res, sc, sp, arrival, nil)
	if err != nil {
		return // refused, which is counted
	}
	sound(t, records)
	again, err := m.Map(res, sc, sp, arrival, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(records, again); diff != "" {
		t.Fatalf("not the same twice:\n%s", diff)
	}
	for _, f := range records[0].Fields {
		if f.Field != fold.Usage {
			continue
		}
		for _, a := range f.Value.A {
			if a.N < 0 || a.Name == "" {
				t.Fatalf("usage %v", f.Value.A)
			}
		}
	}
	all := strings.ToLower(strings.Join(render(records), "\n"))
	for _, a := range sp.Attributes {
		text := a.Value.Str
		if a.Value.Kind != span.String || !word.MatchString(text) {
			continue
		}
		switch strings.ToLower(text) {
		case "true", "false", "null", "infinity":
			continue // a flag or a number, where the attribute is one
		}
		if !strings.Contains(all, strings.ToLower(text)) {
			t.Fatalf("%s = %s is not in\n%s", a.Key, text, all)
		}
	}
}
