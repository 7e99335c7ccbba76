package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

type latency struct {
	what     string
	p50, p99 time.Duration
}

// read times the main reads through the API, one client at a time.
func read(ctx context.Context, s *fusebox.Server, traceIDs []string) ([]latency, error) {
	const rounds = 300
	fixed := func(path string) func(int) string { return func(int) string { return path } }
	questions := []struct {
		what string
		path func(i int) string
	}{
		{"one trace with payloads", func(i int) string { return "/api/public/traces/" + traceIDs[i*7919%len(traceIDs)] }},
		{"newest 50 traces, no payloads", fixed("/api/public/traces?limit=50&fields=core,metrics")},
		{"newest 50 observations (v2)", fixed("/api/public/v2/observations?limit=50")},
		{"50 observations by type and level", fixed("/api/public/v2/observations?limit=50&type=GENERATION&level=DEFAULT")},
	}
	var out []latency
	for _, q := range questions {
		times := make([]time.Duration, 0, rounds)
		for i := range rounds {
			req, err := s.Request(ctx, http.MethodGet, q.path(i), nil)
			if err != nil {
				return nil, err
			}
			at := time.Now()
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return nil, err
			}
			_, err = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if err != nil {
				return nil, err
			}
			if resp.StatusCode != http.StatusOK {
				return nil, fmt.Errorf("GET %s: status %d", q.path(i), resp.StatusCode)
			}
			times = append(times, time.Since(at))
		}
		l := latency{what: q.what}
		l.p50, l.p99 = percentiles(times)
		out = append(out, l)
	}
	return out, nil
}
