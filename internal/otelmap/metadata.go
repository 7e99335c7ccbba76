package otelmap

import (
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// MetadataHow is what a [MetadataRow] adds to the metadata.
type MetadataHow uint8

// The parts of the metadata.
const (
	// MetadataAttributes adds the span attributes under Key, every value as
	// text: all but those that Rules.Dropped names, and none where the scope is
	// one of Rules.OwnScopes.
	MetadataAttributes MetadataHow = iota
	// MetadataResource adds the resource attributes under Key, with their types.
	MetadataResource
	// MetadataScope adds the scope under Key: name, version, attributes.
	MetadataScope
	// MetadataBase adds the members of the object in the attribute Key, or in
	// the attribute Else if the former is not truthy. It may be a JSON text; the
	// elements of an array count as members named by their position.
	MetadataBase
	// MetadataOverlay adds each attribute with the prefix Key, which is
	// stripped; the rest of the key is kept as one name, dots included. Rows
	// that follow each other are one overlay in the order of the span.
	MetadataOverlay
)

// MetadataRow is a part of the observation's metadata. Later parts take the place
// of earlier ones, name by name at the top level; a part without a member adds
// nothing.
type MetadataRow struct {
	Row
	How  MetadataHow
	Key  string
	Else string
	// Trace says that the trace's own metadata has the part too, then without
	// Else.
	Trace bool
}

func metadataBase(rank int, key, otherwise string, ofTrace bool) MetadataRow {
	return MetadataRow{Row: Row{Name: "metadata/" + key, Rank: rank}, How: MetadataBase, Key: key, Else: otherwise, Trace: ofTrace}
}

// metadataOverlay returns a row for a prefix. Those that belong to both user parts,
// the observation's and the trace's, are named once, in the later one, which gives
// the same result.
func metadataOverlay(rank int, prefix string, ofTrace bool) MetadataRow {
	return MetadataRow{Row: Row{Name: "metadata/" + prefix + "*", Rank: rank}, How: MetadataOverlay, Key: prefix, Trace: ofTrace}
}

func (r *MetadataRow) line() Line {
	switch r.How {
	case MetadataAttributes:
		return Line{Reads: "the span's attributes", When: "the scope is none of the table `own_scope`", Gives: code(r.Key) + ": all but those of the table `dropped`, as text"}
	case MetadataResource:
		return Line{Reads: "the resource's attributes", Gives: code(r.Key)}
	case MetadataScope:
		return Line{Reads: "the scope", Gives: code(r.Key) + ": name, version, attributes"}
	case MetadataOverlay:
		return Line{Reads: "attributes that begin with " + code(r.Key), Gives: "one entry each, named by the rest"}
	}
	return Line{Reads: code(r.Key) + ", else " + code(r.Else), When: "is truthy, and an object or a list or the JSON text of one", Gives: "its members"}
}

// OwnScopeRow names scopes whose attributes are not copied into the metadata,
// because they are all ours to interpret. What is not interpreted is kept in the
// raw value.
type OwnScopeRow struct {
	Row
	Prefix string
}

func (r *OwnScopeRow) line() Line { return Line{Reads: "scopes that begin with " + code(r.Prefix)} }

type metadataRule struct {
	name      string // of the row
	how       MetadataHow
	key       string
	slot      int32 // of a base
	otherwise int32 // of its Else; 0 for none
	prefix    prefixSet
	trace     bool
}

// The positions of generated members, which come from no single attribute.
const (
	ofAttributes int32 = -2 - iota
	ofResource
	ofScope
)

// metadata returns the observation's metadata. Tools that the user put into it
// move to the input.
func (c *call) metadata(in *side) trace.Metadata {
	c.object.reset()
	c.metadataParts(true)
	for i := range c.m.tools {
		c.moveUserTools(in, i)
	}
	return c.metadataObject()
}

// metadataParts adds all parts of the metadata, or those that the user set.
func (c *call) metadataParts(generated bool) {
	for i := 0; i < len(c.m.metadata); i++ {
		r := &c.m.metadata[i]
		switch {
		case r.how == MetadataBase:
			before := len(c.object.values)
			if !c.base(r.slot) && r.otherwise != 0 {
				c.base(r.otherwise)
			}
			if len(c.object.values) > before {
				c.because("", fold.Metadata, r.name)
			}
		case r.how == MetadataOverlay:
			from := i
			for i+1 < len(c.m.metadata) && c.m.metadata[i+1].how == MetadataOverlay {
				i++
			}
			c.overlay(c.m.metadata[from:i+1], "")
		case !generated:
		case r.how == MetadataAttributes:
			c.generatedAttributes(r.key)
		case r.how == MetadataResource:
			if len(c.res.Attributes) > 0 {
				c.object.begin()
				c.object.values = appendObject(c.object.values, c.res.Attributes)
				c.object.put(r.key, ofResource)
			}
		case r.how == MetadataScope:
			c.generatedScope(r.key)
		}
	}
}

// traceMetadata returns the trace's own metadata. It is part of the
// observation's as well, so marks are left to that.
func (c *call) traceMetadata() trace.Metadata {
	c.object.reset()
	for i := range c.m.metadata {
		r := &c.m.metadata[i]
		switch {
		case !r.trace:
		case r.how == MetadataBase:
			before := len(c.object.values)
			if c.base(r.slot); len(c.object.values) > before {
				c.because("trace.", fold.Metadata, r.name)
			}
		case r.how == MetadataOverlay:
			c.overlay(c.m.metadata[i:i+1], "trace.")
		}
	}
	return c.metadataObject()
}

func (c *call) metadataObject() trace.Metadata {
	if len(c.object.list) == 0 {
		return trace.Metadata{}
	}
	c.out = c.object.append(c.out[:0])
	return trace.Metadata{Object: string(c.out)}
}

// replaced notes whose place another value took, for the raw value.
func (c *call) replaced(m member) {
	switch m.at {
	case none:
	case ofAttributes:
		c.attributesShown = false
	case ofResource:
		c.resourceHidden = true
	case ofScope:
		c.scopeHidden = true
	default:
		c.attrs.mark(m.at, markLost)
	}
}

// ownScope reports whether the scope is one whose attributes are not copied.
func (c *call) ownScope() bool {
	for i := range c.m.rules.OwnScopes {
		if strings.HasPrefix(c.scope.Name, c.m.rules.OwnScopes[i].Prefix) {
			return true
		}
	}
	return false
}

func (c *call) generatedAttributes(key string) {
	if c.ownScope() {
		return
	}
	c.attributesShown = true
	c.object.begin()
	values := append(c.object.values, '{')
	empty := len(values)
	for i := range c.attrs.attrs {
		marks := c.attrs.info[i].marks
		if marks&(markRepeated|markDropped) != 0 {
			continue
		}
		rest, left := "", false
		if marks&markMoved != 0 {
			if rest, left = c.restOf(i); !left {
				continue
			}
		}
		if len(values) > empty {
			values = append(values, ',')
		}
		values = jsontext.AppendString(values, c.attrs.attrs[i].Key)
		values = append(values, ':')
		if left {
			values = jsontext.AppendString(values, rest)
			continue
		}
		values = c.appendAsText(values, &c.attrs.attrs[i].Value)
	}
	if len(values) == empty {
		return
	}
	c.object.values = append(values, '}')
	c.object.put(key, ofAttributes)
}

// appendAsText appends a value as a JSON string, which for anything but a text is
// its JSON.
func (c *call) appendAsText(dst []byte, v *span.Value) []byte {
	switch v.Kind {
	case span.String, span.Bytes:
		return appendValue(dst, v)
	case span.Array, span.Map:
		c.buf = appendValue(c.buf[:0], v)
		return jsontext.AppendString(dst, string(c.buf))
	}
	if v.Kind == span.Double && notFinite(v.Double) != "" {
		return appendValue(dst, v)
	}
	dst = append(dst, '"')
	dst = appendValue(dst, v)
	return append(dst, '"')
}

func (c *call) generatedScope(key string) {
	c.object.begin()
	values, ok := appendScope(c.object.values, c.scope)
	if ok {
		c.object.values = values
		c.object.put(key, ofScope)
	}
}

// appendScope appends what a scope says of itself as an object; ok is false when
// it says nothing.
func appendScope(dst []byte, sc *span.Scope) (out []byte, ok bool) {
	dst = append(dst, '{')
	empty := len(dst)
	if sc.Name != "" {
		dst = jsontext.AppendString(append(dst, `"name":`...), sc.Name)
	}
	if sc.Version != "" {
		dst = jsontext.AppendString(appendKey(dst, empty, "version"), sc.Version)
	}
	if len(sc.Attributes) > 0 {
		dst = appendObject(appendKey(dst, empty, "attributes"), sc.Attributes)
	}
	return append(dst, '}'), len(dst) > empty
}

// appendKey appends a plain key, with a comma unless dst ends at empty.
func appendKey(dst []byte, empty int, key string) []byte {
	if len(dst) > empty {
		dst = append(dst, ',')
	}
	dst = append(append(dst, '"'), key...)
	return append(dst, '"', ':')
}

// base adds the members of a base attribute and reports whether it is truthy,
// which is what keeps its alternative from being asked.
func (c *call) base(slot int32) bool {
	v, at := c.attrs.get(slot)
	if !isTruthy(v) {
		return false
	}
	switch v.Kind {
	case span.Map:
		for i := range v.Map {
			c.addValue(v.Map[i].Key, &v.Map[i].Value, at)
		}
	case span.Array:
		for i := range v.Array {
			c.addValue(strconv.Itoa(i), &v.Array[i], at)
		}
	case span.String:
		c.baseText(jsontext.Trim(v.Str), at)
	}
	return true
}

func (c *call) baseText(text string, at int32) {
	object := strings.HasPrefix(text, "{")
	if !object && !strings.HasPrefix(text, "[") || !jsontext.Valid(text, &c.buf) {
		return
	}
	if object {
		for key, raw := range jsontext.Members(text) {
			c.addJSON(key, raw, at)
		}
		return
	}
	i := 0
	for raw := range jsontext.Elements(text) {
		c.addJSON(strconv.Itoa(i), raw, at)
		i++
	}
}

func (c *call) overlay(rows []metadataRule, of string) {
	var set prefixSet
	for i := range rows {
		set |= rows[i].prefix
	}
	if c.attrs.any&set == 0 {
		return
	}
	var applied uint64 // rows, by position
	for i := range c.attrs.attrs {
		if !c.attrs.with(i, set) || c.attrs.info[i].marks&markExcluded != 0 {
			continue
		}
		a := &c.attrs.attrs[i]
		for j := range rows {
			if c.attrs.info[i].prefixes&rows[j].prefix != 0 {
				c.addValue(a.Key[len(rows[j].key):], &a.Value, int32(i)) //nolint:gosec // a list never has 2^31 entries
				applied |= 1 << j
				break
			}
		}
	}
	for j := range rows {
		if applied&(1<<j) != 0 {
			c.because(of, fold.Metadata, rows[j].name)
		}
	}
}

func (c *call) addValue(key string, v *span.Value, at int32) {
	c.object.begin()
	c.object.values = appendValue(c.object.values, v)
	c.object.put(key, at)
}

func (c *call) addJSON(key, raw string, at int32) {
	c.object.begin()
	c.object.values = jsontext.AppendCompact(c.object.values, raw)
	c.object.put(key, at)
}
