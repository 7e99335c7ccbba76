package api_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/api"
)

// A body that a typed endpoint takes.
type note struct {
	ID   string `path:"id"`
	Body struct {
		Text string `json:"text"`
		List []struct {
			N int `json:"n"`
		} `json:"list"`
	} `body:"json"`
}

type strictNote struct {
	Body struct {
		Text string `json:"text"`
	} `body:"strict"`
}

func TestBodies(t *testing.T) {
	post := func(path string, e api.Endpoint) api.Route {
		return api.Route{Method: "POST", Path: path, Permission: account.Public, ID: path, Tag: "Test", Summary: "Test", Run: e}
	}
	cfg := newWorld(t, nil).cfg
	cfg.Extra = []api.Route{
		post("/api/x/notes/{id}", api.Handle(func(_ context.Context, in note) (map[string]any, error) {
			return map[string]any{"id": in.ID, "text": in.Body.Text}, nil
		})),
		post("/api/x/strict", api.Handle(func(_ context.Context, in strictNote) (string, error) { return in.Body.Text, nil })),
	}
	a, err := api.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		path, body string
		status     int
		want       string
	}{
		"taken":            {"/api/x/notes/a%2Fb", `{"text":"<&>","more":1}`, 200, `{"id":"a/b","text":"<&>"}`},
		"malformed":        {"/api/x/notes/1", `{"text":`, 400, `{"message":"Invalid JSON","error":"InvalidRequestError"}`},
		"empty":            {"/api/x/notes/1", ``, 400, `{"message":"Invalid JSON","error":"InvalidRequestError"}`},
		"two values":       {"/api/x/notes/1", `{} {}`, 400, `{"message":"Invalid JSON","error":"InvalidRequestError"}`},
		"wrong type":       {"/api/x/notes/1", `{"text":1}`, 400, `{"message":"Invalid request data","error":[{"code":"invalid_type","path":["text"],"message":"Invalid input: expected string, received number","expected":"string"}]}`},
		"wrong type below": {"/api/x/notes/1", `{"list":[{"n":"1"}]}`, 400, `{"message":"Invalid request data","error":[{"code":"invalid_type","path":["list","n"],"message":"Invalid input: expected number, received string","expected":"number"}]}`},
		"not an object":    {"/api/x/notes/1", `[]`, 400, `{"message":"Invalid request data","error":[{"code":"invalid_type","path":[],"message":"Invalid input: expected object, received array","expected":"object"}]}`},
		"too large":        {"/api/x/notes/1", `{"text":"` + strings.Repeat("x", 1<<20) + `"}`, 413, `{"message":"Body exceeds 1mb limit"}`},
		"strict":           {"/api/x/strict", `{"text":"a"}`, 200, `"a"`},
		"strict, unknown":  {"/api/x/strict", `{"text":"a","more":1}`, 400, `{"message":"Invalid request data","error":[{"code":"unrecognized_keys","path":[],"message":"Unrecognized key: \"more\"","keys":["more"]}]}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			rec := httptest.NewRecorder()
			a.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), "POST", tc.path, strings.NewReader(tc.body)))
			if rec.Code != tc.status || rec.Body.String() != tc.want {
				t.Errorf("%d %s, want %d %s", rec.Code, rec.Body, tc.status, tc.want)
			}
		})
	}
}
