package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// limitFiles sets the size beyond which no file of the server may grow: a disk
// that is full, and one that has room again.
func (v *victim) limitFiles(t *testing.T, bytes uint64) {
	t.Helper()
	if err := unix.Prlimit(v.PID(), unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
		t.Fatal(err)
	}
}

// TestFullDisk fills the disk under a running server, for the database and for
// large values. It answers 503, keeps and shows what it acknowledged, and goes on
// when there is room.
func TestFullDisk(t *testing.T) {
	data := t.TempDir()
	v := newVictim(t, fusebox.Options{Data: data})
	var acked []*batch
	try := func(n int, size int) answer {
		b := newBatch(fmt.Sprintf("%s/%d/%d", t.Name(), n, size))
		for range 5 {
			b.good()
		}
		b.scope.Spans[0].Attributes = append(b.scope.Spans[0].Attributes, attribute("langfuse.observation.output", prose(size)))
		a := send(t, v.Server, http.MethodPost, "/v1/traces", bytes.NewReader(marshalProto(t, b.request)), protobuf)
		switch a.Status {
		case http.StatusOK:
			acked = append(acked, b)
		case http.StatusServiceUnavailable:
			var answer struct{ Error, Message string }
			if err := json.Unmarshal([]byte(a.Body), &answer); err != nil || answer.Error == "" || answer.Message != answer.Error || a.Header.Get("Retry-After") == "" {
				t.Errorf("%v %s", a.Header, a.Body)
			}
		default:
			t.Errorf("%d %s", a.Status, a.Body)
		}
		return a
	}
	check := func() {
		t.Helper()
		for _, b := range acked {
			b.accounted(t, v)
		}
		if a := send(t, v.Server, http.MethodGet, "/api/public/traces?limit=1", nil); a.Status != http.StatusOK {
			t.Errorf("a list: %d %s", a.Status, a.Body)
		}
	}
	for n := range 3 {
		try(n, 50_000)
	}
	for n, limit := range []uint64{uint64(largest(t, data)) + 200<<10, uint64(largest(t, data)), 0} {
		v.limitFiles(t, limit)
		full := 0
		for i := 0; full < 3; i++ {
			if i > 1000 {
				t.Fatal("the disk does not get full")
			}
			if try(1000*(n+1)+i, 50_000).Status == http.StatusServiceUnavailable {
				full++
			}
		}
		if a := try(1000*(n+1), 2<<20); a.Status != http.StatusServiceUnavailable {
			t.Errorf("a large value on a full disk: %d %s", a.Status, a.Body)
		}
		check()
		v.limitFiles(t, unix.RLIM_INFINITY)
		for i := range 3 {
			if a := try(1000*(n+1)+900+i, 50_000); a.Status != http.StatusOK {
				t.Errorf("with room again: %d %s", a.Status, a.Body)
			}
		}
		if a := try(1000*(n+1), 2<<20); a.Status != http.StatusOK {
			t.Errorf("a large value with room again: %d %s", a.Status, a.Body)
		}
		check()
		v.unharmed(t)
		t.Logf("limit %d: %d requests acknowledged so far", limit, len(acked))
	}
	if err := v.Stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	v = newVictim(t, fusebox.Options{Data: data})
	check()
	v.unharmed(t)
}

// TestStartOnFullDisk starts servers that cannot write a byte.
func TestStartOnFullDisk(t *testing.T) {
	data := t.TempDir()
	v := newVictim(t, fusebox.Options{Data: data})
	b := newBatch(t.Name())
	b.good()
	v.export(t, b, wires()[0], packings()[0])
	v.Kill()
	for _, folder := range []string{data, t.TempDir()} {
		args := []string{"-c", `ulimit -f 0; exec "$@"`, "sh", binary, "serve", "--listen", "127.0.0.1:0", "--ops-listen", "", "--data", folder}
		r := execute(t, bare(owner().environment("org-one", "Project One")...), "sh", args...)
		if r.code != 1 || !strings.HasPrefix(r.err, "fusebox: ") || strings.Contains(r.stdout, "listening") || strings.Contains(r.err, "goroutine ") {
			t.Errorf("%+v", r)
		}
	}
	v = newVictim(t, fusebox.Options{Data: data})
	b.accounted(t, v)
}

// largest returns the size of the largest file in a folder.
func largest(t *testing.T, dir string) (most int64) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, info.Size())
	}
	return most
}
