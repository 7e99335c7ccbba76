package tasks_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/tasks"
)

func TestFailures(t *testing.T) {
	const hidden = "internal error; the log of the server says more"
	secret := errors.New("secret")
	tests := map[string]struct {
		handle   func() (any, error)
		attempts int
		message  string
	}{
		"a plain error":          {func() (any, error) { return nil, secret }, 3, hidden},
		"an error with a code":   {func() (any, error) { return nil, fault.Wrap(fault.Unavailable, secret, "the engine is down") }, 3, "the engine is down"},
		"an internal error":      {func() (any, error) { return nil, fault.Wrap(fault.Internal, secret, "secret") }, 3, hidden},
		"what is not valid":      {func() (any, error) { return nil, fault.Wrap(fault.Invalid, secret, "no such model") }, 1, "no such model"},
		"a wrapped one of these": {func() (any, error) { return nil, fmt.Errorf("x: %w", fault.New(fault.Invalid, "no such model")) }, 1, "no such model"},
		"a panic":                {func() (any, error) { panic("secret") }, 3, hidden},
		"a panic of the runtime": {func() (any, error) { return []int(nil)[0], nil }, 3, hidden},
		"a result not of JSON":   {func() (any, error) { return func() {}, nil }, 1, hidden},
		"a result that is huge":  {func() (any, error) { return strings.Repeat("x", tasks.MaxArgs), nil }, 1, "result of a task: longer than 1048576 bytes"},
		"a message of no use": {
			func() (any, error) {
				return nil, fault.New(fault.Conflict, "%s", "\x00\xff"+strings.Repeat("ü", tasks.MaxNote))
			}, 3, strings.Repeat("\uFFFD", 2) + strings.Repeat("ü", tasks.MaxNote/2-3),
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T, store tasks.Store) {
				p := newProcess(store, tasks.Config{Attempts: 3})
				calls := 0
				p.Register("reckon", func(context.Context, tasks.Task, func(int64, int64) error) (any, error) {
					calls++
					return tc.handle()
				})
				p.start(t)
				task := p.mustEnqueue(t, "reckon", nil)
				after(time.Minute)
				got := p.wantStatus(t, task, tasks.Failed)
				if calls != tc.attempts || got.Attempts != tc.attempts {
					t.Errorf("%d calls in %d attempts, want %d", calls, got.Attempts, tc.attempts)
				}
				if got.Error != tc.message {
					t.Errorf("error %.60q, want %.60q", got.Error, tc.message)
				}
				if got.Result != "" || got.FinishedAt == nil || got.LeaseUntil != nil {
					t.Errorf("task %+v", got)
				}
				want := slices.Repeat([]tasks.Status{tasks.Queued}, tc.attempts-1)
				if want = append(want, tasks.Failed); !slices.Equal(p.observed(), want) {
					t.Errorf("attempts ended as %v, want %v", p.observed(), want)
				}
				if strings.Contains(got.Error, "secret") || tc.message == hidden && !strings.Contains(p.log.String(), "level=ERROR") {
					t.Errorf("error %q, log\n%s", got.Error, p.log)
				}
			})
		})
	}
}

// The worker lives on after a panic, and says where it came from.
func TestPanicIsLogged(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{})
		p.Register("reckon", func(_ context.Context, task tasks.Task, _ func(int64, int64) error) (any, error) {
			if task.Attempts == 1 {
				panic("a bug")
			}
			return nil, nil
		})
		p.start(t)
		task := p.mustEnqueue(t, "reckon", nil)
		after(time.Minute)
		if got := p.wantStatus(t, task, tasks.Succeeded); got.Attempts != 2 || got.Result != "" {
			t.Errorf("%d attempts, result %q", got.Attempts, got.Result)
		}
		for _, want := range []string{"a bug", "attempt_test.go", task.ID, "kind=reckon"} {
			if !strings.Contains(p.log.String(), want) {
				t.Errorf("no %q in the log:\n%s", want, p.log)
			}
		}
	})
}

