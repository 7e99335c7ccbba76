package api

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Where a parameter stands.
const (
	InPath  = "path"
	InQuery = "query"
)

// maxListItems is how many items a list parameter may have.
const maxListItems = 1000

// Param is one parameter of an endpoint, read from a field of its input type and
// the field's tags. The type decides how it is parsed:
//
//	string         a text; the empty one counts as absent
//	*string        a text; the empty one is a value
//	int            whole number; tags default, minimum, maximum
//	*float64       a finite number
//	*bool          the words true and false
//	*trace.Micros  a date and time with zone, truncated to milliseconds
//	[]string       a list: repeated, split at commas, or both; the tag
//	               list:"commas" forbids repetition, list:"repeated" splitting
//
// A text may have the tag enum with the allowed words. Everything but a list may
// be given once.
type Param struct {
	Name  string
	In    string
	Field reflect.StructField
	Owner reflect.Type // the struct that declares the field

	Default  string
	Enum     []string
	Min, Max *int64
	Commas   bool // a list in one value only
	Repeated bool // a list whose values are items as they are

	index []int
}

func paramOf(t reflect.Type, f reflect.StructField) (Param, error) {
	list := f.Tag.Get("list")
	p := Param{
		Field: f, Owner: ownerOf(t, f.Index), Default: f.Tag.Get("default"), index: f.Index,
		Commas: list == "commas", Repeated: list == "repeated",
	}
	if name, ok := f.Tag.Lookup("path"); ok {
		p.Name, p.In = name, InPath
		if f.Type.Kind() != reflect.String {
			return p, fmt.Errorf("a path parameter is a string")
		}
		return p, nil
	}
	name, ok := f.Tag.Lookup("query")
	if !ok || name == "" {
		return p, fmt.Errorf("it has no path, query or body tag")
	}
	p.Name, p.In = name, InQuery
	if words := f.Tag.Get("enum"); words != "" {
		p.Enum = strings.Split(words, ",")
	}
	for tag, into := range map[string]**int64{"minimum": &p.Min, "maximum": &p.Max} {
		if text := f.Tag.Get(tag); text != "" {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return p, fmt.Errorf("%s: %w", tag, err)
			}
			*into = &n
		}
	}
	switch reflect.Zero(f.Type).Interface().(type) {
	case string, *string, *float64, *bool, *trace.Micros, []string:
		return p, nil
	case int:
		if _, err := strconv.Atoi(p.Default); err != nil || p.Min == nil || p.Max == nil {
			return p, fmt.Errorf("a number needs default, minimum and maximum")
		}
		return p, nil
	}
	return p, fmt.Errorf("no parameter can be a %s", f.Type)
}

// ownerOf returns the struct type that declares the field at the index.
func ownerOf(t reflect.Type, index []int) reflect.Type {
	if len(index) > 1 {
		return t.FieldByIndex(index[:len(index)-1]).Type
	}
	return t
}

// set parses the values that were given for the parameter.
func (p *Param) set(field reflect.Value, values []string) *Issue {
	if list, ok := field.Addr().Interface().(*[]string); ok {
		return p.setList(list, values)
	}
	if len(values) > 1 {
		expected := "string"
		if field.Kind() == reflect.Int {
			expected = "number"
		}
		return p.wrong(wrongType(p.path(), expected, "array"))
	}
	text := p.Default
	if len(values) == 1 && values[0] != "" {
		text = values[0]
	}
	if keep, ok := field.Addr().Interface().(**string); ok {
		if len(values) == 1 {
			*keep = &values[0]
		}
		return nil
	}
	if text == "" {
		return nil
	}
	switch into := field.Addr().Interface().(type) {
	case *string:
		if p.Enum != nil && !slices.Contains(p.Enum, text) {
			return p.wrong(wrongOption(p.path(), p.Enum))
		}
		*into = text
	case **bool:
		if text != "true" && text != "false" {
			return p.wrong(wrongOption(p.path(), []string{"true", "false"}))
		}
		yes := text == "true"
		*into = &yes
	case **float64:
		n, ok := parseNumber(text)
		if !ok {
			return p.wrong(wrongType(p.path(), "number", "NaN"))
		}
		*into = &n
	case **trace.Micros:
		at, ok := parseInstant(text)
		if !ok {
			return p.wrong(wrongInstant(p.path()))
		}
		*into = &at
	case *int:
		return p.setNumber(into, text)
	}
	return nil
}

func (p *Param) setNumber(into *int, text string) *Issue {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		if f, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err != nil || f != f {
			return p.wrong(wrongType(p.path(), "number", "NaN"))
		}
		return p.wrong(wrongType(p.path(), "int", "number"))
	}
	if n < *p.Min {
		return p.wrong(tooSmall(p.path(), *p.Min))
	}
	if n > *p.Max {
		return p.wrong(tooBig(p.path(), "number", *p.Max))
	}
	*into = int(n)
	return nil
}

func (p *Param) setList(into *[]string, values []string) *Issue {
	if p.Commas && len(values) > 1 {
		return p.wrong(wrongType(p.path(), "string", "array"))
	}
	for _, v := range values {
		items := []string{v}
		if !p.Repeated {
			items = strings.Split(v, ",")
		}
		for _, item := range items {
			if item == "" {
				continue
			}
			if len(*into) == maxListItems {
				return p.wrong(tooBig(p.path(), "array", maxListItems))
			}
			*into = append(*into, item)
		}
	}
	return nil
}

// parseNumber reads a finite decimal number.
func parseNumber(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, false // what else Go takes for a number: inf, 0x1p4, 1_000
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

func (p *Param) path() []any { return []any{p.Name} }

func (p *Param) wrong(i Issue) *Issue { return &i }

// parseQuery splits a query. Unlike net/url it takes a semicolon for what it is
// to browsers, an ordinary character, and refuses what it cannot decode instead
// of dropping it.
func parseQuery(raw string) (url.Values, error) {
	values := url.Values{}
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err == nil {
			value, err = url.QueryUnescape(value)
		}
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "Invalid query string: a percent sign must begin an escape such as %%25")
		}
		values[name] = append(values[name], value)
	}
	return values, nil
}
