package tasks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// Config says how a Service works. The zero value of everything means its default.
type Config struct {
	Now    func() time.Time // default: time.Now
	Logger *slog.Logger     // default: none

	// Slots is how many tasks this process does at once. Default 1.
	Slots int
	// Lease is how long a task stays with a worker that does not stir: how soon another
	// one takes over after a crash. A living worker renews it after a third of the
	// time. Default 1 minute.
	Lease time.Duration
	// Poll is how often an idle worker looks for tasks of other processes, and how
	// often the progress of a running one is written. Default 1 second.
	Poll time.Duration
	// Attempts is how often a task is tried. Default 5.
	Attempts int
	// Backoff is the longest wait before the second attempt; each further one waits
	// four times as long, never over 15 minutes. The shortest is half of it. Default 5
	// seconds.
	Backoff time.Duration
	// Rand spreads the waits. Default: seeded at random.
	Rand rand.Source
	// Observe is called after each attempt, from the goroutine that made it.
	Observe func(Attempt)
}

// Attempt describes one attempt at a task, for metrics.
type Attempt struct {
	Kind string
	// Status is the one the task has now: Queued when it will be tried again, Running
	// when it was lost to another worker or its end could not be written.
	Status   Status
	Duration time.Duration
}

// Handler does the tasks of one kind.
//
// It must be idempotent: a task is done again from its start, with the same
// arguments, after a failed attempt, after a crash, and when its worker was cut off
// from the store for longer than a lease, in which case the two may even overlap.
//
// progress says how much is done, and is meant to be called often: it only notes the
// numbers, which are written about once a second. It fails, as ctx ends, when
// somebody cancelled the task, when the server stops, or when the task was lost to
// another worker; the handler then returns that error. A handler that returns no
// error has done its work, cancelled or not.
//
// The result is kept as JSON (at most MaxArgs bytes). An error that carries
// fault.Invalid ends the task as failed; any other, and a panic, leads to another
// attempt while there are some left. People see the message of an error with a fault
// code other than Internal; others go to the log alone.
type Handler func(ctx context.Context, t Task, progress func(done, total int64) error) (result any, err error)

// Service queues tasks and, in a process that calls Run, does them. It is safe for
// concurrent use.
type Service struct {
	store Store
	cfg   Config
	log   *slog.Logger
	wake  chan struct{} // a token for each slot that should look at once

	mu       sync.Mutex // guards what is below
	handlers map[string]Handler
	working  map[key]context.CancelCauseFunc
	rand     *rand.Rand
}

// key names a task in this process.
type key struct {
	project id.Project
	id      string
}

// New returns a service on a store.
func New(cfg Config, store Store) *Service {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Slots <= 0 {
		cfg.Slots = 1
	}
	if cfg.Lease <= 0 {
		cfg.Lease = time.Minute
	}
	if cfg.Poll <= 0 {
		cfg.Poll = time.Second
	}
	if cfg.Attempts <= 0 {
		cfg.Attempts = 5
	}
	if cfg.Backoff <= 0 {
		cfg.Backoff = 5 * time.Second
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.NewPCG(rand.Uint64(), rand.Uint64())
	}
	if cfg.Observe == nil {
		cfg.Observe = func(Attempt) {}
	}
	return &Service{
		store:    store,
		cfg:      cfg,
		log:      cfg.Logger,
		wake:     make(chan struct{}, cfg.Slots),
		handlers: map[string]Handler{},
		working:  map[key]context.CancelCauseFunc{},
		rand:     rand.New(cfg.Rand), //nolint:gosec // spreads load, hides nothing
	}
}

// Register names the handler of a kind, in place of an earlier one. Every process
// registers all kinds, also one that runs no worker: what it does not know it cannot
// enqueue.
func (s *Service) Register(kind string, h Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[kind] = h
}

// Enqueue queues a task and wakes a worker of this process; others find it within
// their Poll. args becomes the task's JSON arguments.
//
// With a unique key (that usually starts with the kind) a task of the project that has
// the same one and is not over is returned instead, and created is false.
//
// fault.Invalid for arguments that are too large, NotFound for an unknown project.
func (s *Service) Enqueue(ctx context.Context, p id.Project, kind string, args any, unique string) (t Task, created bool, err error) {
	if s.handler(kind) == nil {
		return Task{}, false, fmt.Errorf("tasks: no handler does tasks of kind %q", kind)
	}
	text, err := marshal(args)
	if err != nil {
		return Task{}, false, fmt.Errorf("tasks: arguments of a task of kind %q: %w", kind, err)
	}
	now := s.clock()
	t, created, err = s.store.Enqueue(ctx, Task{
		Project:   p,
		ID:        id.New(),
		Kind:      kind,
		Args:      text,
		Unique:    unique,
		CreatedAt: now,
		RunAfter:  now,
	})
	if err != nil {
		return Task{}, false, err
	}
	s.rouse()
	return t, created, nil
}

// Cancel asks for an end of a task and returns it as it is then. One that is queued is
// cancelled at once. One that runs in this process is told at once, one that runs
// elsewhere when its worker next writes to the store; it may still run to its end. A
// task that is over stays as it is. NotFound when the project has no such task.
func (s *Service) Cancel(ctx context.Context, p id.Project, taskID string) (Task, error) {
	t, err := s.store.RequestCancel(ctx, p, taskID, s.clock())
	if err != nil {
		return Task{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.working[key{p, taskID}]; cancel != nil {
		cancel(errCancelled)
	}
	return t, nil
}

// Get returns a task, or fault.NotFound.
func (s *Service) Get(ctx context.Context, p id.Project, taskID string) (Task, error) {
	return s.store.Get(ctx, p, taskID)
}

// List returns the project's tasks as Store.List does: newest first, at most limit,
// behind the task with the id after.
func (s *Service) List(ctx context.Context, p id.Project, limit int, after string) ([]Task, error) {
	return s.store.List(ctx, p, limit, after)
}

// clock returns the time in the resolution that stores keep.
func (s *Service) clock() trace.Micros { return trace.MicrosOf(s.cfg.Now()) }

// rouse makes an idle slot look for work.
func (s *Service) rouse() {
	select {
	case s.wake <- struct{}{}:
	default: // every slot has been told already
	}
}

func (s *Service) handler(kind string) Handler {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.handlers[kind]
}

// kinds returns what this process can do, in order.
func (s *Service) kinds() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]string, 0, len(s.handlers))
	for kind := range s.handlers {
		all = append(all, kind)
	}
	slices.Sort(all)
	return all
}

// marshal returns v as JSON, with <, > and & as they are.
func marshal(v any) (string, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return string(bytes.TrimRight(out.Bytes(), "\n")), nil
}

// wait is how long a task waits after its n-th attempt failed with err.
func (s *Service) wait(n int, err error) time.Duration {
	const longest = 15 * time.Minute
	most := min(s.cfg.Backoff, longest)
	for i := 1; i < n && most < longest; i++ {
		most = min(4*most, longest)
	}
	s.mu.Lock()
	spread := s.rand.Float64()
	s.mu.Unlock()
	wait := most/2 + time.Duration(spread*float64(most/2))
	if f, ok := errors.AsType[*fault.Error](err); ok {
		wait = max(wait, f.RetryAfter)
	}
	return wait
}
