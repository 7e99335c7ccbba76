//go:build clients

package conformance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
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

// A recorder keeps the OTLP requests that pass through it, in order of arrival.
type recorder struct {
	dir string

	mu    sync.Mutex // guards count
	count int
}

// startRecorder replaces the recordings in dir by those of a proxy in front of
// target, and returns the proxy's address.
func startRecorder(t *testing.T, target, dir string) string {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r := &recorder{dir: dir}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to) }}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.HasSuffix(req.URL.Path, "/v1/traces") {
			if err := r.keep(req); err != nil {
				t.Errorf("recording %s: %v", req.URL.Path, err)
			}
		}
		proxy.ServeHTTP(w, req)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// keep writes the request down and leaves it as it was.
func (r *recorder) keep(req *http.Request) error {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	req.Body = io.NopCloser(bytes.NewReader(body))

	r.mu.Lock()
	r.count++
	name := filepath.Join(r.dir, fmt.Sprintf("%03d", r.count))
	r.mu.Unlock()

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

// withoutFolders blots out the folders of Python stack traces, which tell of the
// machine that made the recording. What comes out has the same length, so that the
// lengths in the encoding stay right.
func withoutFolders(body []byte) []byte {
	return regexp.MustCompile(`File "/[^"\n]*/`).ReplaceAllFunc(body, func(path []byte) []byte {
		out := bytes.Clone(path)
		for i := len(`File "`); i < len(out); i++ {
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
