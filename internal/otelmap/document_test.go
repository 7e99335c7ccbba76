package otelmap_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/otelmap"
)

// TestDocument compares docs/conventions.md with the tables that it lists.
func TestDocument(t *testing.T) {
	same(t, filepath.Join("..", "..", "docs", "conventions.md"), []byte(document()))
}

func document() string {
	var b strings.Builder
	b.WriteString(`<!-- Generated from the tables of internal/otelmap by ` + "`go test ./internal/otelmap -update`" + `. Do not edit. -->

# Conventions

How an OpenTelemetry span becomes an observation. Instrumentations describe the same
call with different attributes; each choice between them is a row of a table below. In a
table the row at the top is asked first. A row's name is what the reasons of an observation
say: they name, for each field, the row that gave it.

"Present" is anything but null. "Truthy" is anything but null, empty text, 0, NaN and
false. What no row reads stays in the metadata, or in the raw value of the observation.

## Who sends what

| convention | what it is | recognised by | read by the rows of |
|---|---|---|---|
`)
	counts := map[otelmap.Convention]int{}
	tables := otelmap.DefaultRules().Tables()
	for _, t := range tables {
		for _, line := range t.Rows {
			counts[line.Convention]++
		}
	}
	titles := map[otelmap.Convention]string{}
	for _, about := range otelmap.Conventions() {
		titles[about.Convention] = about.Title
	}
	for _, about := range otelmap.Conventions() {
		var by []string
		if n := counts[about.Convention]; n > 0 {
			by = append(by, fmt.Sprintf("its own (%d)", n))
		}
		for _, c := range about.ReadBy {
			by = append(by, titles[c])
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", about.Title, about.Description, about.Recognised, strings.Join(by, ", "))
	}
	for _, table := range tables {
		fmt.Fprintf(&b, "\n## %s\n\nTable `%s`. %s\n\n| row | reads | when | gives | convention |\n|---|---|---|---|---|\n", table.Title, table.Name, table.Decides)
		for _, line := range table.Rows {
			name := strings.TrimPrefix(line.Name, table.Name+"/")
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", name, line.Reads, line.When, line.Gives, titles[line.Convention])
		}
	}
	return b.String()
}

// TestConventions: every row is of a convention that is described, every
// convention is told from others by something, and is read by itself or others.
func TestConventions(t *testing.T) {
	known := map[otelmap.Convention]bool{}
	for _, about := range otelmap.Conventions() {
		if known[about.Convention] {
			t.Errorf("%s is there twice", about.Convention)
		}
		known[about.Convention] = true
		for what, text := range map[string]string{"title": about.Title, "description": about.Description, "recognised": about.Recognised} {
			if text == "" || strings.ContainsAny(text, "\n|") {
				t.Errorf("%s: %s is %q", about.Convention, what, text)
			}
		}
	}
	used := map[otelmap.Convention]bool{}
	for _, table := range otelmap.DefaultRules().Tables() {
		if table.Name == "" || table.Title == "" || table.Decides == "" || len(table.Rows) == 0 {
			t.Errorf("table %+v", table)
		}
		for _, line := range table.Rows {
			used[line.Convention] = true
			if !known[line.Convention] || line.Reads == "" || !strings.HasPrefix(line.Name, table.Name+"/") ||
				slices.ContainsFunc([]string{line.Reads, line.When, line.Gives}, func(s string) bool { return strings.ContainsAny(s, "\n|") }) {
				t.Errorf("%s: %+v", table.Name, line)
			}
		}
	}
	for _, about := range otelmap.Conventions() {
		if !used[about.Convention] && len(about.ReadBy) == 0 {
			t.Errorf("%s is read by nobody", about.Convention)
		}
		for _, c := range about.ReadBy {
			if !used[c] {
				t.Errorf("%s is read by %s, which has no rows", about.Convention, c)
			}
		}
	}
}
