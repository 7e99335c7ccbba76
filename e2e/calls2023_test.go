package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// call2023 sends a call of 2023 and returns the object that it answers.
func (v *victim) call2023(t *testing.T, method, resource, body string) map[string]any {
	t.Helper()
	a := send(t, v.Server, method, "/api/public/"+resource, strings.NewReader(body), jsonBody)
	if a.Status != http.StatusOK {
		t.Fatalf("%s %s %s: %d %s", method, resource, body, a.Status, a.Body)
	}
	return a.JSON(t)
}

// observations2023 returns the observations of a trace by id.
func (v *victim) observations2023(t *testing.T, traceID string) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	for _, o := range send(t, v.Server, http.MethodGet, "/api/public/traces/"+traceID, nil).JSON(t)["observations"].([]any) {
		object := o.(map[string]any)
		out[object["id"].(string)] = object
	}
	return out
}

// TestExternalIDs uses ids of the caller's own: each call reaches the trace that its
// id stands for, and the answers are about that.
func TestExternalIDs(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	for _, n := range []string{"1", "2"} {
		if got := v.call2023(t, "POST", "traces", `{"id":"T`+n+`","externalId":"E`+n+`"}`); got["externalId"] != "E"+n || got["id"] != "T"+n {
			t.Errorf("%v", got)
		}
		v.call2023(t, "POST", "spans", `{"id":"o","traceId":"E`+n+`","traceIdType":"EXTERNAL","name":"of E`+n+`"}`)
	}
	if got := v.call2023(t, "PATCH", "spans", `{"spanId":"o","traceId":"E1","traceIdType":"EXTERNAL","output":"patched"}`); got["traceId"] != "T1" || got["output"] != "patched" {
		t.Errorf("the update answers %v", got)
	}
	if got := v.call2023(t, "POST", "spans", `{"id":"o","traceId":"E1","traceIdType":"EXTERNAL","statusMessage":"again"}`); got["traceId"] != "T1" || got["name"] != "of E1" {
		t.Errorf("the create answers %v", got)
	}
	if one, two := v.observations2023(t, "T1")["o"], v.observations2023(t, "T2")["o"]; one["output"] != "patched" || one["statusMessage"] != "again" || two["output"] != nil || two["name"] != "of E2" {
		t.Errorf("T1 has %v, T2 has %v", one, two)
	}
	if got := v.call2023(t, "POST", "traces", `{"id":"T3","externalId":"E1"}`); got["id"] != "T3" || got["externalId"] != nil {
		t.Errorf("a second trace that wants the external id is told %v", got)
	}
	if a := send(t, v.Server, http.MethodGet, "/api/v1/traces/"+id.Derive("E1")+"/observations/o", nil); a.Status != http.StatusOK {
		t.Errorf("by the id that was absorbed: %d %s", a.Status, a.Body)
	}
}

// TestUpdateBeforeCreate lets an update of 2023, which cannot say that its trace id is
// an external one, come before the create and after it: there is one observation.
func TestUpdateBeforeCreate(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	const (
		update = `{"generationId":"g","traceId":"E","completion":"done"}`
		create = `{"id":"g","traceId":"E","traceIdType":"EXTERNAL","name":"g","prompt":"hi"}`
	)
	v.call2023(t, "PATCH", "generations", update)
	v.call2023(t, "POST", "generations", create)
	v.call2023(t, "PATCH", "generations", update)
	var list struct{ Data []map[string]any }
	if err := json.Unmarshal([]byte(send(t, v.Server, http.MethodGet, "/api/public/observations", nil).Body), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Data) != 1 || list.Data[0]["input"] != "hi" || list.Data[0]["output"] != "done" || list.Data[0]["name"] != "g" {
		t.Errorf("%v", list.Data)
	}
}

// TestDeepValues sends values that are nested so deep that readers could not read the
// answers which show them as they are. Spans may bring them as texts.
func TestDeepValues(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for name, depth := range map[string]int{"d255": 255, "d256": 256, "d3000": 3000, "d9999": 9999, "d10000": 10000, "d20000": 20000} {
		text := quote(nested(depth))
		got := v.ingest(t,
			said(name, "trace-create", `{"id":"`+name+`","metadata":{"k":`+text+`},"input":`+text+`}`),
			said(name+"-value", "trace-create", `{"id":"`+name+`-value","metadata":{"k":`+nested(min(depth, 9000))+`}}`)) // a body deeper than 10,000 is no JSON
		if taken := depth < 256; len(got.Successes) == 0 || got.Successes[0].ID != name || (len(got.Errors) == 0) != taken {
			t.Errorf("%s: %+v", name, got)
		}
		export(t, v, owner(), onSdk(fmt.Sprintf(`{"traceId":"%032d","spanId":"%016d",`, depth, depth)+`"startTimeUnixNano":"1","attributes":[`+
			pair("langfuse.observation.metadata.k", nested(depth))+`,`+pair("langfuse.observation.metadata", `{"j":`+nested(min(depth, 9000))+`}`)+`]}`))
	}
	for _, path := range []string{"/api/public/traces", "/api/public/observations", "/api/public/v2/observations?fields=core,io,metadata", "/api/public/traces/d10000", "/api/v1/traces/d3000"} {
		a := send(t, v.Server, http.MethodGet, path, nil)
		if a.Status != http.StatusOK {
			t.Errorf("%s: %d %.300s", path, a.Status, a.Body)
		}
		if deep := nested(300); strings.Contains(strings.ReplaceAll(a.Body, `"`+deep, ""), ":"+deep) {
			t.Errorf("%s shows a value nested 300 levels deep as it is", path)
		}
	}
}

// TestRefusedCall counts a call of 2023 that is refused as what it is.
func TestRefusedCall(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	if a := send(t, v.Server, http.MethodPost, "/api/public/spans", strings.NewReader(`{"id":5}`), jsonBody); a.Status != http.StatusBadRequest || !strings.Contains(a.Body, `"path":["id"]`) {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	if m := v.metrics(t); m["fusebox_ingest_rejected_items_total"] != "1" || m["fusebox_ingest_accepted_items_total"] != "0" {
		t.Errorf("rejected %s, accepted %s", m["fusebox_ingest_rejected_items_total"], m["fusebox_ingest_accepted_items_total"])
	}
}
