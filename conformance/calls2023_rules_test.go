package conformance_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
)

// A told2023 is what the calls said so far. It knows the rules of docs/batch.md as far
// as the client can meet them, and looks at no answer.
type told2023 struct {
	objects map[string]*object2023 // by kind and id
	takers  map[string]string      // the trace that took an external id, by the id derived from that
}

// An object2023 is one trace, observation or score.
type object2023 struct {
	kind, id string
	trace    string         // the one that it was first sent to; of a trace itself
	shown    map[string]any // what every answer must show of it
	at       int64          // the last call about it
	answer   map[string]any // the answer to that
}

// tell takes in what a call says, and returns what it is about.
func (w *told2023) tell(t *testing.T, c call2023, now time.Time) *object2023 {
	t.Helper()
	word := strings.TrimSuffix(c.Path[strings.LastIndex(c.Path, "/")+1:], "s")
	text := func(key string) string { s, _ := c.body[key].(string); return s }
	kind, id := word, text("id")+text("spanId")+text("generationId") // it sends one of them
	if word != "trace" && word != "score" {
		kind = "observation"
	}
	if id == "" {
		t.Fatalf("%s %s without an id: %s", c.Method, c.Path, c.raw)
	}
	o := w.objects[kind+" "+id]
	if o == nil {
		o = &object2023{kind: kind, id: id, trace: text("traceId"), shown: map[string]any{"id": id, "metadata": map[string]any{}}}
		w.objects[kind+" "+id] = o
		began, sent := "timestamp", text("timestamp")
		switch {
		case kind == "trace":
			o.trace = id
		case text("traceIdType") == "EXTERNAL":
			o.trace = derived2023(o.trace)
		}
		if kind == "observation" {
			began, sent = "startTime", text("startTime")
			o.shown["level"] = "DEFAULT"
			o.setUsage(nil)
		}
		if o.shown[began] = shownTime(now); sent != "" { // the first time stays
			o.shown[began] = parsedTime(t, sent)
		}
	}
	if kind == "observation" {
		o.shown["type"] = strings.ToUpper(word) // that of the last call
	}
	if external := text("externalId"); external != "" {
		alias := derived2023(external)
		if w.takers[alias] == "" {
			w.takers[alias] = id
		}
		if o.shown["externalId"] = nil; w.takers[alias] == id {
			o.shown["externalId"] = external
		}
	}
	for key, value := range c.body {
		o.take(t, key, value)
	}
	if end, ok := o.shown["endTime"].(string); ok { // nothing ends before it starts
		o.shown["endTime"] = max(end, o.shown["startTime"].(string))
	}
	return o
}

// take takes in one field.
func (o *object2023) take(t *testing.T, key string, value any) {
	t.Helper()
	switch key {
	case "id", "spanId", "generationId", "traceId", "traceIdType", "externalId", "startTime", "timestamp":
		return // seen to
	case "input", "prompt":
		o.setPayload("input", "prompt", value)
		return
	case "output", "completion":
		o.setPayload("output", "completion", value)
		return
	}
	clears := strings.Contains(" name userId sessionId release model comment ", " "+key+" ") || o.kind == "trace" && key == "version"
	switch {
	case value == nil && key == "level":
		o.shown[key] = "DEFAULT"
	case value == nil && clears:
		o.shown[key] = nil
	case value == nil, key == "metadata" && weak2023(value): // says nothing
	case key == "metadata":
		object, ok := value.(map[string]any)
		if !ok {
			object = map[string]any{"metadata": value}
		}
		shown := o.shown[key].(map[string]any)
		for name, value := range object {
			shown[name] = merged2023(shown[name], safeInteger(parsedText(value)))
		}
	case key == "usage":
		o.setUsage(value.(map[string]any))
	case key == "endTime" || key == "completionStartTime":
		o.shown[key] = parsedTime(t, value.(string))
	default:
		o.shown[key] = value
	}
}

// setPayload sets an input or output, by both its names. What is empty, 0 or false
// never takes the place of what is not.
func (o *object2023) setPayload(name, old string, value any) {
	if value != nil && (!weak2023(value) || weak2023(o.shown[name])) {
		o.shown[name], o.shown[old] = parsedText(value), parsedText(value)
	}
}

func weak2023(v any) bool { return v == nil || v == "" || v == false || v == json.Number("0") }

// setUsage sets the counts, all at once, unless there are none. A total that is
// missing or 0 is the sum of the others, or the input if that is sent and 0.
func (o *object2023) setUsage(usage map[string]any) {
	names := []string{"promptTokens", "completionTokens", "totalTokens"}
	var counts [3]int64
	sent := o.shown[names[0]] == nil // the first time there is something to show in any case
	for i, name := range names {
		n, ok := usage[name].(json.Number)
		counts[i], _ = n.Int64()
		sent = sent || ok
	}
	if counts[2] == 0 && (counts[0] > 0 || usage[names[0]] == nil) {
		counts[2] = counts[0] + counts[1]
	}
	for i, name := range names {
		if sent {
			o.shown[name] = json.Number(fmt.Sprint(counts[i]))
		}
	}
}

// traceOf returns the trace that an object is in now.
func (w *told2023) traceOf(o *object2023) string {
	if taker := w.takers[o.trace]; taker != "" {
		return taker
	}
	return o.trace
}

// traces returns the kinds and ids of what is in each trace, sorted. Scores alone make
// no trace.
func (w *told2023) traces() map[string][]string {
	within, traces := map[string][]string{}, map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(w.objects)) {
		o := w.objects[key]
		id := w.traceOf(o)
		if o.kind != "trace" {
			within[id] = append(within[id], key)
		}
		if o.kind != "score" {
			traces[id] = nil
		}
	}
	for id := range traces {
		traces[id] = within[id]
	}
	return traces
}

// derived2023 returns the trace id that an external id stands for until a trace takes it.
func derived2023(external string) string {
	sum := sha256.Sum256([]byte(external))
	return hex.EncodeToString(sum[:])[:32]
}

// merged2023 returns metadata under more of it, key path by key path.
func merged2023(below, above any) any {
	lower, ok := below.(map[string]any)
	upper, also := above.(map[string]any)
	if !ok || !also || len(upper) == 0 { // an empty object is a value
		return above
	}
	all := maps.Clone(lower)
	for key, value := range upper {
		all[key] = merged2023(lower[key], value)
	}
	return all
}

// parsedText returns what a text says if it is JSON, and any other value as it is.
func parsedText(value any) any {
	if text, ok := value.(string); ok && json.Valid([]byte(text)) {
		if object, err := decode2023([]byte(`{"is":` + text + `}`)); err == nil {
			return object["is"]
		}
	}
	return value
}

// safeInteger returns a whole number that a float64 cannot hold as a text, which is
// how metadata shows it.
func safeInteger(value any) any {
	n, _ := value.(json.Number)
	if i, whole := new(big.Int).SetString(n.String(), 10); whole && i.BitLen() > 53 {
		return n.String()
	}
	return value
}

func parsedTime(t *testing.T, text string) string {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return shownTime(at)
}

func shownTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
