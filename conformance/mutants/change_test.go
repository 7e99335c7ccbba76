package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestChange has what an event or a call says, and what it says the second and third
// time.
func TestChange(t *testing.T) {
	tests := map[string]struct {
		kind                 string // of an event
		body, later, earlier string
	}{
		"a trace": {
			kind: "trace-create",
			body: `{"id":"t","timestamp":"2024-03-01T10:00:00.123456Z","name":"n","userId":"u","sessionId":null,"tags":["a"],"public":true,
				"metadata":{"k":{"n":1,"f":0.5,"null":null,"b":true}},"input":{"q":1},"unknown":"x"}`,
			later: `{"id":"t","timestamp":"2024-03-01T11:00:00.123456Z","name":null,"userId":null,"sessionId":null,"tags":["a-later"],"public":false,
				"metadata":{"k":{"n":2,"f":1.5,"null":null,"b":false}},"input":"","unknown":"x-later"}`,
			earlier: `{"id":"t","timestamp":"2024-03-01T09:00:00.123456Z","name":"n-earlier","userId":"u-earlier","sessionId":null,"tags":["a-earlier"],"public":true,
				"metadata":{"k":{"n":3,"f":2.5,"null":null,"b":true}},"input":{"q":3},"unknown":"x-earlier"}`,
		},
		"an observation": {
			kind: "span-create",
			body: `{"id":"o","traceId":"t","parentObservationId":"p","startTime":"2024-03-01T10:00:00+02:00","endTime":null,"name":"n",
				"version":"v","level":"ERROR","output":[1]}`,
			later: `{"id":"o","traceId":"t","parentObservationId":"1a7e1a7e1a7e1a7e","startTime":"2024-03-01T11:00:00+02:00","endTime":null,"name":null,
				"version":"v-later","level":null,"output":""}`,
			earlier: `{"id":"o","traceId":"t","parentObservationId":"0e0e0e0e0e0e0e0e","startTime":"2024-03-01T09:00:00+02:00","endTime":null,"name":"n-earlier",
				"version":"v-earlier","level":"DEBUG","output":[3]}`,
		},
		"usage": {
			kind:    "generation-update",
			body:    `{"id":"o","model":"m","usage":{"input":1,"unit":"TOKENS"},"usageDetails":{"total":9},"promptName":"p","promptVersion":1}`,
			later:   `{"id":"o","model":null,"usage":{"input":2,"unit":"TOKENS"},"usageDetails":{"total":10},"promptName":"p-later","promptVersion":2}`,
			earlier: `{"id":"o","model":"m-earlier","usage":{"input":3,"unit":"TOKENS"},"usageDetails":{"total":11},"promptName":"p-earlier","promptVersion":3}`,
		},
		"a score": {
			kind:    "score-create",
			body:    `{"id":"s","traceId":"t","observationId":"o","name":"n","value":0.5,"comment":"c"}`,
			later:   `{"id":"s","traceId":"t-later","observationId":"o-later","name":"n-later","value":1.5,"comment":null,"source":"EVAL","executionTraceId":null}`,
			earlier: `{"id":"s","traceId":"t-earlier","observationId":"o-earlier","name":"n-earlier","value":2.5,"comment":"c-earlier","source":"API","executionTraceId":"judged-earlier"}`,
		},
		"a flag of a session": {
			kind:    "score-create",
			body:    `{"id":"s","sessionId":"x","name":"n","value":1,"dataType":"BOOLEAN"}`,
			later:   `{"id":"s","sessionId":"x-later","name":"n-later","value":0,"dataType":"BOOLEAN","source":"EVAL","executionTraceId":null}`,
			earlier: `{"id":"s","sessionId":"x-earlier","name":"n-earlier","value":0,"dataType":"BOOLEAN","source":"API","executionTraceId":"judged-earlier"}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := event("10:00:00", test.kind, test.body)
			for which, step := range map[string]struct {
				change change
				at     string
				want   string
			}{
				"later":   {later(), "2024-03-01T11:00:00Z", test.later},
				"earlier": {earlier(), "2024-03-01T09:00:00Z", test.earlier},
			} {
				seen := step.change.every - 1
				again := changed(t, step.change, r, &seen)
				var got struct {
					Batch []struct {
						ID, Timestamp string
						Body          any
					}
				}
				if err := json.Unmarshal(again.body, &got); err != nil {
					t.Fatal(err)
				}
				var want any
				if err := json.Unmarshal([]byte(step.want), &want); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got.Batch[0].Body); diff != "" {
					t.Errorf("%s (-want +got):\n%s", which, diff)
				}
				if e := got.Batch[0]; e.ID != "e" || e.Timestamp != step.at {
					t.Errorf("%s: event %s of %s", which, e.ID, e.Timestamp)
				}
			}
		})
	}
}

func changed(t *testing.T, c change, r request, seen *int) request {
	t.Helper()
	all, err := decode(t.Context(), []request{r})
	if err != nil {
		t.Fatal(err)
	}
	again, ok, err := c.request(t.Context(), r, all[0], seen)
	if err != nil || !ok {
		t.Fatalf("nothing is said again: %v, %v", ok, err)
	}
	return again
}

func TestChangeOfCalls(t *testing.T) {
	r := sent("PATCH", "/api/public/generations", `{"generationId":"o","prompt":["p"],"completion":"c","level":"ERROR"}`)
	seen := 0
	again := changed(t, earlier(), r, &seen)
	if diff := cmp.Diff(`{"completion":"c-earlier","generationId":"o","level":"DEBUG","prompt":["p-earlier"]}`, string(again.body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if again.Path != r.Path || again.Method != r.Method {
		t.Errorf("it is sent by %s", again)
	}
}

// TestWithReexports sees that each thing that old clients said is said again in both
// ways, that what was not taken is not, and that types differ.
func TestWithReexports(t *testing.T) {
	requests := []request{
		sent("POST", batchPath, `{"batch":[
			{"id":"1","timestamp":"2024-03-01T10:00:00Z","type":"span-create","body":{"id":"o","traceId":"t"}},
			{"id":"2","timestamp":"2024-03-01T10:00:00Z","type":"sdk-log","body":{}},
			{"id":"3","timestamp":"never","type":"span-create","body":{}},
			{"id":"4","timestamp":"2024-03-01T10:00:00Z","type":"event-create","body":{"id":"p","traceId":"t"}}]}`),
		sent("DELETE", "/api/public/scores/s", ""),
		sent("POST", "/api/public/scores", `{"id":"s"}`),
		sent("POST", "/api/public/traces", `{"id":"t"}`),
	}
	out, err := withReexports(t.Context(), requests)
	if err != nil {
		t.Fatal(err)
	}
	all, err := decode(t.Context(), out[len(requests):])
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for i, s := range all {
		said := []string{out[len(requests)+i].String()}
		for _, e := range s.events {
			said = append(said, e.ID+" "+e.Type)
		}
		got = append(got, said)
	}
	want := [][]string{
		{"POST " + batchPath, "4 span-create"}, // of three things that were taken, the second
		{"POST " + batchPath, "1 tool-create", "4 chain-create"},
		{"POST /api/public/traces"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("said again (-want +got):\n%s", diff)
	}
}

func TestChangeThatIsRefused(t *testing.T) {
	if err := event("10:00:00", "span-create", `{"id":"o","level":"LOUD"}`).check(t.Context()); err == nil {
		t.Error("no error for an event that is refused")
	}
	if err := sent("POST", "/api/public/scores", `{}`).check(t.Context()); err == nil {
		t.Error("no error for a call that is refused")
	}
}
