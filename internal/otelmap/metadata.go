package otelmap

import (
	"strconv"
	"strings"

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

// defaultMetadata is the order that clients rely on: what the user set hides what
// was generated, and what was set for the trace hides the rest.
//
// The two generic prefixes belong to both user parts. Named once, in the later
// one, they give the same result.
func defaultMetadata() []MetadataRow {
	row := func(c Convention, how MetadataHow, key, otherwise string, ofTrace bool) MetadataRow {
		name := "metadata/" + key
		if how == MetadataOverlay {
			name += "*"
		}
		return MetadataRow{Row: Row{name, c}, How: how, Key: key, Else: otherwise, Trace: ofTrace}
	}
	return []MetadataRow{
		row(Generic, MetadataAttributes, "attributes", "", false),
		row(Generic, MetadataResource, "resourceAttributes", "", false),
		row(Generic, MetadataScope, "scope", "", false),
		row(Langfuse, MetadataBase, "langfuse.observation.metadata", "langfuse.metadata", false),
		row(Langfuse, MetadataOverlay, "langfuse.observation.metadata.", "", false),
		row(Langfuse, MetadataBase, "langfuse.trace.metadata", "langfuse.metadata", true),
		row(Langfuse, MetadataOverlay, "langfuse.trace.metadata.", "", true),
		row(Langfuse, MetadataOverlay, "langfuse.metadata.", "", false),
		row(VercelAI, MetadataOverlay, "ai.telemetry.metadata.", "", false),
	}
}

// defaultExcluded returns what the prefix ai.telemetry.metadata. would make user
// metadata although it has a field of its own.
func defaultExcluded() []KeyRow {
	const table = "excluded"
	return []KeyRow{
		onSpan(table, VercelAI, Exists, "ai.telemetry.metadata.userId"),
		onSpan(table, VercelAI, Exists, "ai.telemetry.metadata.sessionId"),
		onSpan(table, VercelAI, Exists, "ai.telemetry.metadata.tags"),
		onSpan(table, VercelAI, Exists, "ai.telemetry.metadata.langfusePrompt"),
	}
}

// OwnScopeRow names scopes whose attributes are not copied into the metadata,
// because they are all ours to interpret. What is not interpreted is kept in the
// raw value.
type OwnScopeRow struct {
	Row
	Prefix string
}

func defaultOwnScopes() []OwnScopeRow {
	const prefix = "langfuse-sdk"
	return []OwnScopeRow{{Row{"own_scope/" + prefix, Langfuse}, prefix}}
}

type metadataRule struct {
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

// metadata returns the observation's metadata.
func (c *call) metadata() trace.Metadata {
	c.object.reset()
	for i := 0; i < len(c.m.metadata); i++ {
		r := &c.m.metadata[i]
		switch r.how {
		case MetadataAttributes:
			c.generatedAttributes(r.key)
		case MetadataResource:
			if len(c.res.Attributes) > 0 {
				c.object.begin()
				c.object.values = appendObject(c.object.values, c.res.Attributes)
				c.object.put(r.key, ofResource)
			}
		case MetadataScope:
			c.generatedScope(r.key)
		case MetadataBase:
			if !c.base(r.slot) && r.otherwise != 0 {
				c.base(r.otherwise)
			}
		case MetadataOverlay:
			from := i
			for i+1 < len(c.m.metadata) && c.m.metadata[i+1].how == MetadataOverlay {
				i++
			}
			c.overlay(c.m.metadata[from : i+1])
		}
	}
	return c.metadataObject()
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
			c.base(r.slot)
		case r.how == MetadataOverlay:
			c.overlay(c.m.metadata[i : i+1])
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

func (c *call) generatedAttributes(key string) {
	for i := range c.m.rules.OwnScopes {
		if strings.HasPrefix(c.scope.Name, c.m.rules.OwnScopes[i].Prefix) {
			return
		}
	}
	c.attributesShown = true
	c.object.begin()
	values := append(c.object.values, '{')
	empty := len(values)
	for i := range c.attrs.attrs {
		if c.attrs.info[i].marks&(markRepeated|markDropped) != 0 {
			continue
		}
		if len(values) > empty {
			values = append(values, ',')
		}
		values = appendString(values, c.attrs.attrs[i].Key)
		values = append(values, ':')
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
		return appendString(dst, string(c.buf))
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
		dst = appendString(append(dst, `"name":`...), sc.Name)
	}
	if sc.Version != "" {
		dst = appendString(appendKey(dst, empty, "version"), sc.Version)
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
		c.baseText(trimmed(v.Str), at)
	}
	return true
}

func (c *call) baseText(text string, at int32) {
	object := strings.HasPrefix(text, "{")
	if !object && !strings.HasPrefix(text, "[") || !parsable(text, &c.buf) {
		return
	}
	if object {
		for key, raw := range members(text) {
			c.addJSON(key, raw, at)
		}
		return
	}
	i := 0
	for raw := range elements(text) {
		c.addJSON(strconv.Itoa(i), raw, at)
		i++
	}
}

func (c *call) overlay(rows []metadataRule) {
	var set prefixSet
	for i := range rows {
		set |= rows[i].prefix
	}
	if c.attrs.any&set == 0 {
		return
	}
	for i := range c.attrs.attrs {
		if !c.attrs.with(i, set) || c.attrs.info[i].marks&markExcluded != 0 {
			continue
		}
		a := &c.attrs.attrs[i]
		for j := range rows {
			if c.attrs.info[i].prefixes&rows[j].prefix != 0 {
				c.addValue(a.Key[len(rows[j].key):], &a.Value, int32(i)) //nolint:gosec // a list never has 2^31 entries
				break
			}
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
	c.object.values = appendCompact(c.object.values, raw)
	c.object.put(key, at)
}
