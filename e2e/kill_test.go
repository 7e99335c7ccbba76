package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
	"github.com/fusebox-llm/fusebox/internal/testkit/load"
)

var kills = flag.Int("kills", 10, "how often TestKill kills the server")

// TestKill kills the server with signal 9 while at least 16 requests are in
// flight and at least one has been acknowledged since the start, starts it again
// on the same files, and compares ids and contents of everything that was ever
// acknowledged.
func TestKill(t *testing.T) {
	const workers, inFlight = 24, 16
	var (
		data  = t.TempDir()
		acked []load.Observation
		seed  = rand.Uint64()
	)
	t.Logf("seed %d", seed)
	for round := range *kills {
		s := start(t, fusebox.Options{Data: data})
		fresh := loadUntilKilled(t, s, seed+uint64(round)*workers, workers, inFlight)
		acked = append(acked, fresh...)

		s = start(t, fusebox.Options{Data: data})
		check := fresh
		if round == *kills-1 {
			check = acked
		}
		compareStored(t, s, check)
		if err := s.Stop(); err != nil {
			t.Fatalf("round %d: stop: %v", round, err)
		}
		t.Logf("round %d: %d observations acknowledged, all there", round, len(fresh))
	}
}

// loadUntilKilled returns what was acknowledged.
func loadUntilKilled(t *testing.T, s *fusebox.Server, seed uint64, workers int, inFlight int64) []load.Observation {
	t.Helper()
	var (
		ctx, cancel = context.WithCancel(t.Context())
		wg          sync.WaitGroup
		mu          sync.Mutex
		acked       []load.Observation
		flying      atomic.Int64
		acks        atomic.Int64
		refused     atomic.Int64
	)
	defer cancel()
	for w := range workers {
		wg.Go(func() {
			gen := load.New(seed+uint64(w), time.Now())
			client := &http.Client{Transport: &http.Transport{}}
			for ctx.Err() == nil {
				r := gen.Request(1 + w%4)
				req, err := s.Request(ctx, http.MethodPost, "/v1/traces", bytes.NewReader(r.Body))
				if err != nil {
					return
				}
				req.Header.Set("Content-Type", "application/x-protobuf")
				flying.Add(1)
				resp, err := client.Do(req)
				flying.Add(-1)
				if err != nil {
					return // killed
				}
				resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					refused.Add(1)
					continue
				}
				mu.Lock()
				acked = append(acked, r.Observations...)
				mu.Unlock()
				acks.Add(1)
			}
		})
	}
	wait := time.After(time.Minute)
	extra := acks.Load() + 1 + rand.Int64N(60)
	for acks.Load() < extra || flying.Load() < inFlight {
		select {
		case <-wait:
			t.Fatalf("after a minute: %d acknowledged, %d in flight, %d refused", acks.Load(), flying.Load(), refused.Load())
		case <-time.After(50 * time.Microsecond):
		}
	}
	s.Kill()
	cancel()
	wg.Wait()
	return acked
}

// compareStored reads every trace back and compares the observations.
func compareStored(t *testing.T, s *fusebox.Server, want []load.Observation) {
	t.Helper()
	type stored struct {
		ID                  string  `json:"id"`
		Name                string  `json:"name"`
		ParentObservationID *string `json:"parentObservationId"`
		Input, Output       string
	}
	traces := map[string]map[string]stored{}
	for _, o := range want {
		if traces[o.TraceID] == nil {
			a := send(t, s, http.MethodGet, "/api/public/traces/"+o.TraceID, nil)
			if a.Status != http.StatusOK {
				t.Fatalf("acknowledged trace %s: status %d %s", o.TraceID, a.Status, a.Body)
			}
			var tree struct{ Observations []stored }
			if err := json.Unmarshal([]byte(a.Body), &tree); err != nil {
				t.Fatal(err)
			}
			traces[o.TraceID] = map[string]stored{}
			for _, got := range tree.Observations {
				traces[o.TraceID][got.ID] = got
			}
		}
		got, ok := traces[o.TraceID][o.ID]
		parent := ""
		if got.ParentObservationID != nil {
			parent = *got.ParentObservationID
		}
		if !ok || got.Name != o.Name || parent != o.ParentID || got.Input != o.Input || got.Output != o.Output {
			t.Fatalf("acknowledged observation %s of trace %s: found %v, differs or is missing", o.ID, o.TraceID, ok)
		}
	}
}
