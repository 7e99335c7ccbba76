package apidoc

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/api"
)

// answers collects the error answers that operations share.
type answers struct {
	schemas *schemas
	named   map[string]*yaml.Node
}

// statusesOf returns the statuses that an operation can fail with.
func statusesOf(r *api.Route) []int {
	if r.Wire.Failures != nil {
		return r.Wire.Failures
	}
	var out []int
	inPath := slices.ContainsFunc(r.Run.Params(), func(p api.Param) bool { return p.In == api.InPath })
	raw := r.Run.Output() == nil
	body := len(r.Wire.Request) > 0 || r.Run.Body() != nil
	if body || len(r.Run.Params()) > 0 {
		out = append(out, http.StatusBadRequest)
	}
	if r.Permission != account.Public {
		out = append(out, http.StatusUnauthorized, http.StatusForbidden, http.StatusInternalServerError, http.StatusServiceUnavailable)
	}
	if inPath {
		out = append(out, http.StatusNotFound)
	}
	if body {
		out = append(out, http.StatusRequestEntityTooLarge)
	}
	if raw && body {
		out = append(out, http.StatusUnsupportedMediaType)
	}
	if !raw && r.Permission != account.Public && r.Method == http.MethodGet {
		out = append(out, http.StatusUnprocessableEntity)
	}
	slices.Sort(out)
	return out
}

// use returns a reference to the answer with a status in a route's shape.
func (a *answers) use(shape api.Shape, status int) (*yaml.Node, error) {
	var types []reflect.Type
	class, message := reflect.TypeFor[api.ClassError](), reflect.TypeFor[api.MessageError]()
	prefix := map[api.Shape]string{api.Plain: "Plain", api.Coded: "Coded", api.Bare: "Bare", api.Named: "Named"}[shape]
	switch {
	case status == http.StatusRequestEntityTooLarge,
		shape != api.Named && (status == http.StatusUnauthorized || status == http.StatusForbidden):
		types, prefix = []reflect.Type{message}, ""
	case shape == api.Plain:
		types = []reflect.Type{message}
	case shape == api.Coded:
		types = []reflect.Type{reflect.TypeFor[api.CodedError]()}
	case status == http.StatusBadRequest && shape == api.Standard:
		types = []reflect.Type{class, reflect.TypeFor[api.ValidationError]()}
	default:
		types = []reflect.Type{class}
	}
	name := prefix + strings.ReplaceAll(http.StatusText(status), " ", "")
	if a.named[name] != nil {
		return ref("responses", name), nil
	}
	schema, err := a.oneOf(types)
	if err != nil {
		return nil, err
	}
	var headers *yaml.Node
	if status == http.StatusServiceUnavailable {
		headers = mapping(pair{"Retry-After", mapping(
			pair{"description", "After how many seconds to try again."},
			pair{"schema", mapping(pair{"type", "integer"})},
		)})
	}
	a.named[name] = mapping(
		pair{"description", describe(status)},
		pair{"headers", orNil(headers)},
		pair{"content", jsonContent(schema)},
	)
	return ref("responses", name), nil
}

func (a *answers) oneOf(types []reflect.Type) (*yaml.Node, error) {
	var refs []*yaml.Node
	for _, t := range types {
		r, err := a.schemas.use(t)
		if err != nil {
			return nil, err
		}
		refs = append(refs, r)
	}
	if len(refs) == 1 {
		return refs[0], nil
	}
	return mapping(pair{"oneOf", refs}), nil
}

func describe(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "The request breaks a rule."
	case http.StatusUnauthorized:
		return "No key, or a wrong one."
	case http.StatusForbidden:
		return "The key does not allow this."
	case http.StatusNotFound:
		return "There is no such thing in the key's project."
	case http.StatusRequestEntityTooLarge:
		return "The body is over a size limit."
	case http.StatusUnsupportedMediaType:
		return "The body has a content encoding that is not known."
	case http.StatusUnprocessableEntity:
		return "The answer would take too much; the message says how to ask for less."
	case http.StatusServiceUnavailable:
		return "Not possible at the moment; try again."
	}
	return "The server failed; the log says more under the id of the header X-Request-Id."
}

func (a *answers) component() *yaml.Node {
	var pairs []pair
	for _, name := range slices.Sorted(maps.Keys(a.named)) {
		pairs = append(pairs, pair{name, a.named[name]})
	}
	return mapping(pairs...)
}

func jsonContent(schema *yaml.Node) *yaml.Node {
	return mapping(pair{"application/json", mapping(pair{"schema", schema})})
}

func orNil(n *yaml.Node) any {
	if n == nil {
		return nil
	}
	return n
}

func statusKey(status int) string { return fmt.Sprint(status) }
