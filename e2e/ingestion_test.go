package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// verdicts is the answer to a batch.
type verdicts struct {
	Successes []struct {
		ID     string
		Status int
	}
	Errors []struct {
		ID             string
		Status         int
		Message, Error string
	}
}

// ingest sends a batch and returns what became of its events.
func (v *victim) ingest(t *testing.T, events ...string) (out verdicts) {
	t.Helper()
	a := send(t, v.Server, http.MethodPost, "/api/public/ingestion", strings.NewReader(`{"batch":[`+strings.Join(events, ",")+`],"metadata":{"sdk_name":"test"}}`), jsonBody)
	if a.Status != http.StatusMultiStatus {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	if err := json.Unmarshal([]byte(a.Body), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// said is an event of a batch.
func said(id, kind, body string) string {
	return fmt.Sprintf(`{"id":%q,"type":%q,"timestamp":"2026-01-01T00:00:00.000Z","body":%s}`, id, kind, body)
}

// state is everything that the server shows of its project.
func (v *victim) state(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	read := func(path string) string {
		a := send(t, v.Server, http.MethodGet, path, nil)
		if a.Status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, a.Status, a.Body)
		}
		fmt.Fprintf(&all, "%s\n%s\n", path, a.Body)
		return a.Body
	}
	var list struct{ Data []struct{ ID string } }
	if err := json.Unmarshal([]byte(read("/api/public/traces?limit=100&orderBy=id.asc")), &list); err != nil {
		t.Fatal(err)
	}
	for _, tr := range list.Data {
		read("/api/public/traces/" + tr.ID)
	}
	for _, path := range []string{
		"/api/public/observations?limit=100", "/api/public/v2/scores?limit=100", "/api/public/sessions?limit=100",
		"/api/public/v2/observations?limit=1000&fields=core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context",
	} {
		read(path)
	}
	return all.String()
}

// badEvents are events that are refused, with a part of what the entry must say.
func badEvents() map[string]struct{ event, id, detail string } {
	const body = `{"id":"bad","traceId":"T","name":"bad"}`
	score := func(fields string) string {
		return said("e", "score-create", `{"id":"bad","name":"bad",`+fields+`}`)
	}
	return map[string]struct{ event, id, detail string }{
		"no id":                  {`{"type":"span-create","timestamp":"2026-01-01T00:00:00Z","body":` + body + `}`, "unknown", "id"},
		"an id that is a number": {`{"id":7,"type":"span-create","timestamp":"2026-01-01T00:00:00Z","body":` + body + `}`, "unknown", "id"},
		"no type":                {`{"id":"e","timestamp":"2026-01-01T00:00:00Z","body":` + body + `}`, "e", "type"},
		"an unknown type":        {said("e", "thought-create", body), "e", "type"},
		"a run item":             {said("e", "dataset-run-item-create", body), "e", "type"},
		"no timestamp":           {`{"id":"e","type":"span-create","body":` + body + `}`, "e", "timestamp"},
		"no zone":                {`{"id":"e","type":"span-create","timestamp":"2026-01-01T00:00:00","body":` + body + `}`, "e", "timestamp"},
		"a day that is none":     {`{"id":"e","type":"span-create","timestamp":"2026-02-30T00:00:00Z","body":` + body + `}`, "e", "timestamp"},
		"no body":                {`{"id":"e","type":"span-create","timestamp":"2026-01-01T00:00:00Z"}`, "e", "body"},
		"a body that is a list":  {said("e", "span-create", `[]`), "e", "body"},
		"an event that is null":  {`null`, "unknown", "object"},
		"an event that is text":  {`"x"`, "unknown", "object"},
		"a bad start":            {said("e", "span-create", `{"id":"bad","traceId":"T","startTime":"yesterday"}`), "e", "body.startTime"},
		"a bad level":            {said("e", "span-create", `{"id":"bad","traceId":"T","level":"error"}`), "e", "body.level"},
		"a name that is none":    {said("e", "span-create", `{"id":"bad","traceId":"T","name":{}}`), "e", "body.name"},
		"tags that are none":     {said("e", "trace-create", `{"id":"bad","tags":"a,b"}`), "e", "body.tags"},
		"a long id":              {said("e", "span-create", `{"id":"`+strings.Repeat("x", 801)+`","traceId":"T"}`), "e", "body.id"},
		"a long name":            {said("e", "trace-create", `{"id":"bad","name":"`+strings.Repeat("x", 1001)+`"}`), "e", "body.name"},
		"half a prompt":          {said("e", "generation-create", `{"id":"bad","traceId":"T","promptName":"p"}`), "e", "prompt"},
		"usage that is text":     {said("e", "generation-create", `{"id":"bad","traceId":"T","usageDetails":"12"}`), "e", "body.usageDetails"},
		"too many tags":          {said("e", "trace-create", `{"id":"bad","tags":[`+numbered(1025, `"t%d"`, ",")+`]}`), "e", "tags"},
		"too much metadata":      {said("e", "trace-create", `{"id":"bad","metadata":{`+numbered(100_001, `"k%d":1`, ",")+`}}`), "e", "metadata"},
		"a model of 2 MiB":       {said("e", "generation-create", `{"id":"bad","traceId":"T","model":"`+strings.Repeat("m", 2<<20)+`"}`), "e", "model"},
		"a score about nothing":  {score(`"value":1`), "e", "exactly one"},
		"a score about two":      {score(`"value":1,"traceId":"T","sessionId":"S"`), "e", "exactly one"},
		"a score of true":        {score(`"value":true,"traceId":"T"`), "e", "body.value"},
		"a score without value":  {score(`"traceId":"T"`), "e", "body.value"},
		"a boolean of 2":         {score(`"value":2,"dataType":"BOOLEAN","traceId":"T"`), "e", "0 or 1"},
		"a number in words":      {score(`"value":"2","dataType":"NUMERIC","traceId":"T"`), "e", "number"},
		"a long text":            {score(`"value":"` + strings.Repeat("x", 501) + `","dataType":"TEXT","traceId":"T"`), "e", "500"},
		"a type of null":         {score(`"value":1,"dataType":null,"traceId":"T"`), "e", "body.dataType"},
		"a config that is none":  {score(`"value":1,"configId":"c","traceId":"T"`), "e", "configId"},
		"an annotation":          {score(`"value":1,"source":"ANNOTATION","traceId":"T"`), "e", "configId"},
	}
}

// TestBadEvents sends each bad event between two good ones: these are stored, and
// the bad one is named with what is wrong with it.
func TestBadEvents(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	cases := badEvents()
	for i, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			c := cases[name]
			before := said(fmt.Sprint("before ", i), "span-create", fmt.Sprintf(`{"id":"before-%d","traceId":"good"}`, i))
			after := said(fmt.Sprint("after ", i), "score-create", fmt.Sprintf(`{"id":"after-%d","traceId":"good","name":"n","value":1}`, i))
			for range 2 { // a client sends all of it again
				got := v.ingest(t, before, c.event, after)
				if len(got.Successes) != 2 || got.Successes[0].ID != fmt.Sprint("before ", i) || got.Successes[1].ID != fmt.Sprint("after ", i) || got.Successes[0].Status != 201 {
					t.Errorf("successes: %+v", got.Successes)
				}
				if len(got.Errors) != 1 {
					t.Fatalf("errors: %+v", got.Errors)
				}
				if e := got.Errors[0]; e.ID != c.id || e.Status != 400 || e.Message != "Invalid request data" || !strings.Contains(e.Error, c.detail) {
					t.Errorf("%+v, want the id %q and %q in the error", e, c.id, c.detail)
				}
			}
			v.unharmed(t)
		})
	}
	state := v.state(t)
	if strings.Contains(state, `"bad"`) {
		t.Error("something of a refused event is stored")
	}
	for i := range len(cases) {
		for _, id := range []string{fmt.Sprintf(`"before-%d"`, i), fmt.Sprintf(`"after-%d"`, i)} {
			if !strings.Contains(state, id) {
				t.Errorf("%s is not stored", id)
			}
		}
	}
}

