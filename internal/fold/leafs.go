package fold

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// maxLeafDepth bounds how deep metadata is taken apart; what lies deeper is a
// leaf as a whole.
const maxLeafDepth = 64

// Leaf is one leaf of a metadata object: a scalar, an array or an empty object
// at a path of keys.
type Leaf struct {
	Path []string
	JSON string // the value as compact JSON, or a preview when Ref is set
	Ref  string // blob key of the whole value
	Size int64
	Key  Key
}

// Leafs is the metadata of a state. In the usual case, one record, it is that
// record's object and one key; it is taken apart only when a second record
// comes.
type Leafs struct {
	whole  trace.Metadata
	key    Key
	leaves []Leaf // sorted by path, each path once; when set, whole is not
}

// LeafsOf returns metadata that came with one record.
func LeafsOf(m trace.Metadata, key Key) Leafs {
	if m.Empty() {
		return Leafs{}
	}
	return Leafs{whole: m, key: key}
}

// LeafsFrom returns metadata of several records, leaf by leaf, in any order.
func LeafsFrom(leaves []Leaf) Leafs {
	if len(leaves) == 0 {
		return Leafs{}
	}
	leaves = slices.Clone(leaves)
	slices.SortFunc(leaves, func(a, b Leaf) int { return comparePaths(a.Path, b.Path) })
	return Leafs{leaves: leaves}
}

// Empty reports whether there is no metadata.
func (l Leafs) Empty() bool { return l.whole.Empty() && len(l.leaves) == 0 }

// Whole returns the object and its key where all of it came with one record.
func (l Leafs) Whole() (m trace.Metadata, key Key, ok bool) {
	return l.whole, l.key, len(l.leaves) == 0
}

// Leaves returns every leaf with its key, sorted by path, those included that a
// leaf below them hides.
func (l Leafs) Leaves() []Leaf {
	if l.leaves != nil || l.whole.Empty() {
		return l.leaves
	}
	return takeApart(l.whole, l.key)
}

// Object returns the metadata as it is shown.
func (l Leafs) Object() trace.Metadata {
	if len(l.leaves) == 0 {
		return l.whole
	}
	return putTogether(visible(l.leaves))
}

// Over returns the metadata that is shown when l lies over a fallback: leaf by
// leaf, and whatever overlaps a path of l is l's.
func (l Leafs) Over(fallback Leafs) trace.Metadata {
	if l.Empty() {
		return fallback.Object()
	}
	if fallback.Empty() {
		return l.Object()
	}
	top, below := visible(l.Leaves()), visible(fallback.Leaves())
	out := slices.Clone(top)
	for _, b := range below {
		if !overlaps(top, b.Path) {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b Leaf) int { return comparePaths(a.Path, b.Path) })
	return putTogether(out)
}

func joinLeafs(a, b Leafs) Leafs {
	if a.Empty() {
		return b
	}
	if b.Empty() {
		return a
	}
	if len(a.leaves) == 0 && len(b.leaves) == 0 && a.whole.Object == b.whole.Object && sameBlobs(a.whole, b.whole) {
		if b.key.Compare(a.key) > 0 {
			return b
		}
		return a
	}
	la, lb := a.Leaves(), b.Leaves()
	out := make([]Leaf, 0, len(la)+len(lb))
	i, j := 0, 0
	for i < len(la) && j < len(lb) {
		switch c := comparePaths(la[i].Path, lb[j].Path); {
		case c < 0:
			out = append(out, la[i])
			i++
		case c > 0:
			out = append(out, lb[j])
			j++
		default:
			l := la[i]
			if lb[j].Key.Compare(l.Key) > 0 {
				l = lb[j]
			}
			out = append(out, l)
			i++
			j++
		}
	}
	out = append(out, la[i:]...)
	out = append(out, lb[j:]...)
	return Leafs{leaves: settled(out)}
}

func sameBlobs(a, b trace.Metadata) bool {
	return slices.EqualFunc(a.Blobs, b.Blobs, func(x, y trace.BlobLeaf) bool {
		return x.Ref == y.Ref && slices.Equal(x.Path, y.Path)
	})
}

// visible drops every leaf that a leaf above or below it with a greater key
// hides.
func visible(leaves []Leaf) []Leaf { return drop(leaves, true) }

// settled drops every leaf that one above it with a greater key hides. Such a
// leaf never shows again, and whatever it hides, the one above hides too. A leaf
// that is hidden from below stays: it still hides what comes late with a smaller
// key. Without the dropped ones, keys that are equal but for their arrival say
// which is the later: the one below.
func settled(leaves []Leaf) []Leaf { return drop(leaves, false) }

// drop returns the leaves without those that one above them hides and, if so
// wanted, those that one below them hides. Sorted by path, the leaves below a
// path follow it directly.
func drop(leaves []Leaf, fromBelow bool) []Leaf {
	hidden := make([]bool, len(leaves))
	var above []int // the chain of leaves whose paths are prefixes of the current one
	for i := range leaves {
		for len(above) > 0 && !isPrefix(leaves[above[len(above)-1]].Path, leaves[i].Path) {
			above = above[:len(above)-1]
		}
		for _, a := range above {
			if leaves[a].Key.Compare(leaves[i].Key) > 0 {
				hidden[i] = true
			} else if fromBelow {
				hidden[a] = true
			}
		}
		above = append(above, i)
	}
	out := make([]Leaf, 0, len(leaves))
	for i, l := range leaves {
		if !hidden[i] {
			out = append(out, l)
		}
	}
	return out
}

