package api_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fusebox-llm/fusebox/internal/api"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/metadata"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
)

// answer sends a request with any query to a server without a network.
func answer(t *testing.T, h http.Handler, path, query string) (int, []byte) {
	t.Helper()
	r := &http.Request{
		Method: "GET", URL: &url.URL{Path: path, RawQuery: query}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Authorization": {keys()["pair"]}}, Host: "x", Body: http.NoBody,
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r.WithContext(t.Context()))
	if !json.Valid(rec.Body.Bytes()) || !utf8.Valid(rec.Body.Bytes()) {
		t.Errorf("%s?%s: not JSON in UTF-8: %q", path, query, rec.Body)
	}
	return rec.Code, rec.Body.Bytes()
}

// serverOf is a server with the given records in its store.
func serverOf(t testing.TB, records ...fold.Record) *api.API {
	t.Helper()
	store := telemetrytest.NewReference(fold.DefaultRules())
	if err := store.Write(context.Background(), "p-1", records); err != nil {
		t.Fatal(err)
	}
	a, err := api.New(config(store, metadata.Stores{}, &bucket{blobs: map[string]string{}}, io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// lists are the lists that take a filter.
func lists() []string {
	return []string{"/api/public/traces", "/api/public/observations", "/api/public/v2/observations", "/api/public/scores", "/api/public/v2/scores"}
}

func FuzzQuery(f *testing.F) {
	for _, q := range []string{
		"", "page=1&limit=100", "limit=%zz", "a;b=1", "=", "&&", "fields=core,io&fields=x", "tags=a,,b&tags=", "orderBy=name.asc",
		"fromTimestamp=2026-05-01T10:00:00Z", "toTimestamp=9999-12-31T23:59:59.999999-14:00", "userId=%ff", "limit=+5", "page=9007199254740992",
		"parseIoAsJson=true", "level=ERROR&type=SPAN&isRootObservation=true", "parentObservationId=",
		"operator=<=&value=1e308&scoreIds=a,b&dataType=TEXT&fields=score", "dataType=numeric&value=1,-0,.5&valueMin=1&valueMax=inf", "traceId=t&observationId=o&fields=subject",
		"environment=a,b&environment=", "source=api,eval&userId=u",
	} {
		f.Add(q)
	}
	a := serverOf(f, record(fold.Observation, "t", "o", ms(0), text(fold.Name, "n")), scored("s", "t", ms(0), numeric("n", 1), meta(`{"k":"v"}`)))
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range append(lists(), "/api/public/v3/scores", "/api/public/sessions") {
			if status, body := answer(t, a, path, query); status != 200 && status != 400 {
				t.Errorf("%s?%s: %d %s", path, query, status, body)
			}
		}
	})
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{
		`[]`, `null`, `[{}]`, `[{"type":"string","column":"userId","operator":"=","value":"x"}]`,
		`[{"type":"datetime","column":"timestamp","operator":"<=","value":"9999-12-31T23:59:59.999Z"}]`,
		`[{"type":"null","column":"parentObservationId","operator":"is null","value":""}]`,
		`[{"type":"arrayOptions","column":"tags","operator":"all of","value":["a"]}]`,
		`[{"type":"boolean","column":"isRootObservation","operator":"<>","value":false}]`,
		`[{"type":"stringOptions","column":"id","operator":"any of","value":["a","b"]}]`,
		`[{"type":"number","column":"latency","operator":">","value":1e999}]`, `[{"type":"number","column":"value","operator":">=","value":-1e-9}]`,
		`[{"type":"stringObject","column":"metadata","operator":"does not contain","key":"k","value":"%_"}]`, `[{"type":"null","column":"booleanValue","operator":"is null","value":""}]`,
		`[{"type":"arrayOptions","column":"trace_tags","operator":"none of","value":[]}]`, `[{"type":"positionInTrace"}]`,
	} {
		f.Add(s)
	}
	a := serverOf(f, record(fold.Observation, "t", "o", ms(0), text(fold.Name, "n")), scored("s", "t", ms(0), numeric("n", 1), meta(`{"k":"v"}`)))
	f.Fuzz(func(t *testing.T, filter string) {
		query := url.Values{"filter": {filter}}.Encode()
		for _, path := range lists() {
			status, body := answer(t, a, path, query)
			if status != 200 && status != 400 {
				t.Errorf("%s %s: %d %s", path, filter, status, body)
			}
			if status == 200 && filter != "" && !json.Valid([]byte(filter)) {
				t.Errorf("%s %s: a filter that is no JSON was passed over", path, filter)
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	for _, s := range []string{
		"", "***", "e30", "W10=", base64.StdEncoding.EncodeToString([]byte(`{"lastStartTimeTo":"2026-05-01T10:00:00Z","lastTraceId":"t","lastId":"o"}`)),
	} {
		f.Add(s)
	}
	f.Add(base64.StdEncoding.EncodeToString([]byte(`{"v":1,"lastTimestamp":"2026-05-01T10:00:00Z","lastId":"s"}`)))
	a := serverOf(f, record(fold.Observation, "t", "o", ms(0)), record(fold.Observation, "t", "p", ms(1)), scored("s", "t", ms(0), numeric("n", 1)))
	f.Fuzz(func(t *testing.T, cursor string) {
		for _, path := range []string{"/api/public/v2/observations", "/api/public/v3/scores"} {
			status, body := answer(t, a, path, url.Values{"cursor": {cursor}, "limit": {"1"}}.Encode())
			if status != 200 && status != 400 {
				t.Errorf("%s %q: %d %s", path, cursor, status, body)
			}
		}
	})
}

// Whatever is stored, what comes back is JSON, and says the same.
func FuzzStoredText(f *testing.F) {
	for _, s := range []string{
		``, `hello`, `{"a":{"b":[1,{"c":null}],"":{}}}`, `{"a":1,"a":2}`, `"text"`, `9007199254740993`, ` [1, 2] `, `{"a.b":1,"a":{"b":2}}`,
		`{"s":"{\"x\":1}","t":"tru","u":"\ud800"}`, "\xff", `"` + "\xff" + `"`, `{"k` + "\xff" + `":"\u0000"}`, `[1e400,-0,-9007199254740993]`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, stored string) {
		r := record(fold.Observation, "t", "o", ms(0), text(fold.Input, stored))
		object := strings.HasPrefix(strings.TrimSpace(stored), "{")
		if m, err := fold.MetadataOf([]byte(stored)); err == nil && object {
			r.Metadata = m
		}
		a := serverOf(t, r)
		status, body := answer(t, a, "/api/public/observations/o", "")
		if status != 200 {
			t.Fatalf("v1: %d %s", status, body)
		}
		v1 := struct{ Input, Metadata json.RawMessage }{}
		if err := json.Unmarshal(body, &v1); err != nil {
			t.Fatal(err)
		}
		if v1.Metadata[0] != '{' {
			t.Errorf("metadata %s came back as %s", stored, v1.Metadata)
		}
		clean := strings.ToValidUTF8(stored, "\uFFFD")
		if want := compact(clean); want != "" {
			if string(v1.Input) != want {
				t.Errorf("input %s came back as %s", stored, v1.Input)
			}
		} else if v1.Input[0] != '"' {
			t.Errorf("input %q is no JSON and came back as %s", stored, v1.Input)
		}
		for _, query := range []string{"fields=io,metadata", "fields=metadata"} {
			if status, body = answer(t, a, "/api/public/v2/observations", query); status != 200 && status != 422 {
				t.Fatalf("v2: %d %s", status, body)
			}
		}
	})
}

// compact returns a JSON text without white space, "" for what is none.
func compact(s string) string {
	var buf bytes.Buffer
	if json.Compact(&buf, []byte(s)) != nil {
		return ""
	}
	return buf.String()
}
