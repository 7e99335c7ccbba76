package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// ParameterHow is how a [ParameterRow] finds model parameters.
type ParameterHow uint8

// The ways to find model parameters.
const (
	ParameterObject ParameterHow = iota // the attribute is an object or the JSON text of one
	ParameterPrefix                     // every attribute with the prefix Key, which is stripped
)

// ParameterRow gives model parameters. The first object that is not empty
// decides; if there is none, all rows with a prefix do together.
type ParameterRow struct {
	Row
	How      ParameterHow
	Key      string
	Except   string // with the prefix: the rest of a key that is no parameter
	NotScope string // with an object: a scope that the row does not apply to
}

func defaultParameters() []ParameterRow {
	object := func(c Convention, key string) ParameterRow {
		return ParameterRow{Row: Row{"parameters/" + key, c}, How: ParameterObject, Key: key}
	}
	prefix := func(c Convention, key string) ParameterRow {
		return ParameterRow{Row: Row{"parameters/" + key + "*", c}, How: ParameterPrefix, Key: key, Except: "model"}
	}
	own := object(Langfuse, "langfuse.observation.model.parameters")
	own.NotScope = "ai"
	return []ParameterRow{
		own,
		object(OpenInference, "llm.invocation_parameters"),
		object(Generic, "model_config"),
		prefix(GenAI, "gen_ai.request."),
		prefix(OpenInference, "llm.invocation_parameters."),
	}
}

type parameterRule struct {
	ParameterRow
	slot   int32
	prefix prefixSet
}

// parameters sets the model parameters: one object in which numbers and texts
// are as sent and everything else is JSON text.
func (c *call) parameters() {
	c.object.reset()
	for i := range c.m.parameters {
		r := &c.m.parameters[i]
		if r.How != ParameterObject || c.scope.Name == r.NotScope && r.NotScope != "" {
			continue
		}
		if v, at := c.attrs.get(r.slot); v != nil && c.parameterObject(v, at) {
			c.setParameters()
			return
		}
	}
	for i := range c.m.parameters {
		if r := &c.m.parameters[i]; r.How == ParameterPrefix && c.attrs.any&r.prefix != 0 {
			c.prefixedParameters(r)
		}
	}
	c.setParameters()
}

func (c *call) setParameters() {
	if len(c.object.list) == 0 {
		return
	}
	c.out = c.object.append(c.out[:0])
	c.set(fold.ModelParameters, fold.Text(string(c.out)))
}

// parameterObject adds the members of an object and reports whether there were
// any.
func (c *call) parameterObject(v *span.Value, at int32) bool {
	switch v.Kind {
	case span.Map:
		for i := range v.Map {
			c.object.begin()
			c.object.values = appendParameter(c.object.values, &v.Map[i].Value, &c.buf)
			c.object.put(v.Map[i].Key, at)
		}
	case span.String:
		text := trimmed(v.Str)
		if !strings.HasPrefix(text, "{") || !parsable(text, &c.buf) {
			return false
		}
		for key, raw := range members(text) {
			c.object.begin()
			if raw[0] == '"' || raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' {
				c.object.values = append(c.object.values, raw...)
			} else {
				c.buf = appendCompact(c.buf[:0], raw)
				c.object.values = appendString(c.object.values, string(c.buf))
			}
			c.object.put(key, at)
		}
	}
	return len(c.object.list) > 0
}

func (c *call) prefixedParameters(r *parameterRule) {
	for i := range c.attrs.attrs {
		if !c.attrs.with(i, r.prefix) {
			continue
		}
		a := &c.attrs.attrs[i]
		if name := a.Key[len(r.Key):]; name != r.Except {
			c.object.begin()
			c.object.values = appendParameter(c.object.values, &a.Value, &c.buf)
			c.object.put(name, int32(i)) //nolint:gosec // a list never has 2^31 entries
		}
	}
}

// appendParameter appends a text or a number as it is, anything else as its JSON
// text.
func appendParameter(dst []byte, v *span.Value, buf *[]byte) []byte {
	switch v.Kind {
	case span.String, span.Int, span.Double, span.Bytes:
		return appendValue(dst, v)
	}
	*buf = appendValue((*buf)[:0], v)
	return appendString(dst, string(*buf))
}
