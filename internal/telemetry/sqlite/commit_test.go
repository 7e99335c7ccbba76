package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// observation is a record of an observation with an output.
func observation(traceID, id, output string) fold.Record {
	r := fold.Record{Kind: fold.Observation, TraceID: traceID, ID: id, Time: 5, Rank: fold.Create}
	r.Set(fold.Start, fold.Time(5))
	r.Set(fold.Output, fold.Text(output))
	return r
}

// gate is a clock that holds the writer at the beginning of a transaction until
// it is told to go on.
type gate struct {
	held chan struct{} // the writer waits
	open chan struct{} // it may go on, from now on always when closed
}

func newGate() *gate { return &gate{held: make(chan struct{}, 1), open: make(chan struct{})} }

func (g *gate) now() time.Time {
	select {
	case g.held <- struct{}{}:
	default:
	}
	<-g.open
	return time.UnixMicro(1)
}

// commits collects what a store reports.
type commits struct {
	mu  sync.Mutex
	all []sqlite.CommitStats
}

func (c *commits) add(s sqlite.CommitStats) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, s)
}

// queueUp starts a call that the gate holds, then calls that wait behind it, and
// returns once all of them are queued. The results come in order. It is for use in
// a synctest bubble.
func queueUp(t *testing.T, s *sqlite.Store, g *gate, calls ...[]fold.Record) []<-chan error {
	t.Helper()
	start := func(records []fold.Record) <-chan error {
		done := make(chan error, 1)
		go func() { done <- s.Write(context.WithoutCancel(t.Context()), "p", records) }()
		return done
	}
	results := []<-chan error{start([]fold.Record{observation("t0", "held", "")})}
	<-g.held
	for _, c := range calls {
		results = append(results, start(c))
		synctest.Wait()
	}
	return results
}

func TestConcurrentCallsShareACommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, c := newGate(), &commits{}
		s := open(t, sqlite.Config{Now: g.now, Observe: c.add})
		var calls [][]fold.Record
		for i := range 20 {
			calls = append(calls, []fold.Record{observation("t", fmt.Sprint("o", i), ""), observation("t", fmt.Sprint("p", i), "")})
		}
		results := queueUp(t, s, g, calls...)
		close(g.open)
		for _, r := range results {
			if err := <-r; err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil { // so that the last report is there
			t.Fatal(err)
		}
		if len(c.all) != 2 || c.all[1].Calls != 20 || c.all[1].Records != 40 || c.all[1].Entities != 40 {
			t.Errorf("commits: %+v", c.all)
		}
	})
}

func TestGroupsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, c := newGate(), &commits{}
		s := open(t, sqlite.Config{Now: g.now, Observe: c.add, GroupRecords: 3})
		one := func(id string) []fold.Record { return []fold.Record{observation("t", id, "")} }
		large := []fold.Record{observation("t", "w", ""), observation("t", "x", ""), observation("t", "y", ""), observation("t", "z", "")}
		results := queueUp(t, s, g, one("a"), one("b"), one("c"), one("d"), large, one("e"))
		close(g.open)
		for _, r := range results {
			if err := <-r; err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		var sizes []int
		for _, c := range c.all {
			sizes = append(sizes, c.Records)
		}
		if fmt.Sprint(sizes) != "[1 3 1 4 1]" {
			t.Errorf("records of the commits: %v", sizes)
		}
	})
}

// TestBadCallFailsAlone lets one of several calls that share a commit need more
// room than there is.
func TestBadCallFailsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		s := open(t, sqlite.Config{Now: g.now})
		if err := s.Exec("PRAGMA max_page_count = 200"); err != nil {
			t.Fatal(err)
		}
		noise := make([]byte, 4<<20)
		rnd := rand.New(rand.NewPCG(1, 1))
		for i := range noise {
			noise[i] = byte(' ' + rnd.IntN(90))
		}
		bad := []fold.Record{observation("t", "small", "x"), observation("t2", "big", string(noise))}
		results := queueUp(t, s, g,
			[]fold.Record{observation("t", "a", "1")}, bad, []fold.Record{observation("t", "b", "2"), observation("t3", "c", "3")})
		close(g.open)
		for i, want := range []bool{true, true, false, true} {
			err := <-results[i]
			if ok := err == nil; ok != want {
				t.Errorf("call %d: %v", i, err)
			}
			if !want && !fault.Is(err, fault.Unavailable) {
				t.Errorf("call %d: %v, want unavailable", i, err)
			}
		}
		if err := s.Exec("PRAGMA max_page_count = 1000000"); err != nil {
			t.Fatal(err)
		}
		// What the failed transaction had in memory must not come back.
		for _, records := range [][]fold.Record{{observation("t", "small", "again")}, bad} {
			if err := s.Write(t.Context(), "p", records); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Verify(t.Context()); err != nil {
			t.Error(err)
		}
		list, err := s.Observations(t.Context(), "p", telemetry.ObservationQuery{Limit: 100})
		if err != nil || len(list.Observations) != 6 {
			t.Errorf("%d observations, %v", len(list.Observations), err)
		}
	})
}

func TestFullQueueRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		s := open(t, sqlite.Config{Now: g.now, QueueRecords: 3})
		results := queueUp(t, s, g, []fold.Record{observation("t", "a", ""), observation("t", "b", "")})
		err := s.Write(t.Context(), "p", []fold.Record{observation("t", "c", "")})
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || e.Code != fault.Unavailable || e.RetryAfter <= 0 {
			t.Errorf("got %v, want unavailable with a hint when to retry", err)
		}
		close(g.open)
		for _, r := range results {
			if err := <-r; err != nil {
				t.Error(err)
			}
		}
		// Room is there again, even for a call that is larger than the queue.
		var large []fold.Record
		for i := range 10 {
			large = append(large, observation("t", fmt.Sprint(i), ""))
		}
		if err := s.Write(t.Context(), "p", large); err != nil {
			t.Error(err)
		}
	})
}

func TestQueueIsBoundedByBytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		s := open(t, sqlite.Config{Now: g.now, QueueBytes: 10_000})
		results := queueUp(t, s, g, []fold.Record{observation("t", "a", strings.Repeat("x", 6000))})
		if err := s.Write(t.Context(), "p", []fold.Record{observation("t", "b", strings.Repeat("x", 6000))}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("got %v, want unavailable", err)
		}
		close(g.open)
		for _, r := range results {
			if err := <-r; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestCallerMayLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		s := open(t, sqlite.Config{Now: g.now})
		results := queueUp(t, s, g)
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error, 1)
		go func() { left <- s.Write(ctx, "p", []fold.Record{observation("t", "a", "")}) }()
		synctest.Wait()
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
		close(g.open)
		if err := <-results[0]; err != nil {
			t.Error(err)
		}
		if err := s.Write(ctx, "p", []fold.Record{observation("t", "b", "")}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
		if err := s.Write(t.Context(), "p", []fold.Record{observation("t", "c", "")}); err != nil {
			t.Error(err)
		}
	})
}

func TestCloseFinishesWhatWasQueued(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		path := filepath.Join(t.TempDir(), "telemetry.db")
		s := open(t, sqlite.Config{Now: g.now, Path: path})
		results := queueUp(t, s, g, []fold.Record{observation("t", "a", "")}, []fold.Record{observation("t", "b", "")})
		closed := make(chan error, 1)
		go func() { closed <- s.Close() }()
		synctest.Wait()
		if err := s.Write(t.Context(), "p", []fold.Record{observation("t", "c", "")}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a write while closing: %v, want unavailable", err)
		}
		close(g.open)
		for _, r := range results {
			if err := <-r; err != nil {
				t.Error(err)
			}
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if _, err := s.Trace(t.Context(), "p", "t", telemetry.Parts{}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a read after closing: %v, want unavailable", err)
		}
		again := open(t, sqlite.Config{Path: path})
		tree, err := again.Trace(t.Context(), "p", "t", telemetry.Parts{})
		if err != nil || len(tree.Observations) != 2 {
			t.Errorf("%d observations, %v", len(tree.Observations), err)
		}
	})
}

func TestOtherKindsAreUnsupported(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{})
	for _, k := range []fold.Kind{fold.Session, 77} {
		err := s.Write(t.Context(), "p", []fold.Record{observation("t", "a", ""), {Kind: k, ID: "x"}})
		if !fault.Is(err, fault.Unsupported) {
			t.Errorf("kind %d: %v", k, err)
		}
	}
	if _, err := s.Trace(t.Context(), "p", "t", telemetry.Parts{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a refused call left something: %v", err)
	}
}

// TestTimes pins what created and updated times mean: content, not arrival.
func TestTimes(t *testing.T) {
	t.Parallel()
	now := time.UnixMicro(100)
	s := open(t, sqlite.Config{Now: func() time.Time { return now }})
	rename := func(at trace.Micros, name string) fold.Record {
		r := fold.Record{Kind: fold.Observation, TraceID: "t", ID: "o", Time: at, Rank: fold.Update}
		r.Set(fold.Name, fold.Text(name))
		return r
	}
	steps := []struct {
		what    string
		record  fold.Record
		updated trace.Micros
	}{
		{"new", observation("t", "o", "x"), 101},
		{"the same again", observation("t", "o", "x"), 101},
		{"a name", rename(50, "a"), 103},
		{"an older name", rename(40, "b"), 103},
		{"the same name, newer", rename(60, "a"), 103},
		{"another name", rename(70, "c"), 106},
		{"all of it again", rename(50, "a"), 106},
	}
	for _, step := range steps {
		now = now.Add(time.Microsecond)
		if err := s.Write(t.Context(), "p", []fold.Record{step.record}); err != nil {
			t.Fatal(err)
		}
		tree, err := s.Trace(t.Context(), "p", "t", telemetry.Parts{})
		if err != nil {
			t.Fatal(err)
		}
		o := tree.Observations[0]
		if o.CreatedAt != 101 || o.UpdatedAt != step.updated {
			t.Errorf("%s: observation created %d, updated %d, want 101, %d", step.what, o.CreatedAt, o.UpdatedAt, step.updated)
		}
		if tree.Trace.CreatedAt != 101 || tree.Trace.UpdatedAt != step.updated {
			t.Errorf("%s: trace created %d, updated %d, want 101, %d", step.what, tree.Trace.CreatedAt, tree.Trace.UpdatedAt, step.updated)
		}
	}
}
