package metadatatest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/metadata"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// task returns a new task of project-a, of kind "reckon", which may run from time 100
// on.
func task(name string) tasks.Task {
	return tasks.Task{
		Project:   "project-a",
		ID:        "task-" + name,
		Kind:      "reckon",
		Args:      `{"b": [1.50, "<ü>\u0000"],  "a":null}`,
		CreatedAt: 50,
		RunAfter:  100,
	}
}

// stored returns the task as it lies in the store before anything happens to it.
func stored(t tasks.Task) tasks.Task {
	t.Status, t.UpdatedAt = tasks.Queued, t.CreatedAt
	return t
}

// taskCalls returns one call of every method that is about the project.
func taskCalls(s tasks.Store, p id.Project) map[string]func(context.Context) error {
	mine := task("a")
	mine.Project = p
	lease := tasks.Lease{Project: p, ID: mine.ID, Claim: 1}
	return map[string]func(context.Context) error{
		"Enqueue": func(ctx context.Context) error {
			_, _, err := s.Enqueue(ctx, mine)
			return err
		},
		"Claim": func(ctx context.Context) error {
			_, _, err := s.Claim(ctx, 1, 2, []string{mine.Kind})
			return err
		},
		"Extend": func(ctx context.Context) error {
			_, err := s.Extend(ctx, lease, 1, 2, tasks.Progress{})
			return err
		},
		"Finish": func(ctx context.Context) error {
			return s.Finish(ctx, lease, 1, tasks.Outcome{Status: tasks.Succeeded})
		},
		"Retry":   func(ctx context.Context) error { return s.Retry(ctx, lease, 1, 2, "") },
		"Release": func(ctx context.Context) error { return s.Release(ctx, lease, 1) },
		"RequestCancel": func(ctx context.Context) error {
			_, err := s.RequestCancel(ctx, p, mine.ID, 1)
			return err
		},
		"Get": func(ctx context.Context) error {
			_, err := s.Get(ctx, p, mine.ID)
			return err
		},
		"List": func(ctx context.Context) error {
			_, err := s.List(ctx, p, 1, "")
			return err
		},
	}
}

func mustEnqueue(t *testing.T, s tasks.Store, all ...tasks.Task) {
	t.Helper()
	for _, one := range all {
		got, created, err := s.Enqueue(t.Context(), one)
		if err != nil || !created {
			t.Fatalf("enqueue %q: created %v, err %v", one.ID, created, err)
		}
		if diff := cmp.Diff(stored(one), got); diff != "" {
			t.Errorf("enqueued (-want +got):\n%s", diff)
		}
	}
}

// mustClaim claims a task of kind "reckon", until a thousand later.
func mustClaim(t *testing.T, s tasks.Store, now trace.Micros) tasks.Task {
	t.Helper()
	got, ok, err := s.Claim(t.Context(), now, now+1000, []string{"reckon"})
	if err != nil || !ok {
		t.Fatalf("claim: ok %v, err %v", ok, err)
	}
	checkTask(t, s, got)
	return got
}

func checkNoClaim(t *testing.T, s tasks.Store, now trace.Micros, kinds ...string) {
	t.Helper()
	if got, ok, err := s.Claim(t.Context(), now, now+1000, kinds); err != nil || ok {
		t.Errorf("claim of %v at %d: %+v, ok %v, err %v; want none", kinds, now, got, ok, err)
	}
}

func checkTask(t *testing.T, s tasks.Store, want tasks.Task) {
	t.Helper()
	got, err := s.Get(t.Context(), want.Project, want.ID)
	if err != nil {
		t.Errorf("task %q: %v", want.ID, err)
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("task (-want +got):\n%s", diff)
	}
}

