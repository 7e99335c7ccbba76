package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// sent returns a request with a JSON body.
func sent(method, path, body string) request {
	return request{Method: method, Path: path, Headers: http.Header{"Content-Type": {"application/json"}}, body: []byte(body)}
}

// event returns a batch of one event.
func event(at, kind, body string) request {
	return sent("POST", batchPath, `{"batch":[{"id":"e","timestamp":"2024-03-01T`+at+`Z","type":"`+kind+`","body":`+body+`}]}`)
}

func TestDecode(t *testing.T) {
	tests := map[string]struct {
		request request
		want    []string // kinds and ids
		refused bool
	}{
		"a batch": {
			request: sent("POST", batchPath, `{"batch":[
				{"id":"1","timestamp":"2024-03-01T10:00:00Z","type":"trace-create","body":{"id":"t"}},
				{"id":"2","timestamp":"2024-03-01T10:00:00Z","type":"sdk-log","body":{"log":1}},
				{"id":"3","timestamp":"never","type":"trace-create","body":{"id":"u"}},
				{"id":"4","timestamp":"2024-03-01T10:00:00Z","type":"score-create","body":{"id":"s","traceId":"t","name":"n","value":1}}]}`),
			want: []string{"trace t", "score s"},
		},
		"no batch":          {request: sent("POST", batchPath, `[]`), refused: true},
		"a trace":           {request: sent("POST", "/api/public/traces", `{"id":"t"}`), want: []string{"trace t"}},
		"a span":            {request: sent("POST", "/api/public/spans", `{"id":"o","traceId":"t"}`), want: []string{"observation o"}},
		"a changed span":    {request: sent("PATCH", "/api/public/spans", `{"spanId":"o"}`), want: []string{"observation o"}},
		"a generation":      {request: sent("POST", "/api/public/generations", `{"id":"o"}`), want: []string{"observation o"}},
		"a changed one":     {request: sent("PATCH", "/api/public/generations", `{"generationId":"o"}`), want: []string{"observation o"}},
		"an event":          {request: sent("POST", "/api/public/events", `{"id":"o"}`), want: []string{"observation o"}},
		"a score":           {request: sent("POST", "/api/public/scores", `{"id":"s","traceId":"t","name":"n","value":1}`), want: []string{"score s"}},
		"a refused score":   {request: sent("POST", "/api/public/scores", `{"id":"s","name":"n","value":1}`), refused: true},
		"a deleted score":   {request: sent("DELETE", "/api/public/scores/s", "")},
		"a broken export":   {request: sent("POST", exportPath, `{"resourceSpans":7}`), refused: true},
		"an export of none": {request: sent("POST", exportPath, `{}`)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			all, err := decode(t.Context(), []request{test.request})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range all[0].records {
				got = append(got, r.Kind.String()+" "+r.ID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			if all[0].refused != test.refused {
				t.Errorf("refused: %v", all[0].refused)
			}
		})
	}
}

func TestDecodeOfTheUnknown(t *testing.T) {
	if _, err := decode(t.Context(), []request{sent("POST", "/api/public/novelties", "{}")}); err == nil {
		t.Error("no error for a request that nobody knows how to read")
	}
}

// TestDecodeGivesTheTimeOfArrival sees that a call without a time is read with the one
// that the server's clock shows when it arrives.
func TestDecodeGivesTheTimeOfArrival(t *testing.T) {
	call := sent("POST", "/api/public/traces", `{"id":"t"}`)
	all, err := decode(t.Context(), []request{call, call})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range all {
		if want := trace.MicrosOf(arrival(i)); s.records[0].Time != want {
			t.Errorf("request %d is of %v, want %v", i+1, s.records[0].Time, want)
		}
	}
}

func TestWithIDs(t *testing.T) {
	tests := map[string]struct {
		path, body, want string
	}{
		"a trace":              {"traces", `{"name":"n"}`, `{"id":"made-001","name":"n"}`},
		"one that is named":    {"traces", `{"id":"t", "name":"n"}`, `{"id":"t", "name":"n"}`},
		"one named externally": {"traces", `{"externalId":"order 7"}`, `{"externalId":"order 7"}`},
		"a generation":         {"generations", `{"id":"","prompt":1.0}`, `{"id":"made-001","prompt":1.0}`},
		"a score":              {"scores", `{"id":null,"traceId":"t","name":"n","value":1}`, `{"id":"made-001","name":"n","traceId":"t","value":1}`},
		"a refused score":      {"scores", `{"name":"n"}`, `{"name":"n"}`},
		"no JSON":              {"scores", `{`, `{`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := withIDs(t.Context(), []request{sent("POST", "/api/public/"+test.path, test.body)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(got[0].body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReplayNeedsTheAnswers sees that a server which refuses what it should take, or
// the other way round, ends the run.
func TestReplayNeedsTheAnswers(t *testing.T) {
	r := replay{said: []said{{}, {refused: true}}}
	tests := map[string]struct {
		n, status int
		want      bool
	}{
		"taken":                {0, 207, true},
		"deleted":              {0, 202, true},
		"not taken":            {0, 400, false},
		"refused":              {1, 400, true},
		"taken all the same":   {1, 200, false},
		"failed, not refused":  {1, 500, false},
		"read":                 {2, 200, true},
		"not there to be read": {2, 404, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := r.expects(answer{status: test.status}, test.n); got != test.want {
				t.Errorf("expected: %v", got)
			}
		})
	}
}

// TestOldRecordings sees that each kind of request is among the recordings of the old
// client, so that TestMutants replays it.
func TestOldRecordings(t *testing.T) {
	var got []string
	for _, r := range recorded(t, "old") {
		got = append(got, r.String())
	}
	slices.Sort(got)
	want := "DELETE /api/public/scores/deleted, PATCH /api/public/spans, POST /api/public/generations, POST /api/public/ingestion, " +
		"POST /api/public/scores, POST /api/public/spans, POST /api/public/traces"
	if diff := cmp.Diff(want, strings.Join(slices.Compact(got), ", ")); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}
