package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
)

// scenario is a request and what its answer must hold, from testdata/*.yaml.
type scenario struct {
	Name   string
	Get    string            // path and query, as on the wire
	Method string            // default GET
	Query  map[string]string // added to Get, encoded
	Key    string            // see keys; default pair
	Send   map[string]string // headers
	Status int               // default 200
	// Want must be found in the answer: of objects the listed keys, arrays whole,
	// the string "(absent)" for a key that must not be there.
	Want any
	// Text must be found in the body as it is.
	Text []string
	// Header must be on the answer.
	Header map[string]string
}

func TestScenarios(t *testing.T) { onEveryStore(t, runScenarios) }

// onEveryStore runs a test on the reference and on a real engine.
func onEveryStore(t *testing.T, run func(*testing.T, telemetry.Store)) {
	t.Run("reference", func(t *testing.T) {
		run(t, telemetrytest.NewReference(fold.DefaultRules()))
	})
	t.Run("sqlite", func(t *testing.T) {
		store, err := sqlite.Open(t.Context(), sqlite.Config{
			Path: filepath.Join(t.TempDir(), "telemetry.db"), Folder: fold.New(fold.DefaultRules()),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		run(t, store)
	})
}

func runScenarios(t *testing.T, store telemetry.Store) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	doc := loadDocument(t)
	w := newWorldOn(t, store, nil)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var scenarios []scenario
		dec := yaml.NewDecoder(bytes.NewReader(raw))
		dec.KnownFields(true)
		if err := dec.Decode(&scenarios); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, sc := range scenarios {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml")+"/"+sc.Name, func(t *testing.T) { sc.run(t, w, doc) })
		}
	}
}

func (sc scenario) run(t *testing.T, w *world, doc *document) {
	method, status, key := sc.Method, sc.Status, sc.Key
	if method == "" {
		method = http.MethodGet
	}
	if status == 0 {
		status = http.StatusOK
	}
	if key == "" {
		key = "pair"
	}
	path := sc.Get
	if len(sc.Query) > 0 {
		q := url.Values{}
		for k, v := range sc.Query {
			q.Set(k, v)
		}
		path += "?" + q.Encode()
	}
	header := http.Header{}
	if a := keys()[key]; a != "" {
		header.Set("Authorization", a)
	}
	for k, v := range sc.Send {
		header.Set(k, v)
	}
	res, body := w.call(t, method, path, header)
	if res.StatusCode != status {
		t.Fatalf("status %d, want %d; body %s", res.StatusCode, status, body)
	}
	for k, v := range sc.Header {
		if got := strings.Join(res.Header.Values(k), ", "); got != v {
			t.Errorf("header %s: %q, want %q", k, got, v)
		}
	}
	for _, s := range sc.Text {
		if !strings.Contains(body, s) {
			t.Errorf("the body has no %s:\n%s", s, body)
		}
	}
	if sc.Want != nil {
		for _, problem := range differences("", normalize(t, sc.Want), decode(t, body)) {
			t.Errorf("%s\nbody %s", problem, body)
		}
	}
	w.checkAlways(t, res, body)
	doc.check(t, method, sc.Get, res, body)
}

// call sends a request as it is, without following redirects.
func (w *world) call(t *testing.T, method, path string, header http.Header) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// checkAlways holds for every answer of the API.
func (w *world) checkAlways(t *testing.T, res *http.Response, body string) {
	t.Helper()
	if len(res.Header.Get("X-Request-Id")) != 36 || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", res.Header)
	}
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		t.Errorf("status %d redirects to %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res.StatusCode >= 400 && res.Request.Method != http.MethodHead {
		answer, _ := decode(t, body).(map[string]any)
		message, isText := answer["message"].(string)
		status, isHealth := answer["status"].(string)
		if (!isText || message == "") && (!isHealth || status == "") {
			t.Errorf("an error without message: %s", body)
		}
		if got := res.Header.Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("an error of content type %q", got)
		}
	}
}

func decode(t *testing.T, body string) any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v in %q", err, body)
	}
	return v
}

// normalize gives a YAML value the types that decode gives.
func normalize(t *testing.T, v any) any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, string(raw))
}

func differences(path string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s: %v, want an object", path, got)}
		}
		var out []string
		for _, k := range slices.Sorted(maps.Keys(want)) {
			value, there := object[k]
			switch {
			case want[k] == "(absent)":
				if there {
					out = append(out, fmt.Sprintf("%s.%s is there: %v", path, k, value))
				}
			case !there:
				out = append(out, fmt.Sprintf("%s.%s is missing", path, k))
			default:
				out = append(out, differences(path+"."+k, want[k], value)...)
			}
		}
		return out
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return []string{fmt.Sprintf("%s: %v, want %v", path, got, want)}
		}
		var out []string
		for i := range want {
			out = append(out, differences(fmt.Sprintf("%s[%d]", path, i), want[i], list[i])...)
		}
		return out
	case json.Number:
		if n, ok := got.(json.Number); ok && sameNumber(string(want), string(n)) {
			return nil
		}
	}
	if want != got {
		return []string{fmt.Sprintf("%s: %#v, want %#v", path, got, want)}
	}
	return nil
}

func sameNumber(a, b string) bool {
	x, ok1 := new(big.Rat).SetString(a)
	y, ok2 := new(big.Rat).SetString(b)
	return ok1 && ok2 && x.Cmp(y) == 0
}
