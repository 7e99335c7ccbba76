package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/api"
	"github.com/fusebox-llm/fusebox/internal/auth"
	"github.com/fusebox-llm/fusebox/internal/fold"
)

func TestProbes(t *testing.T) {
	tests := map[string]struct {
		change func(*api.Config)
		path   string
		status int
		want   string
	}{
		"stores down": {
			func(c *api.Config) { c.Ping = func(context.Context) error { return errors.New("no disk") } },
			"/api/public/health?failIfDatabaseUnavailable=true", 503, "Database not available",
		},
		"stores down, not asked": {
			func(c *api.Config) { c.Ping = func(context.Context) error { return errors.New("no disk") } },
			"/api/public/health?failIfDatabaseUnavailable=false", 200, "OK",
		},
		"nothing came in lately": {
			func(c *api.Config) {
				c.LastTelemetry = func(context.Context) (time.Time, error) {
					return base.Time().Add(time.Hour - 3*time.Minute - time.Millisecond), nil
				}
			}, "/api/public/health?failIfNoRecentEvents=true", 503, "No events within the last 3 minutes",
		},
		"nothing ever came in": {
			func(c *api.Config) {
				c.LastTelemetry = func(context.Context) (time.Time, error) { return time.Time{}, nil }
			}, "/api/public/health?failIfNoRecentEvents=true", 503, "No events within the last 3 minutes",
		},
		"draining": {
			func(c *api.Config) { c.Draining = func() bool { return true } },
			"/api/public/ready", 500, "SIGTERM / SIGINT received, shutting down",
		},
		"draining, health": {
			func(c *api.Config) { c.Draining = func() bool { return true } },
			"/api/public/health", 200, "OK",
		},
	}
	doc := loadDocument(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tc.change)
			res, body := w.call(t, "GET", tc.path, nil)
			got, _ := decode(t, body).(map[string]any)
			if res.StatusCode != tc.status || got["status"] != tc.want || got["version"] != "1.2.3" {
				t.Errorf("status %d, body %s", res.StatusCode, body)
			}
			doc.check(t, "GET", tc.path, res, body)
		})
	}
}

// What went wrong inside is for the log, under the id that the client was given.
func TestAccessLog(t *testing.T) {
	w := newWorld(t, func(c *api.Config) {
		r := route("/api/x/fails", nil)
		r.Run = failing(errors.New("disk on fire"))
		c.Extra = []api.Route{r, route("/api/x/raw", func(w http.ResponseWriter, r *http.Request) {
			p, _ := auth.PrincipalFrom(r.Context())
			io.WriteString(w, string(p.Project)+" "+api.RequestID(r.Context()))
		})}
	})
	header := http.Header{"Authorization": {keys()["pair"]}, "Cookie": {"session=secret-cookie"}}

	res, _ := w.call(t, "GET", "/api/x/fails?token=secret-query", header)
	line := w.lastLine(t)
	for key, want := range map[string]any{
		"level": "ERROR", "msg": "request", "request_id": res.Header.Get("X-Request-Id"), "method": "GET",
		"route": "/api/x/fails", "status": json.Number("500"), "project": "p-1", "key": "k-1", "error": "disk on fire",
	} {
		if line[key] != want {
			t.Errorf("%s is %v, want %v", key, line[key], want)
		}
	}
	res, body := w.call(t, "GET", "/api/x/raw", header)
	if body != "p-1 "+res.Header.Get("X-Request-Id") {
		t.Errorf("a raw handler sees %q", body)
	}
	if line = w.lastLine(t); line["bytes"] != json.Number(fmt.Sprint(len(body))) || line["level"] != "INFO" {
		t.Errorf("line %v", line)
	}
	w.call(t, "GET", "/api/public/health", nil)
	if line = w.lastLine(t); line["level"] != "DEBUG" {
		t.Errorf("a probe is logged as %v", line["level"])
	}
	w.call(t, "GET", "/api/public/none?token=secret-query", header)
	if line = w.lastLine(t); line["path"] != "/api/public/none" || line["route"] != "" {
		t.Errorf("line %v", line)
	}
	w.call(t, "GET", "/api/public/traces?userId=secret-query", http.Header{"Authorization": {"Basic secret-key"}})
	for _, secret := range []string{"secret-", strings.TrimPrefix(keys()["pair"], "Basic "), "sk-1"} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

func (w *world) lastLine(t *testing.T) map[string]any {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(w.log.String()), "\n")
	line, _ := decode(t, lines[len(lines)-1]).(map[string]any)
	return line
}

