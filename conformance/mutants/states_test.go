package main

import (
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
)

// TestSameStates has requests of which two records meet only on the way, or only
// because the server finds out that they are about the same thing. What decides
// between them must not be taken for something that nobody can see.
func TestSameStates(t *testing.T) {
	tests := map[string]struct {
		requests []request
		kind     fold.Kind
		field    fold.Field
		class    fold.Class
		same     bool
	}{
		"two values": {
			requests: []request{
				event("10:00:00", "trace-create", `{"id":"t","name":"a"}`),
				event("10:00:01", "trace-create", `{"id":"t","name":"b"}`),
			},
			kind: fold.Trace, field: fold.Name, class: fold.FirstWins,
		},
		"one value": {
			requests: []request{
				event("10:00:00", "trace-create", `{"id":"t","name":"a"}`),
				event("10:00:01", "trace-create", `{"id":"t","userId":"u"}`),
				event("10:00:01", "trace-create", `{"id":"u","name":"b"}`),
			},
			kind: fold.Trace, field: fold.Name, class: fold.FirstWins, same: true,
		},
		"a value that is there for the answer to a call": {
			requests: []request{
				sent("POST", "/api/public/spans", `{"id":"o","traceId":"t","output":"a"}`),
				sent("PATCH", "/api/public/spans", `{"spanId":"o","output":""}`),
				sent("PATCH", "/api/public/spans", `{"spanId":"o","output":"c"}`),
			},
			kind: fold.Observation, field: fold.Output, class: fold.Ordinary,
		},
		"an observation that moves": {
			requests: []request{
				event("10:00:00", "span-update", `{"id":"o","name":"a"}`),
				event("10:00:01", "span-create", `{"id":"o","traceId":"t","name":"b"}`),
			},
			kind: fold.Observation, field: fold.Name, class: fold.FirstWins,
		},
		"a trace that absorbs another": {
			requests: []request{
				sent("POST", "/api/public/traces", `{"externalId":"order 7","name":"a"}`),
				sent("POST", "/api/public/traces", `{"id":"t","externalId":"order 7"}`),
				sent("POST", "/api/public/traces", `{"id":"t","name":"b"}`),
			},
			kind: fold.Trace, field: fold.Name, class: fold.FirstWins,
		},
		"spans of traces that become one": {
			requests: []request{
				spanIn(id.Derive("order 7"), "a", "2"),
				spanIn("t", "b", "3"),
				sent("POST", "/api/public/traces", `{"id":"t","externalId":"order 7"}`),
			},
			kind: fold.Observation, field: fold.Name, class: fold.FirstWins,
		},
		"spans of two traces": {
			requests: []request{spanIn(id.Derive("order 7"), "a", "2"), spanIn("t", "b", "3")},
			kind:     fold.Observation, field: fold.Name, class: fold.FirstWins, same: true,
		},
		"scores of which one is deleted": {
			requests: []request{
				sent("POST", "/api/public/scores", `{"id":"s","traceId":"t","name":"n","value":1,"comment":"a"}`),
				sent("DELETE", "/api/public/scores/s", ""),
				sent("POST", "/api/public/scores", `{"id":"s","traceId":"t","name":"n","value":1,"comment":"b"}`),
			},
			kind: fold.Score, field: fold.Comment, class: fold.None,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			all, err := decode(t.Context(), test.requests)
			if err != nil {
				t.Fatal(err)
			}
			r := replay{said: all, families: familiesOf(all)}
			if r.states, err = statesOf(wholeTables(), all, r.families); err != nil {
				t.Fatal(err)
			}
			if same, err := r.sameStates(wholeTables()); err != nil || !same {
				t.Errorf("the same tables make the same states: %v, %v", same, err)
			}
			other := wholeTables()
			for i := range other.folding {
				if rule := &other.folding[i]; rule.Kind == test.kind && rule.Field == test.field {
					rule.Class = test.class
				}
			}
			if same, err := r.sameStates(other); err != nil || same != test.same {
				t.Errorf("the same states: %v, %v", same, err)
			}
		})
	}
}

// spanIn returns an export of a span of always the same id, that ends after so many seconds.
func spanIn(traceID, name, end string) request {
	return sent("POST", exportPath, `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"`+traceID+`","spanId":"00000000000000aa",
		"name":"`+name+`","startTimeUnixNano":"1000000000","endTimeUnixNano":"`+end+`000000000"}]}]}]}`)
}
