package conformance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fusebox-llm/fusebox/internal/app"
	"github.com/fusebox-llm/fusebox/internal/config"
	"github.com/fusebox-llm/fusebox/internal/vitals"
)

// A call2023 is a request that a client of 2023 made, as it was recorded.
type call2023 struct {
	Method  string
	Path    string
	Headers http.Header
	raw     []byte
	body    map[string]any
}

// TestCallsOf2023 makes the calls of the oldest client, as they were recorded, to a
// server in this process. Every answer must be one that the client could parse, and
// everything said so far must show in it; then all of it must be in the traces. All
// calls once more must add nothing and change nothing.
func TestCallsOf2023(t *testing.T) {
	calls := readCalls2023(t, "recordings/python1-2023")
	s := startServer2023(t)
	told := &told2023{objects: map[string]*object2023{}, takers: map[string]string{}}
	for _, c := range calls {
		s.call(t, told, c)
	}
	once := s.readBack(t, told)
	for _, c := range calls {
		s.call(t, told, c)
	}
	updated := cmpopts.IgnoreMapEntries(func(key string, _ any) bool { return key == "updatedAt" })
	if diff := cmp.Diff(once, s.readBack(t, told), equal2023(), updated); diff != "" {
		t.Errorf("all calls once more change what is stored (-once +twice):\n%s", diff)
	}
}

func readCalls2023(t *testing.T, dir string) []call2023 {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.json")) // sorted
	if err != nil || len(names) == 0 {
		t.Fatalf("no requests in %s: %v", dir, err)
	}
	calls := make([]call2023, len(names))
	for i, name := range names {
		described, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(described, &calls[i]); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if calls[i].raw, err = os.ReadFile(strings.TrimSuffix(name, ".json") + ".bin"); err != nil {
			t.Fatal(err)
		}
		if calls[i].body, err = decode2023(calls[i].raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return calls
}

// A server2023 is a whole server. Its clock goes on by a second with every call.
type server2023 struct {
	handler http.Handler
	clock   atomic.Int64
}

func (s *server2023) now() time.Time {
	return time.Date(2027, 1, 1, 0, 0, int(s.clock.Load()), 0, time.UTC)
}

func startServer2023(t *testing.T) *server2023 {
	t.Helper()
	env := map[string]string{
		"LANGFUSE_INIT_ORG_ID":             "conformance",
		"LANGFUSE_INIT_PROJECT_ID":         "conformance",
		"LANGFUSE_INIT_PROJECT_PUBLIC_KEY": "pk-lf-conformance",
		"LANGFUSE_INIT_PROJECT_SECRET_KEY": "sk-lf-conformance",
	}
	lookup := func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	parsed, err := config.Parse([]string{"serve", "--data", t.TempDir(), "--ops-listen", ""}, lookup, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s := &server2023{}
	a, err := app.New(t.Context(), app.Options{
		Config: parsed.Config, Build: vitals.Build{Version: "calls2023"}, Now: s.now,
		Logger: slog.New(slog.DiscardHandler), Stdout: io.Discard,
		Synchronous: "OFF", // nobody needs the data after a power cut
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	s.handler = a.Handler()
	return s
}

// ask returns the body of an answer that must be 200 and JSON.
func (s *server2023) ask(t *testing.T, method, path string, headers http.Header, body []byte) []byte {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(body))
	for name, values := range headers {
		r.Header[name] = values
	}
	r.SetBasicAuth("pk-lf-conformance", "sk-lf-conformance")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	kind := w.Header().Get("Content-Type")
	if w.Code != http.StatusOK || !strings.HasPrefix(kind, "application/json") || !json.Valid(w.Body.Bytes()) {
		t.Fatalf("%s %s %s: %d %s %s", method, path, body, w.Code, kind, w.Body)
	}
	return w.Body.Bytes()
}

// call makes a call and checks its answer.
func (s *server2023) call(t *testing.T, told *told2023, c call2023) {
	t.Helper()
	at := s.clock.Add(1)
	raw := s.ask(t, c.Method, c.Path, c.Headers, c.raw)
	o := told.tell(t, c, s.now())
	what := fmt.Sprintf("answer %d, %s %s %s", at, c.Method, c.Path, o.id)
	if err := parse2023(o.kind, raw); err != nil {
		t.Errorf("%s: a client of 2023 cannot parse it: %v", what, err)
	}
	answer, err := decode2023(raw)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	o.at, o.answer = at, answer
	told.check(t, what, o, answer, false)
}
