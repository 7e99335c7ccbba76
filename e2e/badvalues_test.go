package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	common "go.opentelemetry.io/proto/slim/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/fusebox-llm/fusebox/internal/testkit/fusebox"
)

// TestTimes sends times from before the year 1 to after 9999, in JSON, which can
// say them all.
func TestTimes(t *testing.T) {
	const (
		year1, year9999 = "-62135596800000000000", "253402300799999999999"
		early           = "start time outside the years 1 to 9999"
		late            = "end time outside the years 1 to 9999"
	)
	v := newVictim(t, fusebox.Options{})
	for name, c := range map[string]struct{ start, end, wantStart, wantEnd, refused string }{
		"epoch as number":       {"0", "0", "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z", ""},
		"epoch as text":         {`"0"`, `"1000000"`, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.001Z", ""},
		"negative":              {`"-1"`, `-1000001`, "1970-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", ""},
		"year 1":                {`"` + year1 + `"`, year1, "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z", ""},
		"year 9999":             {`"` + year9999 + `"`, year9999, "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", ""},
		"all of time":           {year1, year9999, "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", ""},
		"as float":              {`1.7e18`, `"1.7000000000015e18"`, "2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20.001Z", ""},
		"in two halves":         {`{"high":395812094,"low":908722176}`, `{"high":395812094,"low":909722176,"unsigned":true}`, "2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20.001Z", ""},
		"only start":            {"1700000000000000000", "null", "2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20.000Z", ""},
		"only end":              {`""`, "1700000000000000000", "2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20.000Z", ""},
		"end before start":      {"1700000000000000000", "0", "2023-11-14T22:13:20.000Z", "1970-01-01T00:00:00.000Z", ""},
		"unreadable start":      {`"soon"`, "1700000000000000000", "2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20.000Z", ""},
		"not finite":            {`"Infinity"`, "1700000000000000000", "2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20.000Z", ""},
		"of another type":       {`[1]`, "1700000000000000000", "2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20.000Z", ""},
		"before year 1":         {`-62135596800000001000`, "0", "", "", early},
		"after year 9999":       {"0", `253402300800000000000`, "", "", late},
		"beyond 64 bits":        {`"99999999999999999999999999999999"`, "0", "", "", early},
		"far beyond":            {`1e400`, "0", "", "", early},
		"far below":             {"0", `-1e400`, "", "", late},
		"an exponent of a mile": {`1e999999999999999999999`, "0", "", "", early},
		"a number of a mile":    {strings.Repeat("9", 100_000), "0", "", "", early},
	} {
		t.Run(name, func(t *testing.T) {
			id := "time " + name
			body := onScope(fmt.Sprintf(`"spans":[{"traceId":%q,"spanId":"it","startTimeUnixNano":%s,"endTimeUnixNano":%s},{"traceId":%[1]q,"spanId":"beside","startTimeUnixNano":"1700000000000000000"}]`, id, c.start, c.end))
			want := "{}"
			if c.refused != "" {
				want = `{"partialSuccess":{"rejectedSpans":"1","errorMessage":"1 refused: ` + c.refused + `"}}`
			}
			if a := send(t, v.Server, http.MethodPost, "/v1/traces", strings.NewReader(body), jsonBody); a.Status != http.StatusOK || a.Body != want {
				t.Fatalf("%d %s, want %s", a.Status, a.Body, want)
			}
			got := observations(t, v, id)
			if got["beside"].StartTime != "2023-11-14T22:13:20.000Z" {
				t.Errorf("the good span: %+v", got["beside"])
			}
			o, ok := got["it"]
			if ok != (c.refused == "") || o.StartTime != c.wantStart || o.EndTime != c.wantEnd {
				t.Errorf("stored %v, %s to %s, want %s to %s", ok, o.StartTime, o.EndTime, c.wantStart, c.wantEnd)
			}
			v.unharmed(t)
		})
	}
	// Lists and windows must cope with all of them.
	for _, query := range []string{"", "?fromTimestamp=0001-01-01T00:00:00Z", "?toTimestamp=9999-12-31T23:59:59Z", "?orderBy=timestamp.asc", "?page=2&limit=3"} {
		if a := send(t, v.Server, http.MethodGet, "/api/public/traces"+query, nil); a.Status != http.StatusOK {
			t.Errorf("%s: %d %.500s", query, a.Status, a.Body)
		}
	}

	// Protobuf: 0 is absent, the largest is in the year 2554.
	b := newBatch(t.Name())
	b.good(func(s *otlp.Span) { s.StartTimeUnixNano, s.EndTimeUnixNano = 0, 0 })
	b.good(func(s *otlp.Span) { s.StartTimeUnixNano, s.EndTimeUnixNano = math.MaxUint64, math.MaxUint64 })
	if o := b.read(t, v.export(t, b, wires()[0], packings()[0]), 1); o.StartTime != "2554-07-21T23:34:33.709Z" {
		t.Errorf("the largest time of protobuf is read as %s", o.StartTime)
	}
}

// observations reads a trace's observations by id.
func observations(t *testing.T, v *victim, traceID string) map[string]stored {
	t.Helper()
	tr, ok := v.trace(t, traceID)
	if !ok {
		t.Fatalf("trace %.100s is not there", traceID)
	}
	m := map[string]stored{}
	for _, o := range tr.Observations {
		m[o.ID] = o
	}
	return m
}

// TestNumbersThatAreNone sends NaN and infinities where numbers and texts belong.
func TestNumbersThatAreNone(t *testing.T) {
	v := newVictim(t, fusebox.Options{})
	for name, f := range map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)} {
		for _, w := range wires() {
			t.Run(name+"/"+w.name, func(t *testing.T) {
				double := &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: f}}
				b := newBatch(t.Name())
				b.good(func(s *otlp.Span) {
					s.Attributes = append(s.Attributes, attributeOf("d", double), attributeOf("langfuse.observation.output", double),
						attributeOf("langfuse.observation.metadata.d", double), attributeOf("langfuse.observation.usage_details", double),
						attributeOf("gen_ai.usage.input_tokens", double), attributeOf("gen_ai.usage.output_tokens", &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: 3}}),
						attributeOf("gen_ai.usage.cost", double), attributeOf("langfuse.observation.model.name", double),
						attributeOf("list", &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: &common.ArrayValue{Values: []*common.AnyValue{double}}}}))
				})
				b.good()
				o := b.read(t, v.export(t, b, w, packings()[0]), 0)
				attributes, _ := o.Metadata["attributes"].(map[string]any)
				if text(t, o.Output) != name || attributes["d"] != name || o.Metadata["d"] != name || attributes["list"] != `["`+name+`"]` {
					t.Errorf("output %s, metadata %v", o.Output, o.Metadata)
				}
			})
		}
	}
}

