package otelmap

import (
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// TypeHow is how a [TypeRow] recognises its type.
type TypeHow uint8

// The ways to recognise a type.
const (
	TypeEquals   TypeHow = iota // the attribute is exactly the text Value
	TypePresent                 // the attribute is meaningful
	TypeMistyped                // as TypeEquals, in a span that an old Python SDK typed wrongly; see Rules.Mistyped
	// TypeOperation: the attribute Key begins with Value, or the attribute Else
	// is exactly that.
	TypeOperation
	TypeSpanName // the name of the span is Value
)

// TypeRow gives an observation type.
type TypeRow struct {
	Row
	How   TypeHow
	Scope string // the scope's name; "" for any
	Key   string
	Else  string
	Value string
	Model bool // one of Rules.TypeModels must be meaningful
	Type  trace.Type
}

func typeEquals(rank int, key, value string, t trace.Type) TypeRow {
	return TypeRow{Row: Row{Name: "type/" + key + "=" + value, Rank: rank}, How: TypeEquals, Key: key, Value: value, Type: t}
}

func typePresent(rank int, key string, t trace.Type) TypeRow {
	return TypeRow{Row: Row{Name: "type/" + key, Rank: rank}, How: TypePresent, Key: key, Type: t}
}

func (r *TypeRow) line() Line {
	l := Line{Reads: code(r.Key), When: "is " + code(r.Value), Gives: string(r.Type)}
	switch r.How {
	case TypePresent:
		l.When = "is meaningful: not null, empty text, [] or {}"
	case TypeMistyped:
		l.When += ", scope `langfuse-sdk` of Python without a version or up to 3.3, and one of the table `mistyped` exists"
	case TypeOperation:
		l.Reads, l.When = code(r.Key, r.Else), "the first begins with, or the second is, "+code(r.Value)
	case TypeSpanName:
		l.Reads = "the name of the span"
	}
	if r.Model {
		l.When += ", and one of the table `type_model` is meaningful"
	}
	l.When = inScope(r.Scope, l.When)
	return l
}

type typeRule struct {
	*TypeRow
	slot, otherwise int32
}

// observationType sets the type and returns it.
func (c *call) observationType() trace.Type {
	for i := range c.m.types {
		r := &c.m.types[i]
		if r.Scope != "" && r.Scope != c.scope.Name || !c.isType(r) {
			continue
		}
		c.set(fold.Type, fold.Text(string(r.Type)), r.Name)
		return r.Type
	}
	c.setDefault(fold.Type, fold.Text(string(trace.Span)))
	return trace.Span
}

func (c *call) isType(r *typeRule) bool {
	v, at := c.attrs.get(r.slot)
	switch r.How {
	case TypeEquals:
		if !isText(v, r.Value) {
			return false
		}
		if strings.EqualFold(r.Value, string(r.Type)) { // else the type says less than the attribute
			c.attrs.mark(at, markField)
		}
		return true
	case TypePresent:
		return v != nil && meaningful(v)
	case TypeMistyped:
		return isText(v, r.Value) && c.oldPythonSDK() && c.find(c.m.mistyped).value != nil
	case TypeOperation:
		other, _ := c.attrs.get(r.otherwise)
		begins := v != nil && v.Kind == span.String && strings.HasPrefix(v.Str, r.Value)
		return (begins || isText(other, r.Value)) && (!r.Model || c.namesModel())
	case TypeSpanName:
		return c.sp.Name == r.Value
	}
	return false
}

// namesModel reports whether one of the attributes that name a model does so.
func (c *call) namesModel() bool {
	for i := range c.m.typeModels {
		if h := c.look(&c.m.typeModels[i]); h.value != nil && meaningful(h.value) {
			return true
		}
	}
	return false
}

// isText reports whether a value is exactly that text.
func isText(v *span.Value, text string) bool {
	return v != nil && v.Kind == span.String && v.Str == text
}

// oldPythonSDK reports whether the span comes from a Langfuse Python SDK without
// a version or up to 3.3.
func (c *call) oldPythonSDK() bool {
	if c.scope.Name != "langfuse-sdk" {
		return false
	}
	if v, _ := c.resource.get(c.m.sdkLanguage); !isText(v, "python") {
		return false
	}
	if c.scope.Version == "" {
		return true
	}
	first, rest, _ := strings.Cut(c.scope.Version, ".")
	second, _, _ := strings.Cut(rest, ".")
	major, err := strconv.Atoi(first)
	if err != nil {
		return false
	}
	minor, _, ok := leadingWhole(second)
	return major < 3 || major == 3 && (!ok || minor <= 3)
}
