package fold_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// drawRecord draws a record with any of the fields of its kind, and some that
// its kind does not have.
func drawRecord(t *rapid.T, k fold.Kind, rank fold.Rank, time trace.Micros) fold.Record {
	r := record(k, rank, time)
	for _, row := range fold.DefaultRules() {
		if row.Class == fold.Leaves || row.Class == fold.TagSet {
			continue
		}
		odds := 3
		if row.Kind != k {
			odds = 60
		}
		if rapid.IntRange(1, odds).Draw(t, "has "+row.Field.String()) != 1 {
			continue
		}
		v := drawValue(t, row)
		if rapid.IntRange(1, 4).Draw(t, "default") == 1 {
			r.SetDefault(row.Field, v)
		} else {
			r.Set(row.Field, v)
		}
	}
	if rapid.Bool().Draw(t, "has metadata") {
		meta(drawObject(t, 0))(&r)
	}
	names := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "B", "\uFF5E", "\U0001F600", "é", "e\u0301", ""}), 0, 3)
	if rapid.Bool().Draw(t, "has tags") {
		r.Tags = names.Draw(t, "tags")
	}
	if rapid.IntRange(1, 3).Draw(t, "removes tags") == 1 {
		r.RemovedTags = slices.DeleteFunc(names.Draw(t, "removed"), func(s string) bool { return slices.Contains(r.Tags, s) })
	}
	return r
}

