package otelmap_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/otlp"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// recording is a file of testdata/recorded, which published packages sent, or of
// testdata/handmade, for what no recording reaches.
type recording struct {
	name     string // framework/case, or handmade/convention/case
	handmade bool
	calls    []providerCall // what the provider answered, where there was one
	spans    []byte
	batch    span.Batch
}

// providerCall is one answer of the provider that the framework was driven with.
type providerCall struct {
	API   string         `json:"api"`
	Usage map[string]any `json:"usage"`
	Model string         `json:"model"`
}

// readRecordings reads all files of both folders.
func readRecordings(t testing.TB) []recording {
	t.Helper()
	var all []recording
	for _, folder := range []string{"recorded", "handmade"} {
		root := filepath.Join("testdata", folder)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".txtar" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, strings.TrimSuffix(path, ".txtar"))
			if err != nil {
				return err
			}
			if folder == "handmade" {
				name = filepath.Join(folder, name)
			}
			all = append(all, readRecording(t, filepath.ToSlash(name), folder == "handmade", string(text)))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.SortFunc(all, func(a, b recording) int { return strings.Compare(a.name, b.name) })
	return all
}

func readRecording(t testing.TB, name string, handmade bool, text string) recording {
	t.Helper()
	head, files := archive(text)
	if handmade && !strings.HasPrefix(head, "hand-made: ") {
		t.Fatalf("%s does not say why it is made by hand", name)
	}
	r := recording{name: name, handmade: handmade, spans: []byte(files["spans.json"])}
	if provider := files["provider.json"]; provider != "" {
		if err := json.Unmarshal([]byte(provider), &r.calls); err != nil {
			t.Fatalf("%s: provider.json: %v", name, err)
		}
	}
	var err error
	if r.batch, err = otlp.DecodeJSON(r.spans, otlp.DefaultLimits()); err != nil {
		t.Fatalf("%s: spans.json: %v", name, err)
	}
	return r
}

// archive takes a text of files apart: each begins with a line "-- name --".
func archive(text string) (head string, files map[string]string) {
	files = map[string]string{}
	name := ""
	var b strings.Builder
	end := func() {
		if name == "" {
			head = b.String()
		} else {
			files[name] = b.String()
		}
		b.Reset()
	}
	for line := range strings.Lines(text) {
		if inner, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok && strings.HasSuffix(inner, " --") {
			end()
			name = strings.TrimSuffix(inner, " --")
			continue
		}
		b.WriteString(line)
	}
	end()
	return head, files
}

// mapped returns the records of all spans of a recording.
func (r *recording) mapped(t testing.TB, m *otelmap.Mapper) []fold.Record {
	t.Helper()
	var records []fold.Record
	for i := range r.batch.Resources {
		res := &r.batch.Resources[i]
		for j := range res.Scopes {
			sc := &res.Scopes[j]
			for k := range sc.Spans {
				var err error
				if records, err = m.Map(res, sc, &sc.Spans[k], arrival, records); err != nil {
					t.Fatalf("%s: %v", r.name, err)
				}
			}
		}
	}
	return records
}