func testTaskRoundTrip(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Tasks
	full := task("a")
	full.Unique, full.RunAfter, full.CreatedAt = "reckon/ü 🙂", 1700000000123456, -62135596800000000
	mustEnqueue(t, s, full)
	want := stored(full)
	checkTask(t, s, want)

	got, ok, err := s.Claim(t.Context(), 1700000000123457, 1700000000999999, []string{"other", "reckon"})
	if err != nil || !ok {
		t.Fatalf("claim: ok %v, err %v", ok, err)
	}
	want.Status, want.Attempts, want.Claims = tasks.Running, 1, 1
	want.StartedAt, want.UpdatedAt = ptr(trace.Micros(1700000000123457)), 1700000000123457
	want.LeaseUntil = ptr(trace.Micros(1700000000999999))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claimed (-want +got):\n%s", diff)
	}
	checkTask(t, s, want)

	big := tasks.Progress{Done: 1<<62 + 1, Total: 1<<63 - 1}
	cancelRequested, err := s.Extend(t.Context(), got.Lease(), 1700000000200000, 1700000001000000, big)
	if err != nil || cancelRequested {
		t.Fatalf("extend: cancel %v, err %v", cancelRequested, err)
	}
	want.Progress, want.UpdatedAt, want.LeaseUntil = big, 1700000000200000, ptr(trace.Micros(1700000001000000))
	checkTask(t, s, want)

	o := tasks.Outcome{Status: tasks.Succeeded, Progress: tasks.Progress{Done: 3}, Result: `{"z": 1.50,"a":["<>&"]}`, Error: "für 🙂\n"}
	if err := s.Finish(t.Context(), got.Lease(), 1700000000300000, o); err != nil {
		t.Fatal(err)
	}
	want.Status, want.Progress, want.Result, want.Error = tasks.Succeeded, o.Progress, o.Result, o.Error
	want.LeaseUntil, want.UpdatedAt, want.FinishedAt = nil, 1700000000300000, ptr(trace.Micros(1700000000300000))
	checkTask(t, s, want)
}

func testTaskEnqueue(t *testing.T, stores metadata.Stores) {
	s := stores.Tasks
	_, _, err := s.Enqueue(t.Context(), task("a"))
	wantCode(t, "task without project", err, fault.NotFound)

	mustEnsure(t, stores.Accounts, "a")
	full := stored(task("a")) // nothing of this is kept
	full.Status, full.Done, full.Result, full.Error = tasks.Succeeded, 3, "{}", "e"
	full.Attempts, full.Claims, full.CancelRequested = 4, 5, true
	full.StartedAt, full.FinishedAt, full.LeaseUntil = ptr(trace.Micros(1)), ptr(trace.Micros(2)), ptr(trace.Micros(3))
	got, created, err := s.Enqueue(t.Context(), full)
	if err != nil || !created {
		t.Fatalf("created %v, err %v", created, err)
	}
	if diff := cmp.Diff(stored(task("a")), got); diff != "" {
		t.Errorf("enqueued (-want +got):\n%s", diff)
	}

	_, _, err = s.Enqueue(t.Context(), task("a"))
	wantCode(t, "the id again", err, fault.Conflict)
	lease := mustClaim(t, s, 100).Lease()
	if err := s.Finish(t.Context(), lease, 101, tasks.Outcome{Status: tasks.Failed}); err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Enqueue(t.Context(), task("a"))
	wantCode(t, "the id of a task that is over", err, fault.Conflict)

	// A time that is long past runs at once, one far ahead does not.
	later := task("later")
	later.RunAfter = trace.MaxMicros
	mustEnqueue(t, s, later)
	checkNoClaim(t, s, trace.MaxMicros-1, "reckon")
	mustClaim(t, s, trace.MaxMicros)
}

