package batch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fusebox-llm/fusebox/internal/batch"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func seeds() []string {
	return []string{
		``, `{}`, `null`, `[1,{"a":[]}]`, `{"id":"a\ud83d\ude00\\\"","name":null}`, "{\"name\":\"\xff\xfe\",\"x\xff\":1}",
		`{"id":"t","externalId":"x","tags":["a"],"public":true,"metadata":{"a":{"b":[1,2]}},"timestamp":"2024-01-01T00:00Z"}`,
		`{"id":"g","traceId":"t","traceIdType":"EXTERNAL","type":"SPAN","usage":{"promptTokens":1,"totalTokens":-0.0},"modelParameters":{"a":["b"],"c":{"d":"e"}},"promptName":"p","promptVersion":1}`,
		`{"usage":{"input":1e3,"unit":"TOKENS","inputCost":1e-5},"usageDetails":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"a":1}},"costDetails":{"a":1}}`,
		`{"traceId":"t","name":"n","value":1,"dataType":"BOOLEAN","source":"EVAL","spanId":"s","generationId":"g"}`,
		`{"batch":[{"id":"e","timestamp":"2024-01-01T00:00:00.5+01:00","type":"span-create","body":{"id":"s"}}]}`,
		`{"batch":[{"id":"e","timestamp":"2024-01-01T00:00:00Z","type":"sdk-log","body":{"log":1}},5,{}]}`,
		`{"type":"SPAN","input":"\u00bd","output":["\u00BD\/\u000a\u0022\ud83d\ude00\ud83d"],"metadata":["\u00e9"],"\u2028":"\u2028","modelParameters":{"\u00e9":"\u005c"}}`,
		`{"type":"SPAN","input":` + strings.Repeat("[", 257) + strings.Repeat("]", 257) + `}`,
	}
}

// checkRecord holds for every record, whatever it was made of.
func checkRecord(t *testing.T, r fold.Record) {
	t.Helper()
	texts := []string{r.ID, r.TraceID, r.Absorbs, r.Metadata.Object}
	texts = append(texts, r.Tags...)
	for i, reg := range r.Fields {
		if i > 0 && r.Fields[i-1].Field >= reg.Field {
			t.Errorf("field %s stands behind %s", reg.Field, r.Fields[i-1].Field)
		}
		switch v := reg.Value; reg.Field {
		case fold.Raw, fold.ModelParameters, fold.ScoreValue:
			if !json.Valid([]byte(v.S)) || v.S[0] != '{' {
				t.Errorf("%s is %q", reg.Field, v.S)
			}
			if needless := needlessEscape(v.S); needless != "" && reg.Field != fold.ScoreValue { // is the fold's own
				t.Errorf("%s has %s", reg.Field, needless)
			}
		case fold.Start, fold.End, fold.CompletionStart:
			if !trace.Micros(v.N).InRange() {
				t.Errorf("%s is %d", reg.Field, v.N)
			}
		case fold.Usage, fold.Cost:
			if len(v.A) == 0 {
				t.Errorf("%s is empty", reg.Field)
			}
		case fold.Bookmarked:
			t.Error("bookmarked is set")
		}
		texts = append(texts, reg.Value.S)
	}
	for _, s := range texts {
		if !utf8.ValidString(s) {
			t.Errorf("%q is not UTF-8", s)
		}
	}
	switch {
	case r.ID == "":
		t.Error("no id")
	case r.Kind == fold.Trace && r.TraceID != r.ID, r.Kind == fold.Score && r.TraceID != "":
		t.Errorf("the %s %q names %q", r.Kind, r.ID, r.TraceID)
	case r.Kind != fold.Trace && r.Absorbs != "", r.Absorbs == r.ID:
		t.Errorf("the %s %q absorbs %q", r.Kind, r.ID, r.Absorbs)
	case !r.Metadata.Empty() && (!json.Valid([]byte(r.Metadata.Object)) || r.Metadata.Object[0] != '{'):
		t.Errorf("metadata is %q", r.Metadata.Object)
	case needlessEscape(r.Metadata.Object) != "":
		t.Errorf("metadata has %s", needlessEscape(r.Metadata.Object))
	case r.OTel || r.Rank == fold.Complete || len(r.RemovedTags) > 0:
		t.Errorf("got %+v", r)
	}
	if _, ok := r.Get(fold.Start); !ok {
		t.Error("no start")
	}
	fold.New(fold.DefaultRules()).State(&r, 1)
}

func FuzzDecode(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		inputs := [][]byte{data}
		if json.Valid(data) {
			types := []string{"trace-create", "generation-update", "observation-create", "score-create", "sdk-log"}
			var all []string
			for _, typ := range types {
				all = append(all, event(typ, string(data)))
			}
			inputs = append(inputs, []byte(`{"batch":[`+strings.Join(all, ",")+`]}`), []byte(`{"batch":[`+string(data)+`]}`))
		}
		for _, input := range inputs {
			events, err := batch.Decode(input, project, 100)
			again, _ := batch.Decode(bytes.Clone(input), project, 100)
			if !reflect.DeepEqual(events, again) {
				t.Error("the same bytes gave other events")
			}
			if err != nil && len(events) > 0 {
				t.Errorf("%d events and %v", len(events), err)
			}
			for _, e := range events {
				n := len(e.Records)
				if e.Refused != nil {
					n++
					if e.Refused.Detail == "" || !utf8.ValidString(e.Refused.Detail) {
						t.Errorf("refused with %q", e.Refused.Detail)
					}
				}
				if e.Log != "" {
					n++
				}
				if n != 1 || e.ID == "" {
					t.Errorf("event %+v", e)
				}
				for _, r := range e.Records {
					checkRecord(t, r)
				}
			}
		}
	})
}

func FuzzCalls(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		for name, call := range calls() {
			c, err := call(data)
			again, _ := call(data)
			if !reflect.DeepEqual(c, again) {
				t.Errorf("%s: the same bytes gave another call", name)
			}
			if err != nil {
				if problems, ok := errors.AsType[batch.ProblemsError](err); !ok || len(problems) == 0 || len(c.Records) > 0 {
					t.Errorf("%s: %+v and %v", name, c, err)
				}
				continue
			}
			if len(c.Records) != 1 || c.Records[0].ID != c.ID {
				t.Fatalf("%s: %+v", name, c)
			}
			checkRecord(t, c.Records[0])
		}
	})
}
