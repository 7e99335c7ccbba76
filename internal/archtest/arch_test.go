package archtest_test

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/fusebox-llm/fusebox"

type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
	Deps       []string
	GoFiles    []string
}

// rule forbids packages to depend, at any distance, on others.
type rule struct {
	why       string
	from      []string // path patterns below the module, "…" at the end for a subtree
	forbidden []string // import paths; "…" at the end for a subtree
}

func rules() []rule {
	technology := []string{
		"net/http", "database/sql", "modernc.org/…", "github.com/pressly/goose/…",
		"github.com/prometheus/…", "google.golang.org/protobuf/…", "github.com/alecthomas/kong",
	}
	implementations := []string{
		module + "/internal/telemetry/sqlite", module + "/internal/telemetry/clickhouse",
		module + "/internal/metadata/sqldb", module + "/internal/blob/fs",
	}
	return []rule{
		{
			why: "vocabulary, domain and contracts know no technology",
			from: []string{
				"internal/fault", "internal/id", "internal/page", "internal/filter", "internal/jsontext", "internal/span", "internal/secret",
				"internal/trace", "internal/score", "internal/fold", "internal/batch", "internal/account", "internal/explore",
				"internal/telemetry", "internal/blob", "internal/metadata", "internal/otelmap",
				"internal/pricing", "internal/media", "internal/tasks", "internal/tools", "internal/tokens",
			},
			forbidden: technology,
		},
		{
			why:       "edges and services meet implementations only in package app",
			from:      []string{"internal/api", "internal/body", "internal/batch", "internal/otlp", "internal/otelmap", "internal/auth", "internal/ingest", "internal/explore", "internal/account", "internal/fold", "internal/pricing", "internal/media", "internal/tasks", "internal/reprice"},
			forbidden: append([]string{module + "/internal/app"}, implementations...),
		},
		{
			why:       "implementations know their contract, not the edges",
			from:      []string{"internal/telemetry/sqlite", "internal/metadata/sqldb", "internal/blob/fs"},
			forbidden: []string{"net/http", module + "/internal/api", module + "/internal/otlp", module + "/internal/ingest", module + "/internal/app"},
		},
		{
			why:       "test code stays out of the binary",
			from:      []string{"cmd/…", "internal/app"},
			forbidden: []string{"testing", module + "/internal/testkit/…", module + "/internal/telemetry/telemetrytest", "github.com/google/go-cmp/…", "pgregory.net/rapid"},
		},
	}
}

func TestDependencyDirection(t *testing.T) {
	packages := list(t)
	for _, r := range rules() {
		for _, p := range packages {
			if !slices.ContainsFunc(r.from, func(pattern string) bool { return match(module+"/"+pattern, p.ImportPath) }) {
				continue
			}
			for _, d := range p.Deps {
				for _, f := range r.forbidden {
					if match(f, d) {
						t.Errorf("%s depends on %s: %s", p.ImportPath, d, r.why)
					}
				}
			}
		}
	}
}

func TestOnlyAppKnowsImplementations(t *testing.T) {
	for _, p := range list(t) {
		for _, imp := range p.Imports {
			rel := strings.TrimPrefix(imp, module+"/internal/")
			if !slices.Contains([]string{"telemetry/sqlite", "telemetry/clickhouse", "metadata/sqldb", "blob/fs"}, rel) {
				continue
			}
			if p.ImportPath != module+"/internal/app" {
				t.Errorf("%s imports %s; only internal/app may", p.ImportPath, imp)
			}
		}
	}
}

func TestNoGrabBagPackages(t *testing.T) {
	banned := []string{"util", "utils", "common", "shared", "misc", "types", "helpers", "base", "core"}
	for _, p := range list(t) {
		if name := path.Base(p.ImportPath); slices.Contains(banned, name) {
			t.Errorf("%s: a package is named after what it owns, not %q", p.ImportPath, name)
		}
	}
}

func TestEveryPackageSaysWhatItOwns(t *testing.T) {
	for _, p := range list(t) {
		n := 0
		for _, file := range p.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if f.Doc != nil && len(f.Doc.Text()) > 40 {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s has %d package comments, want exactly 1", p.ImportPath, n)
		}
	}
}

func TestModulesHaveNoReplace(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(root(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "replace") || strings.HasPrefix(line, "toolchain") {
			t.Errorf("go.mod: %q; users of the module would not get it", strings.TrimSpace(line))
		}
	}
}

// match reports whether an import path fits a pattern.
func match(pattern, importPath string) bool {
	if tree, ok := strings.CutSuffix(pattern, "/…"); ok {
		return importPath == tree || strings.HasPrefix(importPath, tree+"/")
	}
	return importPath == pattern
}

// list returns the module's packages without test files.
func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Dir,Imports,Deps,GoFiles", "./...")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if match(module+"/…", p.ImportPath) && len(p.GoFiles) > 0 {
			packages = append(packages, p)
		}
	}
	if len(packages) < 10 {
		t.Fatalf("found only %d packages", len(packages))
	}
	return packages
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
