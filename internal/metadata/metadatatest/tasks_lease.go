package metadatatest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/metadata"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// checkNotHeld checks that nothing can be done with the lease.
func checkNotHeld(t *testing.T, s tasks.Store, l tasks.Lease) {
	t.Helper()
	_, err := s.Extend(t.Context(), l, 1, trace.MaxMicros, tasks.Progress{Done: 99})
	wantCode(t, "extend", err, fault.Conflict)
	wantCode(t, "finish", s.Finish(t.Context(), l, 1, tasks.Outcome{Status: tasks.Failed}), fault.Conflict)
	wantCode(t, "retry", s.Retry(t.Context(), l, 1, 1, "lost"), fault.Conflict)
	wantCode(t, "release", s.Release(t.Context(), l, 1), fault.Conflict)
}

func testTaskLease(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Tasks
	mustEnqueue(t, s, task("a"))
	first := mustClaim(t, s, 100) // until 1100
	checkNoClaim(t, s, 1099, "reckon")
	if _, err := s.Extend(t.Context(), first.Lease(), 600, 1600, tasks.Progress{}); err != nil {
		t.Fatal(err)
	}
	checkNoClaim(t, s, 1599, "reckon")

	// Past its time, and nobody has come: it is held still.
	if _, err := s.Extend(t.Context(), first.Lease(), 1700, 2700, tasks.Progress{}); err != nil {
		t.Fatal(err)
	}
	checkNoClaim(t, s, 2699, "reckon")
	second := mustClaim(t, s, 2700)
	want := first
	want.Attempts, want.Claims, want.UpdatedAt, want.LeaseUntil = 2, 2, 2700, ptr(trace.Micros(3700))
	if diff := cmp.Diff(want, second); diff != "" {
		t.Errorf("taken over (-want +got):\n%s", diff)
	}
}

func testTaskLostLease(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Tasks
	for _, lease := range []tasks.Lease{{}, {Project: "project-a", ID: "task-a", Claim: 1}, {Project: "project-a", ID: "task-a"}} {
		checkNotHeld(t, s, lease)
	}
	mustEnqueue(t, s, task("a"))
	checkNotHeld(t, s, tasks.Lease{Project: "project-a", ID: "task-a"}) // queued
	checkTask(t, s, stored(task("a")))

	first := mustClaim(t, s, 100)
	second := mustClaim(t, s, 1100)
	checkNotHeld(t, s, first.Lease())
	checkTask(t, s, second)
	ahead := second.Lease()
	ahead.Claim++
	checkNotHeld(t, s, ahead)

	// A lease of before the task went back to the queue and was claimed again.
	if err := s.Release(t.Context(), second.Lease(), 1200); err != nil {
		t.Fatal(err)
	}
	third := mustClaim(t, s, 1200)
	checkNotHeld(t, s, second.Lease())
	checkTask(t, s, third)
	if err := s.Finish(t.Context(), third.Lease(), 1300, tasks.Outcome{Status: tasks.Succeeded}); err != nil {
		t.Errorf("finish: %v", err)
	}
}

func testTaskUniqueAtOnce(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Tasks
	ids := make([]string, callers)
	n := atOnce(t, func(i int) (bool, error) {
		one := task(fmt.Sprint(i))
		one.Unique = "the one"
		got, created, err := s.Enqueue(t.Context(), one)
		ids[i] = got.ID
		return created, err
	})
	if n != 1 {
		t.Errorf("%d tasks created, want 1", n)
	}
	if all := slices.Compact(ids); len(all) != 1 {
		t.Errorf("the callers were given %v", all)
	}
}

func testTaskClaimedAtOnce(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	mustEnqueue(t, stores.Tasks, task("a"))
	n := atOnce(t, func(int) (bool, error) {
		_, ok, err := stores.Tasks.Claim(t.Context(), 100, 1100, []string{"reckon"})
		return ok, err
	})
	if n != 1 {
		t.Errorf("%d callers claimed the task, want 1", n)
	}
}

// Workers of several processes empty the queue together: every task is claimed once.
func testTasksOfSeveralProcesses(t *testing.T, open Database) {
	const processes, amount = 4, 40
	var workers []tasks.Store
	for range processes {
		workers = append(workers, open().Tasks)
	}
	mustEnsure(t, open().Accounts, "a")
	for i := range amount {
		mustEnqueue(t, workers[i%processes], task(fmt.Sprint(i)))
	}
	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		claimed = map[string]int{}
		failed  error
	)
	for _, s := range workers {
		wg.Go(func() {
			for {
				got, ok, err := s.Claim(t.Context(), 100, 1100, []string{"reckon"})
				if err == nil && ok {
					err = s.Finish(t.Context(), got.Lease(), 101, tasks.Outcome{Status: tasks.Succeeded})
				}
				mu.Lock()
				failed = errors.Join(failed, err)
				if ok {
					claimed[got.ID]++
				}
				mu.Unlock()
				if !ok {
					return
				}
			}
		})
	}
	wg.Wait()
	if failed != nil {
		t.Error(failed)
	}
	for i := range amount {
		if n := claimed[fmt.Sprint("task-", i)]; n != 1 {
			t.Errorf("task %d was claimed %d times", i, n)
		}
	}
}
