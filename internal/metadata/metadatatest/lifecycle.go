package metadatatest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/media"
	"github.com/fusebox-llm/fusebox/internal/metadata"
	"github.com/fusebox-llm/fusebox/internal/pricing"
	"github.com/fusebox-llm/fusebox/internal/tasks"
)

// calls returns one call of every method of every store, each about the project with
// the id.
func calls(s metadata.Stores, p id.Project) map[string]func(context.Context) error {
	all := modelCalls(s.Models, p)
	maps.Copy(all, mediaCalls(s.Media, p))
	maps.Copy(all, taskCalls(s.Tasks, p))
	return all
}

func testClose(t *testing.T, s metadata.Stores) {
	mustCreateFirst(t, s.Accounts, "a")
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
	if err := s.Ping(cancelled(t)); err == nil {
		t.Error("ping with a cancelled context succeeds")
	}
	for range 3 {
		if err := s.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
	}
	wantCode(t, "ping after close", s.Ping(t.Context()), fault.Unavailable)
	all := calls(s, "project-a")
	maps.Copy(all, accountCalls(s.Accounts))
	for name, call := range all {
		if err := call(t.Context()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s after close: %v, want unavailable", name, err)
		}
	}
}

func testCancelled(t *testing.T, s metadata.Stores) {
	mustEnsure(t, s.Accounts, "a")
	for name, call := range calls(s, "project-a") {
		if err := call(cancelled(t)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: %v", name, err)
		}
	}
	checkEmpty(t, s, "project-a") // nothing of it happened
}

// checkEmpty checks that nothing of what the calls write is in the project.
func checkEmpty(t *testing.T, s metadata.Stores, p id.Project) {
	t.Helper()
	if models, err := s.Models.Models(t.Context(), p); err != nil || len(models) != 0 {
		t.Errorf("models of %.20q: %v, err %v", p, models, err)
	}
	if links, err := s.Media.Links(t.Context(), p, "trace"); err != nil || len(links) != 0 {
		t.Errorf("media links of %.20q: %v, err %v", p, links, err)
	}
	_, err := s.Media.Asset(t.Context(), p, "media-a")
	wantCode(t, fmt.Sprintf("media asset of %.20q", p), err, fault.NotFound)
	if list, err := s.Tasks.List(t.Context(), p, 10, ""); err != nil || len(list) != 0 {
		t.Errorf("tasks of %.20q: %v, err %v", p, list, err)
	}
	_, err = s.Tasks.Get(t.Context(), p, "task-a")
	wantCode(t, fmt.Sprintf("task of %.20q", p), err, fault.NotFound)
}

func testUnknownProject(t *testing.T, s metadata.Stores) {
	for name, call := range calls(s, "project-x") {
		err := call(t.Context())
		switch name {
		case "Models", "Links", "List", "Claim": // there is nothing to see
			if err != nil {
				t.Errorf("%s of an unknown project: %v", name, err)
			}
		case "Extend", "Finish", "Retry", "Release":
			wantCode(t, name+" in an unknown project", err, fault.Conflict)
		default:
			wantCode(t, name+" in an unknown project", err, fault.NotFound)
		}
	}
	checkEmpty(t, s, "project-x")
}

