package explore

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
)

// leaf is a value, as JSON text, and its place in a metadata object.
type leaf struct {
	path []string
	json string
}

// replaceLeaves returns the object with the values at the paths replaced; what is
// not on a path stays as it is, order included. A path that leads nowhere changes
// nothing.
func replaceLeaves(object string, leaves []leaf) (string, error) {
	if len(leaves) == 0 {
		return object, nil
	}
	dec := json.NewDecoder(strings.NewReader(object))
	switch t, err := dec.Token(); {
	case err != nil:
		return "", fmt.Errorf("read metadata: %w", err)
	case t != json.Delim('{'):
		return "", fmt.Errorf("metadata is not an object")
	}
	var b strings.Builder
	b.Grow(len(object))
	b.WriteByte('{')
	for first := true; dec.More(); first = false {
		token, err := dec.Token()
		if err != nil {
			return "", fmt.Errorf("read metadata: %w", err)
		}
		key, _ := token.(string)
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return "", fmt.Errorf("read metadata: %w", err)
		}
		value, err := replaceValue(string(raw), below(leaves, key))
		if err != nil {
			return "", err
		}
		if !first {
			b.WriteByte(',')
		}
		b.WriteString(fold.Quote(key))
		b.WriteByte(':')
		b.WriteString(value)
	}
	b.WriteByte('}')
	return b.String(), nil
}

func replaceValue(raw string, leaves []leaf) (string, error) {
	for _, l := range leaves {
		if len(l.path) == 0 {
			return l.json, nil
		}
	}
	if len(leaves) == 0 || !strings.HasPrefix(raw, "{") {
		return raw, nil
	}
	return replaceLeaves(raw, leaves)
}

// below returns the leaves under a key, with paths relative to it.
func below(leaves []leaf, key string) []leaf {
	var out []leaf
	for _, l := range leaves {
		if len(l.path) > 0 && l.path[0] == key {
			out = append(out, leaf{path: l.path[1:], json: l.json})
		}
	}
	return out
}
