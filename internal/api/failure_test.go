package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/api"
	"github.com/fusebox-llm/fusebox/internal/explore"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
)

// A failure looks as its route says it does.
func TestErrorShapes(t *testing.T) {
	issues := api.IssuesError{{Code: "custom", Path: []any{"a"}, Message: "no"}}
	codes := map[string]error{
		"invalid":  fault.New(fault.Invalid, "bad"),
		"missing":  fault.New(fault.NotFound, "gone"),
		"conflict": fault.New(fault.Conflict, "taken"),
		"large":    fault.New(fault.TooLarge, "big"),
		"costly":   fault.New(fault.TooCostly, "less"),
		"rate":     &fault.Error{Code: fault.RateLimited, Message: "slow", RetryAfter: 41*time.Second + 1},
		"busy":     &fault.Error{Code: fault.Unavailable, Message: "later", RetryAfter: 2 * time.Second},
		"form":     fault.New(fault.Unsupported, "br"),
		"secret":   fault.Wrap(fault.Internal, errors.New("secret"), "secret"),
		"plain":    errors.New("secret"),
		"issues":   fmt.Errorf("wrapped: %w", issues),
	}
	const internal = `"message":"Internal Server Error"`
	tests := map[string]struct {
		shape  api.Shape
		code   string
		status int
		body   string
	}{
		"standard invalid":  {api.Standard, "invalid", 400, `{"message":"bad","error":"InvalidRequestError"}`},
		"standard missing":  {api.Standard, "missing", 404, `{"message":"gone","error":"LangfuseNotFoundError"}`},
		"standard conflict": {api.Standard, "conflict", 409, `{"message":"taken","error":"LangfuseConflictError"}`},
		"standard large":    {api.Standard, "large", 413, `{"message":"big"}`},
		"standard form":     {api.Standard, "form", 415, `{"message":"br","error":"InvalidRequestError"}`},
		"standard costly":   {api.Standard, "costly", 422, `{"message":"less","error":"PayloadTooLargeError"}`},
		"standard rate":     {api.Standard, "rate", 429, `{"message":"slow","code":"rate_limited","details":{"retryAfterSeconds":42}}`},
		"standard busy":     {api.Standard, "busy", 503, `{"message":"later","error":"ServiceUnavailableError"}`},
		"standard secret":   {api.Standard, "secret", 500, `{` + internal + `,"error":"InternalServerError"}`},
		"standard no code":  {api.Standard, "plain", 500, `{` + internal + `,"error":"InternalServerError"}`},
		"standard issues":   {api.Standard, "issues", 400, `{"message":"Invalid request data","error":[{"code":"custom","path":["a"],"message":"no"}]}`},
		"plain missing":     {api.Plain, "missing", 404, `{"message":"gone"}`},
		"plain issues":      {api.Plain, "issues", 400, `{"message":"invalid request data: [a]: no"}`},
		"plain rate":        {api.Plain, "rate", 429, `{"message":"slow","code":"rate_limited","details":{"retryAfterSeconds":42}}`},
		"coded invalid":     {api.Coded, "invalid", 400, `{"message":"bad","code":"invalid"}`},
		"coded issues":      {api.Coded, "issues", 400, `{"message":"invalid request data: [a]: no","code":"invalid"}`},
		"bare missing":      {api.Bare, "missing", 404, `{"message":"gone","error":"gone"}`},
		"bare large":        {api.Bare, "large", 413, `{"message":"big"}`},
		"bare issues":       {api.Bare, "issues", 400, `{"message":"Invalid request data","error":"invalid request data: [a]: no"}`},
		"named missing":     {api.Named, "missing", 404, `{"message":"gone","error":"LangfuseNotFoundError"}`},
		"named no code":     {api.Named, "plain", 500, `{` + internal + `,"error":"InternalServerError"}`},
	}
	w := newWorld(t, func(c *api.Config) {
		for name, err := range codes {
			for _, shape := range []api.Shape{api.Standard, api.Plain, api.Coded, api.Bare, api.Named} {
				r := route(fmt.Sprintf("/api/x/%d/%s", shape, name), nil)
				r.Errors, r.Run = shape, failing(err)
				c.Extra = append(c.Extra, r)
			}
		}
	})
	header := http.Header{"Authorization": {keys()["pair"]}}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			res, body := w.call(t, "GET", fmt.Sprintf("/api/x/%d/%s", tc.shape, tc.code), header)
			if res.StatusCode != tc.status || body != tc.body {
				t.Errorf("%d %s, want %d %s", res.StatusCode, body, tc.status, tc.body)
			}
			w.checkAlways(t, res, body)
			after := map[int]string{429: "42", 503: "2"}[tc.status]
			if got := res.Header.Get("Retry-After"); got != after {
				t.Errorf("Retry-After %q, want %q", got, after)
			}
		})
	}
	t.Run("refused keys", func(t *testing.T) {
		for shape, want := range map[api.Shape]string{
			api.Standard: `{"message":"No authorization header"}`,
			api.Coded:    `{"message":"No authorization header"}`,
			api.Bare:     `{"message":"No authorization header"}`,
			api.Named:    `{"message":"No authorization header","error":"UnauthorizedError"}`,
		} {
			if _, body := w.call(t, "GET", fmt.Sprintf("/api/x/%d/missing", shape), nil); body != want {
				t.Errorf("shape %d: %s, want %s", shape, body, want)
			}
		}
	})
	t.Run("wrong methods", func(t *testing.T) {
		for shape, want := range map[api.Shape]string{
			api.Standard: `{"message":"Method not allowed","error":"MethodNotAllowedError"}`,
			api.Plain:    `{"message":"Method not allowed"}`,
			api.Coded:    `{"message":"Method not allowed","code":"method_not_allowed"}`,
			api.Bare:     `{"message":"Method not allowed","error":"Method not allowed"}`,
			api.Named:    `{"message":"Method not allowed","error":"MethodNotAllowedError"}`,
		} {
			if _, body := w.call(t, "DELETE", fmt.Sprintf("/api/x/%d/missing", shape), nil); body != want {
				t.Errorf("shape %d: %s, want %s", shape, body, want)
			}
		}
	})
}