// TestBrokenText puts bytes that are no UTF-8 into every text field of the
// protocol and reads U+FFFD in their places.
func TestBrokenText(t *testing.T) {
	const broken, repaired = "a\xff\xfe\x80b\xc0", "a\ufffdb\ufffd"
	var (
		v       = newVictim(t, fusebox.Options{})
		bytesOf = func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
		message = func(field protowire.Number, body ...[]byte) []byte {
			return protowire.AppendBytes(protowire.AppendTag(nil, field, protowire.BytesType), bytesOf(body...))
		}
		broke   = func(field protowire.Number) []byte { return message(field, []byte(broken)) }
		textOf  = func(field protowire.Number, s string) []byte { return message(field, []byte(s)) }
		value   = func(any ...[]byte) []byte { return message(2, any...) } // of a KeyValue
		badPair = func(field protowire.Number) []byte { return message(field, broke(1), value(broke(1))) }
		named   = func(field protowire.Number, key string) []byte {
			return message(field, textOf(1, key), value(broke(1)))
		}
		badArray = value(message(5, message(1, broke(1))))
		badMap   = value(message(6, badPair(1)))
		fixed    = func(field protowire.Number, n uint64) []byte {
			return protowire.AppendFixed64(protowire.AppendTag(nil, field, protowire.Fixed64Type), n)
		}
		traceID = bytes.Repeat([]byte{0xff}, 16)
	)
	span := bytesOf(
		message(1, traceID), textOf(2, "goodspan"), broke(3), broke(4), broke(5), fixed(7, 1_700_000_000_000_000_000), fixed(8, 1_700_000_000_000_000_000),
		badPair(9), message(9, textOf(1, "array"), badArray), message(9, textOf(1, "map"), badMap),
		named(9, "langfuse.observation.input"), named(9, "langfuse.observation.output"), named(9, "user.id"), named(9, "session.id"), named(9, "langfuse.trace.tags"),
		named(9, "langfuse.trace.name"), named(9, "langfuse.release"), named(9, "langfuse.version"), named(9, "langfuse.environment"), named(9, "langfuse.observation.model.name"),
		named(9, "langfuse.observation.model.parameters"), named(9, "langfuse.observation.usage_details"), named(9, "langfuse.observation.prompt.name"),
		named(9, "langfuse.observation.metadata.k"), named(9, "langfuse.observation.status_message"), named(9, "langfuse.observation.type"),
		message(11, broke(2), badPair(3)), message(13, message(1, traceID), broke(3), badPair(4)), message(15, broke(2)),
	)
	beside := bytesOf(message(1, traceID), textOf(2, "besideit"), textOf(5, "beside"), fixed(7, 1_700_000_000_000_000_001))
	body := message(1,
		message(1, badPair(1)), // resource
		message(2, message(1, broke(1), broke(2), badPair(3)), message(2, span), message(2, beside), broke(3)),
		broke(3),
	)
	if a := send(t, v.Server, http.MethodPost, "/v1/traces", bytes.NewReader(body), protobuf); a.Status != http.StatusOK || a.Body != "" {
		t.Fatalf("%d %q", a.Status, a.Body)
	}
	id, spanID := strings.Repeat("ff", 16), fmt.Sprintf("%x", "goodspan")
	a := send(t, v.Server, http.MethodGet, "/api/v1/traces/"+id+"/observations/"+spanID, nil)
	got := a.JSON(t)
	type object = map[string]any
	pair := object{repaired: repaired}
	want := object{
		"name": repaired, "input": repaired, "output": repaired, "userId": repaired, "sessionId": repaired, "traceName": repaired,
		"tags": []any{repaired}, "release": repaired, "version": repaired, "environment": "default", "model": repaired,
		"statusMessage": repaired, "promptName": repaired, "parentObservationId": fmt.Sprintf("%x", broken), "type": "GENERATION", // it names a model
	}
	for key, w := range want {
		if diff := cmp.Diff(w, got[key]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", key, diff)
		}
	}
	metadata, _ := got["metadata"].(object)
	for key, w := range map[string]any{
		"k": repaired, "resourceAttributes": pair,
		"scope": object{"name": repaired, "version": repaired, "attributes": pair},
	} {
		if diff := cmp.Diff(w, metadata[key]); diff != "" {
			t.Errorf("metadata.%s (-want +got):\n%s", key, diff)
		}
	}
	attributes, _ := metadata["attributes"].(object)
	for key, w := range map[string]any{repaired: repaired, "array": `["` + repaired + `"]`, "map": `{"` + repaired + `":"` + repaired + `"}`} {
		if attributes[key] != w {
			t.Errorf("metadata.attributes.%s: %q, want %q", key, attributes[key], w)
		}
	}
	raw, _ := got["raw"].(object)
	for key, w := range map[string]any{
		"traceState": repaired, "resourceSchemaUrl": repaired, "scopeSchemaUrl": repaired,
		"events": []any{object{"name": repaired, "attributes": pair}},
		"links":  []any{object{"traceId": id, "traceState": repaired, "attributes": pair}},
	} {
		if diff := cmp.Diff(w, raw[key]); diff != "" {
			t.Errorf("raw.%s (-want +got):\n%s", key, diff)
		}
	}
	if o := observations(t, v, id)[fmt.Sprintf("%x", "besideit")]; o.Name == nil || *o.Name != "beside" {
		t.Errorf("the span beside it: %+v", o)
	}
	for _, list := range []string{"/api/public/traces?name=", "/api/public/observations?name=", "/api/public/v2/observations?fields=core,basic,metadata,trace_context,model&name="} {
		if a := send(t, v.Server, http.MethodGet, list+"a%EF%BF%BDb%EF%BF%BD", nil); a.Status != http.StatusOK || !strings.Contains(a.Body, id) {
			t.Errorf("%s: %d %.500s", list, a.Status, a.Body)
		}
	}
	v.unharmed(t)
}

