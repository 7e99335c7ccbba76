package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/conformance/record/provider"
	"github.com/fusebox-llm/fusebox/internal/otlp"
)

// TestReadable holds the recordings to their form, and to being what the server
// takes.
func TestReadable(t *testing.T) {
	paths, err := filepath.Glob("../../internal/otelmap/testdata/recorded/*/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d recordings, %v", len(paths), err)
	}
	for _, path := range paths {
		name := filepath.Base(filepath.Dir(path)) + "/" + strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			head, rest, ok := bytes.Cut(raw, []byte("-- provider.json --\n"))
			answered, spans, ok2 := bytes.Cut(rest, []byte("-- spans.json --\n"))
			if !ok || !ok2 {
				t.Fatal("not the two files of a recording")
			}
			framework, name, _ := strings.Cut(name, "/")
			for _, line := range []string{"framework: " + framework + "\n", "\ncase: " + name + "\n", "\npackages: "} {
				if !strings.Contains(string(head), line) {
					t.Errorf("no %q in the head", line)
				}
			}
			var exchanges []provider.Exchange
			if err := json.Unmarshal(answered, &exchanges); err != nil {
				t.Errorf("provider.json: %v", err)
			}
			batch, err := otlp.DecodeJSON(spans, otlp.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			count := 0
			for _, r := range batch.Resources {
				for _, s := range r.Scopes {
					for _, sp := range s.Spans {
						count++
						if sp.Refused != "" {
							t.Errorf("refused: %s", sp.Refused)
						}
					}
				}
			}
			if count == 0 {
				t.Error("no span")
			}
		})
	}
}