func drawValue(t *rapid.T, row fold.Rule) fold.Value {
	if rapid.IntRange(1, 4).Draw(t, "null") == 1 {
		return fold.Null()
	}
	switch {
	case row.Class == fold.Payload:
		raw := rapid.SampledFrom([]string{`"a"`, `"b"`, `"0"`, `{"k":1}`, `[]`, `{}`, `""`, `0`, `false`, `-0.0e3`, `true`, `1`}).Draw(t, "payload")
		v, _, err := fold.PayloadOf([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		if rapid.IntRange(1, 5).Draw(t, "in blob storage") == 1 {
			v.Ref, v.Size = "blob/"+v.S, 5000
		}
		return v
	case isMap(row.Field):
		v := fold.Map(trace.AmountsOf(rapid.MapOfN(rapid.SampledFrom([]string{"input", "output", "total"}), rapid.Int64Range(0, 9), 0, 2).Draw(t, "amounts")))
		v.S = rapid.SampledFrom([]string{"", "{}", "hints"}).Draw(t, "hints")
		return v
	case row.Class == fold.Whole:
		return fold.Text(rapid.SampledFrom([]string{"", "{}", "[]", `{"a":"1"}`, `["b"]`}).Draw(t, "tools"))
	case slices.Contains([]fold.Field{fold.Start, fold.End, fold.CompletionStart}, row.Field):
		return fold.Time(trace.Micros(rapid.Int64Range(-3, 9).Draw(t, "time value")))
	case slices.Contains([]fold.Field{fold.Public, fold.Bookmarked, fold.AppRoot, fold.AsRoot}, row.Field):
		return fold.Bool(rapid.Bool().Draw(t, "flag"))
	case row.Field == fold.PromptLink:
		return fold.Value{S: "p", N: rapid.Int64Range(0, 2).Draw(t, "version"), HasN: rapid.Bool().Draw(t, "has version")}
	}
	return fold.Text(rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "text"))
}

// drawObject draws a JSON object whose paths overlap with those of others.
func drawObject(t *rapid.T, depth int) string {
	keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "a.b", "<&>", `q"\`, "", "é"}), 0, 3, rapid.ID[string]).Draw(t, "keys")
	var b strings.Builder
	b.WriteByte('{')
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(fold.Quote(k))
		b.WriteByte(':')
		if depth < 4 && rapid.Bool().Draw(t, "nested") {
			b.WriteString(drawObject(t, depth+1))
		} else {
			b.WriteString(rapid.SampledFrom([]string{"1", "1.0", "null", `"x"`, `[{"a":1}]`, "{}", "true", "12345678901234567890"}).Draw(t, "leaf"))
		}
	}
	b.WriteByte('}')
	return b.String()
}

// joinAnyhow joins the states in this order under a random bracketing.
func joinAnyhow(t *rapid.T, f *fold.Folder, s []fold.State) fold.State {
	if len(s) == 1 {
		return s[0]
	}
	i := rapid.IntRange(1, len(s)-1).Draw(t, "split")
	return f.Join(joinAnyhow(t, f, s[:i]), joinAnyhow(t, f, s[i:]))
}

// check runs a property that is cheap more often than rapid does by default.
func check(t *testing.T, property func(t *rapid.T)) {
	t.Helper()
	for range 20 {
		rapid.Check(t, property)
	}
}

// TestOrderDoesNotMatter: records that do not tie come to the same state in any
// order of arrival, under any bracketing, and however often they are sent; and
// the state is what a plain fold in the order of their keys gives.
func TestOrderDoesNotMatter(t *testing.T) {
	f := newFolder()
	check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]fold.Kind{fold.Trace, fold.Observation, fold.Score, fold.Session}).Draw(t, "kind")
		n := rapid.IntRange(1, 8).Draw(t, "records")
		var records []fold.Record
		taken := map[string]bool{}
		for range n {
			time := trace.Micros(rapid.IntRange(-3, 6).Draw(t, "time"))
			rank := rapid.SampledFrom([]fold.Rank{create, update, complete}).Draw(t, "rank")
			if key := fmt.Sprint(time, rank); !taken[key] {
				taken[key] = true
				records = append(records, drawRecord(t, kind, rank, time))
			}
		}
		plain := foldPlainly(kind, records)

		sent := rapid.Permutation(append(slices.Clone(records), rapid.SliceOfN(rapid.SampledFrom(records), 0, 3).Draw(t, "sent again")...)).Draw(t, "order")
		s := states(f, sent)
		end := joinAnyhow(t, f, s)
		if diff := gocmp.Diff(plain, show(&end)); diff != "" {
			t.Fatalf("(-folded plainly +joined)\n%s\nrecords in order of arrival:\n%s", diff, describe(sent))
		}

		again := f.Join(end, end)
		if diff := gocmp.Diff(plain, show(&again)); diff != "" {
			t.Fatalf("a state joined with itself (-before +after)\n%s\n%s", diff, describe(sent))
		}
		part := rapid.SampledFrom(s).Draw(t, "a part")
		again = f.Join(part, end)
		if diff := gocmp.Diff(plain, show(&again)); diff != "" {
			t.Fatalf("a state joined with a part of it (-before +after)\n%s\n%s", diff, describe(sent))
		}

		// What the joins were given, they left as it was.
		for i, fresh := range states(f, sent) {
			if diff := gocmp.Diff(show(&fresh), show(&s[i])); diff != "" {
				t.Fatalf("a join changed its argument (-before +after)\n%s", diff)
			}
		}
	})
}

// foldPlainly is the fold without joins: sort the records by their keys and
// apply them one by one, field by field, as the design says in words.
func foldPlainly(kind fold.Kind, records []fold.Record) view {
	records = slices.Clone(records)
	slices.SortFunc(records, func(a, b fold.Record) int { return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Rank, b.Rank)) })
	out := view{}
	for _, r := range records {
		if r.OTel {
			out["otel"] = "true"
		}
	}
	for class, kinds := range fieldsByClass() {
		for _, f := range kinds[kind] {
			if reg, ok := foldField(class, f, records); ok {
				out[f.String()] = value(reg.Value)
				if reg.Default {
					out[f.String()] += " (default)"
				}
			}
		}
	}
	if kind != fold.Session {
		object := map[string]any{}
		for _, r := range records {
			mergeObject(object, decode(r.Metadata.Object))
		}
		if len(object) > 0 {
			out["metadata"] = canonical(encode(object))
		}
	}
	if kind == fold.Trace {
		set := map[string]bool{}
		for _, r := range records {
			for _, tag := range r.Tags {
				set[tag] = true
			}
			for _, tag := range r.RemovedTags {
				set[tag] = false
			}
		}
		maps.DeleteFunc(set, func(_ string, has bool) bool { return !has })
		if len(set) > 0 {
			out["tags"] = strings.Join(slices.SortedFunc(maps.Keys(set), compareUnits), " ")
		}
	}
	return out
}

// foldField folds one field over records in the order of their keys.
func foldField(class string, f fold.Field, records []fold.Record) (reg fold.Register, ok bool) {
	candidates := map[string]fold.Register{} // by "explicit" and "default"
	for _, r := range records {
		next, has := r.Get(f)
		if !has || next.Value.Null && class != "ordinary, null clears" {
			continue
		}
		slot := "explicit"
		if next.Default {
			slot = "default"
		}
		old, had := candidates[slot]
		switch class {
		case "first wins":
			if had {
				continue
			}
		case "payload":
			if had && next.Value.Weak && !old.Value.Weak {
				continue
			}
		case "whole":
			if len(next.Value.A) == 0 && (isMap(f) || slices.Contains([]string{"", "{}", "[]"}, next.Value.S)) {
				continue
			}
		}
		candidates[slot] = next
	}
	if reg, ok = candidates["explicit"]; ok {
		return reg, true
	}
	reg, ok = candidates["default"]
	return reg, ok
}

// mergeObject folds one object over another: nested objects key by key, and
// everything else, empty objects included, takes the place of what was there.
func mergeObject(into, from map[string]any) {
	for k, v := range from {
		nested, isObject := v.(map[string]any)
		if !isObject || len(nested) == 0 {
			into[k] = v
			continue
		}
		below, had := into[k].(map[string]any)
		if !had {
			below = map[string]any{}
			into[k] = below
		}
		mergeObject(below, nested)
	}
}

func decode(object string) map[string]any {
	if object == "" {
		return nil
	}
	dec := json.NewDecoder(strings.NewReader(object))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		panic(err)
	}
	return m
}

func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// TestJoinAll: joining many states at once gives what joining them one by one does.
func TestJoinAll(t *testing.T) {
	f := newFolder()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]fold.Kind{fold.Trace, fold.Observation, fold.Score}).Draw(t, "kind")
		var records []fold.Record
		for i := range rapid.IntRange(1, 9).Draw(t, "records") {
			records = append(records, drawRecord(t, kind, update, trace.Micros(rapid.IntRange(0, 3).Draw(t, "time")*10+i%2)))
		}
		all := states(f, records)
		one := all[0]
		for _, s := range all[1:] {
			one = f.Join(one, s)
		}
		got := f.JoinAll(all)
		if diff := gocmp.Diff(show(&one), show(&got)); diff != "" {
			t.Errorf("(-one by one +at once)\n%s\n%s", diff, describe(records))
		}
	})
}
