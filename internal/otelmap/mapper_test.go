package otelmap_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/otelmap"
	"github.com/fusebox-llm/fusebox/internal/span"
)

func TestMapRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(sp *span.Span)
		want   string
	}{
		"no trace id":    {func(sp *span.Span) { sp.TraceID = "" }, "the span has no trace id"},
		"no id":          {func(sp *span.Span) { sp.SpanID = "" }, "the span has no id"},
		"a refused span": {func(sp *span.Span) { sp.Refused = "100% too large" }, "100% too large"},
	} {
		t.Run(name, func(t *testing.T) {
			res, sc, sp := vector{}.span()
			c.change(sp)
			before := []fold.Record{{ID: "before"}}
			records, err := otelmap.New(otelmap.DefaultRules()).Map(res, sc, sp, arrival, before)
			if !fault.Is(err, fault.Invalid) || err.Error() != c.want {
				t.Errorf("error %v, want invalid: %s", err, c.want)
			}
			if diff := cmp.Diff(before, records); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMapAppends(t *testing.T) {
	res, sc, sp := vector{attrs: `{"user.id":"u"}`}.span()
	records, err := otelmap.New(otelmap.DefaultRules()).Map(res, sc, sp, arrival, []fold.Record{{ID: "before"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != 3 || records[0].ID != "before" {
		t.Fatalf("records %+v", records)
	}
	for _, r := range records[1:] {
		if r.TraceID != sp.TraceID || r.Rank != fold.Complete || !r.OTel {
			t.Errorf("record %+v", r)
		}
	}
	if records[1].Kind != fold.Observation || records[2].Kind != fold.Trace {
		t.Errorf("kinds %s, %s", records[1].Kind, records[2].Kind)
	}
}

// TestHostileTexts holds the parsers to linear time and bounded depth.
func TestHostileTexts(t *testing.T) {
	m := otelmap.New(otelmap.DefaultRules())
	const size = 1 << 18
	for name, text := range map[string]string{
		"brackets":     strings.Repeat("[", size),
		"braces":       strings.Repeat(`{"a":`, size/5),
		"closed":       deep(size / 2),
		"many members": "{" + strings.Repeat(`"a":1,`, size/6) + `"b":2}`,
		"many lists":   "[" + strings.Repeat(`[],`, size/3) + "[]]",
		"escapes":      `{"` + strings.Repeat(`\\`, size/2) + `":1}`,
		"digits":       `{"a":` + strings.Repeat("9", size) + `}`,
		"commas":       strings.Repeat(",", size),
		"points":       strings.Repeat(".", size),
	} {
		t.Run(name, func(t *testing.T) {
			res, sc, sp := vector{scope: own}.span()
			for _, key := range textKeys() {
				sp.Attributes = append(sp.Attributes, span.Attribute{Key: key, Value: span.Value{Kind: span.String, Str: text}})
			}
			sp.Attributes = append(sp.Attributes, span.Attribute{Key: "gen_ai.prompt." + text, Value: span.Value{Kind: span.Int, Int: 1}})
			records, err := m.Map(res, sc, sp, arrival, nil)
			if err != nil {
				t.Fatal(err)
			}
			sound(t, records)
		})
	}
}

// textKeys returns the attributes whose texts are parsed.
func textKeys() []string {
	return []string{
		"langfuse.observation.usage_details", "langfuse.observation.cost_details", "langfuse.observation.model.parameters",
		"langfuse.observation.metadata", "langfuse.trace.metadata", "langfuse.metadata", "langfuse.trace.tags",
		"langfuse.observation.completion_start_time", "langfuse.observation.prompt.version", "langfuse.prompt.name",
		"langfuse.observation.level", "langfuse.environment", "gen_ai.input.messages", "gen_ai.system_instructions",
		"gen_ai.usage.input_tokens", "gen_ai.usage.cost", "llm.invocation_parameters", "model_config",
	}
}

// fatal is what *testing.T and *rapid.T share.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

// sound checks what holds for all records: JSON is valid and compact, no member
// of the metadata is there twice, no field is set twice, and the fold takes them.
func sound(t fatal, records []fold.Record) {
	t.Helper()
	folder := fold.New(fold.DefaultRules())
	for i := range records {
		r := &records[i]
		seen := map[fold.Field]bool{}
		for _, f := range r.Fields {
			if seen[f.Field] {
				t.Fatalf("%s is set twice", f.Field)
			}
			seen[f.Field] = true
			if f.Field == fold.Raw || f.Field == fold.ModelParameters {
				compactObject(t, f.Field.String(), f.Value.S)
			}
		}
		if !r.Metadata.Empty() {
			compactObject(t, "metadata", r.Metadata.Object)
			fold.LeafsOf(r.Metadata, fold.Key{}).Leaves()
		}
		folder.State(r, 1)
	}
}

func compactObject(t fatal, what, text string) {
	t.Helper()
	var buf bytes.Buffer
	if err := json.Compact(&buf, []byte(text)); err != nil {
		t.Fatalf("%s: %v in %s", what, err, text)
	}
	if buf.String() != text {
		t.Fatalf("%s is not compact: %s", what, text)
	}
	d := json.NewDecoder(strings.NewReader(text))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		t.Fatalf("%s is no object: %s", what, text)
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if seen[key.(string)] {
			t.Fatalf("%s has %q twice: %s", what, key, text)
		}
		seen[key.(string)] = true
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
}

// TestMapIsConcurrent maps all vectors at once with one Mapper; what pooled
// buffers keep must not show.
func TestMapIsConcurrent(t *testing.T) {
	m := otelmap.New(otelmap.DefaultRules())
	all := vectors()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for name, v := range all {
				if wrong := v.check(m); wrong != "" {
					t.Errorf("%s: %s", name, wrong)
				}
			}
		})
	}
	wg.Wait()
}

// TestMapOnlyReads checks that spans stay as they are and that records do not
// share memory that a later call changes.
func TestMapOnlyReads(t *testing.T) {
	m := otelmap.New(otelmap.DefaultRules())
	var all [][]fold.Record
	var rendered []string
	for _, v := range prepared() {
		before := fmt.Sprintf("%+v %+v %+v", v.res, v.sc, v.sp)
		records, err := m.Map(v.res, v.sc, v.sp, arrival, nil)
		if err != nil {
			t.Fatal(err)
		}
		if after := fmt.Sprintf("%+v %+v %+v", v.res, v.sc, v.sp); after != before {
			t.Errorf("the span changed from %s to %s", before, after)
		}
		all, rendered = append(all, records), append(rendered, strings.Join(render(records), "\n"))
	}
	for i := range all {
		if now := strings.Join(render(all[i]), "\n"); now != rendered[i] {
			t.Errorf("records changed from %s to %s", rendered[i], now)
		}
	}
}