func TestPanics(t *testing.T) {
	w := newWorld(t, func(c *api.Config) {
		c.Extra = []api.Route{
			route("/api/x/early", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "1000")
				panic("secret")
			}),
			route("/api/x/late", func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, "half")
				http.NewResponseController(w).Flush()
				panic("secret")
			}),
		}
	})
	header := http.Header{"Authorization": {keys()["pair"]}}
	res, body := w.call(t, "GET", "/api/x/early", header)
	if res.StatusCode != 500 || body != `{"message":"Internal Server Error","error":"InternalServerError"}` {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	w.checkAlways(t, res, body)
	if !strings.Contains(w.log.String(), `"panic":"secret"`) || !strings.Contains(w.log.String(), "failure_test.go") {
		t.Errorf("the log does not say where: %s", w.log)
	}

	r, _ := http.NewRequestWithContext(t.Context(), "GET", w.url+"/api/x/late", nil)
	r.Header = header
	res, err := http.DefaultClient.Do(r)
	if err == nil {
		_, err = io.ReadAll(res.Body)
		res.Body.Close()
	}
	if err == nil {
		t.Error("half an answer looks like a whole one")
	}
}

// An answer that would hold too much is refused with advice.
func TestTooMuch(t *testing.T) {
	w := newWorld(t, nil)
	w.cfg.Explore = explore.New(explore.Config{MaxResponseBytes: 20}, w.store, w.blobs)
	w.start(t)
	doc := loadDocument(t)
	for path, status := range map[string]int{
		"/api/public/traces/t-1":                                  422,
		"/api/public/traces/t-1?fields=core,metrics,observations": 200,
		"/api/public/traces":                                      422,
		"/api/public/observations/g-1":                            422,
		"/api/public/v2/observations?fields=io":                   422,
		"/api/public/v2/observations":                             200,
	} {
		res, body := w.call(t, "GET", path, http.Header{"Authorization": {keys()["pair"]}})
		if res.StatusCode != status || status == 422 && !strings.Contains(body, "`fields`") {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
		doc.check(t, "GET", path, res, body)
	}
}

// Dotted names repeat what encloses them. An object that would grow beyond measure
// is refused, and costs no more than its own size.
func TestMetadataThatGrows(t *testing.T) {
	deep := strings.Repeat(`{"`+strings.Repeat("k", 8<<10)+`":`, 60)
	leaves := strings.Repeat(`"x":1,`, 100_000) + `"y":1`
	var flat strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&flat, `"k%d":%d,`, i, i)
	}
	for name, tc := range map[string]struct {
		object string
		status int
	}{
		"deep and wide": {deep + "{" + leaves + "}" + strings.Repeat("}", 60), 422},
		"very deep":     {strings.Repeat(`{"a":`, 9_000) + "1" + strings.Repeat("}", 9_000), 422},
		"deep":          {strings.Repeat(`{"a":`, 500) + "1" + strings.Repeat("}", 500), 200},
		"wide":          {"{" + flat.String() + `"z":1}`, 200},
	} {
		a := serverOf(t, record(fold.Observation, "t", "o", ms(0), meta(tc.object)))
		if status, body := answer(t, a, "/api/public/v2/observations", "fields=metadata"); status != tc.status {
			t.Errorf("%s: %d %.200s", name, status, body)
		}
		if status, body := answer(t, a, "/api/public/observations/o", ""); status != 200 {
			t.Errorf("%s, v1: %d %.200s", name, status, body)
		}
	}
}

// A request whose client has left is no failure of the server.
func TestCancelled(t *testing.T) {
	w := newWorld(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, "GET", "/api/public/traces", nil)
	r.Header.Set("Authorization", keys()["pair"])
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	if line := w.lastLine(t); line["level"] != "INFO" || !strings.Contains(fmt.Sprint(line["error"]), "cancel") {
		t.Errorf("line %v", line)
	}
}