// overlaps reports whether a leaf, of leaves sorted by path, lies at the path,
// above it or below it.
func overlaps(leaves []Leaf, path []string) bool {
	find := func(p []string) (int, bool) {
		return slices.BinarySearchFunc(leaves, p, func(l Leaf, p []string) int { return comparePaths(l.Path, p) })
	}
	for n := 1; n < len(path); n++ {
		if _, ok := find(path[:n]); ok {
			return true
		}
	}
	i, _ := find(path)
	return i < len(leaves) && isPrefix(path, leaves[i].Path)
}

func isPrefix(p, path []string) bool {
	return len(p) <= len(path) && slices.Equal(p, path[:len(p)])
}

func comparePaths(a, b []string) int { return slices.Compare(a, b) }

// takeApart returns the leaves of an object, sorted by path. What is no object,
// which no record should carry, is one leaf as [MetadataOf] would have it, as a
// text when it is no JSON either.
func takeApart(m trace.Metadata, key Key) []Leaf {
	var leaves []Leaf
	var walk func(path []string, raw json.RawMessage)
	walk = func(path []string, raw json.RawMessage) {
		if len(path) < maxLeafDepth && len(raw) > 0 && raw[0] == '{' {
			var obj map[string]json.RawMessage
			if json.Unmarshal(raw, &obj) == nil && (len(obj) > 0 || len(path) == 0) {
				for k, v := range obj {
					walk(append(slices.Clip(slices.Clone(path)), k), v)
				}
				return
			}
		}
		leaves = append(leaves, Leaf{Path: path, JSON: string(raw), Key: key})
	}
	walk(nil, json.RawMessage(strings.TrimSpace(m.Object)))
	if len(leaves) == 1 && len(leaves[0].Path) == 0 {
		leaves[0].Path = []string{"metadata"}
		if !json.Valid([]byte(leaves[0].JSON)) {
			leaves[0].JSON = Quote(m.Object)
		}
	}
	slices.SortFunc(leaves, func(a, b Leaf) int { return comparePaths(a.Path, b.Path) })
	for _, b := range m.Blobs {
		i, ok := slices.BinarySearchFunc(leaves, b.Path, func(l Leaf, p []string) int { return comparePaths(l.Path, p) })
		if ok {
			leaves[i].Ref, leaves[i].Size = b.Ref, b.Size
		}
	}
	return leaves
}

// putTogether writes leaves, none of which hides another, as one object.
func putTogether(leaves []Leaf) trace.Metadata {
	if len(leaves) == 0 {
		return trace.Metadata{}
	}
	var (
		b    strings.Builder
		m    trace.Metadata
		open []string // the objects that are open, by their paths' keys
	)
	b.WriteByte('{')
	comma := false
	for _, l := range leaves {
		parent := l.Path[:len(l.Path)-1]
		same := 0
		for same < len(open) && same < len(parent) && open[same] == parent[same] {
			same++
		}
		for range open[same:] {
			b.WriteByte('}')
			comma = true
		}
		open = open[:same]
		for _, k := range parent[same:] {
			if comma {
				b.WriteByte(',')
			}
			appendKey(&b, k)
			b.WriteByte('{')
			comma = false
			open = append(open, k)
		}
		if comma {
			b.WriteByte(',')
		}
		appendKey(&b, l.Path[len(l.Path)-1])
		b.WriteString(l.JSON)
		comma = true
		if l.Ref != "" {
			m.Blobs = append(m.Blobs, trace.BlobLeaf{Path: l.Path, Ref: l.Ref, Size: l.Size})
		}
	}
	for range open {
		b.WriteByte('}')
	}
	b.WriteByte('}')
	m.Object = b.String()
	return m
}

func appendKey(b *strings.Builder, k string) {
	b.WriteString(Quote(k))
	b.WriteByte(':')
}

// Quote writes a text as JSON without escaping <, > and &.
func Quote(s string) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.Encode(s) //nolint:errcheck // a string always encodes
	return strings.TrimSuffix(buf.String(), "\n")
}

// MetadataOf returns metadata from a JSON text: an object as it is, nothing for
// null, "", 0 and false, and {"metadata": …} around anything else.
func MetadataOf(raw []byte) (trace.Metadata, error) {
	var buf bytes.Buffer
	if err := json.Compact(&buf, raw); err != nil {
		return trace.Metadata{}, err
	}
	text := buf.String()
	if strings.HasPrefix(text, "{") {
		return trace.Metadata{Object: text}, nil
	}
	if isWeakJSON(text) {
		return trace.Metadata{}, nil
	}
	return trace.Metadata{Object: `{"metadata":` + text + `}`}, nil
}

// isWeakJSON reports whether a JSON text is null, "", false or the number 0.
func isWeakJSON(text string) bool {
	switch text {
	case "", "null", `""`, "false":
		return true
	}
	if text[0] == '-' || text[0] >= '0' && text[0] <= '9' {
		mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
		return strings.Trim(mantissa, "-0.") == ""
	}
	return false
}

// PayloadOf returns the value of an input or output from a JSON text: the text
// itself for a JSON string, the JSON for everything else; null clears nothing
// and gives ok = false.
func PayloadOf(raw []byte) (v Value, ok bool, err error) {
	var buf bytes.Buffer
	if err := json.Compact(&buf, raw); err != nil {
		return Value{}, false, err
	}
	text := buf.String()
	if text == "null" {
		return Value{}, false, nil
	}
	v = Value{S: text, Weak: isWeakJSON(text)}
	if text[0] == '"' {
		if err := json.Unmarshal([]byte(text), &v.S); err != nil {
			return Value{}, false, err
		}
	}
	return v, true, nil
}
