package main

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"net/http"
	"os"
	"path/filepath"
	"slices"
)

// readSpans reads what instrumentations sent that are no Langfuse clients, and what was
// made by hand for rows that none of them reaches: one client for each folder of
// recordings.
func readSpans(dir string) ([]client, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*", "*", "*.txtar")) // sorted
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("no spans in %s: %w", dir, err)
	}
	var clients []client
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the recorded spans: %w", err)
		}
		_, spans, ok := bytes.Cut(raw, []byte("-- spans.json --\n"))
		if !ok {
			return nil, fmt.Errorf("%s has no spans", name)
		}
		folder, err := filepath.Rel(dir, filepath.Dir(name))
		if err != nil {
			return nil, err
		}
		r := request{Method: http.MethodPost, Path: "/v1/traces", Headers: http.Header{"Content-Type": {"application/json"}}}
		// Recordings number their traces from 1; here each has its own.
		own := fmt.Appendf(nil, `"traceId": "%08x`, crc32.ChecksumIEEE([]byte(name)))
		r.body = bytes.ReplaceAll(spans, []byte(`"traceId": "00000000`), own)
		if i := slices.IndexFunc(clients, func(c client) bool { return c.name == folder }); i >= 0 {
			clients[i].requests = append(clients[i].requests, r)
		} else {
			clients = append(clients, client{name: folder, requests: []request{r}})
		}
	}
	return clients, nil
}
