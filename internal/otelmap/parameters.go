package otelmap

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/jsontext"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// ParameterHow is how a [ParameterRow] finds model parameters.
type ParameterHow uint8

// The ways to find model parameters.
const (
	ParameterObject ParameterHow = iota // the attribute is an object or the JSON text of one
	ParameterMember                     // the member of that name, points between names, of the JSON in the attribute
	ParameterKeys                       // the attributes of Rules.ParameterKeys, and over them the object of the attribute Key
	ParameterPrefix                     // every attribute with the prefix Key, which is stripped
	ParameterSingle                     // the attribute Key is the parameter Member
)

// ParameterRow gives model parameters. The first that yields one decides; if there
// is none, all rows with a prefix and for a single parameter do together, later ones
// over earlier ones.
type ParameterRow struct {
	Row
	How      ParameterHow
	Scope    string // the scope's name; "" for any
	NotScope string // a scope that the row does not apply to
	Key      string
	Member   string
	Except   string // with the prefix: the rest of a key that is no parameter
}

func parameterObject(rank int, key string) ParameterRow {
	return ParameterRow{Row: Row{Name: "parameters/" + key, Rank: rank}, How: ParameterObject, Key: key}
}

func parameterPrefix(rank int, key string) ParameterRow {
	return ParameterRow{Row: Row{Name: "parameters/" + key + "*", Rank: rank}, How: ParameterPrefix, Key: key, Except: "model"}
}

func parameterSingle(rank int, parameter, key string) ParameterRow {
	return ParameterRow{Row: Row{Name: "parameters/" + key, Rank: rank}, How: ParameterSingle, Key: key, Member: parameter}
}

func (r *ParameterRow) line() Line {
	l := Line{Reads: code(r.Key), When: "is an object that is not empty, or the JSON text of one"}
	switch r.How {
	case ParameterMember:
		l.Reads = code(r.Member) + " of the JSON in " + l.Reads
	case ParameterKeys:
		l.Reads, l.When = "the attributes of the table `parameter`; over them the object in "+l.Reads, ""
	case ParameterPrefix:
		l.Reads, l.When = "attributes that begin with "+l.Reads, "the rest of the name is not `"+r.Except+"`"
	case ParameterSingle:
		l.When, l.Gives = "is present", code(r.Member)
	}
	l.When = inScope(r.Scope, l.When)
	if r.NotScope != "" {
		l.When = "scope other than " + code(r.NotScope) + "; " + l.When
	}
	return l
}

// ParameterKeyRow gives one parameter, as text, from the first of its rows whose
// attribute is present: the attribute itself, or the text that is a member of the
// JSON in it. A parameter without one is null.
type ParameterKeyRow struct {
	Row
	Parameter, Key string
	Member         string // points between names; "" for the attribute itself
}

func (r *ParameterKeyRow) line() Line {
	l := Line{Reads: code(r.Key), When: "is present", Gives: code(r.Parameter)}
	if r.Member != "" {
		l.Reads, l.When = code(r.Member)+" of the JSON in "+l.Reads, "is text"
	}
	return l
}

type parameterRule struct {
	*ParameterRow
	slot   int32
	prefix prefixSet
	path   []string
}

type parameterKeyRule struct {
	*ParameterKeyRow
	slot int32
	path []string
}

// parameters sets the model parameters: one object in which numbers and texts
// are as sent and everything else is JSON text.
func (c *call) parameters() {
	c.object.reset()
	for i := range c.m.parameters {
		r := &c.m.parameters[i]
		if r.How >= ParameterPrefix || r.Scope != "" && r.Scope != c.scope.Name || r.NotScope != "" && r.NotScope == c.scope.Name {
			continue
		}
		if c.parametersBy(r) {
			c.because("", fold.ModelParameters, r.Name)
			c.setParameters()
			return
		}
	}
	for i := range c.m.parameters {
		switch r := &c.m.parameters[i]; {
		case r.How == ParameterPrefix && c.attrs.any&r.prefix != 0:
			c.prefixedParameters(r)
		case r.How == ParameterSingle:
			c.singleParameter(r)
		}
	}
	c.setParameters()
}

