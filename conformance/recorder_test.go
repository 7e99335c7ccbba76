//go:build clients

package conformance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A recordedRequest is the part of a recording beside the body: NNN.json. The body is
// NNN.bin, as the client sent it, so compressed where it was; only the folders in stack
// traces are blotted out.
type recordedRequest struct {
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Headers http.Header `json:"headers"`
}

// A witness stands between a client and its server, notes where the client writes to,
// and keeps the requests, in order of arrival, when it has a folder for them. Requests
// about content are not kept: a link to upload to is good for one server and one hour.
type witness struct {
	url string
	dir string // "" keeps nothing

	mu     sync.Mutex // guards what follows
	count  int
	writes map[string]bool // method and path of what is not a GET
}

// startWitness starts a proxy in front of target. With a folder it replaces the
// recordings in it.
func startWitness(t *testing.T, target, dir string) *witness {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	if dir != "" {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	w := &witness{dir: dir, writes: map[string]bool{}}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(to)
		p.Out.Host = p.In.Host // links that the server makes lead through here
	}}
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodGet && req.Method != http.MethodHead && req.Method != http.MethodOptions {
			if err := w.note(req); err != nil {
				t.Errorf("recording %s: %v", req.URL.Path, err)
			}
		}
		proxy.ServeHTTP(rw, req)
	}))
	t.Cleanup(srv.Close)
	w.url = srv.URL
	return w
}

// endpoints returns where the client wrote to, sorted.
func (w *witness) endpoints() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.writes))
}

// note keeps the request and leaves it as it was.
func (w *witness) note(req *http.Request) error {
	route, content := routeOf(req.URL.Path)
	w.mu.Lock()
	w.writes[req.Method+" "+route] = true
	if !content {
		w.count++
	}
	name := filepath.Join(w.dir, fmt.Sprintf("%03d", w.count))
	w.mu.Unlock()
	if w.dir == "" || content {
		return nil
	}

	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	described, err := json.MarshalIndent(recordedRequest{
		Method:  req.Method,
		Path:    req.URL.Path,
		Headers: keptHeaders(req.Header),
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(name+".json", append(described, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(name+".bin", withoutFolders(body), 0o644)
}

// routeOf returns a path as the table of clients shows it, and whether it is about
// content: those end with what the server made up.
func routeOf(path string) (route string, content bool) {
	const announcements = "/api/public/media"
	for start, route := range map[string]string{
		announcements + "/":      announcements + "/{mediaId}",
		"/api/v1/media/content/": "/api/v1/media/content/{token}",
	} {
		if strings.HasPrefix(path, start) {
			return route, true
		}
	}
	return path, path == announcements
}

// withoutFolders blots out the folders of Python stack traces, which tell of the
// machine that made the recording. What comes out has the same length, so that the
// lengths in the encoding stay right.
func withoutFolders(body []byte) []byte {
	return regexp.MustCompile(`File \\?"/[^"\n]*/`).ReplaceAllFunc(body, func(path []byte) []byte {
		out := bytes.Clone(path)
		for i := bytes.IndexByte(out, '"') + 1; i < len(out); i++ {
			if out[i] != '/' {
				out[i] = '-'
			}
		}
		return out
	})
}

// keptHeaders leaves out credentials and what only concerned the connection.
func keptHeaders(sent http.Header) http.Header {
	kept := http.Header{}
	for name, values := range sent {
		switch name {
		case "Authorization", "Cookie", "Connection", "Content-Length", "Accept-Encoding", "Keep-Alive":
		default:
			kept[name] = values
		}
	}
	return kept
}
