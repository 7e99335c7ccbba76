package conformance_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// get returns the object that a path names.
func (s *server2023) get(t *testing.T, path string) map[string]any {
	t.Helper()
	answer, err := decode2023(s.ask(t, http.MethodGet, "/api/public/"+path, nil, nil))
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return answer
}

// readBack checks that the server has what it was told and nothing else. It returns
// all of it.
func (s *server2023) readBack(t *testing.T, told *told2023) map[string]any {
	t.Helper()
	traces, counts := told.traces(), map[string]int{}
	for _, o := range told.objects {
		counts[o.kind]++
	}
	for list, want := range map[string]int{"traces": len(traces), "observations": counts["observation"], "v2/scores": counts["score"]} {
		meta := s.get(t, list+"?limit=1")["meta"].(map[string]any)
		if got := fmt.Sprint(meta["totalItems"]); got != fmt.Sprint(want) {
			t.Errorf("the server has %s %s, want %d", got, list, want)
		}
	}
	all := map[string]any{}
	for id, within := range traces {
		got := s.get(t, "traces/"+url.PathEscape(id))
		all["trace "+id] = got
		if o := told.objects["trace "+id]; o != nil {
			told.check(t, "trace "+id, o, got, true)
		}
		var keys []string
		for kind, objects := range map[string]any{"observation": got["observations"], "score": got["scores"]} {
			for _, object := range objects.([]any) {
				object := object.(map[string]any)
				key := fmt.Sprint(kind, " ", object["id"])
				if keys = append(keys, key); slices.Contains(within, key) {
					told.checkStored(t, told.objects[key], object)
				}
			}
		}
		slices.Sort(keys)
		if diff := cmp.Diff(within, keys); diff != "" {
			t.Errorf("in trace %s (-want +got):\n%s", id, diff)
		}
	}
	for key, o := range told.objects { // scores may be in no trace
		if o.kind == "score" {
			got := s.get(t, "v2/scores/"+url.PathEscape(o.id))
			delete(got, "trace")
			all[key] = got
			told.checkStored(t, o, got)
		}
	}
	return all
}

// check checks that everything said of an object shows in an answer, or in a read:
// those never had external ids and know only one name for input and output.
func (w *told2023) check(t *testing.T, what string, o *object2023, answer map[string]any, read bool) {
	t.Helper()
	want, got := maps.Clone(o.shown), map[string]any{}
	if o.kind != "trace" {
		want["traceId"] = w.traceOf(o)
	}
	if read {
		maps.DeleteFunc(want, func(key string, _ any) bool { return key == "prompt" || key == "completion" })
		if o.kind == "trace" {
			want["externalId"] = nil
		}
	}
	for key := range want {
		if value, ok := answer[key]; ok {
			got[key] = value
		}
	}
	if diff := cmp.Diff(want, got, equal2023()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// checkStored checks that a read shows an object as the last answer about it did,
// unless its trace was named after that: that may have moved it, or lend it a version.
func (w *told2023) checkStored(t *testing.T, o *object2023, got map[string]any) {
	t.Helper()
	w.check(t, o.kind+" "+o.id, o, got, true)
	if owner := w.objects["trace "+w.traceOf(o)]; owner != nil && owner.at > o.at {
		return
	}
	last := maps.Clone(o.answer)
	maps.DeleteFunc(last, func(key string, _ any) bool {
		_, shown := got[key] // reads may leave out these:
		return !shown && slices.Contains([]string{"prompt", "completion", "sessionId", "datasetRunId"}, key)
	})
	// A price that nobody knows is null, and 0 where a whole trace is read.
	prices := cmpopts.IgnoreMapEntries(func(key string, _ any) bool { return strings.HasSuffix(key, "Price") })
	if diff := cmp.Diff(last, got, equal2023(), prices); diff != "" {
		t.Errorf("%s %s (-last answer +read):\n%s", o.kind, o.id, diff)
	}
}