// TestBadBatches sends what is no batch at all.
func TestBadBatches(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	for name, c := range map[string]struct {
		body   string
		header []string
		status int
		says   string
	}{
		"nothing":          {"", nil, 400, `"errors":[`},
		"cut off":          {`{"batch":[`, nil, 400, `"errors":[`},
		"a list":           {`[]`, nil, 400, `"errors":[`},
		"no batch":         {`{"events":[]}`, nil, 400, `"errors":[`},
		"a batch of text":  {`{"batch":"x"}`, nil, 400, `"errors":[`},
		"a batch of null":  {`{"batch":null}`, nil, 400, `"errors":[`},
		"two bodies":       {`{"batch":[]}{"batch":[]}`, nil, 400, `"errors":[`},
		"brackets":         {`{"batch":[` + strings.Repeat("[", 1<<20), nil, 400, `"errors":[`},
		"a foreign coding": {`{"batch":[]}`, []string{"Content-Encoding: br"}, 415, `"message":`},
		"a false coding":   {`{"batch":[]}`, []string{"Content-Encoding: gzip"}, 400, `"message":`},
		"too many events":  {`{"batch":[` + numbered(10_001, `{"n":%d}`, ",") + `]}`, nil, 413, `"message":`},
		"an empty batch":   {`{"batch":[]}`, nil, 207, `{"successes":[],"errors":[]}`},
		"compressed":       {string(gzipped([]byte(`{"batch":[]}`))), []string{"Content-Encoding: gzip"}, 207, `{"successes":[],"errors":[]}`},
	} {
		t.Run(name, func(t *testing.T) {
			a := send(t, v.Server, http.MethodPost, "/api/public/ingestion", strings.NewReader(c.body), append(c.header, jsonBody)...)
			if a.Status != c.status || !strings.Contains(a.Body, c.says) {
				t.Errorf("%d %.300s, want %d and %s", a.Status, a.Body, c.status, c.says)
			}
			v.unharmed(t)
		})
	}
}

