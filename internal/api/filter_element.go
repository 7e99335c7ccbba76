package api

import (
	"bytes"
	"encoding/json"
	"slices"
)

// element reads one element of a structured filter and collects what is wrong
// with its form.
type element struct {
	index  int
	fields map[string]any
	wrong  IssuesError
}

func (e *element) read(raw json.RawMessage) condition {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // a number of any size is a number
	if err := dec.Decode(&e.fields); err != nil || e.fields == nil {
		e.wrong = IssuesError{wrongType([]any{"filter", e.index}, "object", jsonKind(string(raw)))}
		return condition{}
	}
	kind, _ := e.fields["type"].(string)
	operators := operatorsOf(kind)
	if operators == nil {
		e.wrong = IssuesError{{Code: "invalid_union", Path: e.path("type"), Message: "Invalid input: there is no such filter type"}}
		return condition{}
	}
	c := condition{kind: kind}
	if kind == kindPosition {
		return c
	}
	c.column = e.text("column")
	if c.operator, _ = e.fields["operator"].(string); !slices.Contains(operators, c.operator) {
		e.add(wrongOption(e.path("operator"), operators))
	}
	switch kind {
	case kindTextMap, kindNumberMap, kindFlagMap, kindCategory:
		c.key = e.text("key")
	}
	e.value(&c)
	return c
}

// value reads the value, whose form the kind decides.
func (e *element) value(c *condition) {
	switch c.kind {
	case kindTime:
		text := e.text("value")
		at, ok := parseFilterTime(text)
		if !ok && len(e.wrong) == 0 {
			e.add(wrongInstant(e.path("value")))
		}
		c.time = at
	case kindText, kindTextMap:
		c.text = e.text("value")
	case kindNull:
		if v, ok := e.fields["value"].(string); !ok || v != "" {
			e.add(wrongOption(e.path("value"), []string{""}))
		}
	case kindNumber, kindNumberMap:
		n, ok := e.fields["value"].(json.Number)
		if !ok {
			e.add(wrongType(e.path("value"), "number", kindOf(e.fields["value"])))
		}
		c.number = n
	case kindFlag, kindFlagMap:
		yes, ok := e.fields["value"].(bool)
		if !ok {
			e.add(wrongType(e.path("value"), "boolean", kindOf(e.fields["value"])))
		}
		c.flag = yes
	case kindOptions, kindCategory, kindList:
		c.texts = e.list("value")
		if len(c.texts) == 0 && len(e.wrong) == 0 && (c.kind == kindOptions || c.kind == kindList && c.operator == "any of") {
			e.add(Issue{
				Code: "too_small", Path: e.path("value"), Origin: "array", Minimum: new(int64(1)), Inclusive: new(true),
				Message: "Too small: expected array to have >=1 items",
			})
		}
	}
}

func (e *element) text(name string) string {
	s, ok := e.fields[name].(string)
	if !ok {
		e.add(wrongType(e.path(name), "string", kindOf(e.fields[name])))
	}
	return s
}

func (e *element) list(name string) []string {
	items, ok := e.fields[name].([]any)
	if !ok {
		e.add(wrongType(e.path(name), "array", kindOf(e.fields[name])))
		return nil
	}
	out := make([]string, 0, len(items))
	for i, item := range items {
		s, ok := item.(string)
		if !ok {
			e.add(wrongType(append(e.path(name), i), "string", kindOf(item)))
		}
		out = append(out, s)
	}
	return out
}

func (e *element) path(name string) []any { return []any{"filter", e.index, name} }

func (e *element) add(i Issue) { e.wrong = append(e.wrong, i) }
