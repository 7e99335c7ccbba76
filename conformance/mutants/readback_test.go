package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadback sees that everything a client wrote is asked for: each list to its end,
// and all that has a read of its own.
func TestReadback(t *testing.T) {
	s, err := start(t.Context(), wholeTables())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	requests := []request{
		event("10:00:00", "span-create", `{"id":"o/1","traceId":"t 1"}`),
		event("10:00:00", "trace-create", `{"id":"t 1","sessionId":"s/1"}`),
		sent("POST", "/api/public/scores", `{"id":"c","traceId":"t 1","name":"n","value":1}`),
	}
	var asked []string
	err = s.replayed(t.Context(), requests, func(a answer) bool {
		if asked = append(asked, a.request); a.status/100 != 2 {
			t.Errorf("%s: %d %s", a.request, a.status, a.body)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"POST /api/public/ingestion",
		"POST /api/public/ingestion",
		"POST /api/public/scores",
		"GET /api/public/traces?limit=100&page=1",
		"GET /api/public/observations?limit=100&page=1",
		"GET /api/public/v2/observations?limit=1000&fields=core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context&cursor=",
		"GET /api/public/scores?limit=100&page=1",
		"GET /api/public/v2/scores?limit=100&page=1",
		"GET /api/v1/scores/c",
		"GET /api/public/v3/scores?limit=100&fields=core,details,subject,annotation&cursor=",
		"GET /api/public/sessions?limit=100&page=1",
		"GET /api/public/sessions/s%2F1",
		"GET /api/v1/traces/t%201",
		"GET /api/public/traces/t%201",
		"GET /api/v1/traces/t%201/observations/o%2F1",
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}