// TestNulls sends every event type with null in every field that may be left out.
// That is the same as leaving them out.
func TestNulls(t *testing.T) {
	const common = `"name":null,"environment":null,"startTime":null,"metadata":null,"input":null,"output":null,"level":null,"statusMessage":null,"parentObservationId":null,"version":null,"endTime":null,` +
		`"completionStartTime":null,"model":null,"modelParameters":null,"usage":null,"usageDetails":null,"costDetails":null,"promptName":null,"promptVersion":null`
	var full, bare []string
	add := func(kind, nulls, needed string) {
		id := fmt.Sprintf(`"id":"%s"`, kind)
		full = append(full, said(kind, kind, "{"+id+","+nulls+needed+"}"))
		bare = append(bare, said(kind, kind, "{"+id+needed+"}"))
	}
	add("trace-create", `"timestamp":null,"name":null,"externalId":null,"input":null,"output":null,"sessionId":null,"userId":null,"environment":null,"metadata":null,"release":null,"version":null,"public":null,"tags":null`, "")
	for _, kind := range []string{
		"event-create", "span-create", "span-update", "generation-create", "generation-update", "agent-create", "tool-create",
		"chain-create", "retriever-create", "evaluator-create", "embedding-create", "guardrail-create",
	} {
		add(kind, common+`,"traceId":null`, "")
	}
	add("observation-create", common, `,"type":"SPAN","traceId":"T"`)
	add("observation-update", common, `,"type":"GENERATION","traceId":"T"`)
	add("score-create", `"comment":null,"metadata":null,"configId":null,"observationId":null,"sessionId":null,"datasetRunId":null,"queueId":null,"environment":null`, `,"name":"n","value":1,"traceId":"T"`)
	var states []map[string]any
	for _, events := range [][]string{full, bare} {
		v := newVictim(t, fusebox.Options{})
		if got := v.ingest(t, events...); len(got.Successes) != len(events) || len(got.Errors) != 0 {
			t.Fatalf("%+v", got)
		}
		states = append(states, v.parsed(t))
		v.unharmed(t)
	}
	if diff := cmp.Diff(states[1], states[0]); diff != "" {
		t.Errorf("left out (-) and null (+):\n%s", diff)
	}
}

