//go:build clients

package conformance_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestExamples runs the programs of docs/first-trace.md against the built binary:
// the page must show each program as it is and what it prints.
func TestExamples(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "first-trace.md"))
	if err != nil {
		t.Fatal(err)
	}
	binary := buildServer(t)
	clients := readClients(t)
	for name, program := range map[string]string{"python4": "hello.py", "js5": "hello.mjs"} {
		t.Run(program, func(t *testing.T) {
			i := slices.IndexFunc(clients, func(c client) bool { return c.Name == name })
			if i < 0 {
				t.Fatalf("clients.json has no %s", name)
			}
			c := clients[i]
			c.Program = filepath.Join("..", "docs", "examples", program)
			srv := startServer(t, binary, initEnv())
			env := append(programEnv(), "LANGFUSE_BASE_URL="+srv.url)
			output, err := runProgram(t, c, install(t, c), env)
			if err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			source, err := os.ReadFile(c.Program)
			if err != nil {
				t.Fatal(err)
			}
			for what, text := range map[string]string{"the program": string(source), "its output": string(output)} {
				if !strings.Contains(string(page), text) {
					t.Errorf("docs/first-trace.md does not show %s:\n%s", what, text)
				}
			}
		})
	}
}
