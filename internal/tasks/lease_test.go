package tasks_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// untilCancelled is a handler that works until it is told to stop.
func untilCancelled(ctx context.Context, _ tasks.Task, progress func(done, total int64) error) (any, error) {
	<-ctx.Done()
	return nil, progress(1, 2)
}

// claimAndDie takes a task as a process does that never comes back.
func claimAndDie(t *testing.T, store tasks.Store, lease time.Duration) tasks.Task {
	t.Helper()
	now := time.Now()
	task, ok, err := store.Claim(t.Context(), trace.MicrosOf(now), trace.MicrosOf(now.Add(lease)), []string{"reckon"})
	if err != nil || !ok {
		t.Fatalf("claim: ok %v, err %v", ok, err)
	}
	return task
}

func TestTaskLeftBehind(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{})
		p.Register("reckon", func(context.Context, tasks.Task, func(int64, int64) error) (any, error) { return nil, nil })
		task := p.mustEnqueue(t, "reckon", nil)
		claimAndDie(t, store, time.Minute)
		p.start(t)
		after(time.Minute - time.Millisecond)
		p.wantStatus(t, task, tasks.Running)
		after(time.Second)
		if got := p.wantStatus(t, task, tasks.Succeeded); got.Attempts != 2 {
			t.Errorf("%d attempts, want 2", got.Attempts)
		}
	})
}

// A task that takes its server down with it is given up in the end.
func TestTaskThatKills(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{Attempts: 3})
		calls := 0
		p.Register("reckon", func(context.Context, tasks.Task, func(int64, int64) error) (any, error) {
			calls++
			return nil, nil
		})
		task := p.mustEnqueue(t, "reckon", nil)
		for range 3 {
			claimAndDie(t, store, 0)
		}
		p.start(t)
		synctest.Wait()
		got := p.wantStatus(t, task, tasks.Failed)
		if calls != 0 || got.Error != "given up after 3 attempts; the server stopped during the last one" {
			t.Errorf("%d calls, error %q", calls, got.Error)
		}
	})
}

func TestLeaseIsKept(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		first, second := newProcess(store, tasks.Config{}), newProcess(store, tasks.Config{})
		calls := 0
		for _, p := range []*process{first, second} {
			p.Register("reckon", func(context.Context, tasks.Task, func(int64, int64) error) (any, error) {
				calls++
				time.Sleep(time.Hour)
				return nil, nil
			})
			p.start(t)
		}
		task := first.mustEnqueue(t, "reckon", nil)
		after(time.Hour + time.Second)
		if got := first.wantStatus(t, task, tasks.Succeeded); calls != 1 || got.Claims != 1 {
			t.Errorf("%d calls, %d claims", calls, got.Claims)
		}
	})
}

// A worker that is cut off from the store for long is told to stop, and what it does
// afterwards changes nothing.
func TestLeaseIsLost(t *testing.T) {
	for name, outcome := range map[string]error{"and gives up": errors.New("stopped"), "and ends well": nil} {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T, store tasks.Store) {
				cut, other := newProcess(store, tasks.Config{}), newProcess(store, tasks.Config{})
				var told time.Duration
				cut.Register("reckon", func(ctx context.Context, _ tasks.Task, progress func(done, total int64) error) (any, error) {
					began := time.Now()
					<-ctx.Done()
					told = time.Since(began)
					if progress(1, 1) == nil {
						t.Error("progress does not say that the task is lost")
					}
					time.Sleep(time.Minute)
					return "by the first", outcome
				})
				other.Register("reckon", func(context.Context, tasks.Task, func(int64, int64) error) (any, error) {
					return "by the other", nil
				})
				cut.start(t)
				task := cut.mustEnqueue(t, "reckon", nil)
				after(30 * time.Second) // one renewal, at 20 seconds
				cut.store.set("Extend", fault.New(fault.Unavailable, "down"))
				other.start(t)
				after(49 * time.Second)
				other.wantStatus(t, task, tasks.Running)
				after(10 * time.Second)
				got := other.wantStatus(t, task, tasks.Succeeded)
				if got.Result != `"by the other"` || got.Claims != 2 {
					t.Errorf("result %s, claims %d", got.Result, got.Claims)
				}
				if told < 79*time.Second || told > 81*time.Second {
					t.Errorf("the handler was told after %v, want 80s", told)
				}
				after(5 * time.Minute)
				if again := cut.mustGet(t, task); again.UpdatedAt != got.UpdatedAt || again.Result != got.Result {
					t.Errorf("the first worker has changed it: %+v", again)
				}
				if want := []tasks.Status{tasks.Running}; !slices.Equal(cut.observed(), want) {
					t.Errorf("attempts ended as %v, want %v", cut.observed(), want)
				}
				if n := strings.Count(cut.log.String(), "cannot renew the lease"); n != 1 {
					t.Errorf("%d lines about it, want 1:\n%s", n, cut.log)
				}
				if said := strings.Contains(cut.log.String(), "task lost"); said != (outcome != nil) {
					t.Errorf("the log says that the task was lost: %v", said)
				}
				if n := cut.Working(); n != 0 {
					t.Errorf("%d tasks are still known as running", n)
				}
			})
		})
	}
}