func testTaskUnique(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	mustEnsure(t, stores.Accounts, "b")
	s := stores.Tasks
	unique := func(name, key string) tasks.Task {
		one := task(name)
		one.Unique = key
		return one
	}
	mustEnqueue(t, s, unique("1", "k"), unique("2", ""), unique("3", ""), unique("4", "K"), unique("5", "k "))
	elsewhere := unique("1", "k")
	elsewhere.Project = "project-b"
	mustEnqueue(t, s, elsewhere)

	again := func(name string, want tasks.Task) {
		t.Helper()
		second := unique(name, "k")
		second.Args, second.Kind, second.CreatedAt = `"other"`, "other", 77
		got, created, err := s.Enqueue(t.Context(), second)
		if err != nil || created {
			t.Errorf("enqueue again: created %v, err %v", created, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("returned (-want +got):\n%s", diff)
		}
		_, err = s.Get(t.Context(), "project-a", second.ID)
		wantCode(t, "the second task", err, fault.NotFound)
		checkTask(t, s, want)
	}
	again("6", stored(unique("1", "k")))
	running := mustClaim(t, s, 100)
	if running.ID != "task-1" {
		t.Fatalf("claimed %q first", running.ID)
	}
	again("6", running)
	asked, err := s.RequestCancel(t.Context(), "project-a", "task-1", 101)
	if err != nil {
		t.Fatal(err)
	}
	again("6", asked)

	// The id of a task that stands in its own way.
	_, _, err = s.Enqueue(t.Context(), unique("1", "k"))
	wantCode(t, "the same task again", err, fault.Conflict)

	if err := s.Finish(t.Context(), running.Lease(), 102, tasks.Outcome{Status: tasks.Cancelled}); err != nil {
		t.Fatal(err)
	}
	mustEnqueue(t, s, unique("6", "k"))
}

func testTaskClaim(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	mustEnsure(t, stores.Accounts, "b")
	s := stores.Tasks
	checkNoClaim(t, s, 1000, "reckon")

	// Enqueued in an order of no meaning; RunAfter says only who may run.
	named := func(name string, created, runAfter trace.Micros) tasks.Task {
		one := task(name)
		one.CreatedAt, one.RunAfter = created, runAfter
		return one
	}
	other := named("other", 1, 1)
	other.Kind = "delete"
	foreign := named("0", 3, 100)
	foreign.Project = "project-b"
	mustEnqueue(t, s, named("3", 4, 90), foreign, named("2", 3, 100), named("late", 2, 101), named("1", 3, 100), other)

	checkNoClaim(t, s, 1000)
	checkNoClaim(t, s, 1000, "reckons", "Reckon", "")
	checkNoClaim(t, s, 89, "reckon")
	var got []string
	for range 5 {
		now := trace.Micros(100)
		if len(got) == 4 {
			now = 101
		}
		claimed := mustClaim(t, s, now)
		got = append(got, string(claimed.Project)+" "+claimed.ID)
	}
	want := []string{"project-a task-1", "project-a task-2", "project-b task-0", "project-a task-3", "project-a task-late"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claimed, oldest first (-want +got):\n%s", diff)
	}
	checkNoClaim(t, s, 1099, "reckon")
	checkTask(t, s, stored(other))
}

func testTaskList(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	mustEnsure(t, stores.Accounts, "b")
	s := stores.Tasks
	for i, name := range []string{"c", "a", "e", "B", "d"} { // pairs share their time
		one := task(name)
		one.CreatedAt = trace.Micros(10 + i/2)
		mustEnqueue(t, s, one)
	}
	foreign := task("z")
	foreign.Project = "project-b"
	mustEnqueue(t, s, foreign)
	want := []string{"task-d", "task-e", "task-B", "task-c", "task-a"}

	list := func(limit int, after string) []string {
		t.Helper()
		got, err := s.List(t.Context(), "project-a", limit, after)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, one := range got {
			checkTask(t, s, one)
			names = append(names, one.ID)
		}
		return names
	}
	if diff := cmp.Diff(want, list(100, "")); diff != "" {
		t.Errorf("newest first (-want +got):\n%s", diff)
	}
	for limit := 1; limit <= 6; limit++ {
		var got []string
		for after := ""; ; after = got[len(got)-1] {
			page := list(limit, after)
			if len(page) > limit {
				t.Errorf("a page of %d has %d tasks", limit, len(page))
			}
			if len(page) == 0 {
				break
			}
			got = append(got, page...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", limit, diff)
		}
	}
	_, err := s.List(t.Context(), "project-a", 10, "task-z")
	wantCode(t, "after a task of another project", err, fault.NotFound)
	for _, limit := range []int{0, -1} {
		_, err = s.List(t.Context(), "project-a", limit, "")
		wantCode(t, fmt.Sprint("limit ", limit), err, fault.Invalid)
	}
}

func testTaskIsolation(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	mustEnsure(t, stores.Accounts, "b")
	s := stores.Tasks
	mustEnqueue(t, s, task("a"))
	mine := mustClaim(t, s, 100)
	for name, call := range taskCalls(s, "project-b") {
		if name == "Enqueue" || name == "Claim" || name == "List" {
			continue
		}
		if err := call(t.Context()); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
			t.Errorf("%s on another project's task: %v", name, err)
		}
	}
	checkTask(t, s, mine)
	checkEmpty(t, stores, "project-b")

	theirs := task("a") // the same id there
	theirs.Project = "project-b"
	mustEnqueue(t, s, theirs)
	if _, err := s.RequestCancel(t.Context(), "project-b", "task-a", 200); err != nil {
		t.Fatal(err)
	}
	checkTask(t, s, mine)
	if err := s.Finish(t.Context(), mine.Lease(), 201, tasks.Outcome{Status: tasks.Succeeded}); err != nil {
		t.Errorf("finish: %v", err)
	}
}

func testTaskRefused(t *testing.T, stores metadata.Stores) {
	mustEnsure(t, stores.Accounts, "a")
	s := stores.Tasks
	for name, bad := range map[string]string{
		"empty": "", "NUL": "a\x00b", "newline": "a\nb", "not text": "a\xffb", "too long": strings.Repeat("x", tasks.MaxText+1),
	} {
		for field, change := range map[string]func(*tasks.Task){
			"project": func(one *tasks.Task) { one.Project = id.Project(bad) },
			"id":      func(one *tasks.Task) { one.ID = bad },
			"kind":    func(one *tasks.Task) { one.Kind = bad },
			"unique":  func(one *tasks.Task) { one.Unique = bad },
		} {
			if field == "unique" && bad == "" {
				continue // is none
			}
			one := task("a")
			change(&one)
			_, _, err := s.Enqueue(t.Context(), one)
			wantCode(t, "task "+field+" "+name, err, fault.Invalid)
		}
	}
	badJSON := map[string]string{
		"no JSON": "{", "two": "{} {}", "not text": "\"\xff\"", "NUL": "\"\x00\"",
		"too long": `"` + strings.Repeat("x", tasks.MaxArgs) + `"`,
	}
	for name, bad := range badJSON {
		one := task("a")
		one.Args = bad
		_, _, err := s.Enqueue(t.Context(), one)
		wantCode(t, "arguments "+name, err, fault.Invalid)
	}
	one := task("a")
	one.Args = ""
	_, _, err := s.Enqueue(t.Context(), one)
	wantCode(t, "no arguments", err, fault.Invalid)
	checkEmpty(t, stores, "project-a")

	one.Args = `"` + strings.Repeat("x", tasks.MaxArgs-2) + `"` // the longest there may be
	mustEnqueue(t, s, one)
	held := mustClaim(t, s, 100)
	for _, status := range []tasks.Status{"", tasks.Queued, tasks.Running, "done"} {
		wantCode(t, fmt.Sprintf("status %q", status), s.Finish(t.Context(), held.Lease(), 101, tasks.Outcome{Status: status}), fault.Invalid)
	}
	for name, bad := range badJSON {
		o := tasks.Outcome{Status: tasks.Succeeded, Result: bad}
		wantCode(t, "result "+name, s.Finish(t.Context(), held.Lease(), 101, o), fault.Invalid)
	}
	for name, bad := range map[string]string{"NUL": "\x00", "not text": "\xff", "too long": strings.Repeat("x", tasks.MaxNote+1)} {
		o := tasks.Outcome{Status: tasks.Failed, Error: bad}
		wantCode(t, "error "+name, s.Finish(t.Context(), held.Lease(), 101, o), fault.Invalid)
		wantCode(t, "error of a retry "+name, s.Retry(t.Context(), held.Lease(), 101, 102, bad), fault.Invalid)
	}
	for _, p := range []tasks.Progress{{Done: -1}, {Total: -1}} {
		_, err := s.Extend(t.Context(), held.Lease(), 101, 2000, p)
		wantCode(t, fmt.Sprint("progress ", p), err, fault.Invalid)
		o := tasks.Outcome{Status: tasks.Failed, Progress: p}
		wantCode(t, fmt.Sprint("final progress ", p), s.Finish(t.Context(), held.Lease(), 101, o), fault.Invalid)
	}
	checkTask(t, s, held)
}
