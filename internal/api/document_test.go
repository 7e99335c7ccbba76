package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	contract "github.com/fusebox-llm/fusebox/api"
)

// document is the committed OpenAPI document, used to check answers.
type document struct {
	root     map[string]any
	compiler *jsonschema.Compiler
}

func loadDocument(t *testing.T) *document {
	t.Helper()
	var root map[string]any
	if err := yaml.Unmarshal([]byte(contract.OpenAPI()), &root); err != nil {
		t.Fatal(err)
	}
	root, _ = normalize(t, root).(map[string]any)
	d := &document{root: root, compiler: jsonschema.NewCompiler()}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource("api.json", root); err != nil {
		t.Fatal(err)
	}
	return d
}

// check validates an answer against what the document says about it.
func (d *document) check(t *testing.T, method, path string, res *http.Response, body string) {
	t.Helper()
	if method == http.MethodOptions || method == http.MethodHead || res.StatusCode == http.StatusMethodNotAllowed {
		return
	}
	path, _, _ = strings.Cut(path, "?")
	pointer, ok := d.find(strings.ToLower(method), path)
	if !ok {
		return // not an endpoint
	}
	pointer += fmt.Sprintf("/responses/%d", res.StatusCode)
	answer, ok := d.at(pointer).(map[string]any)
	if !ok {
		t.Errorf("the document does not know status %d of %s %s", res.StatusCode, method, path)
		return
	}
	if target, ok := answer["$ref"].(string); ok {
		pointer = strings.TrimPrefix(target, "#")
	}
	schema := pointer + "/content/application~1json/schema"
	if d.at(schema) == nil {
		return
	}
	compiled, err := d.compiler.Compile("api.json#" + schema)
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(decode(t, body)); err != nil {
		t.Errorf("%v\nbody %s", err, body)
	}
}

// find returns the JSON pointer of an operation.
func (d *document) find(method, path string) (string, bool) {
	paths, _ := d.root["paths"].(map[string]any)
	have := strings.Split(path, "/")
	for pattern, operations := range paths {
		segments := strings.Split(pattern, "/")
		if len(segments) != len(have) {
			continue
		}
		match := true
		for i, s := range segments {
			match = match && (s == have[i] || have[i] != "" && strings.HasPrefix(s, "{"))
		}
		if _, known := operations.(map[string]any)[method]; match && known {
			return "/paths/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(pattern) + "/" + method, true
		}
	}
	return "", false
}

// at returns what a JSON pointer leads to, nil when there is nothing.
func (d *document) at(pointer string) any {
	var v any = d.root
	for _, step := range strings.Split(pointer, "/")[1:] {
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
	}
	return v
}
