package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/ingest"
	"github.com/fusebox-llm/fusebox/internal/otlp"
	"github.com/fusebox-llm/fusebox/internal/span"
)

// A client is what one client sent, in order of arrival.
type client struct {
	name     string
	requests []request
}

// A request is one recorded export. NNN.json holds all but the body, which is
// NNN.bin, compressed where the client compressed it.
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
	out := httptest.NewRequestWithContext(ctx, r.Method, r.Path, bytes.NewReader(r.body))
	out.Header = r.Headers.Clone()
	return out
}

// decode returns the spans of each request, read as the server reads them.
func decode(ctx context.Context, requests []request) ([]span.Batch, error) {
	var batches []span.Batch
	decoder := otlp.NewHandler(otlp.Config{
		Limits: otlp.DefaultLimits(),
		Store: func(_ context.Context, _ id.Project, batch *span.Batch) (ingest.Result, error) {
			batches = append(batches, *batch)
			return ingest.Result{}, nil
		},
		Project: func(context.Context) id.Project { return project },
		Logger:  slog.New(slog.DiscardHandler),
	})
	for i, r := range requests {
		answer := httptest.NewRecorder()
		decoder.Traces(answer, r.http(ctx))
		if answer.Code != http.StatusOK {
			return nil, fmt.Errorf("request %d: answered %d %s", i+1, answer.Code, answer.Body)
		}
	}
	return batches, nil
}
