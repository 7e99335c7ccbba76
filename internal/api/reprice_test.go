package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/tasks"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/telemetrytest"
)

func TestRecalculationIsAsked(t *testing.T) {
	store := telemetrytest.NewReference(fold.DefaultRules())
	w := withDocument(t, newWorldOn(t, store, withTasks(t, store, nil)))
	for name, tt := range map[string]struct{ body, args string }{
		"everything": {`{}`, `{}`},
		"nothing named": {
			`{"fromStartTime":null,"toStartTime":null,"model":null,"dryRun":false}`, `{}`,
		},
		"all of it": {
			`{"fromStartTime":"2026-04-01T00:00:00Z","toStartTime":"2026-05-01T02:00:00.5+02:00","model":"<m>","dryRun":true}`,
			`{"fromStartTime":"2026-04-01T00:00:00.000Z","toStartTime":"2026-05-01T00:00:00.500Z","model":"<m>","dryRun":true}`,
		},
	} {
		got := w.ask(t, "POST", recalculate, "pair", tt.body, 202)
		if !strings.Contains(got, `"args":`+tt.args+`,`) || member(t, got, "status") != "queued" {
			t.Errorf("%s: %s", name, got)
		}
		// One that runs may have begun with older prices: the same again is another task.
		if again := w.ask(t, "POST", recalculate, "pair", tt.body, 202); member(t, again, "id") == member(t, got, "id") {
			t.Errorf("%s, again: %s", name, again)
		}
		if other := w.ask(t, "POST", recalculate, "other", tt.body, 202); member(t, other, "id") == member(t, got, "id") {
			t.Errorf("%s: another project gets %s", name, other)
		}
	}
	const bad = `{"message":"Invalid request data","error":[`
	for name, tt := range map[string]struct{ body, want string }{
		"no JSON":       {`{"dryRun"`, `{"message":"Invalid JSON","error":"InvalidRequestError"}`},
		"no body":       {``, `{"message":"Invalid JSON","error":"InvalidRequestError"}`},
		"a list":        {`[]`, bad + `{"code":"invalid_type","path":[],"message":"Invalid input: expected object, received array","expected":"object"}]}`},
		"an extra key":  {`{"dryrun2":true}`, bad + `{"code":"unrecognized_keys","path":[],"message":"Unrecognized key: \"dryrun2\"","keys":["dryrun2"]}]}`},
		"a text":        {`{"dryRun":"true"}`, bad + `{"code":"invalid_type","path":["dryRun"],"message":"Invalid input: expected boolean, received string","expected":"boolean"}]}`},
		"a number":      {`{"fromStartTime":1}`, bad + `{"code":"invalid_type","path":["fromStartTime"],"message":"Invalid input: expected string, received number","expected":"string"}]}`},
		"no order":      {`{"fromStartTime":"2026-05-02T00:00:00Z","toStartTime":"2026-05-01T00:00:00Z"}`, bad + `{"code":"custom","path":["toStartTime"],"message":"toStartTime must be later than fromStartTime"}]}`},
		"an empty span": {`{"fromStartTime":"2026-05-02T00:00:00Z","toStartTime":"2026-05-02T00:00:00Z"}`, bad + `{"code":"custom","path":["toStartTime"],"message":"toStartTime must be later than fromStartTime"}]}`},
	} {
		if got := w.ask(t, "POST", recalculate, "pair", tt.body, 400); got != tt.want {
			t.Errorf("%s: got  %s\nwant %s", name, got, tt.want)
		}
	}
	for _, instant := range []string{"", "x", "2026-05-01", "2026-05-01T10:00:00", "1777629600", "2026-13-01T10:00:00Z", "10000-01-01T00:00:00Z"} {
		got := w.ask(t, "POST", recalculate, "pair", fmt.Sprintf(`{"fromStartTime":%q,"toStartTime":%[1]q}`, instant), 400)
		if n := strings.Count(got, `"code":"invalid_format"`); n != 2 {
			t.Errorf("%q: %s", instant, got)
		}
	}
	w.ask(t, "POST", recalculate, "public", `{}`, 403)
	w.ask(t, "POST", recalculate, "none", `{}`, 401)
}

func TestRecalculation(t *testing.T) { onEveryStore(t, recalculates) }