// parsed is the state without the times of arrival.
func (v *victim) parsed(t *testing.T) map[string]any {
	t.Helper()
	out := map[string]any{}
	lines := strings.Split(strings.TrimSpace(v.state(t)), "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		var value any
		if err := json.Unmarshal([]byte(lines[i+1]), &value); err != nil {
			t.Fatal(err)
		}
		out[lines[i]] = withoutArrival(value)
	}
	return out
}

func withoutArrival(value any) any {
	switch value := value.(type) {
	case map[string]any:
		delete(value, "createdAt")
		delete(value, "updatedAt")
		for _, v := range value {
			withoutArrival(v)
		}
	case []any:
		for _, v := range value {
			withoutArrival(v)
		}
	}
	return value
}

// story is a batch that meets every rule of the fold that a client of batches can.
func story() []string {
	at := func(second int, id, kind, body string) string {
		return fmt.Sprintf(`{"id":%q,"type":%q,"timestamp":"2026-01-01T00:00:%02d.000Z","body":%s}`, id, kind, second, body)
	}
	return []string{
		at(1, "1", "trace-create", `{"id":"T","name":"first","userId":"u","sessionId":"s","tags":["b","a"],"metadata":{"a":{"b":1},"gone":"x"},"public":true,"input":{"q":1}}`),
		at(2, "2", "trace-create", `{"id":"T","name":"second","userId":null,"tags":["c"],"metadata":{"a":{"c":2}},"output":"done"}`),
		at(3, "3", "generation-create", `{"id":"g","traceId":"T","name":"g","startTime":"2026-01-01T00:00:00.500Z","model":"m","usage":{"input":1,"output":2},"input":"in"}`),
		at(4, "4", "generation-update", `{"id":"g","traceId":"T","output":"","usageDetails":{"output":9},"endTime":"2026-01-01T00:00:05Z"}`),
		at(5, "5", "generation-update", `{"id":"g","traceId":"T","output":"out","level":"WARNING","metadata":{"k":[1,2]}}`),
		at(6, "6", "span-create", `{"id":"g","traceId":"T2","name":"the same id elsewhere"}`),
		at(7, "7", "span-update", `{"id":"late","statusMessage":"came first","endTime":"2026-01-01T00:00:09Z"}`),
		at(2, "8", "span-create", `{"id":"late","traceId":"T","name":"late","startTime":"2026-01-01T00:00:02Z","parentObservationId":"g"}`),
		at(8, "9", "event-create", `{"traceId":"T","name":"without an id","environment":"Prod"}`),
		at(9, "10", "score-create", `{"id":"sc","traceId":"T","name":"n","value":1,"dataType":"BOOLEAN","comment":"c"}`),
		at(10, "11", "score-create", `{"id":"sc","traceId":"T","name":"n","value":0.7,"comment":null}`),
		at(11, "12", "score-create", `{"name":"without an id","value":"good","sessionId":"s"}`),
		at(12, "13", "observation-update", `{"id":"alone","type":"SPAN","name":"no trace ever"}`),
	}
}

