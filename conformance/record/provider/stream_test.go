package provider_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/conformance/record/provider"
)

// A sent is one event of a stream.
type sent struct {
	name string
	data map[string]any // nil for [DONE]
}

// events cuts a stream into its events; each must be well-formed.
func events(t *testing.T, stream string) []sent {
	t.Helper()
	body, ok := strings.CutSuffix(stream, "\n\n")
	if !ok {
		t.Fatalf("ends within an event: %q", stream)
	}
	var out []sent
	for block := range strings.SplitSeq(body, "\n\n") {
		var e sent
		for line := range strings.SplitSeq(block, "\n") {
			if name, ok := strings.CutPrefix(line, "event: "); ok {
				e.name = name
			} else if data, ok := strings.CutPrefix(line, "data: "); !ok {
				t.Fatalf("line %q", line)
			} else if data != "[DONE]" {
				e.data = parse(t, data)
			}
		}
		out = append(out, e)
	}
	return out
}

// joined returns the texts at a place in all events, as one.
func joined(all []sent, keys ...any) string {
	var out strings.Builder
	for _, e := range all {
		s, _ := at(e.data, keys...).(string)
		out.WriteString(s)
	}
	return out.String()
}

func TestChatStream(t *testing.T) {
	s, base := start(t)
	got := events(t, ask(t, base, chatPath, `{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"messages":[]}`))
	if text := joined(got, "choices", 0, "delta", "content"); text != provider.Answer {
		t.Errorf("text %q", text)
	}
	if got[len(got)-1].data != nil {
		t.Error("the end is missing")
	}
	last := got[len(got)-2].data
	if choices, ok := last["choices"].([]any); !ok || len(choices) != 0 || at(last, "usage", "prompt_tokens") == nil {
		t.Errorf("last chunk %v", last)
	}
	for _, e := range got[:len(got)-2] {
		if usage, ok := e.data["usage"]; !ok || usage != nil || at(e.data, "choices", 0) == nil {
			t.Errorf("chunk %v", e.data)
		}
	}

	// Who does not ask for the usage is not told, and that is what is kept.
	got = events(t, ask(t, base, chatPath, `{"model":"gpt-4o","stream":true,"messages":[]}`))
	for _, e := range got {
		if _, ok := e.data["usage"]; ok {
			t.Errorf("chunk %v", e.data)
		}
	}
	exchanges, _ := s.Exchanges("f", "c")
	if !exchanges[0].Stream || exchanges[0].Usage == nil || exchanges[1].Usage != nil {
		t.Errorf("kept %v", exchanges)
	}

	tools := `"tools":[{"function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]`
	got = events(t, ask(t, base, chatPath, `{"stream":true,"messages":[],`+tools+`}`))
	if name := joined(got, "choices", 0, "delta", "tool_calls", 0, "function", "name"); name != "weather" {
		t.Errorf("tool %q", name)
	}
	if arguments := joined(got, "choices", 0, "delta", "tool_calls", 0, "function", "arguments"); arguments != `{"city":"Paris"}` {
		t.Errorf("arguments %q", arguments)
	}
}

func TestResponseStream(t *testing.T) {
	_, base := start(t)
	got := events(t, ask(t, base, responsePath, `{"model":"gpt-4o","stream":true,"input":"hi"}`))
	var names []string
	for i, e := range got {
		if e.name != e.data["type"] || e.data["sequence_number"] != float64(i) {
			t.Errorf("event %d: %q, %v", i, e.name, e.data)
		}
		if len(names) == 0 || names[len(names)-1] != e.name {
			names = append(names, e.name)
		}
	}
	want := []string{
		"response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
		"response.output_text.delta", "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	last := got[len(got)-1].data
	if at(last, "response", "usage", "input_tokens_details", "cached_tokens") == nil || at(last, "response", "output", 0, "content", 0, "text") != provider.Answer {
		t.Errorf("last event %v", last)
	}
}

func TestMessageStream(t *testing.T) {
	s, base := start(t)
	got := events(t, ask(t, base, messagePath, `{"model":"claude-sonnet-4-5","stream":true,"messages":[],"thinking":{"type":"enabled"}}`))
	open := map[any]bool{}
	for _, e := range got {
		if e.name != e.data["type"] {
			t.Errorf("%q is of type %v", e.name, e.data["type"])
		}
		switch e.name {
		case "content_block_start":
			open[e.data["index"]] = true
		case "content_block_delta":
			if !open[e.data["index"]] {
				t.Errorf("not open: %v", e.data)
			}
		case "content_block_stop":
			delete(open, e.data["index"])
		}
	}
	if len(open) != 0 || got[0].name != "message_start" || got[len(got)-1].name != "message_stop" {
		t.Errorf("left open %v, from %q to %q", open, got[0].name, got[len(got)-1].name)
	}
	if text := joined(got, "delta", "text"); text != provider.Answer {
		t.Errorf("text %q", text)
	}
	exchanges, _ := s.Exchanges("f", "c")
	raw, err := json.Marshal(exchanges[0].Usage)
	if err != nil {
		t.Fatal(err)
	}
	kept, end := parse(t, string(raw)), got[len(got)-2].data["usage"]
	for _, key := range []string{"input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"} {
		if at(got[0].data, "message", "usage", key) != kept[key] || at(end, key) != kept[key] {
			t.Errorf("%s: kept %v, sent %v and %v", key, kept[key], got[0].data, end)
		}
	}
	if at(end, "output_tokens") != kept["output_tokens"] || at(got[0].data, "message", "usage", "output_tokens") == kept["output_tokens"] {
		t.Errorf("output: kept %v, at the end %v", kept, end)
	}
}

func TestContentStream(t *testing.T) {
	_, base := start(t)
	got := events(t, ask(t, base, streamPath+"?alt=sse", `{"contents":[]}`))
	if text := joined(got, "candidates", 0, "content", "parts", 0, "text"); text != provider.Answer {
		t.Errorf("text %q", text)
	}
	previous := 0.0
	for _, e := range got {
		n, _ := at(e.data, "usageMetadata", "candidatesTokenCount").(float64)
		if n <= previous {
			t.Errorf("counts %v after %v", n, previous)
		}
		previous = n
	}
	var listed []any
	if err := json.Unmarshal([]byte(ask(t, base, streamPath, `{"contents":[]}`)), &listed); err != nil || len(listed) != len(got) {
		t.Errorf("as a list: %d, %v", len(listed), err)
	}
}
