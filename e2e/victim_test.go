package e2e_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// patience is how long a test waits for an event before it calls it missing. It
// is no bound on the server: a loaded machine may take most of it.
const patience = 2 * time.Minute

// victim is a server that gets bad input, with all that it logs.
type victim struct {
	*fusebox.Server
	log *logbook
}

// newVictim starts a server and, when the test ends, looks in its log for what no
// input may cause: a panic or an answer 500.
func newVictim(t *testing.T, o fusebox.Options) *victim {
	t.Helper()
	v := &victim{log: newLogbook()}
	o.Log = v.log
	o.Env = append([]string{"FUSEBOX_LOG_LEVEL=info"}, o.Env...) // every request has a line
	v.Server = start(t, o)
	t.Cleanup(func() {
		lines := v.log.lines()
		for _, line := range lines {
			var entry struct {
				Msg    string
				Status int
			}
			if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Status == http.StatusInternalServerError || strings.HasPrefix(entry.Msg, "panic") {
				t.Errorf("the server logged: %.2000s", line)
			}
		}
		if t.Failed() {
			t.Logf("the end of the server's log:\n%s", strings.Join(lines[max(0, len(lines)-20):], "\n"))
		}
	})
	return v
}

// unharmed checks that the process which was started still runs and is well.
func (v *victim) unharmed(t *testing.T) {
	t.Helper()
	if !v.Running() {
		t.Fatalf("the server ended: %v\n%s", v.Wait(), strings.Join(v.log.lines(), "\n"))
	}
	if a := send(t, v.Server, http.MethodGet, "/api/public/health?failIfDatabaseUnavailable=true", nil); a.Status != http.StatusOK {
		t.Fatalf("health: %d %s", a.Status, a.Body)
	}
}

// stored is an observation as it is read back.
type stored struct {
	ID                  string
	TraceID             string
	ParentObservationID *string
	Name                *string
	StartTime, EndTime  string
	Input, Output       json.RawMessage
	Metadata            map[string]any
	Level               string
	StatusMessage       *string
	UsageDetails        map[string]float64
}

// tree is a trace as it is read back.
type tree struct {
	ID, Timestamp string
	Name          *string
	Input, Output json.RawMessage
	TotalCost     float64
	Observations  []stored
}

// trace reads a trace; ok is false when there is none.
func (v *victim) trace(t *testing.T, id string) (tr tree, ok bool) {
	t.Helper()
	a := send(t, v.Server, http.MethodGet, "/api/public/traces/"+url.PathEscape(id), nil)
	switch a.Status {
	case http.StatusNotFound:
		want := `{"message":` + quote("Trace "+id+" not found within authorized project") + `,"error":"LangfuseNotFoundError"}`
		if a.Body != want {
			t.Errorf("an unknown trace: %s, want %s", a.Body, want)
		}
		return tree{}, false
	case http.StatusOK:
		if err := json.Unmarshal([]byte(a.Body), &tr); err != nil {
			t.Fatalf("trace %q: %v", id, err)
		}
		return tr, true
	}
	t.Fatalf("trace %q: %d %.500s", id, a.Status, a.Body)
	return tree{}, false
}

// quote writes a text as the server writes it in JSON.
func quote(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

// text is what a raw JSON value stands for if it is a string.
func text(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatalf("not a text: %.200s", raw)
	}
	return s
}

// logbook keeps the lines that a server logs, and wakes those who wait for one.
type logbook struct {
	mu      sync.Mutex
	whole   []string
	partial []byte
	more    chan struct{} // closed when a line has come
}

func newLogbook() *logbook { return &logbook{more: make(chan struct{})} }

// Write implements io.Writer.
func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, p...)
	for {
		line, rest, ok := bytes.Cut(l.partial, []byte("\n"))
		if !ok {
			break
		}
		l.whole = append(l.whole, string(line))
		l.partial = rest
	}
	close(l.more)
	l.more = make(chan struct{})
	return len(p), nil
}

func (l *logbook) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.whole[:len(l.whole):len(l.whole)]
}

// await waits until the lines satisfy ok.
func (l *logbook) await(t *testing.T, what string, ok func(lines []string) bool) {
	t.Helper()
	late := time.After(patience)
	for {
		l.mu.Lock()
		lines, more := l.whole, l.more
		l.mu.Unlock()
		if ok(lines) {
			return
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("the log does not show %s; its end:\n%s", what, strings.Join(lines[max(0, len(lines)-20):], "\n"))
		}
	}
}

// count returns how many lines hold all parts.
func count(lines []string, parts ...string) (n int) {
	for _, line := range lines {
		all := true
		for _, p := range parts {
			all = all && strings.Contains(line, p)
		}
		if all {
			n++
		}
	}
	return n
}