// A short absence of the store harms nothing.
func TestLeaseSurvivesHiccup(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{})
		p.Register("reckon", func(ctx context.Context, _ tasks.Task, _ func(int64, int64) error) (any, error) {
			select {
			case <-time.After(5 * time.Minute):
				return nil, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		})
		p.start(t)
		task := p.mustEnqueue(t, "reckon", nil)
		for range 3 {
			p.store.set("Extend", fault.New(fault.Unavailable, "down"))
			after(50 * time.Second)
			p.store.set("Extend", nil)
			after(50 * time.Second)
		}
		after(time.Minute)
		if got := p.wantStatus(t, task, tasks.Succeeded); got.Claims != 1 {
			t.Errorf("%d claims, want 1", got.Claims)
		}
	})
}

// A store that does not even fail holds nothing up.
func TestLeaseIsLostWhileStoreHangs(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{})
		var told time.Duration
		p.Register("reckon", func(ctx context.Context, _ tasks.Task, _ func(int64, int64) error) (any, error) {
			began := time.Now()
			<-ctx.Done()
			told = time.Since(began)
			return nil, nil
		})
		p.store.set("Extend", errHang)
		p.start(t)
		p.mustEnqueue(t, "reckon", nil)
		after(2 * time.Minute)
		if told < 59*time.Second || told > 61*time.Second {
			t.Errorf("the handler was told after %v, want 60s", told)
		}
	})
}

// A worker whose machine slept finds its task taken.
func TestLeaseTakenOver(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{})
		p.Register("reckon", untilCancelled)
		p.start(t)
		task := p.mustEnqueue(t, "reckon", nil)
		after(time.Second)
		now := trace.MicrosOf(time.Now().Add(time.Hour))
		if _, ok, err := store.Claim(t.Context(), now, now+3600e6, []string{"reckon"}); err != nil || !ok {
			t.Fatalf("claim: ok %v, err %v", ok, err)
		}
		after(20 * time.Second) // when it renews its lease
		if want := []tasks.Status{tasks.Running}; !slices.Equal(p.observed(), want) {
			t.Errorf("attempts ended as %v, want %v", p.observed(), want)
		}
		if got := p.wantStatus(t, task, tasks.Running); got.Claims != 2 {
			t.Errorf("%d claims, want 2", got.Claims)
		}
	})
}

func TestCancelQueued(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{})
		p.Register("reckon", func(context.Context, tasks.Task, func(int64, int64) error) (any, error) {
			t.Error("the handler of a cancelled task runs")
			return nil, nil
		})
		task := p.mustEnqueue(t, "reckon", nil)
		for range 2 {
			got, err := p.Cancel(t.Context(), project, task.ID)
			if err != nil || got.Status != tasks.Cancelled {
				t.Errorf("cancel: %+v, err %v", got, err)
			}
		}
		p.start(t)
		after(time.Minute)
		p.wantStatus(t, task, tasks.Cancelled)
	})
}

func TestCancelRunning(t *testing.T) {
	tests := map[string]struct {
		elsewhere bool
		handler   tasks.Handler
		within    time.Duration
		want      tasks.Status
	}{
		"here":      {false, untilCancelled, 0, tasks.Cancelled},
		"elsewhere": {true, untilCancelled, 20 * time.Second, tasks.Cancelled},
		"elsewhere, one that reports": {true, func(_ context.Context, _ tasks.Task, progress func(done, total int64) error) (any, error) {
			for n := int64(0); ; n++ {
				if err := progress(n, 0); err != nil {
					return nil, err
				}
				time.Sleep(100 * time.Millisecond)
			}
		}, 1100 * time.Millisecond, tasks.Cancelled},
		"one that finishes all the same": {false, func(ctx context.Context, _ tasks.Task, _ func(int64, int64) error) (any, error) {
			<-ctx.Done()
			return 1, nil
		}, 0, tasks.Succeeded},
		"one that fails for another reason": {false, func(ctx context.Context, _ tasks.Task, _ func(int64, int64) error) (any, error) {
			<-ctx.Done()
			return nil, fault.New(fault.Invalid, "no")
		}, 0, tasks.Cancelled},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T, store tasks.Store) {
				worker, edge := newProcess(store, tasks.Config{}), newProcess(store, tasks.Config{})
				worker.Register("reckon", tc.handler)
				worker.start(t)
				task := worker.mustEnqueue(t, "reckon", nil)
				after(30 * time.Second)
				by := worker
				if tc.elsewhere {
					by = edge
				}
				got, err := by.Cancel(t.Context(), project, task.ID)
				if err != nil || got.Status != tasks.Running || !got.CancelRequested {
					t.Errorf("cancel: %+v, err %v", got, err)
				}
				after(tc.within)
				got = edge.wantStatus(t, task, tc.want)
				if got.Error != "" || got.FinishedAt == nil || got.Attempts != 1 {
					t.Errorf("task %+v", got)
				}
				if again, err := edge.Cancel(t.Context(), project, task.ID); err != nil || again.UpdatedAt != got.UpdatedAt {
					t.Errorf("cancel of a task that is over: %+v, err %v", again, err)
				}
			})
		})
	}
}

// The worker that should have been told is gone.
func TestCancelLeftBehind(t *testing.T) {
	run(t, func(t *testing.T, store tasks.Store) {
		p := newProcess(store, tasks.Config{})
		p.Register("reckon", func(context.Context, tasks.Task, func(int64, int64) error) (any, error) {
			t.Error("the handler of a cancelled task runs")
			return nil, nil
		})
		task := p.mustEnqueue(t, "reckon", nil)
		claimAndDie(t, store, time.Minute)
		if _, err := p.Cancel(t.Context(), project, task.ID); err != nil {
			t.Fatal(err)
		}
		p.start(t)
		after(59 * time.Second)
		p.wantStatus(t, task, tasks.Running)
		after(2 * time.Second)
		p.wantStatus(t, task, tasks.Cancelled)
	})
}
