package provider

import (
	"maps"
	"slices"
	"strings"
)

// sample makes a value that fits a JSON schema, as far as schemas for tools and
// structured answers go. name is the property that it is for.
func sample(name string, schema, root any) any {
	s, _ := schema.(map[string]any)
	if ref := textAt(s, "$ref"); ref != "" {
		return sample(name, at(root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...), root)
	}
	if v, ok := s["const"]; ok {
		return v
	}
	if l := list(s, "enum"); len(l) > 0 {
		return l[0]
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		for _, one := range list(s, key) {
			if textAt(one, "type") != "null" {
				return sample(name, one, root)
			}
		}
	}
	kind := strings.ToLower(textAt(s, "type")) // Gemini writes them in capitals
	for _, k := range list(s, "type") {
		if k, _ := k.(string); kind == "" && k != "null" {
			kind = k
		}
	}
	if kind == "" && at(s, "properties") != nil {
		kind = "object"
	}
	switch kind {
	case "object", "":
		out := object{}
		properties, _ := s["properties"].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(properties)) {
			out = out.with(key, sample(key, properties[key], root))
		}
		return out
	case "array":
		return []any{sample(name, s["items"], root)}
	case "integer", "number":
		return 21
	case "boolean":
		return true
	}
	switch {
	case strings.Contains(name, "city"), strings.Contains(name, "location"), strings.Contains(name, "place"):
		return "Paris"
	case strings.Contains(name, "country"):
		return "France"
	}
	return Answer
}
