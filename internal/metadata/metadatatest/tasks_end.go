package metadatatest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/metadata"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func testTaskFinish(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Tasks
	for i, status := range []tasks.Status{tasks.Succeeded, tasks.Failed, tasks.Cancelled} {
		mustEnqueue(t, s, task(fmt.Sprint(i)))
		lease := mustClaim(t, s, 100).Lease()
		if err := s.Finish(t.Context(), lease, 101, tasks.Outcome{Status: status}); err != nil {
			t.Fatal(err)
		}
		want := stored(task(fmt.Sprint(i)))
		want.Status, want.Attempts, want.Claims, want.UpdatedAt = status, 1, 1, 101
		want.StartedAt, want.FinishedAt = ptr(trace.Micros(100)), ptr(trace.Micros(101))
		checkTask(t, s, want)
		checkNoClaim(t, s, trace.MaxMicros, "reckon")
		checkNotHeld(t, s, lease)
		checkTask(t, s, want)
	}
}

func testTaskRetry(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Tasks
	mustEnqueue(t, s, task("a"))
	lease := mustClaim(t, s, 100).Lease()
	if _, err := s.Extend(t.Context(), lease, 101, 1101, tasks.Progress{Done: 2, Total: 5}); err != nil {
		t.Fatal(err)
	}
	if err := s.Retry(t.Context(), lease, 102, 500, "no luck"); err != nil {
		t.Fatal(err)
	}
	want := stored(task("a"))
	want.Progress, want.Error, want.Attempts, want.Claims = tasks.Progress{Done: 2, Total: 5}, "no luck", 1, 1
	want.StartedAt, want.UpdatedAt, want.RunAfter = ptr(trace.Micros(100)), 102, 500
	checkTask(t, s, want)
	checkNotHeld(t, s, lease)
	checkNoClaim(t, s, 499, "reckon")

	second := mustClaim(t, s, 500)
	want.Status, want.Attempts, want.Claims, want.UpdatedAt = tasks.Running, 2, 2, 500
	want.LeaseUntil = ptr(trace.Micros(1500))
	if diff := cmp.Diff(want, second); diff != "" {
		t.Errorf("claimed again (-want +got):\n%s", diff)
	}
	if _, err := s.RequestCancel(t.Context(), "project-a", "task-a", 501); err != nil {
		t.Fatal(err)
	}
	if err := s.Retry(t.Context(), second.Lease(), 502, 600, "no luck again"); err != nil {
		t.Fatal(err)
	}
	want.Status, want.LeaseUntil, want.CancelRequested = tasks.Cancelled, nil, true
	want.UpdatedAt, want.RunAfter, want.FinishedAt, want.Error = 502, 600, ptr(trace.Micros(502)), "no luck again"
	checkTask(t, s, want)
}

func testTaskRelease(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Tasks
	mustEnqueue(t, s, task("a"))
	lease := mustClaim(t, s, 100).Lease()
	if err := s.Release(t.Context(), lease, 200); err != nil {
		t.Fatal(err)
	}
	want := stored(task("a"))
	want.Claims, want.StartedAt, want.UpdatedAt, want.RunAfter = 1, ptr(trace.Micros(100)), 200, 200
	checkTask(t, s, want)
	checkNotHeld(t, s, lease)

	second := mustClaim(t, s, 200)
	if second.Attempts != 1 || second.Claims != 2 {
		t.Errorf("attempt %d, claim %d; want 1 and 2", second.Attempts, second.Claims)
	}
	if _, err := s.RequestCancel(t.Context(), "project-a", "task-a", 201); err != nil {
		t.Fatal(err)
	}
	if err := s.Release(t.Context(), second.Lease(), 202); err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(t.Context(), "project-a", "task-a")
	if err != nil || got.Status != tasks.Cancelled || got.FinishedAt == nil {
		t.Errorf("released after a request to cancel: %+v, err %v", got, err)
	}
}

func testTaskCancel(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Tasks
	cancel := func(now trace.Micros) tasks.Task {
		t.Helper()
		got, err := s.RequestCancel(t.Context(), "project-a", "task-a", now)
		if err != nil {
			t.Fatal(err)
		}
		checkTask(t, s, got)
		return got
	}
	_, err := s.RequestCancel(t.Context(), "project-a", "task-a", 1)
	wantCode(t, "cancel nothing", err, fault.NotFound)

	mustEnqueue(t, s, task("a"))
	want := stored(task("a"))
	want.Status, want.CancelRequested, want.UpdatedAt, want.FinishedAt = tasks.Cancelled, true, 60, ptr(trace.Micros(60))
	for _, now := range []trace.Micros{60, 61} { // the second time changes nothing
		if diff := cmp.Diff(want, cancel(now)); diff != "" {
			t.Errorf("cancelled in the queue (-want +got):\n%s", diff)
		}
	}
	checkNoClaim(t, s, 1000, "reckon")

	// A running task is told; only when its lease is over it ends at once.
	running := func(name string) tasks.Task {
		mustEnqueue(t, s, task(name))
		return mustClaim(t, s, 100)
	}
	held := running("held")
	asked, err := s.RequestCancel(t.Context(), "project-a", "task-held", 1098)
	if err != nil || asked.Status != tasks.Running || !asked.CancelRequested || asked.FinishedAt != nil {
		t.Errorf("cancel of a running task: %+v, err %v", asked, err)
	}
	if again, err := s.RequestCancel(t.Context(), "project-a", "task-held", 1099); err != nil || !cmp.Equal(asked, again) {
		t.Errorf("cancel again: %+v, err %v; want it unchanged", again, err)
	}
	cancelRequested, err := s.Extend(t.Context(), held.Lease(), 1099, 2000, tasks.Progress{Done: 1})
	if err != nil || !cancelRequested {
		t.Errorf("extend after it: cancel %v, err %v", cancelRequested, err)
	}
	if err := s.Finish(t.Context(), held.Lease(), 1100, tasks.Outcome{Status: tasks.Succeeded}); err != nil {
		t.Errorf("finish all the same: %v", err)
	}
	over, err := s.RequestCancel(t.Context(), "project-a", "task-held", 1200)
	if err != nil || over.Status != tasks.Succeeded || over.UpdatedAt != 1100 {
		t.Errorf("cancel of a task that is over: %+v, err %v", over, err)
	}

	left := running("left")
	gone, err := s.RequestCancel(t.Context(), "project-a", "task-left", 1100)
	if err != nil || gone.Status != tasks.Cancelled || gone.FinishedAt == nil || gone.LeaseUntil != nil {
		t.Errorf("cancel of a task that was left behind: %+v, err %v", gone, err)
	}
	checkNotHeld(t, s, left.Lease())

	// Asked while the lease lasted; nobody came back.
	left = running("later")
	for _, now := range []trace.Micros{1099, 1100} {
		if gone, err = s.RequestCancel(t.Context(), "project-a", "task-later", now); err != nil {
			t.Fatal(err)
		}
	}
	if gone.Status != tasks.Cancelled {
		t.Errorf("asked twice, the second time after the lease: %+v", gone)
	}
	checkNotHeld(t, s, left.Lease())
}
