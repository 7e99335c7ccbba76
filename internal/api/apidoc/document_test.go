package apidoc_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	contract "github.com/fusebox-llm/fusebox/api"
	"github.com/fusebox-llm/fusebox/internal/api"
	"github.com/fusebox-llm/fusebox/internal/api/apidoc"
)

var update = flag.Bool("update", false, "write api/openapi.yaml")

func TestDocumentIsCurrent(t *testing.T) {
	want, err := apidoc.Document(api.Routes(api.Config{}), "..")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(filepath.Join("..", "..", "..", "api", "openapi.yaml"), want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), contract.OpenAPI()); diff != "" {
		t.Errorf("api/openapi.yaml is not what the route table gives; run `go generate ./internal/api/...` (-table +file):\n%s", diff)
	}
}
