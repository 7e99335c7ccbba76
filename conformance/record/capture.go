package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	logs "go.opentelemetry.io/proto/slim/otlp/collector/logs/v1"
	traces "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// A capture takes what programs export, and answers as a collector does.
type capture struct {
	mu    sync.Mutex // guards what follows
	spans []resourceSpans
	logs  int
	err   error
}

// take returns what came since the last call.
func (c *capture) take() (spans []resourceSpans, logRecords int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	spans, logRecords, err = c.spans, c.logs, c.err
	c.spans, c.logs, c.err = nil, 0, nil
	return spans, logRecords, err
}

// ServeHTTP keeps spans, counts log records, and has a friendly word for all else
// that clients may send to a Langfuse server.
func (c *capture) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(r)
	if err == nil {
		switch {
		case strings.HasSuffix(r.URL.Path, "/v1/traces"):
			err = c.takeSpans(r.Header.Get("Content-Type"), body)
		case strings.HasSuffix(r.URL.Path, "/v1/logs"):
			err = c.takeLogs(r.Header.Get("Content-Type"), body)
		}
	}
	if err != nil {
		c.mu.Lock()
		c.err = fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
		c.mu.Unlock()
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if isJSON(r.Header.Get("Content-Type")) || !strings.Contains(r.URL.Path, "/v1/") {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}")
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf") // an empty message
}

func readBody(r *http.Request) ([]byte, error) {
	from := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, err
		}
		from = unzipped
	}
	return io.ReadAll(from)
}

func isJSON(contentType string) bool { return strings.HasPrefix(contentType, "application/json") }

func (c *capture) takeSpans(contentType string, body []byte) error {
	var got []resourceSpans
	if isJSON(contentType) {
		var request exported
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields() // what is not known here would be lost
		if err := d.Decode(&request); err != nil {
			return err
		}
		got = request.ResourceSpans
	} else {
		var request traces.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &request); err != nil {
			return err
		}
		got = fromProto(request.GetResourceSpans())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spans = append(c.spans, got...)
	return nil
}

func (c *capture) takeLogs(contentType string, body []byte) error {
	n := 0
	if isJSON(contentType) {
		var request struct {
			ResourceLogs []struct {
				ScopeLogs []struct{ LogRecords []json.RawMessage }
			}
		}
		if err := json.Unmarshal(body, &request); err != nil {
			return err
		}
		for _, r := range request.ResourceLogs {
			for _, s := range r.ScopeLogs {
				n += len(s.LogRecords)
			}
		}
	} else {
		var request logs.ExportLogsServiceRequest
		if err := proto.Unmarshal(body, &request); err != nil {
			return err
		}
		for _, r := range request.GetResourceLogs() {
			for _, s := range r.GetScopeLogs() {
				n += len(s.GetLogRecords())
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.logs += n
	return nil
}
