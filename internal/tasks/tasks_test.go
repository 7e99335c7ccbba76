package tasks_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/metadata/sqldb"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

const project = id.Project("p")

// logs is a log that several goroutines write.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// faultyStore is a real store that can be cut off.
type faultyStore struct {
	tasks.Store
	mu   sync.Mutex
	down map[string]error // by method
}

// errHang makes a method answer nothing until its caller gives up.
var errHang = errors.New("hang")

func (s *faultyStore) set(method string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down[method] = err
}

func (s *faultyStore) check(method string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down[method]
}

func (s *faultyStore) Claim(ctx context.Context, now, until trace.Micros, kinds []string) (tasks.Task, bool, error) {
	if err := s.check("Claim"); err != nil {
		return tasks.Task{}, false, err
	}
	return s.Store.Claim(ctx, now, until, kinds)
}

func (s *faultyStore) Extend(ctx context.Context, l tasks.Lease, now, until trace.Micros, p tasks.Progress) (bool, error) {
	switch err := s.check("Extend"); {
	case errors.Is(err, errHang):
		<-ctx.Done()
		return false, fault.Wrap(fault.Unavailable, ctx.Err(), "hung")
	case err != nil:
		return false, err
	}
	return s.Store.Extend(ctx, l, now, until, p)
}

func (s *faultyStore) Finish(ctx context.Context, l tasks.Lease, now trace.Micros, o tasks.Outcome) error {
	if err := s.check("Finish"); err != nil {
		return err
	}
	return s.Store.Finish(ctx, l, now, o)
}

// process is one server on a shared store: a service whose worker can be started.
type process struct {
	*tasks.Service
	store    *faultyStore
	log      *logs
	mu       sync.Mutex
	attempts []tasks.Attempt
}

func newProcess(store tasks.Store, cfg tasks.Config) *process {
	p := &process{store: &faultyStore{Store: store, down: map[string]error{}}, log: &logs{}}
	cfg.Logger = slog.New(slog.NewTextHandler(p.log, nil))
	cfg.Observe = func(a tasks.Attempt) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.attempts = append(p.attempts, a)
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.NewPCG(1, 2)
	}
	p.Service = tasks.New(cfg, p.store)
	return p
}

// observed returns the statuses that attempts ended with.
func (p *process) observed() (all []tasks.Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.attempts {
		all = append(all, a.Status)
	}
	return all
}

// start runs the worker until stop is called, which waits for it.
func (p *process) start(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("run: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func (p *process) mustEnqueue(t *testing.T, kind string, args any) tasks.Task {
	t.Helper()
	got, created, err := p.Enqueue(t.Context(), project, kind, args, "")
	if err != nil || !created {
		t.Fatalf("enqueue: created %v, err %v", created, err)
	}
	return got
}

func (p *process) mustGet(t *testing.T, task tasks.Task) tasks.Task {
	t.Helper()
	got, err := p.Get(t.Context(), task.Project, task.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// wantStatus checks how a task is now and returns it.
func (p *process) wantStatus(t *testing.T, task tasks.Task, want tasks.Status) tasks.Task {
	t.Helper()
	got := p.mustGet(t, task)
	if got.Status != want {
		t.Errorf("status %s (error %q, attempts %d), want %s", got.Status, got.Error, got.Attempts, want)
	}
	return got
}

func openStore(t *testing.T) tasks.Store {
	t.Helper()
	db, err := sqldb.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "meta.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	_, err1 := db.Stores().Accounts.EnsureOrganization(t.Context(), account.Organization{ID: "o", Name: "o"})
	_, err2 := db.Stores().Accounts.EnsureProject(t.Context(), account.Project{ID: project, Organization: "o", Name: "p"})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return db.Stores().Tasks
}

// run runs a test in a bubble in which time passes only while everything waits, on a
// real store.
func run(t *testing.T, test func(t *testing.T, store tasks.Store)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, openStore(t)) })
}

// after lets time pass and everything that is due then happen.
func after(d time.Duration) {
	time.Sleep(d) // of the bubble, so nobody waits
	synctest.Wait()
}

func wantCode(t *testing.T, what string, err error, want fault.Code) {
	t.Helper()
	if err == nil || fault.CodeOf(err) != want {
		t.Errorf("%s: err = %v, want code %v", what, err, want)
	}
}