func recalculates(t *testing.T, store telemetry.Store) {
	done := make(chan tasks.Status, 10)
	w := withDocument(t, newWorldOn(t, store, withTasks(t, store, done)))
	for _, key := range []string{"pair", "other"} {
		w.ask(t, "POST", "/api/public/ingestion", key, `{"batch":[`+
			`{"id":"1","type":"generation-create","timestamp":"2026-05-01T10:00:00Z","body":{"id":"r-1","traceId":"r","startTime":"2026-05-01T10:00:00Z","model":"acme-1","usageDetails":{"input":1000,"output":100}}},`+
			`{"id":"2","type":"generation-create","timestamp":"2026-05-01T10:00:00Z","body":{"id":"r-2","traceId":"r","startTime":"2026-05-01T10:30:00Z","model":"acme-1","usageDetails":{"input":1},"costDetails":{"total":5}}},`+
			`{"id":"3","type":"generation-create","timestamp":"2026-05-01T10:00:00Z","body":{"id":"r-3","traceId":"r","startTime":"2026-05-01T10:30:00Z","model":"acme-1","usageDetails":{"input":2000}}}]}`, 207)
	}
	model := member(t, w.ask(t, "POST", models, "pair", modelBody("acme-1", ""), 200), "id")
	read := func(key, path string) string { t.Helper(); return w.ask(t, "GET", path, key, "", 200) }
	trace := func(key string) string { t.Helper(); return read(key, "/api/public/traces/r") }
	before, others := trace("pair"), trace("other")
	if strings.Contains(before, model) {
		t.Fatalf("a definition changed what is stored: %s", before)
	}

	run := func(body string) map[string]any {
		t.Helper()
		id := member(t, w.ask(t, "POST", recalculate, "pair", body, 202), "id")
		if status := <-done; status != tasks.Succeeded {
			t.Fatal(status)
		}
		got := read("pair", "/api/v1/tasks/"+id)
		var task struct {
			Status      string
			Done, Total int64
			Result      map[string]any
		}
		if err := json.Unmarshal([]byte(got), &task); err != nil || task.Status != "succeeded" || task.Done == 0 || task.Done != task.Total {
			t.Fatalf("%v in %s", err, got)
		}
		return task.Result
	}
	expect := func(what string, got map[string]any, want string) {
		t.Helper()
		for _, problem := range differences("", decode(t, want), normalize(t, got)) {
			t.Errorf("%s: %s", what, problem)
		}
	}
	const both = `{"observations":3,"changed":2,"estimated":0,"costBefore":0,"costAfter":0.0032,"models":[{"model":"acme-1","changed":2,"costBefore":0,"costAfter":0.0032}]}`
	expect("a dry run", run(`{"model":"acme-1","dryRun":true}`), both)
	if now := trace("pair"); now != before {
		t.Errorf("a dry run wrote: %s\nbefore %s", now, before)
	}
	expect("a part of the time", run(`{"model":"acme-1","fromStartTime":"2026-05-01T10:30:00Z","toStartTime":"2026-05-01T10:30:00.001Z","dryRun":true}`),
		`{"observations":2,"changed":1,"costBefore":0,"costAfter":0.002}`)
	expect("no such time", run(`{"model":"acme-1","toStartTime":"2026-05-01T10:00:00.001Z","dryRun":true}`), `{"observations":1,"changed":1}`)
	expect("another model", run(`{"model":"acme-2","dryRun":true}`), `{"observations":0,"changed":0,"costAfter":0,"models":[]}`)
	expect("all of it", run(`{"model":"acme-1"}`), both)
	expect("once more", run(`{"model":"acme-1"}`), `{"observations":3,"changed":0,"costBefore":0,"costAfter":0,"models":[]}`)

	for id, want := range map[string]string{
		"r-1": `{"costDetails":{"input":0.001,"output":0.0002,"total":0.0012},"modelId":"` + model + `","accounting":{"recalculated":true,"costSource":"computed","note":null}}`,
		"r-2": `{"costDetails":{"total":5},"modelId":null,"accounting":{"recalculated":false,"costSource":"reported"}}`,
		"r-3": `{"calculatedTotalCost":0.002,"usagePricingTierName":"Standard","accounting":{"recalculated":true}}`,
	} {
		got := decode(t, read("pair", "/api/v1/traces/r/observations/"+id))
		for _, problem := range differences(id, decode(t, want), got) {
			t.Error(problem)
		}
	}
	if got := trace("pair"); !strings.Contains(got, `"totalCost":5.0032`) {
		t.Errorf("the trace's sum: %s", got)
	}
	if got := trace("other"); got != others {
		t.Errorf("another project changed: %s\nbefore %s", got, others)
	}
}