// TestStory sends a batch whole, again, in reverse, and event by event: the state is
// the same.
func TestStory(t *testing.T) {
	var want map[string]any
	events := story()
	reversed := slices.Clone(events)
	slices.Reverse(reversed)
	for _, c := range []struct {
		name  string
		calls [][]string
	}{
		{"whole", [][]string{events}},
		{"twice", [][]string{events, events}},
		{"in reverse", [][]string{reversed}},
		{"one by one", chunks(events, 1)},
		{"one by one in reverse", chunks(reversed, 1)},
		{"in parts, sent again", append(chunks(reversed, 4), chunks(events, 5)...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newVictim(t, fusebox.Options{})
			for _, call := range c.calls {
				if got := v.ingest(t, call...); len(got.Errors) != 0 || len(got.Successes) != len(call) {
					t.Fatalf("%+v", got)
				}
			}
			got := v.parsed(t)
			if want == nil {
				want = got
				v.tellsStory(t)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-whole +%s)\n%s", c.name, diff)
			}
			before := v.state(t)
			v.ingest(t, append(events, `{"id":"wrong"}`)...)
			if diff := cmp.Diff(before, v.state(t)); diff != "" {
				t.Errorf("sent again beside an event that is wrong (-before +after)\n%s", diff)
			}
		})
	}
}

func chunks(events []string, size int) [][]string { return slices.Collect(slices.Chunk(events, size)) }

// tellsStory compares the state of the story with what the rules say.
func (v *victim) tellsStory(t *testing.T) {
	t.Helper()
	read := func(path string) (out map[string]any) {
		return send(t, v.Server, http.MethodGet, path, nil).JSON(t)
	}
	expect := func(object map[string]any, want string) {
		t.Helper()
		var fields map[string]any
		if err := json.Unmarshal([]byte(want), &fields); err != nil {
			t.Fatal(err)
		}
		for key, value := range fields {
			if diff := cmp.Diff(value, object[key]); diff != "" {
				t.Errorf("%v %s (-want +got)\n%s", object["id"], key, diff)
			}
		}
	}
	tree := read("/api/public/traces/T")
	expect(tree, `{"name":"second","userId":null,"sessionId":"s","tags":["a","b","c"],"metadata":{"a":{"b":1,"c":2},"gone":"x"},"public":true,"input":{"q":1},"output":"done","timestamp":"2026-01-01T00:00:01.000Z","environment":"prod"}`)
	byName := map[string]map[string]any{}
	for _, o := range tree["observations"].([]any) {
		object := o.(map[string]any)
		byName[object["name"].(string)] = object
	}
	if len(byName) != 3 {
		t.Errorf("observations %v", slices.Sorted(maps.Keys(byName)))
	}
	expect(byName["g"], `{"id":"g","type":"GENERATION","startTime":"2026-01-01T00:00:00.500Z","endTime":"2026-01-01T00:00:05.000Z","output":"out","level":"WARNING","usageDetails":{"output":9,"total":9},"metadata":{"k":[1,2]},"environment":"prod"}`)
	expect(byName["late"], `{"id":"late","statusMessage":"came first","startTime":"2026-01-01T00:00:02.000Z","endTime":"2026-01-01T00:00:09.000Z","parentObservationId":"g"}`)
	expect(byName["without an id"], `{"type":"EVENT","environment":"prod","endTime":null}`)
	scores := tree["scores"].([]any)
	if len(scores) != 1 {
		t.Fatalf("scores %v", scores)
	}
	expect(scores[0].(map[string]any), `{"id":"sc","dataType":"NUMERIC","value":0.7,"stringValue":null,"comment":null,"timestamp":"2026-01-01T00:00:09.000Z"}`)
	expect(read("/api/public/traces/T2")["observations"].([]any)[0].(map[string]any), `{"id":"g","type":"SPAN","name":"the same id elsewhere"}`)
	expect(read("/api/public/observations/alone"), `{"name":"no trace ever","type":"SPAN"}`)
	expect(read("/api/public/sessions/s")["traces"].([]any)[0].(map[string]any), `{"id":"T"}`)
}
