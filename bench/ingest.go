package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
	"github.com/fusebox-llm/fusebox/internal/testkit/load"
)

type ingested struct {
	n         int
	cpu, wall time.Duration
	p50, p99  time.Duration
	traceIDs  []string // some of them
}

// ingest sends the load and returns what it cost the server.
func ingest(ctx context.Context, s *fusebox.Server, o options) (ingested, error) {
	perClient := o.observations / o.clients / (o.traces * load.PerTrace)
	// All requests are made before the clock starts, so that the generator does
	// not compete with the server.
	requests := make([][]load.Request, o.clients)
	for c := range requests {
		gen := load.New(uint64(c+1), time.Now())
		for range perClient {
			requests[c] = append(requests[c], gen.Request(o.traces))
		}
	}
	before, err := s.CPUSoFar()
	if err != nil {
		return ingested{}, err
	}
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		times []time.Duration
		fail  error
		out   ingested
		begin = time.Now()
	)
	if o.profile != "" {
		wg.Go(func() {
			if err := profile(ctx, s, o.profile); err != nil {
				fmt.Fprintln(os.Stderr, "profile:", err)
			}
		})
	}
	for c := range requests {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for _, r := range requests[c] {
				at := time.Now()
				err := post(ctx, client, s, r.Body)
				took := time.Since(at)
				mu.Lock()
				if err != nil {
					fail = err
					mu.Unlock()
					return
				}
				times = append(times, took)
				out.n += len(r.Observations)
				if len(out.traceIDs) < 2000 {
					out.traceIDs = append(out.traceIDs, r.Observations[0].TraceID)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if fail != nil {
		return ingested{}, fail
	}
	out.wall = time.Since(begin)
	after, err := s.CPUSoFar()
	out.cpu = after - before
	out.p50, out.p99 = percentiles(times)
	return out, err
}

// profile asks the server for a profile of its next ten seconds.
func profile(ctx context.Context, s *fusebox.Server, file string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.OpsURL+"/debug/pprof/profile?seconds=10", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, resp.Body)
	return errors.Join(err, out.Close())
}

func post(ctx context.Context, client *http.Client, s *fusebox.Server, body []byte) error {
	req, err := s.Request(ctx, http.MethodPost, "/api/public/otel/v1/traces", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || len(reply) > 0 {
		return fmt.Errorf("status %d: %s", resp.StatusCode, reply)
	}
	return nil
}

func percentiles(times []time.Duration) (p50, p99 time.Duration) {
	if len(times) == 0 {
		return 0, 0
	}
	slices.Sort(times)
	return times[len(times)/2], times[len(times)*99/100]
}
