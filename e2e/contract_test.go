package e2e_test

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// operation is an operation of the served document.
type operation struct {
	ID, Method, Path string
	Public           bool // needs no key
	Bearer           bool // a public key alone is enough
	Parameters       []parameter
}

type parameter struct{ Name, In string }

// params returns the names of the parameters in a place.
func (o operation) params(in string) (names []string) {
	for _, p := range o.Parameters {
		if p.In == in {
			names = append(names, p.Name)
		}
	}
	return names
}

// contract reads the operations from the document that the server serves.
func contract(t *testing.T, s *fusebox.Server) []operation {
	t.Helper()
	a := get(t, s.URL+"/api/openapi.yaml")
	if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "application/yaml; charset=utf-8" {
		t.Fatalf("the document: %d %v", a.Status, a.Header)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `yaml:"operationId"`
			Security    []map[string][]string
			Parameters  []parameter
		}
	}
	if err := yaml.Unmarshal([]byte(a.Body), &doc); err != nil {
		t.Fatal(err)
	}
	var all []operation
	for path, methods := range doc.Paths {
		for method, o := range methods {
			op := operation{ID: o.OperationID, Method: strings.ToUpper(method), Path: path, Parameters: o.Parameters, Public: len(o.Security) == 0}
			for _, scheme := range o.Security {
				if _, ok := scheme["publicKey"]; ok {
					op.Bearer = true
				}
			}
			if op.ID == "" {
				t.Errorf("%s %s has no id", op.Method, op.Path)
			}
			all = append(all, op)
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return cmp.Compare(a.ID, b.ID) })
	if len(all) == 0 {
		t.Fatal("the document has no operations")
	}
	return all
}
