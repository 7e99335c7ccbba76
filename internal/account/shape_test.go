package account_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// parseSources returns the package's own files.
func parseSources(t *testing.T) map[string]*ast.File {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = f
	}
	return files
}

// calls returns the functions and methods called below n, in source order, by
// their last name and, for a package's function, qualified.
func calls(n ast.Node) []string {
	var names []string
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch fun := call.Fun.(type) {
		case *ast.Ident:
			names = append(names, fun.Name)
		case *ast.SelectorExpr:
			if x, ok := fun.X.(*ast.Ident); ok {
				names = append(names, x.Name+"."+fun.Sel.Name)
			} else {
				names = append(names, fun.Sel.Name)
			}
		}
		return true
	})
	return names
}

func method(t *testing.T, files map[string]*ast.File, receiver, name string) *ast.FuncDecl {
	t.Helper()
	for _, f := range files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || fn.Name.Name != name {
				continue
			}
			typ := fn.Recv.List[0].Type
			if star, ok := typ.(*ast.StarExpr); ok {
				typ = star.X
			}
			if ident, ok := typ.(*ast.Ident); ok && ident.Name == receiver {
				return fn
			}
		}
	}
	t.Fatalf("no method %s.%s", receiver, name)
	return nil
}

// Timing cannot be tested without flaking, so the shape of the code is.
func TestDigestsAreComparedInConstantTime(t *testing.T) {
	files := parseSources(t)
	equal := calls(method(t, files, "Digest", "Equal"))
	if len(equal) != 1 || equal[0] != "subtle.ConstantTimeCompare" {
		t.Errorf("Digest.Equal calls %v, want subtle.ConstantTimeCompare alone", equal)
	}
	for name, f := range files {
		for _, call := range calls(f) {
			switch call {
			case "bytes.Equal", "bytes.Compare", "slices.Equal", "slices.Compare", "reflect.DeepEqual":
				t.Errorf("%s calls %s: digests are compared by Digest.Equal", name, call)
			}
		}
	}
}

// A caller must not learn from the time whether a public key exists: the digest is
// computed and compared before anything is decided.
func TestUnknownKeyCostsTheSame(t *testing.T) {
	body := method(t, parseSources(t), "Service", "Authenticate").Body
	returned := 0
	for _, stmt := range body.List {
		for _, call := range calls(stmt) {
			if call != "Equal" {
				continue
			}
			if _, plain := stmt.(*ast.AssignStmt); !plain {
				t.Error("the comparison is not a statement of its own, so something may skip it")
			}
			// The only return in front of it is for a store that failed.
			if returned != 1 {
				t.Errorf("%d returns in front of the comparison, want 1", returned)
			}
			return
		}
		ast.Inspect(stmt, func(n ast.Node) bool {
			if _, ok := n.(*ast.ReturnStmt); ok {
				returned++
			}
			return true
		})
	}
	t.Error("Authenticate compares no digest")
}
