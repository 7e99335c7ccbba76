package api_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/api"
	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/reprice"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
)

// withTasks is a change of a world: its tasks are known and, where done is not nil,
// done as well; how each ended goes there. Every task is created a second after the
// one before.
func withTasks(t *testing.T, store telemetry.Store, done chan<- tasks.Status) func(*api.Config) {
	return func(cfg *api.Config) {
		var seconds atomic.Int64
		service := tasks.New(tasks.Config{
			Now:     func() time.Time { return base.Time().Add(time.Hour + time.Duration(seconds.Add(1))*time.Second) },
			Observe: func(a tasks.Attempt) { done <- a.Status },
		}, openMetadata(t).Tasks)
		service.Register(reprice.Kind, reprice.New(store, cfg.Prices, cfg.Ingest, cfg.Now).Handle)
		cfg.Tasks = service
		if done == nil {
			return
		}
		ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
		over := make(chan error, 1)
		go func() { over <- service.Run(ctx) }()
		t.Cleanup(func() {
			cancel()
			if err := <-over; err != nil {
				t.Error(err)
			}
		})
	}
}

const recalculate = "/api/v1/models/recalculate"

// queued asks for the recalculation of a model's costs, which waits.
func (w *documented) queued(t *testing.T, key, model string) string {
	t.Helper()
	return w.ask(t, "POST", recalculate, key, fmt.Sprintf(`{"model":%q}`, model), 202)
}

func TestTasks(t *testing.T) {
	store := telemetrytest.NewReference(fold.DefaultRules())
	w := withDocument(t, newWorldOn(t, store, withTasks(t, store, nil)))
	if got := w.ask(t, "GET", "/api/v1/tasks", "pair", "", 200); got != `{"data":[]}` {
		t.Error(got)
	}
	var ids []string
	for _, model := range []string{"<m>", "b", "c"} {
		got := w.queued(t, "pair", model)
		id := member(t, got, "id")
		ids = append(ids, id)
		want := `{"id":"` + id + `","kind":"recalculate_costs","status":"queued","args":{"model":"` + model + `"},"done":0,"total":0,"result":null,"error":null,` +
			`"attempts":0,"cancelRequested":false,"createdAt":"` + member(t, got, "createdAt") + `","startedAt":null,"finishedAt":null}`
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if again := w.ask(t, "GET", "/api/v1/tasks/"+id, "pair", "", 200); again != want {
			t.Errorf("got  %s\nwant %s", again, want)
		}
	}
	other := member(t, w.queued(t, "other", "d"), "id")

	list := func(key, query string) (found []string) {
		t.Helper()
		var got struct{ Data []struct{ ID string } }
		w.ask(t, "GET", "/api/v1/tasks"+query, key, "", 200)
		w.say(t, "GET", "/api/v1/tasks"+query, key, "", 200, &got)
		for _, task := range got.Data {
			found = append(found, task.ID)
		}
		return found
	}
	for query, want := range map[string][]string{
		"": {ids[2], ids[1], ids[0]}, "?limit=2": {ids[2], ids[1]}, "?limit=100": {ids[2], ids[1], ids[0]},
		"?after=" + ids[2]: {ids[1], ids[0]}, "?limit=1&after=" + ids[2]: {ids[1]}, "?after=" + ids[0]: nil,
	} {
		if got := list("pair", query); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q lists %v, want %v", query, got, want)
		}
	}
	if got := list("other", ""); len(got) != 1 || got[0] != other {
		t.Errorf("another project lists %v", got)
	}
	for _, query := range []string{"?limit=0", "?limit=101", "?limit=x"} {
		w.ask(t, "GET", "/api/v1/tasks"+query, "pair", "", 400)
	}
	const notFound = `{"message":"No task with this id found.","error":"LangfuseNotFoundError"}`
	for what, call := range map[string]struct{ method, path string }{
		"get another's":    {"GET", "/api/v1/tasks/" + other},
		"get nothing":      {"GET", "/api/v1/tasks/x"},
		"cancel another's": {"POST", "/api/v1/tasks/" + other + "/cancel"},
		"cancel nothing":   {"POST", "/api/v1/tasks/x/cancel"},
	} {
		if got := w.ask(t, call.method, call.path, "pair", "", 404); got != notFound {
			t.Errorf("%s: %s", what, got)
		}
	}
	for _, after := range []string{other, "x", "x%00"} {
		const want = `{"message":"Invalid request data","error":[{"code":"custom","path":["after"],"message":"No task with this id found."}]}`
		if got := w.ask(t, "GET", "/api/v1/tasks?after="+after, "pair", "", 400); got != want {
			t.Errorf("after %s: %s", after, got)
		}
	}
	w.ask(t, "GET", "/api/v1/tasks", "public", "", 403)
	w.ask(t, "POST", "/api/v1/tasks/"+ids[0]+"/cancel", "public", "", 403)
}

func TestCancelTask(t *testing.T) {
	store := telemetrytest.NewReference(fold.DefaultRules())
	w := withDocument(t, newWorldOn(t, store, withTasks(t, store, nil)))
	id := member(t, w.queued(t, "pair", "m"), "id")
	cancel := "/api/v1/tasks/" + id + "/cancel"
	got := w.ask(t, "POST", cancel, "pair", "", 200)
	if member(t, got, "status") != "cancelled" || member(t, got, "finishedAt") <= member(t, got, "createdAt") {
		t.Errorf("cancelled: %s", got)
	}
	for _, call := range []struct{ method, path string }{{"POST", cancel}, {"GET", "/api/v1/tasks/" + id}} {
		if again := w.ask(t, call.method, call.path, "pair", "", 200); again != got {
			t.Errorf("%s %s: %s, want %s", call.method, call.path, again, got)
		}
	}
	if next := member(t, w.queued(t, "pair", "m"), "id"); next == id {
		t.Error("a task that is cancelled keeps the next one away")
	}
}

// TestFailedTask: who reads about a failure gets no more of it than a message.
func TestFailedTask(t *testing.T) {
	done := make(chan tasks.Status, 10)
	store := telemetrytest.NewReference(fold.DefaultRules())
	w := withDocument(t, newWorldOn(t, store, func(cfg *api.Config) {
		withTasks(t, store, done)(cfg)
		cfg.Tasks.Register(reprice.Kind, func(context.Context, tasks.Task, func(int64, int64) error) (any, error) {
			return nil, fault.Wrap(fault.Invalid, errors.New("secret"), "no such <model>")
		})
	}))
	id := member(t, w.queued(t, "pair", "m"), "id")
	if status := <-done; status != tasks.Failed {
		t.Fatal(status)
	}
	got := w.ask(t, "GET", "/api/v1/tasks/"+id, "pair", "", 200)
	if member(t, got, "status") != "failed" || member(t, got, "error") != "no such <model>" || !strings.Contains(got, `"result":null,`) || !strings.Contains(got, `"attempts":1,`) || strings.Contains(got, "secret") {
		t.Error(got)
	}
}
