package otelmap_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/span"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// vector is a span and what must become of it.
type vector struct {
	attrs    string // JSON object; keys may repeat, their order counts
	resource string // JSON object
	scope    string // name and version, separated by a space
	// change alters the span, its scope or its resource further.
	change func(res *span.Resource, sc *span.Scope, sp *span.Span)
	// want has a line for each field that is looked at, as render writes it, and
	// "no <field>" for one that must not be there.
	want []string

	// The span, once it is built.
	res *span.Resource
	sc  *span.Scope
	sp  *span.Span
}

const arrival trace.Micros = 900

// span returns the vector's span with ids, a name and times 100 to 300.
func (v vector) span() (*span.Resource, *span.Scope, *span.Span) {
	if v.sp != nil {
		return v.res, v.sc, v.sp
	}
	name, version, _ := strings.Cut(v.scope, " ")
	res := &span.Resource{Attributes: attributes(v.resource)}
	sc := &span.Scope{Name: name, Version: version}
	sp := &span.Span{
		TraceID: "4bf92f3577b34da6a3ce929d0e0e4736", SpanID: "00f067aa0ba902b7", Name: "op", Kind: 1,
		Start: 100, End: 300, HasStart: true, HasEnd: true, Attributes: attributes(v.attrs),
	}
	if v.change != nil {
		v.change(res, sc, sp)
	}
	return res, sc, sp
}

// check returns how the result of a mapper differs from what is wanted.
func (v vector) check(m *otelmap.Mapper) string {
	res, sc, sp := v.span()
	records, err := m.Map(res, sc, sp, arrival, nil)
	if err != nil {
		return err.Error()
	}
	got := render(records)
	var wrong []string
	for _, want := range v.want {
		if field, absent := strings.CutPrefix(want, "no "); absent {
			if slices.ContainsFunc(got, func(line string) bool { return strings.HasPrefix(line, field+": ") }) {
				wrong = append(wrong, want)
			}
		} else if !slices.Contains(got, want) {
			wrong = append(wrong, want)
		}
	}
	if wrong == nil {
		return ""
	}
	return "missing:\n  " + strings.Join(wrong, "\n  ") + "\nin:\n  " + strings.Join(got, "\n  ")
}

// render writes records as lines "field: value"; a field of a trace is "trace
// field", a default is "field by default".
func render(records []fold.Record) []string {
	var lines []string
	for _, r := range records {
		prefix := ""
		if r.Kind == fold.Trace {
			prefix = "trace "
		}
		add := func(name, value string) { lines = append(lines, prefix+name+": "+value) }
		add("id", r.ID)
		add("time", strconv.FormatInt(int64(r.Time), 10))
		for _, f := range r.Fields {
			name := f.Field.String()
			if f.Default {
				name += " by default"
			}
			add(name, renderValue(f))
		}
		if len(r.Tags) > 0 {
			add("tags", strings.Join(r.Tags, "|"))
		}
		if !r.Metadata.Empty() {
			add("metadata", r.Metadata.Object)
		}
	}
	return lines
}

func renderValue(r fold.Register) string {
	v := r.Value
	switch r.Field {
	case fold.Start, fold.End, fold.CompletionStart, fold.Public, fold.AppRoot, fold.AsRoot:
		return strconv.FormatInt(v.N, 10)
	case fold.Usage, fold.Cost:
		parts := make([]string, len(v.A))
		for i, a := range v.A {
			parts[i] = a.Name + "=" + strconv.FormatInt(a.N, 10)
			if r.Field == fold.Cost {
				parts[i] = a.Name + "=" + trace.FormatCost(a.N)
			}
		}
		return strings.Join(parts, " ")
	case fold.PromptLink:
		if v.HasN {
			return fmt.Sprintf("%s %d", v.S, v.N)
		}
		return v.S
	}
	if v.Weak {
		return v.S + " (weak)"
	}
	return v.S
}

// attributes reads a JSON object as attributes: numbers with a point or an
// exponent are doubles, others ints.
func attributes(object string) []span.Attribute {
	if object == "" {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(object))
	d.UseNumber()
	v := readValue(d)
	if _, err := d.Token(); v.Kind != span.Map || err != io.EOF {
		panic("not one JSON object: " + object)
	}
	return v.Map
}

func readValue(d *json.Decoder) span.Value {
	t, err := d.Token()
	if err != nil {
		panic(err)
	}
	switch t := t.(type) {
	case string:
		return span.Value{Kind: span.String, Str: t}
	case bool:
		v := span.Value{Kind: span.Bool}
		if t {
			v.Int = 1
		}
		return v
	case json.Number:
		if n, err := t.Int64(); err == nil {
			return span.Value{Kind: span.Int, Int: n}
		}
		f, err := t.Float64()
		if err != nil {
			panic(err)
		}
		return span.Value{Kind: span.Double, Double: f}
	case json.Delim:
		v := span.Value{Kind: span.Array}
		if t == '{' {
			v.Kind = span.Map
		}
		for d.More() {
			if v.Kind == span.Array {
				v.Array = append(v.Array, readValue(d))
				continue
			}
			key, err := d.Token()
			if err != nil {
				panic(err)
			}
			v.Map = append(v.Map, span.Attribute{Key: key.(string), Value: readValue(d)})
		}
		if _, err := d.Token(); err != nil {
			panic(err)
		}
		return v
	}
	return span.Value{}
}

// obj writes a JSON object from keys and values.
func obj(pairs ...any) string {
	var b bytes.Buffer
	for i := 0; i < len(pairs); i += 2 {
		sep := ","
		if i == 0 {
			sep = "{"
		}
		value, err := json.Marshal(pairs[i+1])
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "%s%q:%s", sep, pairs[i], value)
	}
	if len(pairs) == 0 {
		return "{}"
	}
	return b.String() + "}"
}

// vectors returns all vectors by name.
func vectors() map[string]vector {
	all := map[string]vector{}
	for table, set := range map[string]map[string]vector{
		"identity": identityVectors(), "name": nameVectors(), "type": typeVectors(), "level": levelVectors(),
		"environment": environmentVectors(), "trace": traceVectors(), "payload": payloadVectors(),
		"event": eventVectors(), "indexed": indexedVectors(), "model": modelVectors(), "usage": usageVectors(),
		"cost": costVectors(), "metadata": metadataVectors(), "dropped": droppedVectors(), "raw": rawVectors(),
		"worked": workedVectors(), "order": orderVectors(),
	} {
		for name, v := range set {
			all[table+"/"+name] = v
		}
	}
	return all
}

func TestVectors(t *testing.T) {
	m := otelmap.New(otelmap.DefaultRules())
	all := vectors()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			if wrong := all[name].check(m); wrong != "" {
				t.Error(wrong)
			}
		})
	}
}
