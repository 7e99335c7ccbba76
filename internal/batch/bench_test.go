package batch_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/batch"
)

// benchBatch is what an SDK sends of one call of a model: a trace, a generation
// with a few kilobytes of text, its update and a score.
func benchBatch(b *testing.B, n int) []byte {
	b.Helper()
	text := strings.Repeat("It was the best of times, \"it was\" the worst of times.\n", 40)
	messages, err := json.Marshal([]map[string]string{{"role": "system", "content": text}, {"role": "user", "content": text}})
	if err != nil {
		b.Fatal(err)
	}
	answer, err := json.Marshal(text)
	if err != nil {
		b.Fatal(err)
	}
	one := []string{
		event("trace-create", `{"id": "t1", "timestamp": "2023-11-14T22:13:20.123Z", "name": "chat", "userId": "u1", "sessionId": "s1", "release": "1.2.3", "tags": ["a", "b"], "metadata": {"k": 1}, "environment": "production"}`),
		event("generation-create", `{"id": "g1", "traceId": "t1", "name": "answer", "startTime": "2023-11-14T22:13:20.123Z", "model": "gpt-4o", "modelParameters": {"temperature": 0.7, "max_tokens": 512}, "input": `+string(messages)+`, "metadata": {"a": {"b": [1, 2, 3]}}, "environment": "production"}`),
		event("generation-update", `{"id": "g1", "traceId": "t1", "endTime": "2023-11-14T22:13:22.123Z", "completionStartTime": "2023-11-14T22:13:21.123Z", "output": `+string(answer)+`, "usage": {"input": 812, "output": 402, "unit": "TOKENS"}, "usageDetails": {"input": 812, "output": 402, "input_cached_tokens": 100}}`),
		event("score-create", `{"id": "s1", "traceId": "t1", "name": "helpful", "value": 1, "dataType": "BOOLEAN", "comment": "yes"}`),
	}
	var all []string
	for range n {
		all = append(all, one...)
	}
	return []byte(`{"batch": [` + strings.Join(all, ", ") + `], "metadata": {"sdk_name": "python"}}`)
}

func BenchmarkDecode(b *testing.B) {
	data := benchBatch(b, 25)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		events, err := batch.Decode(data, project, 0)
		if err != nil || len(events) != 100 || events[0].Refused != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodeEscaped reads texts as Python writes them by default.
func BenchmarkDecodeEscaped(b *testing.B) {
	text := strings.Repeat(`\u4f60\u597d, w\u00f6rld \ud83d\ude00\n`, 100)
	data := []byte(`{"batch": [` + strings.Repeat(event("span-create", `{"id": "s", "input": {"text": "`+text+`"}, "output": ["`+text+`"]}`)+", ", 49) + event("span-create", `{}`) + `]}`)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if events, err := batch.Decode(data, project, 0); err != nil || events[0].Refused != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkValid is the measure: only to check that the same text is JSON.
func BenchmarkValid(b *testing.B) {
	data := benchBatch(b, 25)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if !json.Valid(data) {
			b.Fatal("not JSON")
		}
	}
}