func testOddLookups(t *testing.T, s metadata.Stores) {
	mustEnsure(t, s.Accounts, "a")
	mustFill(t, s)
	for _, odd := range []string{"", "\x00", "a\x00", "\xff\xfe", "' OR 1=1 --", "%", strings.Repeat("x", 1<<20)} {
		what := fmt.Sprintf("%.20q", odd)
		checkEmpty(t, s, id.Project(odd))
		wantCode(t, "delete model "+what, s.Models.DeleteModel(t.Context(), "project-a", odd), fault.NotFound)
		wantCode(t, "delete model in "+what, s.Models.DeleteModel(t.Context(), id.Project(odd), "model-a"), fault.NotFound)

		_, err := s.Media.Asset(t.Context(), "project-a", odd)
		wantCode(t, "media asset "+what, err, fault.NotFound)
		wantCode(t, "upload of "+what, s.Media.SetUpload(t.Context(), "project-a", odd, 1, 200, "", nil), fault.NotFound)
		wantCode(t, "upload in "+what, s.Media.SetUpload(t.Context(), id.Project(odd), "media-a", 1, 200, "", nil), fault.NotFound)
		if links, err := s.Media.Links(t.Context(), "project-a", odd); err != nil || len(links) != 0 {
			t.Errorf("media links of trace %s: %v, err %v", what, links, err)
		}

		_, err = s.Tasks.Get(t.Context(), "project-a", odd)
		wantCode(t, "task "+what, err, fault.NotFound)
		for _, key := range []struct {
			p  id.Project
			id string
		}{{"project-a", odd}, {id.Project(odd), "task-a"}} {
			_, err = s.Tasks.RequestCancel(t.Context(), key.p, key.id, 1)
			wantCode(t, fmt.Sprintf("cancel %.20q in %.20q", key.id, key.p), err, fault.NotFound)
			lease := tasks.Lease{Project: key.p, ID: key.id, Claim: 1}
			wantCode(t, fmt.Sprintf("release %.20q in %.20q", key.id, key.p), s.Tasks.Release(t.Context(), lease, 1), fault.Conflict)
		}
		if odd != "" {
			_, err = s.Tasks.List(t.Context(), "project-a", 10, odd)
			wantCode(t, "tasks after "+what, err, fault.NotFound)
			if _, ok, err := s.Tasks.Claim(t.Context(), 1, 2, []string{odd}); ok || err != nil {
				t.Errorf("claim of kind %s: ok %v, err %v", what, ok, err)
			}
		}
	}
	if got := contents(t, s); len(got.Models) != 1 || len(got.Links) != 1 || len(got.Tasks) != 1 {
		t.Errorf("something has changed: %+v", got)
	}
}

// mustFill puts one of everything into project-a.
func mustFill(t *testing.T, s metadata.Stores) {
	t.Helper()
	_, _, err := s.Tasks.Enqueue(t.Context(), task("a"))
	err = errors.Join(err,
		s.Models.CreateModel(t.Context(), model("a")),
		s.Media.Put(t.Context(), []media.Asset{asset("a")}, []media.Link{link("a")}))
	if err != nil {
		t.Fatal(err)
	}
}

// content is what project-a holds.
type content struct {
	Models []pricing.Model
	Assets []media.Asset
	Links  []media.Link
	Tasks  []tasks.Task
}

func contents(t *testing.T, s metadata.Stores) (c content) {
	t.Helper()
	var err1, err2, err3, err4 error
	c.Models, err1 = s.Models.Models(t.Context(), "project-a")
	c.Links, err2 = s.Media.Links(t.Context(), "project-a", link("a").TraceID)
	c.Tasks, err3 = s.Tasks.List(t.Context(), "project-a", 100, "")
	for _, l := range c.Links {
		a, err := s.Media.Asset(t.Context(), "project-a", l.MediaID)
		c.Assets, err4 = append(c.Assets, a), errors.Join(err4, err)
	}
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	return c
}

func testReopened(t *testing.T, open Database) {
	first := open()
	mustEnsure(t, first.Accounts, "a")
	mustFill(t, first)
	claimed := mustClaim(t, first.Tasks, 1000)
	if err := first.Media.SetUpload(t.Context(), "project-a", asset("a").ID, 5, 404, "gone", nil); err != nil {
		t.Fatal(err)
	}
	want := contents(t, first)
	if len(want.Models) != 1 || len(want.Assets) != 1 || len(want.Links) != 1 || len(want.Tasks) != 1 {
		t.Fatalf("contents before: %+v", want)
	}
	beside := open()
	if diff := cmp.Diff(want, contents(t, beside)); diff != "" {
		t.Errorf("opened beside the first (-want +got):\n%s", diff)
	}
	if err := errors.Join(first.Close(), beside.Close()); err != nil {
		t.Fatal(err)
	}
	again := open()
	if diff := cmp.Diff(want, contents(t, again)); diff != "" {
		t.Errorf("opened again (-want +got):\n%s", diff)
	}
	checkProject(t, again.Accounts, project("a"), organization("a"))
	checkKey(t, again.Accounts, key("a"))
	// The lease of before is held still.
	if _, err := again.Tasks.Extend(t.Context(), claimed.Lease(), 1001, 2000, tasks.Progress{}); err != nil {
		t.Errorf("extend after the restart: %v", err)
	}
}
