package batch_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/batch"
)

// nested returns a value of n levels, objects and arrays in turn.
func nested(n int) string {
	text := `"[[{{"`
	for i := range n {
		if i%2 == 0 {
			text = `[1, ` + text + `, "]"]`
		} else {
			text = `{"\"[": ` + text + `}`
		}
	}
	return text
}

func TestDepth(t *testing.T) {
	const told = ": nested deeper than 256 levels"
	fields := map[string]struct {
		eventType, rest string
		keys            []string
	}{
		"a trace":      {"trace-create", `"id":"t"`, []string{"input", "output", "metadata", "unknown"}},
		"a span":       {"span-update", `"id":"s"`, []string{"input", "output", "metadata", "unknown"}},
		"a generation": {"generation-create", `"id":"g"`, []string{"input", "output", "metadata", "usageDetails"}},
		"a score":      {"score-create", `"name":"n","value":1,"traceId":"t"`, []string{"metadata", "unknown"}},
		"a log":        {"sdk-log", `"a":1`, []string{"log"}},
	}
	for name, tt := range fields {
		for _, k := range tt.keys {
			t.Run(name+", "+k, func(t *testing.T) {
				if got := refusal(t, tt.eventType, `{"`+k+`":`+nested(256)+`,`+tt.rest+`}`); got != "" {
					t.Errorf("256 levels: %s", got)
				}
				if got := refusal(t, tt.eventType, `{"`+k+`":`+nested(257)+`,`+tt.rest+`}`); got != "body."+k+told {
					t.Errorf("257 levels: %s", got)
				}
			})
		}
	}
	t.Run("brackets side by side", func(t *testing.T) {
		if got := refusal(t, "trace-create", `{"input":[`+strings.Repeat("[],", 1000)+`{}]}`); got != "" {
			t.Error(got)
		}
	})
	t.Run("two fields and the envelope", func(t *testing.T) {
		got := decode(t, `{"id":"","timestamp":"2024-01-01T00:00:00Z","type":"trace-create","body":{"name":7,"input":`+nested(300)+`,"x":`+nested(9000)+`}}`)[0]
		if got.Refused == nil || got.Refused.Detail != "id: Too small: expected string to have >=1 characters; body.input"+told+"; body.x"+told {
			t.Errorf("got %+v", got.Refused)
		}
	})
	t.Run("one event of two", func(t *testing.T) {
		got := decode(t, event("trace-create", `{"input":`+nested(300)+`}`), event("trace-create", `{"input":[1]}`))
		if got[0].Refused == nil || got[1].Refused != nil || len(got[1].Records) != 1 {
			t.Errorf("got %+v", got)
		}
	})
	for name, call := range calls() {
		t.Run(name, func(t *testing.T) {
			rest := `"spanId":"s","generationId":"g","traceId":"t","name":"n","value":1`
			if c, err := call(`{"metadata":` + nested(256) + `,` + rest + `}`); err != nil || len(c.Records) != 1 {
				t.Errorf("256 levels: %v", err)
			}
			c, err := call(`{"metadata":` + nested(257) + `,` + rest + `}`)
			want := batch.ProblemsError{{Code: "custom", Path: []any{"metadata"}, Message: "nested deeper than 256 levels"}}
			if diff := cmp.Diff(error(want), err); diff != "" || len(c.Records) > 0 {
				t.Error(diff)
			}
		})
	}
}
