//go:build strace

package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
	"github.com/fusebox-llm/fusebox/internal/testkit/load"
)

// TestReplyFollowsSync traces the system calls of the binary: before each reply
// that acknowledges telemetry, the write-ahead log must have been written and
// synced, and not been written again since. The same check must catch a binary
// that was built without syncing.
func TestReplyFollowsSync(t *testing.T) {
	const requests = 20
	if bad := unsynced(t, binary, requests); len(bad) > 0 {
		t.Errorf("%d of %d replies were sent before the log was synced: %s", len(bad), requests, bad[0])
	}

	wrong, err := fusebox.Build(t.Context(), t.TempDir(), "-X main.synchronous=OFF")
	if err != nil {
		t.Fatal(err)
	}
	if bad := unsynced(t, wrong, requests); len(bad) != requests {
		t.Errorf("the check finds %d of %d replies unsynced in a binary that never syncs", len(bad), requests)
	}
}

// unsynced sends requests to a traced server and returns, for each reply that
// came too early, why.
func unsynced(t *testing.T, bin string, requests int) []string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "calls")
	s, err := fusebox.Start(context.WithoutCancel(t.Context()), fusebox.Options{
		Binary: bin, Data: t.TempDir(), Log: t.Output(),
		Wrap: []string{"strace", "-f", "-y", "-s", "40", "-o", out, "-e", "trace=write,pwrite64,fsync,fdatasync"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Kill()
	gen := load.New(7, time.Now())
	for range requests {
		r := gen.Request(1)
		if a := send(t, s, http.MethodPost, "/v1/traces", bytes.NewReader(r.Body), protobuf); a.Status != http.StatusOK {
			t.Fatalf("status %d: %s", a.Status, a.Body)
		}
	}
	s.Kill()
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	replies, bad := checkCalls(string(raw))
	if replies != requests {
		t.Fatalf("found %d replies in the trace, want %d\n%.4000s", replies, requests, raw)
	}
	return bad
}

var callLine = regexp.MustCompile(`^(\d+)\s+(?:<\.\.\. )?(\w+)(?: resumed>|\((\d+)<([^>]*)>)(.*)$`)

// checkCalls walks the calls in the order in which they ended (writes) or began
// (replies) and returns the number of acknowledging replies and what was wrong.
func checkCalls(calls string) (replies int, bad []string) {
	const (
		clean   = "the log was not written since the last reply"
		written = "the log was written but not synced"
		synced  = ""
	)
	state := clean
	pending := map[string]string{} // thread → the file of its unfinished call
	for line := range strings.Lines(calls) {
		m := callLine.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil {
			continue
		}
		thread, call, file, rest := m[1], m[2], m[4], m[5]
		unfinished := strings.HasSuffix(rest, "<unfinished ...>")
		if file == "" {
			file = pending[thread]
		}
		if unfinished {
			pending[thread] = file
		}
		log := strings.HasSuffix(file, "telemetry.db-wal")
		switch {
		case call == "write" && strings.Contains(rest, `"HTTP/1.1 200 OK`) && (strings.HasPrefix(file, "TCP") || strings.HasPrefix(file, "socket")):
			replies++
			if state != synced {
				bad = append(bad, fmt.Sprintf("reply %d: %s", replies, state))
			}
			state = clean
		case log && (call == "pwrite64" || call == "write"):
			state = written
		case log && (call == "fsync" || call == "fdatasync") && !unfinished && state == written:
			state = synced
		}
	}
	return replies, bad
}