// HEAD answers what GET does, without the body.
func TestHead(t *testing.T) {
	w := newWorld(t, nil)
	header := http.Header{"Authorization": {keys()["pair"]}}
	_, whole := w.call(t, "GET", "/api/public/traces/t-1", header)
	res, body := w.call(t, "HEAD", "/api/public/traces/t-1", header)
	if res.StatusCode != 200 || body != "" || res.ContentLength != int64(len(whole)) {
		t.Errorf("%d, %d bytes, length %d, want %d", res.StatusCode, len(body), res.ContentLength, len(whole))
	}
}

// What the standard library answers by itself elsewhere reaches our table here.
func TestRawRequests(t *testing.T) {
	w := newWorld(t, nil)
	tests := map[string]struct{ line, host, status string }{
		"host decides nothing":  {"GET /api/public/health HTTP/1.1", "evil.example:1", "200"},
		"no such method":        {"BREW /api/public/traces HTTP/1.1", "x", "405"},
		"absolute form":         {"GET http://other/api/public/health HTTP/1.1", "x", "200"},
		"dots above the root":   {"GET /../../api/public/health HTTP/1.1", "x", "404"},
		"escaped slash":         {"GET /api%2Fpublic/health HTTP/1.1", "x", "404"},
		"connect":               {"CONNECT x:1 HTTP/1.1", "x:1", "404"},
		"path with a backslash": {`GET /api\public\health HTTP/1.1`, "x", "404"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, "%s\r\nHost: %s\r\nConnection: close\r\n\r\n", tc.line, tc.host)
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(res.Body)
			if got := fmt.Sprint(res.StatusCode); got != tc.status {
				t.Errorf("status %s, want %s: %s", got, tc.status, body)
			}
			if !json.Valid(body) {
				t.Errorf("not JSON: %s", body)
			}
		})
	}
}

func TestElsewhere(t *testing.T) {
	w := newWorld(t, func(c *api.Config) {
		c.Elsewhere = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "page") })
	})
	for path, want := range map[string]int{"/project/p-1/traces/a%2Fb": 200, "/": 200, "/a//b": 200, "/api/nothing": 404, "//api/nothing": 404} {
		res, body := w.call(t, "GET", path, http.Header{"Origin": {"https://app.example"}})
		if allowed := res.Header.Get("Access-Control-Allow-Origin") != ""; allowed != (want == 404) {
			t.Errorf("%s: open to other origins: %v", path, allowed)
		}
		if res.StatusCode != want || want == 200 && body != "page" {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}

// Walking by cursor gives every row once, in order, whatever the page size and
// whatever comes in meanwhile.
func TestCursorWalk(t *testing.T) {
	for size := 1; size <= 11; size++ {
		w := newWorld(t, nil)
		var got []string
		cursor := ""
		for page := 0; page == 0 || cursor != ""; page++ {
			path := fmt.Sprintf("/api/public/v2/observations?traceId=t-page&limit=%d&cursor=%s", size, cursor)
			_, body := w.call(t, "GET", path, http.Header{"Authorization": {keys()["pair"]}})
			var answer api.ObservationsV2
			if err := json.Unmarshal([]byte(looseTimes(body)), &answer); err != nil {
				t.Fatal(err)
			}
			for _, o := range answer.Data {
				got = append(got, o.ID)
			}
			cursor = answer.Meta.Cursor
			late := record(fold.Observation, "t-page", fmt.Sprintf("late-%d", page), ms(50_000+int64(page)))
			if err := w.store.Write(t.Context(), "p-1", []fold.Record{late}); err != nil {
				t.Fatal(err)
			}
		}
		if want := "o-9 o-8 o-7 o-6 o-5 o-4 o-3 o-2 o-1 o-0"; strings.Join(got, " ") != want {
			t.Errorf("by %d: %v", size, got)
		}
	}
}

// looseTimes lets an answer be read into its own Go type, whose times only write.
func looseTimes(body string) string {
	var out bytes.Buffer
	for i, part := range strings.Split(body, `"2026-`) {
		if i == 0 {
			out.WriteString(part)
			continue
		}
		_, rest, _ := strings.Cut(part, `"`)
		out.WriteString("0" + rest)
	}
	return out.String()
}