// parametersBy adds what one row yields and reports whether that is anything.
func (c *call) parametersBy(r *parameterRule) bool {
	v, at := c.attrs.get(r.slot)
	switch r.How {
	case ParameterKeys:
		c.keyedParameters()
		if v != nil {
			c.parameterObject(v, at)
		}
		return len(c.object.list) > 0
	case ParameterMember:
		if v == nil {
			return false
		}
		text, ok := c.objectText(v)
		if !ok || text == "" {
			return false
		}
		raw := jsontext.At(text, r.path...)
		return strings.HasPrefix(raw, "{") && c.parameterMembers(raw, none)
	}
	return v != nil && c.parameterObject(v, at)
}

func (c *call) singleParameter(r *parameterRule) {
	v, at := c.attrs.get(r.slot)
	if v == nil || !present(v) {
		return
	}
	c.object.begin()
	c.object.values = appendParameter(c.object.values, v, &c.buf)
	c.object.put(r.Member, at)
	c.because("", fold.ModelParameters, r.Name)
}

func (c *call) setParameters() {
	if len(c.object.list) == 0 {
		return
	}
	c.out = c.object.append(c.out[:0])
	c.set(fold.ModelParameters, fold.Text(string(c.out)), "")
}

// keyedParameters adds the parameters of Rules.ParameterKeys.
func (c *call) keyedParameters() {
	rows := c.m.parameterKeys
	for i := 0; i < len(rows); {
		name, found := rows[i].Parameter, false
		for ; i < len(rows) && rows[i].Parameter == name; i++ {
			if !found {
				found = c.keyedParameter(&rows[i])
			}
		}
		if !found {
			c.object.begin()
			c.object.values = append(c.object.values, "null"...)
			c.object.put(name, none)
		}
	}
}

func (c *call) keyedParameter(r *parameterKeyRule) bool {
	v, at := c.attrs.get(r.slot)
	if v == nil || !present(v) {
		return false
	}
	text := ""
	if r.Member == "" {
		text = textOf(v)
	} else {
		object, ok := c.objectText(v)
		if !ok || object == "" {
			return false
		}
		raw := jsontext.At(object, r.path...)
		if !strings.HasPrefix(raw, `"`) {
			return false
		}
		text, at = jsontext.Unquote(raw), none
	}
	c.object.begin()
	c.object.values = jsontext.AppendString(c.object.values, text)
	c.object.put(r.Parameter, at)
	return true
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
		text := jsontext.Trim(v.Str)
		if !strings.HasPrefix(text, "{") || !jsontext.Valid(text, &c.buf) {
			return false
		}
		return c.parameterMembers(text, at)
	}
	return len(c.object.list) > 0
}

// parameterMembers adds the members of a JSON object, which comes from the
// attribute at a position.
func (c *call) parameterMembers(object string, at int32) bool {
	for key, raw := range jsontext.Members(object) {
		c.object.begin()
		if raw[0] == '"' || raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' {
			c.object.values = append(c.object.values, raw...)
		} else {
			c.buf = jsontext.AppendCompact(c.buf[:0], raw)
			c.object.values = jsontext.AppendString(c.object.values, string(c.buf))
		}
		c.object.put(key, at)
	}
	return len(c.object.list) > 0
}

func (c *call) prefixedParameters(r *parameterRule) {
	found := false
	for i := range c.attrs.attrs {
		if !c.attrs.with(i, r.prefix) {
			continue
		}
		a := &c.attrs.attrs[i]
		if name := a.Key[len(r.Key):]; name != r.Except {
			c.object.begin()
			c.object.values = appendParameter(c.object.values, &a.Value, &c.buf)
			c.object.put(name, int32(i)) //nolint:gosec // a list never has 2^31 entries
			found = true
		}
	}
	if found {
		c.because("", fold.ModelParameters, r.Name)
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
	return jsontext.AppendString(dst, string(*buf))
}