// TestDuplicates sends every span ten times, from many clients at once, in any
// order and cut, and finds each once.
func TestDuplicates(t *testing.T) {
	const (
		copies, clients = 10, 8
		cost            = `{"input":0.000000000001,"output":0.1}`
	)
	var (
		v     = newVictim(t, fusebox.Options{})
		whole = newBatch(t.Name())
		seed  = rand.Uint64()
		rng   = rand.New(rand.NewPCG(seed, 1))
	)
	t.Logf("seed %d", seed)
	for range 20 {
		whole.good(func(s *otlp.Span) {
			s.Attributes = append(s.Attributes, attribute("langfuse.observation.cost_details", cost), attribute("langfuse.observation.usage_details", `{"input":7,"output":3}`),
				attribute("langfuse.observation.metadata.large", strings.Repeat(s.Name, 10)))
		})
	}
	type request struct {
		body []byte
		w    wire
		p    packing
	}
	spans := whole.scope.Spans
	var requests []request
	for range copies {
		order := rng.Perm(len(spans))
		for len(order) > 0 {
			n := 1 + rng.IntN(len(order))
			part := newBatch(t.Name())
			for _, i := range order[:n] {
				part.scope.Spans = append(part.scope.Spans, spans[i])
			}
			if rng.IntN(4) == 0 { // and once more within the request
				part.scope.Spans = append(part.scope.Spans, part.scope.Spans[0])
			}
			w, p := wires()[rng.IntN(2)], packings()[rng.IntN(3)]
			requests = append(requests, request{p.pack(w.marshal(t, part.request)), w, p})
			order = order[n:]
		}
	}
	rng.Shuffle(len(requests), func(i, j int) { requests[i], requests[j] = requests[j], requests[i] })
	queue := make(chan request, len(requests))
	for _, r := range requests {
		queue <- r
	}
	close(queue)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for r := range queue {
				a, err := try(t.Context(), v.Server, http.MethodPost, "/v1/traces", bytes.NewReader(r.body), "Content-Type: "+r.w.contentType, "Content-Encoding: "+r.p.name)
				if err != nil || a.Status != http.StatusOK || a.Body != r.w.accepted(t, 0, "") {
					t.Errorf("%v %d %s", err, a.Status, a.Body)
				}
			}
		})
	}
	wg.Wait()
	whole.accounted(t, v)
	if tr, _ := v.trace(t, whole.id()); tr.TotalCost != 2.00000000002 {
		t.Errorf("the trace costs %v", tr.TotalCost)
	}
	for _, list := range []string{"/api/public/traces", "/api/public/observations"} {
		var page struct {
			Data []json.RawMessage
			Meta struct{ TotalItems int }
		}
		if err := json.Unmarshal([]byte(send(t, v.Server, http.MethodGet, list, nil).Body), &page); err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"/api/public/traces": 1, "/api/public/observations": len(spans)}[list]
		if len(page.Data) != want || page.Meta.TotalItems != want {
			t.Errorf("%s: %d of %d, want %d", list, len(page.Data), page.Meta.TotalItems, want)
		}
	}
	v.unharmed(t)
}
