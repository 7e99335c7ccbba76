package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// flight is an export that has begun and not ended.
type flight struct {
	*line
	*batch
	rest string // of the body
}

// fly begins exports and returns when the server reads the body of each.
func fly(t *testing.T, v *victim, n int) []flight {
	t.Helper()
	flights := make([]flight, n)
	for i := range flights {
		b := newBatch(fmt.Sprintf("%s/%d", t.Name(), i))
		b.good()
		body := string(marshalProto(t, b.request))
		l := v.dial(t)
		l.say(t, exportHead(fmt.Sprintf("Content-Length: %d", len(body)), "Expect: 100-continue"), "\r\n")
		l.begun(t)
		l.say(t, body[:len(body)/2])
		flights[i] = flight{l, b, body[len(body)/2:]}
	}
	return flights
}

// stopping waits until the server has begun to stop.
func (v *victim) stopping(t *testing.T) {
	t.Helper()
	v.log.await(t, "that it stops", func(lines []string) bool { return count(lines, `"msg":"stopping"`) == 1 })
}

// TestStopFinishesRequests stops a server with requests in flight. Nobody new is
// let in, those who are in get their answers, and what they were told is true.
func TestStopFinishesRequests(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(signal.String(), func(t *testing.T) {
			data := t.TempDir()
			v := newVictim(t, fusebox.Options{Data: data, Args: []string{"--drain-timeout", patience.String()}})
			if a := get(t, v.OpsURL+"/ready"); a.Status != http.StatusOK {
				t.Errorf("ready: %d", a.Status)
			}
			flights := fly(t, v, 8)
			if err := v.Signal(signal); err != nil {
				t.Fatal(err)
			}
			v.stopping(t)
			if a := get(t, v.OpsURL+"/ready"); a.Status != http.StatusServiceUnavailable {
				t.Errorf("ready while it stops: %d", a.Status)
			}
			closedToNew(t, v)
			for _, f := range flights {
				f.say(t, f.rest)
				if a := f.hear(t); a.Status != http.StatusOK || a.Body != "" {
					t.Errorf("a request in flight: %d %s", a.Status, a.Body)
				}
			}
			if err := v.Wait(); err != nil {
				t.Errorf("the server ended with %v", err)
			}
			v = newVictim(t, fusebox.Options{Data: data})
			for _, f := range flights {
				f.accounted(t, v)
			}
		})
	}
}

// closedToNew waits until the server takes no more connections: it closes its
// address a moment after it says that it stops.
func closedToNew(t *testing.T, v *victim) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		var d net.Dialer
		c, err := d.DialContext(ctx, "tcp", strings.TrimPrefix(v.URL, "http://"))
		if errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
		if errors.Is(err, syscall.ECONNRESET) {
			continue // it was let in and thrown out with the address
		}
		if err != nil {
			t.Fatalf("the server that stops lets others in: %v", err)
		}
		c.Close()
	}
}

// TestStopCutsOff stops a server whose clients never finish.
func TestStopCutsOff(t *testing.T) {
	data := t.TempDir()
	v := newVictim(t, fusebox.Options{Data: data, Args: []string{"--drain-timeout", "1ms"}})
	kept := newBatch("kept")
	kept.good()
	v.export(t, kept, wires()[0], packings()[0])
	flights := fly(t, v, 8)
	if err := v.Stop(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if n := count(v.log.lines(), `"level":"WARN"`, "requests were cut off"); n != 1 {
		t.Errorf("%d warnings", n)
	}
	for _, f := range flights {
		if a, err := http.ReadResponse(f.in, nil); err == nil && a.StatusCode < 500 {
			t.Errorf("a request that was cut off is answered %d", a.StatusCode)
		}
	}
	v = newVictim(t, fusebox.Options{Data: data})
	kept.accounted(t, v)
	for _, f := range flights {
		if _, ok := v.trace(t, f.id()); ok {
			t.Error("half a request is stored")
		}
	}
}

// TestStopAtOnce asks twice: the second signal ends the process without waiting,
// as a kill would. What was acknowledged is there.
func TestStopAtOnce(t *testing.T) {
	data := t.TempDir()
	v := newVictim(t, fusebox.Options{Data: data, Args: []string{"--drain-timeout", patience.String()}})
	kept := newBatch("kept")
	kept.good()
	v.export(t, kept, wires()[0], packings()[0])
	flights := fly(t, v, 4)
	if err := v.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	v.stopping(t)
	for late := time.After(patience); v.Running(); { // until the signal has its default meaning again
		v.Signal(syscall.SIGTERM) // it may just have ended
		select {
		case <-late:
			t.Fatal("the server does not end")
		default:
		}
	}
	exit, ok := errors.AsType[*exec.ExitError](v.Wait())
	if !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("the server ended with %v", v.Wait())
	}
	v = newVictim(t, fusebox.Options{Data: data})
	kept.accounted(t, v)
	for _, f := range flights {
		if _, ok := v.trace(t, f.id()); ok {
			t.Error("half a request is stored")
		}
	}
}

// TestStopIdle stops a server to which a client keeps an idle connection, and
// servers that have just begun to start.
func TestStopIdle(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	v.unharmed(t)
	if err := v.Stop(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	for range 5 {
		p := runBinary(t, bare(), "serve", "--listen", "127.0.0.1:0", "--ops-listen", "", "--data", t.TempDir())
		p.errs.await(t, "that it begins", func(lines []string) bool { return len(lines) > 0 })
		p.Process.Signal(syscall.SIGTERM) // somewhere in its start
		<-p.done
		if code := p.ProcessState.ExitCode(); code != 0 {
			t.Errorf("a server that was stopped while starting ended with %v: %s", p.ProcessState, strings.Join(p.errs.lines(), "\n"))
		}
	}
}
