package apidoc

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v3"

	"github.com/fusebox-llm/fusebox/internal/api"
	"github.com/fusebox-llm/fusebox/internal/score"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

const apiPackage = "github.com/fusebox-llm/fusebox/internal/api"

// schemas collects the named types of the document.
type schemas struct {
	reflector *jsonschema.Reflector
	comments  map[string]string
	named     map[string]*jsonschema.Schema
	refined   map[reflect.Type]bool
}

// newSchemas reads the doc comments of package api from its source folder.
func newSchemas(source string) (*schemas, error) {
	s := &schemas{named: map[string]*jsonschema.Schema{}, refined: map[reflect.Type]bool{}}
	s.reflector = &jsonschema.Reflector{Anonymous: true, AllowAdditionalProperties: true, Mapper: s.scalar}
	// The reader of comments joins the import path with the folder that it walks.
	base := apiPackage + strings.Repeat("/x", strings.Count(source, ".."))
	if err := s.reflector.AddGoComments(base, source); err != nil {
		return nil, fmt.Errorf("read the comments of package api: %w", err)
	}
	for key, text := range s.reflector.CommentMap {
		s.reflector.CommentMap[key] = strings.Join(strings.Fields(text), " ")
	}
	s.comments = s.reflector.CommentMap
	return s, nil
}

// comment returns the doc comment of a field.
func (s *schemas) comment(owner reflect.Type, field string) string {
	return s.comments[owner.PkgPath()+"."+owner.Name()+"."+field]
}

// use returns a reference to a named type and collects it with all it is made of.
func (s *schemas) use(t reflect.Type) (*yaml.Node, error) {
	if err := s.describe(t); err != nil {
		return nil, err
	}
	return ref("schemas", t.Name()), nil
}

func (s *schemas) describe(t reflect.Type) error {
	if t.Name() == "" || t.PkgPath() == "" {
		return fmt.Errorf("%s: every type in the document needs a name", t)
	}
	if s.named[t.Name()] != nil {
		return nil
	}
	root := s.reflector.ReflectFromType(t)
	for name, def := range root.Definitions {
		if s.named[name] == nil {
			s.named[name] = def
		}
	}
	return s.refine(t)
}

// refine adds to the schemas of t and of the types in it what the reflector does
// not know: which properties may be null, and which depend on what was asked for.
func (s *schemas) refine(t reflect.Type) error {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Array:
		return s.refine(t.Elem())
	case reflect.Struct:
	default:
		return nil
	}
	if s.refined[t] {
		return nil
	}
	s.refined[t] = true
	def := s.named[t.Name()]
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || name == "" || name == "-" {
			continue
		}
		if err := s.refine(f.Type); err != nil {
			return err
		}
		if def == nil { // embedded only: its properties are those of the outer type
			continue
		}
		property, ok := def.Properties.Get(name)
		if !ok {
			return fmt.Errorf("%s has no property %q", t, name)
		}
		if property.Description == "" {
			return fmt.Errorf("%s.%s: every property needs a comment", t, f.Name)
		}
		if f.Type.Kind() == reflect.Pointer && !strings.Contains(options, "omitempty") {
			def.Properties.Set(name, nullable(property))
		}
		if throughPointer(t, f.Index) {
			def.Required = slices.DeleteFunc(def.Required, func(r string) bool { return r == name })
		}
	}
	if def != nil && def.Description == "" {
		return fmt.Errorf("%s: every type needs a comment", t)
	}
	return nil
}

// throughPointer reports whether a field is reached through an embedded pointer,
// so that it is absent where that is nil.
func throughPointer(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		if t = t.Field(i).Type; t.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

// nullable returns the schema of a property that may be null.
func nullable(p *jsonschema.Schema) *jsonschema.Schema {
	if p.Ref == "" {
		p.Extras = map[string]any{"type": []string{p.Type, "null"}}
		p.Type = ""
		return p
	}
	return &jsonschema.Schema{
		AnyOf:       []*jsonschema.Schema{{Ref: p.Ref}, {Type: "null"}},
		Description: p.Description,
	}
}

// scalar describes the types that write their own JSON.
func (s *schemas) scalar(t reflect.Type) *jsonschema.Schema {
	def := &jsonschema.Schema{Description: s.comments[t.PkgPath()+"."+t.Name()]}
	switch t {
	case reflect.TypeFor[json.Number]():
		return &jsonschema.Schema{Type: "number"}
	case reflect.TypeFor[api.Time]():
		def.Type, def.Format, def.Examples = "string", "date-time", []any{"2026-03-30T09:20:00.000Z"}
	case reflect.TypeFor[api.Seconds](), reflect.TypeFor[api.Cost](), reflect.TypeFor[api.Price]():
		def.Type = "number"
	case reflect.TypeFor[api.JSON]():
		// Any value: no type.
	case reflect.TypeFor[api.Object]():
		def.Type, def.AdditionalProperties = "object", jsonschema.TrueSchema
	case reflect.TypeFor[api.ObservationType]():
		def.Type, def.Enum = "string", words(trace.Types())
	case reflect.TypeFor[api.ObservationLevel]():
		def.Type, def.Enum = "string", words(trace.Levels())
	case reflect.TypeFor[api.ScoreDataType]():
		def.Type, def.Enum = "string", words(score.DataTypes())
	case reflect.TypeFor[api.ScoreSource]():
		def.Type, def.Enum = "string", words(score.Sources())
	case reflect.TypeFor[api.ScoreValue]():
		def.OneOf = []*jsonschema.Schema{{Type: "number"}, {Type: "boolean"}, {Type: "string"}}
	default:
		return nil
	}
	s.named[t.Name()] = def
	return &jsonschema.Schema{Ref: "#/$defs/" + t.Name()}
}

func words[T ~string](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// component returns everything collected, sorted by name.
func (s *schemas) component() (*yaml.Node, error) {
	var pairs []pair
	for _, name := range slices.Sorted(maps.Keys(s.named)) {
		raw, err := json.Marshal(s.named[name])
		if err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		n, err := fromJSON(json.RawMessage(strings.ReplaceAll(string(raw), "#/$defs/", "#/components/schemas/")))
		if err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
		pairs = append(pairs, pair{name, n})
	}
	return mapping(pairs...), nil
}
