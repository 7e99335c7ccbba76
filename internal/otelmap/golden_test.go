package otelmap_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

var update = flag.Bool("update", false, "rewrite golden files and docs/conventions.md")

// TestGolden maps every recording and compares what becomes of it with
// testdata/golden.
func TestGolden(t *testing.T) {
	m := otelmap.New(otelmap.DefaultRules())
	known := map[string]bool{}
	for _, r := range readRecordings(t) {
		path := filepath.Join("testdata", "golden", filepath.FromSlash(r.name)+".json")
		known[path] = true
		t.Run(r.name, func(t *testing.T) {
			records := r.mapped(t, m)
			sound(t, records)
			same(t, path, goldenOf(t, records))
		})
	}
	err := filepath.WalkDir(filepath.Join("testdata", "golden"), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir() || known[path]:
			return err
		case *update:
			return os.Remove(path)
		}
		t.Errorf("%s is of no recording", path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// same compares a text with that of a file, or rewrites the file.
func same(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run the tests of this package with -update", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got), after a look rewritten by -update:\n%s", path, diff)
	}
}

// goldenOf writes records as JSON for people: a field that is JSON as such, the
// reasons as lists of lines.
func goldenOf(t *testing.T, records []fold.Record) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteByte('[')
	for i, r := range records {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('{')
		member(t, &b, "kind", r.Kind.String())
		member(t, &b, "id", r.ID)
		member(t, &b, "trace", r.TraceID)
		for _, f := range r.Fields {
			name := f.Field.String()
			if f.Default {
				name += " by default"
			}
			member(t, &b, name, goldenValue(f))
		}
		if len(r.Tags) > 0 {
			member(t, &b, "tags", r.Tags)
		}
		if !r.Metadata.Empty() {
			member(t, &b, "metadata", json.RawMessage(r.Metadata.Object))
		}
		b.WriteByte('}')
	}
	b.WriteByte(']')
	var out bytes.Buffer
	if err := json.Indent(&out, b.Bytes(), "", " "); err != nil {
		t.Fatal(err)
	}
	out.WriteByte('\n')
	return out.Bytes()
}

func member(t *testing.T, b *bytes.Buffer, name string, value any) {
	t.Helper()
	if b.Bytes()[b.Len()-1] != '{' {
		b.WriteByte(',')
	}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(name); err != nil {
		t.Fatal(err)
	}
	b.WriteByte(':')
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
}

func goldenValue(r fold.Register) any {
	switch r.Field {
	case fold.Reasons:
		return strings.Split(strings.ReplaceAll(r.Value.S, "\t", ": "), "\n")
	case fold.Usage:
		usage := map[string]int64{}
		for _, a := range r.Value.A {
			usage[a.Name] = a.N
		}
		return usage
	case fold.Cost:
		cost := map[string]json.Number{}
		for _, a := range r.Value.A {
			cost[a.Name] = json.Number(trace.FormatCost(a.N))
		}
		return cost
	}
	text := renderValue(r)
	if s := strings.TrimSpace(text); (strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[")) && json.Valid([]byte(s)) {
		return json.RawMessage(s)
	}
	return text
}
