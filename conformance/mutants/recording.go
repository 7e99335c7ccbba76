package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// A client is what one client sent, in order of arrival.
type client struct {
	name     string
	requests []request
}

// A request is one that a client wrote with. NNN.json holds all but the body, which
// is NNN.bin, compressed where the client compressed it.
type request struct {
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Headers http.Header `json:"headers"`
	body    []byte
}

// readClients reads the recordings: one folder per client.
func readClients(dir string) ([]client, error) {
	folders, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the recordings: %w", err)
	}
	var clients []client
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		c := client{name: folder.Name()}
		if c.requests, err = readRequests(filepath.Join(dir, c.name)); err != nil {
			return nil, fmt.Errorf("read the recordings of %s: %w", c.name, err)
		}
		clients = append(clients, c)
	}
	if len(clients) == 0 {
		return nil, fmt.Errorf("no recordings in %s", dir)
	}
	return clients, nil
}

func readRequests(dir string) ([]request, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.json")) // sorted
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no requests in %s", dir)
	}
	requests := make([]request, len(names))
	for i, name := range names {
		described, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(described, &requests[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if requests[i].body, err = os.ReadFile(strings.TrimSuffix(name, ".json") + ".bin"); err != nil {
			return nil, err
		}
	}
	return requests, nil
}

// http returns the request as a server gets it, without credentials.
func (r request) http(ctx context.Context) *http.Request {
	target := url.URL{Path: r.Path}
	out := httptest.NewRequestWithContext(ctx, r.Method, target.String(), bytes.NewReader(r.body))
	out.Header = r.Headers.Clone()
	return out
}

// String names the request.
func (r request) String() string { return r.Method + " " + r.Path }

// saying returns the request with another body, uncompressed JSON.
func (r request) saying(what any) (request, error) {
	var err error
	if r.body, err = json.Marshal(what); err != nil {
		return request{}, err
	}
	r.Headers = maps.Clone(r.Headers)
	r.Headers.Set("Content-Type", "application/json")
	r.Headers.Del("Content-Encoding")
	return r, nil
}
