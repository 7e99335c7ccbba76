package apidoc

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// pair is a key of a mapping with its value: a string, bool, int, a *yaml.Node, a
// slice of those, or nil, which leaves the key out.
type pair struct {
	key   string
	value any
}

// mapping returns a YAML mapping in the given order.
func mapping(pairs ...pair) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, p := range pairs {
		if v := node(p.value); v != nil {
			n.Content = append(n.Content, node(p.key), v)
		}
	}
	return n
}

// node returns a value as YAML.
func node(v any) *yaml.Node {
	switch v := v.(type) {
	case nil:
		return nil
	case *yaml.Node:
		return v
	case string:
		if v == "" {
			return nil
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v}
	case bool, int, int64:
		n := &yaml.Node{}
		n.Encode(v) //nolint:errcheck // scalars always encode
		return n
	case []*yaml.Node:
		return &yaml.Node{Kind: yaml.SequenceNode, Content: v}
	case []string:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, s := range v {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s})
		}
		return n
	}
	panic(fmt.Sprintf("apidoc: no YAML for a %T", v))
}

// fromJSON returns what v encodes to as YAML, in the order of the JSON.
func fromJSON(v any) (*yaml.Node, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(buf.Bytes(), &doc); err != nil {
		return nil, err
	}
	plain(&doc)
	return doc.Content[0], nil
}

// plain takes back the flow style and the quotes that JSON has.
func plain(n *yaml.Node) {
	n.Style = 0
	for _, c := range n.Content {
		plain(c)
	}
}

// ref points to a component.
func ref(kind, name string) *yaml.Node {
	return mapping(pair{"$ref", "#/components/" + kind + "/" + name})
}