func TestBackoff(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{Attempts: 8, Backoff: 10 * time.Second})
		var begun []time.Time
		p.Register("reckon", func(context.Context, tasks.Task, func(int64, int64) error) (any, error) {
			begun = append(begun, time.Now())
			return nil, errors.New("no")
		})
		p.start(t)
		task := p.mustEnqueue(t, "reckon", nil)
		after(time.Hour)
		p.wantStatus(t, task, tasks.Failed)
		longest := []time.Duration{10 * time.Second, 40 * time.Second, 160 * time.Second, 640 * time.Second, 15 * time.Minute, 15 * time.Minute, 15 * time.Minute}
		if len(begun) != len(longest)+1 {
			t.Fatalf("%d attempts, want %d", len(begun), len(longest)+1)
		}
		var waits []time.Duration
		for i, most := range longest {
			wait := begun[i+1].Sub(begun[i]) // the worker looks once a second
			waits = append(waits, wait)
			if wait < most/2 || wait > most+time.Second {
				t.Errorf("wait %d is %v, want %v to %v", i+1, wait, most/2, most)
			}
		}
		if waits[4] == waits[5] && waits[5] == waits[6] {
			t.Errorf("no spread in the waits %v", waits)
		}
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{Backoff: time.Second})
		p.Register("reckon", func(_ context.Context, task tasks.Task, _ func(int64, int64) error) (any, error) {
			if task.Attempts > 1 {
				return nil, nil
			}
			err := fault.New(fault.Unavailable, "down")
			err.RetryAfter = time.Hour
			return nil, fmt.Errorf("write: %w", err)
		})
		p.start(t)
		task := p.mustEnqueue(t, "reckon", nil)
		after(time.Hour - time.Second)
		if got := p.wantStatus(t, task, tasks.Queued); got.Error != "down" {
			t.Errorf("error %q", got.Error)
		}
		after(2 * time.Second)
		if got := p.wantStatus(t, task, tasks.Succeeded); got.Error != "" {
			t.Errorf("a task that succeeded has the error %q", got.Error)
		}
	})
}

func TestProgressIsWritten(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{})
		p.Register("reckon", func(_ context.Context, _ tasks.Task, progress func(done, total int64) error) (any, error) {
			for i := range int64(10_000) { // for ten seconds
				if err := progress(i, 10_000); err != nil {
					return nil, err
				}
				time.Sleep(time.Millisecond)
			}
			return nil, progress(-1, -1) // nonsense is nothing
		})
		p.start(t)
		task := p.mustEnqueue(t, "reckon", nil)
		last := tasks.Progress{}
		for range 9 {
			after(time.Second)
			got := p.wantStatus(t, task, tasks.Running)
			if got.Total != 10_000 || got.Done < last.Done+900 || got.Done > last.Done+1100 {
				t.Errorf("progress %+v, a second after %+v", got.Progress, last)
			}
			last = got.Progress
		}
		after(2 * time.Second)
		if got := p.wantStatus(t, task, tasks.Succeeded); got.Progress != (tasks.Progress{}) {
			t.Errorf("progress %+v", got.Progress)
		}
	})
}

// A server that stops puts its tasks back, and waits for their handlers.
func TestStop(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{Slots: 2})
		p.Register("reckon", func(ctx context.Context, _ tasks.Task, progress func(done, total int64) error) (any, error) {
			if err := progress(3, 5); err != nil {
				return nil, err
			}
			<-ctx.Done()
			time.Sleep(10 * time.Minute) // slow to notice, far longer than the lease
			return nil, progress(4, 5)
		})
		p.Register("erase", func(ctx context.Context, _ tasks.Task, _ func(int64, int64) error) (any, error) {
			<-ctx.Done()
			return "all done", nil
		})
		other := newProcess(store, tasks.Config{})
		other.Register("reckon", func(context.Context, tasks.Task, func(int64, int64) error) (any, error) { return "by the other", nil })

		stop := p.start(t)
		slow, quick := p.mustEnqueue(t, "reckon", nil), p.mustEnqueue(t, "erase", nil)
		after(time.Minute)
		stopped := make(chan struct{})
		go func() {
			stop()
			close(stopped)
		}()
		synctest.Wait()
		if got := p.wantStatus(t, quick, tasks.Succeeded); got.Result != `"all done"` {
			t.Errorf("result %q", got.Result)
		}
		other.start(t)
		after(9 * time.Minute)
		other.wantStatus(t, slow, tasks.Running) // nobody else has taken it
		select {
		case <-stopped:
			t.Error("Run returned before the handler")
		default:
		}
		after(time.Minute)
		<-stopped
		after(time.Second)
		got := other.wantStatus(t, slow, tasks.Succeeded)
		if got.Attempts != 1 || got.Claims != 2 || got.Result != `"by the other"` {
			t.Errorf("attempts %d, claims %d, result %q", got.Attempts, got.Claims, got.Result)
		}
		if want := []tasks.Status{tasks.Succeeded, tasks.Queued}; !slices.Equal(p.observed(), want) {
			t.Errorf("attempts ended as %v, want %v", p.observed(), want)
		}
	})
}