func TestSucceeds(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		type args struct {
			Model string `json:"model"`
			N     int    `json:"n"`
		}
		p := newProcess(store, tasks.Config{Poll: time.Hour})
		began := trace.MicrosOf(time.Now())
		p.Register("reckon", func(_ context.Context, task tasks.Task, progress func(done, total int64) error) (any, error) {
			var a args
			if err := task.Decode(&a); err != nil {
				return nil, err
			}
			if a != (args{"<gpt>", 3}) || task.Status != tasks.Running || task.Attempts != 1 {
				t.Errorf("handler got %+v with %+v", task, a)
			}
			time.Sleep(10 * time.Second)
			return map[string]any{"changed": a.N, "note": "<&>"}, progress(7, 9)
		})
		p.start(t)
		after(time.Minute) // now it rests for an hour

		queued := p.mustEnqueue(t, "reckon", args{"<gpt>", 3})
		if queued.Status != tasks.Queued || queued.Args != `{"model":"<gpt>","n":3}` || queued.ID == "" {
			t.Errorf("queued %+v", queued)
		}
		synctest.Wait()
		p.wantStatus(t, queued, tasks.Running) // and was woken
		after(10 * time.Second)

		got := p.mustGet(t, queued)
		minute, end := began+60e6, began+70e6
		want := tasks.Task{
			Project: project, ID: queued.ID, Kind: "reckon", Args: queued.Args, Status: tasks.Succeeded,
			Progress: tasks.Progress{Done: 7, Total: 9}, Result: `{"changed":3,"note":"<&>"}`, Attempts: 1, Claims: 1,
			CreatedAt: minute, RunAfter: minute, UpdatedAt: end, StartedAt: &minute, FinishedAt: &end,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("task (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]tasks.Attempt{{Kind: "reckon", Status: tasks.Succeeded, Duration: 10 * time.Second}}, p.attempts); diff != "" {
			t.Errorf("observed (-want +got):\n%s", diff)
		}
		if list, err := p.List(t.Context(), project, 10, ""); err != nil || len(list) != 1 {
			t.Errorf("list: %v, err %v", list, err)
		}
	})
}

func TestEnqueueRefuses(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{})
		p.Register("reckon", func(context.Context, tasks.Task, func(int64, int64) error) (any, error) { return nil, nil })
		if _, _, err := p.Enqueue(t.Context(), project, "reckno", nil, ""); err == nil {
			t.Error("a kind that nobody handles is taken")
		}
		if _, _, err := p.Enqueue(t.Context(), project, "reckon", func() {}, ""); err == nil {
			t.Error("arguments that are no JSON are taken")
		}
		_, _, err := p.Enqueue(t.Context(), "unknown", "reckon", nil, "")
		wantCode(t, "unknown project", err, fault.NotFound)
		_, _, err = p.Enqueue(t.Context(), project, "reckon", string(make([]byte, tasks.MaxArgs)), "")
		wantCode(t, "arguments that are too large", err, fault.Invalid)

		first, created, err := p.Enqueue(t.Context(), project, "reckon", 1, "reckon/x")
		if err != nil || !created {
			t.Fatalf("created %v, err %v", created, err)
		}
		second, created, err := p.Enqueue(t.Context(), project, "reckon", 2, "reckon/x")
		if err != nil || created {
			t.Fatalf("the second: created %v, err %v", created, err)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("the second is another (-want +got):\n%s", diff)
		}
		_, err = p.Get(t.Context(), "unknown", first.ID)
		wantCode(t, "get in another project", err, fault.NotFound)
		_, err = p.Cancel(t.Context(), "unknown", first.ID)
		wantCode(t, "cancel in another project", err, fault.NotFound)
	})
}

// A worker takes what another process queued, and only what it can do.
func TestOtherProcess(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		done := func(context.Context, tasks.Task, func(int64, int64) error) (any, error) { return nil, nil }
		worker, edge := newProcess(store, tasks.Config{}), newProcess(store, tasks.Config{})
		worker.Register("reckon", done)
		edge.Register("reckon", done)
		edge.Register("erase", done)
		worker.start(t)
		after(500 * time.Millisecond)
		task, foreign := edge.mustEnqueue(t, "reckon", nil), edge.mustEnqueue(t, "erase", nil)
		synctest.Wait()
		edge.wantStatus(t, task, tasks.Queued)
		after(500 * time.Millisecond)
		edge.wantStatus(t, task, tasks.Succeeded)
		after(time.Minute)
		edge.wantStatus(t, foreign, tasks.Queued)
	})
}

func TestSlots(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{Slots: 3, Poll: time.Hour})
		var mu sync.Mutex
		running, most := 0, 0
		p.Register("reckon", func(context.Context, tasks.Task, func(int64, int64) error) (any, error) {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			running--
			mu.Unlock()
			return nil, nil
		})
		p.start(t)
		synctest.Wait()
		var all []tasks.Task
		for range 7 {
			all = append(all, p.mustEnqueue(t, "reckon", nil))
		}
		after(3 * time.Second)
		for _, task := range all {
			p.wantStatus(t, task, tasks.Succeeded)
		}
		if most != 3 {
			t.Errorf("%d tasks at once, want 3", most)
		}
	})
}

func TestStoreNotAvailable(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{})
		p.Register("reckon", func(context.Context, tasks.Task, func(int64, int64) error) (any, error) { return nil, nil })
		down := fault.New(fault.Unavailable, "down")
		p.store.set("Claim", down)
		p.start(t)
		task := p.mustEnqueue(t, "reckon", nil)
		after(time.Minute)
		if n := bytes.Count([]byte(p.log.String()), []byte("cannot look for tasks")); n != 1 {
			t.Errorf("%d lines about it, want 1:\n%s", n, p.log)
		}
		// Back for looking, but not for the end of a task: that is tried until it works.
		p.store.set("Finish", down)
		p.store.set("Claim", nil)
		after(30 * time.Second)
		p.wantStatus(t, task, tasks.Running)
		p.store.set("Finish", nil)
		after(time.Second)
		if got := p.wantStatus(t, task, tasks.Succeeded); got.Attempts != 1 {
			t.Errorf("%d attempts, want 1", got.Attempts)
		}
	})
}
