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
)

// TypeRow gives an observation type.
type TypeRow struct {
	Row
	How   TypeHow
	Key   string
	Value string
	Type  trace.Type
}

func defaultTypes() []TypeRow {
	rows := []TypeRow{{
		Row: Row{"type/generation sent as span", Langfuse}, How: TypeMistyped,
		Key: "langfuse.observation.type", Value: "span", Type: trace.Generation,
	}}
	for _, t := range trace.Types() {
		rows = append(rows, typeEquals(Langfuse, "langfuse.observation.type", strings.ToLower(string(t)), t))
	}
	rows = append(rows, genAITypes()...)
	for _, key := range []string{
		"langfuse.observation.model.name", "gen_ai.request.model", "gen_ai.response.model", "llm.model_name", "model",
	} {
		rows = append(rows, typePresent(Generic, key, trace.Generation))
	}
	return rows
}

func typeEquals(c Convention, key, value string, t trace.Type) TypeRow {
	return TypeRow{Row: Row{"type/" + key + "=" + value, c}, How: TypeEquals, Key: key, Value: value, Type: t}
}

func typePresent(c Convention, key string, t trace.Type) TypeRow {
	return TypeRow{Row: Row{"type/" + key, c}, How: TypePresent, Key: key, Type: t}
}

// defaultMistyped returns the attributes that only generations carry. Python SDKs
// up to 3.3 sent generations as spans when an integration made them.
func defaultMistyped() []KeyRow {
	const table = "mistyped"
	return []KeyRow{
		onSpan(table, Langfuse, Exists, "langfuse.observation.model.name"),
		onSpan(table, Langfuse, Exists, "langfuse.observation.cost_details"),
		onSpan(table, Langfuse, Exists, "langfuse.observation.usage_details"),
		onSpan(table, Langfuse, Exists, "langfuse.observation.completion_start_time"),
		onSpan(table, Langfuse, Exists, "langfuse.observation.model.parameters"),
		onSpan(table, Langfuse, Exists, "langfuse.observation.prompt.name"),
		onSpan(table, Langfuse, Exists, "langfuse.observation.prompt.version"),
	}
}

type typeRule struct {
	TypeRow
	slot int32
}

// observationType sets the type and returns it.
func (c *call) observationType() trace.Type {
	for i := range c.m.types {
		r := &c.m.types[i]
		v, at := c.attrs.get(r.slot)
		if v == nil {
			continue
		}
		switch r.How {
		case TypeEquals:
			if v.Kind != span.String || v.Str != r.Value {
				continue
			}
			if strings.EqualFold(r.Value, string(r.Type)) { // else the type says less than the attribute
				c.attrs.mark(at, markField)
			}
		case TypePresent:
			if !meaningful(v) {
				continue
			}
		case TypeMistyped:
			if v.Kind != span.String || v.Str != r.Value || !c.oldPythonSDK() || c.find(c.m.mistyped).value == nil {
				continue
			}
		}
		c.set(fold.Type, fold.Text(string(r.Type)))
		return r.Type
	}
	c.setDefault(fold.Type, fold.Text(string(trace.Span)))
	return trace.Span
}

// oldPythonSDK reports whether the span comes from a Langfuse Python SDK without
// a version or up to 3.3.
func (c *call) oldPythonSDK() bool {
	if c.scope.Name != "langfuse-sdk" {
		return false
	}
	if v, _ := c.resource.get(c.m.sdkLanguage); v == nil || v.Kind != span.String || v.Str != "python" {
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
