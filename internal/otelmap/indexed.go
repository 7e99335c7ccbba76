package otelmap

import (
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// Some instrumentations flatten messages into one attribute per value:
// gen_ai.prompt.0.role, gen_ai.prompt.0.content and so on. The functions here
// build the value again. Keys are written by strangers: what the tree may hold is
// bounded, and a key that does not fit into it is left out whole (its attribute
// stays in the raw value).

const (
	maxSlots    = 10_001 // list elements of one tree, empty ones included
	maxSegments = 64     // depth of one tree
)

func indexedOf(ix *index, r *payloadRule) (p payload, ok bool) {
	if ix.any&(r.inputPrefix|r.outputPrefix) == 0 {
		return p, false
	}
	p.input = rebuild(ix, r.Input[0], r.input[0], r.inputPrefix)
	p.output = rebuild(ix, r.Output[0], r.output[0], r.outputPrefix)
	return p, true
}

// rebuild returns the value of the attribute named like the prefix, if it is
// truthy, and otherwise the tree of all attributes with the prefix; {} without
// any.
func rebuild(ix *index, prefix string, slot int32, set prefixSet) side {
	if v, at := ix.get(slot); isTruthy(v) {
		ix.mark(at, markField)
		value, ok := asPayload(v)
		return side{value, ok}
	}
	root := &node{object: true}
	for i := range ix.attrs {
		if ix.with(i, set) {
			rest := withoutPrefix(ix.attrs[i].Key, prefix)
			if first, _, more := strings.Cut(rest, "."); more && allDigits(first) {
				root.object, root.list = false, true
				break
			}
		}
	}
	t := tree{root: root}
	for i := range ix.attrs {
		if !ix.with(i, set) || ix.attrs[i].Key == prefix {
			continue
		}
		path := strings.Split(withoutPrefix(ix.attrs[i].Key, prefix), ".")
		if t.insert(path, &ix.attrs[i].Value) {
			ix.mark(int32(i), markField) //nolint:gosec // a list never has 2^31 entries
		}
	}
	return side{fold.Text(string(root.append(nil))), true}
}

func withoutPrefix(key, prefix string) string {
	if rest, ok := strings.CutPrefix(key[len(prefix):], "."); ok {
		return rest
	}
	return key
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// tree is a value being rebuilt.
type tree struct {
	root  *node
	slots int
}

// node is a leaf (neither list nor object), a list or an object.
type node struct {
	list, object bool
	value        *span.Value
	keys         []string // of an object
	kids         []*node  // nil for an empty place in a list
}

// insert adds a value at a path and reports whether it found a place: the path
// must suit what is there, must not end where something is, and must not make the
// tree too large.
func (t *tree) insert(path []string, v *span.Value) bool {
	if len(path) > maxSegments {
		return false
	}
	cost, ok := t.cost(path)
	if !ok || t.slots+cost > maxSlots {
		return false
	}
	t.slots += cost
	at := t.root
	for i, segment := range path {
		next := at.kid(segment)
		if next == nil {
			next = &node{}
			if i+1 < len(path) {
				next.list = allDigits(path[i+1])
				next.object = !next.list
			}
			at.add(segment, next)
		}
		at = next
	}
	at.value = v
	return true
}

// cost returns by how many elements the lists along a path would grow; ok is
// false where the path does not suit the tree.
func (t *tree) cost(path []string) (cost int, ok bool) {
	at, list := t.root, t.root.list
	for i, segment := range path {
		switch segment {
		case "__proto__", "constructor", "prototype": // what JavaScript readers must not be given
			return 0, false
		}
		if at != nil {
			if !at.list && !at.object {
				return 0, false // a value lies on the way
			}
			list = at.list
		}
		if list {
			n, ok := position(segment)
			if !ok {
				return 0, false
			}
			if at == nil {
				cost += n + 1
			} else {
				cost += max(0, n+1-len(at.kids))
			}
		}
		if at != nil {
			at = at.kid(segment)
		}
		list = i+1 < len(path) && allDigits(path[i+1])
	}
	return cost, at == nil
}

// position returns the list index that a segment is.
func position(segment string) (int, bool) {
	if !allDigits(segment) || len(segment) > len("99999") {
		return 0, false
	}
	n, err := strconv.Atoi(segment)
	return n, err == nil
}

func (n *node) kid(segment string) *node {
	if n.list {
		if i, ok := position(segment); ok && i < len(n.kids) {
			return n.kids[i]
		}
		return nil
	}
	for i, key := range n.keys {
		if key == segment {
			return n.kids[i]
		}
	}
	return nil
}

func (n *node) add(segment string, kid *node) {
	if n.object {
		n.keys, n.kids = append(n.keys, segment), append(n.kids, kid)
		return
	}
	i, _ := position(segment)
	for len(n.kids) <= i {
		n.kids = append(n.kids, nil)
	}
	n.kids[i] = kid
}

func (n *node) append(dst []byte) []byte {
	switch {
	case n == nil:
		return append(dst, "null"...)
	case n.list:
		dst = append(dst, '[')
		for i, kid := range n.kids {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = kid.append(dst)
		}
		return append(dst, ']')
	case n.object:
		dst = append(dst, '{')
		for i, kid := range n.kids {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = jsontext.AppendString(dst, n.keys[i])
			dst = append(dst, ':')
			dst = kid.append(dst)
		}
		return append(dst, '}')
	}
	return appendValue(dst, n.value)
}
