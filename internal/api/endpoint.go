package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

// maxBody is the most bytes of a JSON body that a typed endpoint reads.
const maxBody = 1 << 20

// Endpoint is a typed handler with what the document says about its types.
type Endpoint struct {
	out    reflect.Type
	params []Param
	body   *jsonBody
	serve  func(w http.ResponseWriter, r *http.Request) error
	err    error // what is wrong with the input type
}

// Params returns the path and query parameters, in the order of the input type.
func (e *Endpoint) Params() []Param { return e.params }

// Body returns the type of the JSON body, or nil.
func (e *Endpoint) Body() reflect.Type {
	if e.body == nil {
		return nil
	}
	return e.body.typ
}

// Output returns the type of the answer.
func (e *Endpoint) Output() reflect.Type { return e.out }

// statused is an answer whose status is not always 200.
type statused interface{ httpStatus() int }

// Handle turns a function into an Endpoint. In is a struct that says by its tags
// where its fields come from: `path:"name"`, `query:"name"` (see [Param]) and, on
// at most one field, `body:"json"` or `body:"strict"`, where unknown keys are
// refused. Out is written as JSON.
func Handle[In, Out any](run func(ctx context.Context, in In) (Out, error)) Endpoint {
	params, bd, err := plan(reflect.TypeFor[In]())
	strict := embedsStrictQuery(reflect.TypeFor[In]())
	return Endpoint{
		out: reflect.TypeFor[Out](), params: params, body: bd, err: err,
		serve: func(w http.ResponseWriter, r *http.Request) error {
			var in In
			if err := bind(params, bd, strict, r, reflect.ValueOf(&in).Elem()); err != nil {
				return err
			}
			out, err := run(r.Context(), in)
			if err != nil {
				return err
			}
			status := http.StatusOK
			if s, ok := any(out).(statused); ok {
				status = s.httpStatus()
			}
			return writeJSON(w, status, out)
		},
	}
}

// strictQuery is embedded in the input type of an endpoint that refuses query
// parameters which it does not know.
type strictQuery struct{}

func embedsStrictQuery(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false // plan says so
	}
	for i := range t.NumField() {
		if t.Field(i).Type == reflect.TypeFor[strictQuery]() {
			return true
		}
	}
	return false
}

// plan reads the tags of an input type.
func plan(t reflect.Type) ([]Param, *jsonBody, error) {
	if t.Kind() != reflect.Struct {
		return nil, nil, fmt.Errorf("the input %s is not a struct", t)
	}
	var (
		params []Param
		bd     *jsonBody
	)
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		if mode, ok := f.Tag.Lookup("body"); ok {
			if bd != nil || mode != "json" && mode != "strict" {
				return nil, nil, fmt.Errorf("%s.%s: one body, json or strict", t, f.Name)
			}
			bd = &jsonBody{index: f.Index, typ: f.Type, strict: mode == "strict"}
			continue
		}
		p, err := paramOf(t, f)
		if err != nil {
			return nil, nil, fmt.Errorf("%s.%s: %w", t, f.Name, err)
		}
		params = append(params, p)
	}
	return params, bd, nil
}

// bind fills an input from a request. Everything that is wrong with the
// parameters is reported at once; the body is read only when they are right.
func bind(params []Param, bd *jsonBody, strict bool, r *http.Request, in reflect.Value) error {
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	var wrong IssuesError
	if strict {
		wrong = unknownKeys(params, query)
	}
	for i := range params {
		p := &params[i]
		field := in.FieldByIndex(p.index)
		if p.In == InPath {
			field.SetString(pathValue(r, p.Name))
			continue
		}
		if issue := p.set(field, query[p.Name]); issue != nil {
			wrong = append(wrong, *issue)
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	if bd == nil {
		return nil
	}
	return bd.read(r, in.FieldByIndex(bd.index))
}

// unknownKeys finds the query parameters that an endpoint does not know.
func unknownKeys(params []Param, query url.Values) IssuesError {
	var unknown []string
	for name := range query {
		if !slices.ContainsFunc(params, func(p Param) bool { return p.In == InQuery && p.Name == name }) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return IssuesError{unrecognizedKeys(unknown)}
}

// jsonBody says where a JSON body goes.
type jsonBody struct {
	index  []int
	typ    reflect.Type
	strict bool
}

func (b *jsonBody) read(r *http.Request, into reflect.Value) error {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "The request body could not be read")
	}
	if len(raw) > maxBody {
		return fault.New(fault.TooLarge, "Body exceeds 1mb limit")
	}
	if !json.Valid(raw) {
		return fault.New(fault.Invalid, "Invalid JSON")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if b.strict {
		dec.DisallowUnknownFields()
	}
	err = dec.Decode(into.Addr().Interface())
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return IssuesError{wrongBodyType(e)}
	}
	if key, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		key, _ = strconv.Unquote(key)
		return IssuesError{unrecognizedKeys([]string{key})}
	}
	return fault.Wrap(fault.Invalid, err, "Invalid JSON")
}

func wrongBodyType(e *json.UnmarshalTypeError) Issue {
	path := []any{}
	if e.Field != "" {
		for name := range strings.SplitSeq(e.Field, ".") {
			path = append(path, name)
		}
	}
	expected := "object"
	switch e.Type.Kind() {
	case reflect.String:
		expected = "string"
	case reflect.Bool:
		expected = "boolean"
	case reflect.Slice, reflect.Array:
		expected = "array"
	case reflect.Int, reflect.Int64, reflect.Float64:
		expected = "number"
	}
	got, _, _ := strings.Cut(e.Value, " ")
	return wrongType(path, expected, got)
}

// writeJSON answers with a JSON body. Nothing is written when v cannot be encoded.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	out := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(out)))
	w.WriteHeader(status)
	w.Write(out) //nolint:errcheck // a client that left hears nothing
	return nil
}
