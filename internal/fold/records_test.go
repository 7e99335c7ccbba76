package fold_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// part adds something to a record.
type part func(r *fold.Record)

func record(k fold.Kind, rank fold.Rank, at trace.Micros, parts ...part) fold.Record {
	r := fold.Record{Kind: k, TraceID: "t", ID: "x", Time: at, Rank: rank, OTel: rank == fold.Complete}
	for _, p := range parts {
		p(&r)
	}
	return r
}

func set(f fold.Field, v fold.Value) part { return func(r *fold.Record) { r.Set(f, v) } }

func dflt(f fold.Field, v fold.Value) part { return func(r *fold.Record) { r.SetDefault(f, v) } }

func text(f fold.Field, s string) part { return set(f, fold.Text(s)) }

func at(f fold.Field, t trace.Micros) part { return set(f, fold.Time(t)) }

func flag(f fold.Field, b bool) part { return set(f, fold.Bool(b)) }

func null(f fold.Field) part { return set(f, fold.Null()) }

func amounts(f fold.Field, m map[string]int64) part { return set(f, fold.Map(trace.AmountsOf(m))) }

// payload is an input or output as JSON text.
func payload(f fold.Field, text string) part {
	v, ok, err := fold.PayloadOf([]byte(text))
	if err != nil {
		panic(err)
	}
	if !ok {
		v = fold.Null()
	}
	return set(f, v)
}

// meta is metadata as JSON text.
func meta(text string) part {
	m, err := fold.MetadataOf([]byte(text))
	if err != nil {
		panic(err)
	}
	return func(r *fold.Record) { r.Metadata = m }
}

func tags(names ...string) part { return func(r *fold.Record) { r.Tags = append(r.Tags, names...) } }

func untag(names ...string) part {
	return func(r *fold.Record) { r.RemovedTags = append(r.RemovedTags, names...) }
}

// view is what a state shows, by field, as text.
type view map[string]string

func show(s *fold.State) view {
	v := view{}
	for _, r := range s.Registers {
		text := value(r.Value)
		if r.Default {
			text += " (default)"
		}
		v[r.Field.String()] = text
	}
	if m := s.Metadata.Object(); !m.Empty() {
		v["metadata"] = canonical(m.Object)
		if len(m.Blobs) > 0 {
			v["blobs"] = fmt.Sprint(m.Blobs)
		}
	}
	if names := s.TagNames(); len(names) > 0 {
		v["tags"] = strings.Join(names, " ")
	}
	if s.OTel {
		v["otel"] = "true"
	}
	return v
}

func value(v fold.Value) string {
	var b strings.Builder
	switch {
	case v.Null:
		b.WriteString("null")
	case len(v.A) > 0:
		for i, a := range v.A {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%s:%d", a.Name, a.N)
		}
		if v.S != "" {
			b.WriteString(" " + v.S)
		}
	case v.HasN:
		fmt.Fprintf(&b, "%s/%d", v.S, v.N)
	case v.S == "" && v.N != 0:
		fmt.Fprint(&b, v.N)
	default:
		b.WriteString(v.S)
	}
	if v.Ref != "" {
		fmt.Fprintf(&b, " at %s, %d bytes", v.Ref, v.Size)
	}
	return b.String()
}

// canonical writes a JSON text with sorted keys and nothing else changed; a key
// that is there twice stays there twice.
func canonical(text string) string {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	out, err := sortKeys(dec)
	if err != nil || dec.More() {
		return "no JSON: " + text
	}
	return out
}

func sortKeys(dec *json.Decoder) (string, error) {
	token, err := dec.Token()
	if err != nil {
		return "", err
	}
	open, ok := token.(json.Delim)
	if !ok {
		if s, isText := token.(string); isText {
			return fold.Quote(s), nil
		}
		raw, err := json.Marshal(token)
		return string(raw), err
	}
	var members []string
	for dec.More() {
		key := ""
		if open == '{' {
			token, err := dec.Token()
			if err != nil {
				return "", err
			}
			key = fold.Quote(token.(string)) + ":"
		}
		v, err := sortKeys(dec)
		if err != nil {
			return "", err
		}
		members = append(members, key+v)
	}
	if _, err := dec.Token(); err != nil {
		return "", err
	}
	if open == '{' {
		slices.Sort(members)
		return "{" + strings.Join(members, ",") + "}", nil
	}
	return "[" + strings.Join(members, ",") + "]", nil
}

func newFolder() *fold.Folder { return fold.New(fold.DefaultRules()) }

// states makes a state of each record, arrived in this order.
func states(f *fold.Folder, records []fold.Record) []fold.State {
	out := make([]fold.State, len(records))
	for i := range records {
		out[i] = f.State(&records[i], int64(i+1))
	}
	return out
}

// joinAll joins states from left to right.
func joinAll(f *fold.Folder, s []fold.State) fold.State {
	out := s[0]
	for _, next := range s[1:] {
		out = f.Join(out, next)
	}
	return out
}

// brackets returns the joins of the states in this order under every bracketing.
func brackets(f *fold.Folder, s []fold.State) []fold.State {
	if len(s) == 1 {
		return s
	}
	var out []fold.State
	for i := 1; i < len(s); i++ {
		for _, left := range brackets(f, s[:i]) {
			for _, right := range brackets(f, s[i:]) {
				out = append(out, f.Join(left, right))
			}
		}
	}
	return out
}

func permutations[T any](all []T) [][]T {
	if len(all) <= 1 {
		return [][]T{all}
	}
	var out [][]T
	for i := range all {
		rest := append(append([]T{}, all[:i]...), all[i+1:]...)
		for _, p := range permutations(rest) {
			out = append(out, append([]T{all[i]}, p...))
		}
	}
	return out
}

// describe writes records so that a person can follow them.
func describe(records []fold.Record) string {
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "  %s %d at %d:", r.Kind, r.Rank, r.Time)
		for _, reg := range r.Fields {
			fmt.Fprintf(&b, " %s=%s", reg.Field, value(reg.Value))
			if reg.Value.Weak {
				b.WriteString("(weak)")
			}
			if reg.Default {
				b.WriteString("(default)")
			}
		}
		fmt.Fprintf(&b, " metadata=%s tags=%q removed=%q\n", r.Metadata.Object, r.Tags, r.RemovedTags)
	}
	return b.String()
}

func TestFieldAndKindNames(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range fold.DefaultRules() {
		name := r.Kind.String() + "." + r.Field.String()
		if seen[name] || strings.ContainsAny(name, "?-") {
			t.Errorf("%s: a name that says nothing or a second row of the table", name)
		}
		seen[name] = true
	}
	if got := fold.Field(200).String() + fold.Kind(200).String(); got != "??" {
		t.Errorf("unknown field and kind are called %q", got)
	}
	if got := fold.TagSet.String() + " " + fold.None.String(); got != "tag_set none" {
		t.Errorf("classes are called %q", got)
	}
}
