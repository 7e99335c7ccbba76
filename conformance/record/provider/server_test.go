package provider_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/conformance/record/provider"
)

// ask sends one request and returns the body of the answer.
func ask(t *testing.T, base, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %s", path, res.Status, raw)
	}
	return string(raw)
}

func start(t *testing.T) (*provider.Server, string) {
	t.Helper()
	s := provider.New()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return s, srv.URL
}

// parse returns JSON as maps; it must be JSON.
func parse(t *testing.T, s string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	return m
}

// at walks down maps and lists; keys are texts and ints.
func at(v any, keys ...any) any {
	for _, k := range keys {
		switch k := k.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[k]
		case int:
			l, _ := v.([]any)
			if k >= len(l) {
				return nil
			}
			v = l[k]
		}
	}
	return v
}

const (
	chatPath      = "/f/c/openai/v1/chat/completions"
	responsePath  = "/f/c/openai/v1/responses"
	messagePath   = "/f/c/anthropic/v1/messages"
	contentPath   = "/f/c/gemini/v1beta/models/gemini-2.5-flash:generateContent"
	streamPath    = "/f/c/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent"
	embeddingPath = "/f/c/openai/v1/embeddings"
)

// leaves returns the counts in a usage that are not sums of others and not 0.
func leaves(api string, usage any) map[string]float64 {
	sums := map[string]bool{"total_tokens": true, "totalTokenCount": true, "cache_creation_input_tokens": true}
	out := map[string]float64{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				if !sums[k] && !strings.HasSuffix(k, "TokensDetails") {
					walk(path+"."+k, e)
				}
			}
		case float64:
			if v != 0 {
				out[path] = v
			}
		}
	}
	walk(api, usage)
	return out
}

func TestCounts(t *testing.T) {
	paths := map[string]struct{ path, body string }{
		"chat":      {"/openai/v1/chat/completions", `{"model":"gpt-4o-mini","messages":[]}`},
		"responses": {"/openai/v1/responses", `{"model":"gpt-4o-mini","input":"hi"}`},
		"messages":  {"/anthropic/v1/messages", `{"model":"claude-sonnet-4-5","messages":[]}`},
		"content":   {"/gemini/v1beta/models/gemini-2.5-flash:generateContent", `{"contents":[]}`},
	}
	for name, test := range paths {
		t.Run(name, func(t *testing.T) {
			_, base := start(t)
			_, second := start(t)
			seen := map[string]string{}
			for _, framework := range []string{"alpha", "beta", "gamma"} {
				for n := range 5 {
					where := fmt.Sprintf("%s request %d", framework, n)
					answer := ask(t, base, "/"+framework+"/chat"+test.path, test.body)
					if again := ask(t, second, "/"+framework+"/chat"+test.path, test.body); again != answer {
						t.Errorf("%s differs the second time:\n%s\n%s", where, answer, again)
					}
					usage := at(parse(t, answer), "usage")
					if usage == nil {
						usage = at(parse(t, answer), "usageMetadata")
					}
					counts := leaves("", usage)
					if len(counts) < 4 {
						t.Errorf("%s has only %v", where, counts)
					}
					values := map[float64]string{}
					for key, v := range counts {
						if int(v)%2 != 1 {
							t.Errorf("%s: %s is %v", where, key, v)
						}
						if other, ok := values[v]; ok {
							t.Errorf("%s: %s and %s are both %v", where, key, other, v)
						}
						values[v] = key
					}
					all := fmt.Sprint(counts)
					if other, ok := seen[all]; ok {
						t.Errorf("%s and %s count the same: %s", where, other, all)
					}
					seen[all] = where
				}
			}
		})
	}
}

func TestUsage(t *testing.T) {
	s, base := start(t)
	chat := parse(t, ask(t, base, chatPath, `{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}`))
	if got := at(chat, "choices", 0, "message", "content"); got != provider.Answer {
		t.Errorf("answer %v", got)
	}
	if got := at(chat, "model"); got != "gpt-4o-mini-2024-07-18" {
		t.Errorf("model %v", got)
	}
	usage := func(keys ...any) int { n, _ := at(chat, append([]any{"usage"}, keys...)...).(float64); return int(n) }
	if usage("prompt_tokens")+usage("completion_tokens") != usage("total_tokens") {
		t.Errorf("total of %v", chat["usage"])
	}
	if usage("prompt_tokens_details", "cached_tokens") >= usage("prompt_tokens") ||
		usage("completion_tokens_details", "reasoning_tokens") >= usage("completion_tokens") {
		t.Errorf("parts larger than the whole: %v", chat["usage"])
	}

	message := parse(t, ask(t, base, messagePath, `{"model":"claude-sonnet-4-5","messages":[]}`))
	written, _ := at(message, "usage", "cache_creation_input_tokens").(float64)
	brief, _ := at(message, "usage", "cache_creation", "ephemeral_5m_input_tokens").(float64)
	long, _ := at(message, "usage", "cache_creation", "ephemeral_1h_input_tokens").(float64)
	if brief+long != written || brief == 0 || long == 0 {
		t.Errorf("cache of %v", message["usage"])
	}

	content := parse(t, ask(t, base, contentPath, `{"contents":[]}`))
	count := func(key string) float64 { n, _ := at(content, "usageMetadata", key).(float64); return n }
	if count("promptTokenCount")+count("candidatesTokenCount")+count("thoughtsTokenCount") != count("totalTokenCount") {
		t.Errorf("total of %v", content["usageMetadata"])
	}

	// What is kept is what was answered.
	exchanges, unknown := s.Exchanges("f", "c")
	if len(exchanges) != 3 || len(unknown) != 0 {
		t.Fatalf("kept %d, unknown %v", len(exchanges), unknown)
	}
	for i, want := range []any{chat["usage"], message["usage"], content["usageMetadata"]} {
		raw, err := json.Marshal(exchanges[i].Usage)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, any(parse(t, string(raw)))); diff != "" {
			t.Errorf("exchange %d (-answered +kept)\n%s", i, diff)
		}
	}
}

func TestTools(t *testing.T) {
	const schema = `{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"},"unit":{"enum":["C","F"]},"more":{"$ref":"#/$defs/m"}},
		"$defs":{"m":{"type":"array","items":{"anyOf":[{"type":"null"},{"type":"boolean"}]}}}}`
	const arguments = `{"city":"Paris","days":21,"more":[true],"unit":"C"}`
	tests := map[string]struct {
		path, first, second string
		name, arguments     []any // where they are in the first answer
		text                []any // where it is in the second
	}{
		"chat": {
			path: chatPath,
			first: `{"model":"m","messages":[{"role":"user","content":"hi"}],
				"tools":[{"type":"function","function":{"name":"weather","parameters":` + schema + `}}]}`,
			second: `{"model":"m","messages":[{"role":"user","content":"hi"},{"role":"tool","content":"21"}],
				"tools":[{"type":"function","function":{"name":"weather","parameters":` + schema + `}}]}`,
			name:      []any{"choices", 0, "message", "tool_calls", 0, "function", "name"},
			arguments: []any{"choices", 0, "message", "tool_calls", 0, "function", "arguments"},
			text:      []any{"choices", 0, "message", "content"},
		},
		"responses": {
			path:  responsePath,
			first: `{"model":"m","input":"hi","tools":[{"type":"function","name":"weather","parameters":` + schema + `}]}`,
			second: `{"model":"m","input":[{"type":"function_call_output","call_id":"x","output":"21"}],
				"tools":[{"type":"function","name":"weather","parameters":` + schema + `}]}`,
			name: []any{"output", 0, "name"}, arguments: []any{"output", 0, "arguments"}, text: []any{"output", 0, "content", 0, "text"},
		},
		"messages": {
			path:  messagePath,
			first: `{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"name":"weather","input_schema":` + schema + `}]}`,
			second: `{"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"x","content":"21"}]}],
				"tools":[{"name":"weather","input_schema":` + schema + `}]}`,
			name: []any{"content", 0, "name"}, arguments: []any{"content", 0, "input"}, text: []any{"content", 0, "text"},
		},
		"content": {
			path:  contentPath,
			first: `{"contents":[],"tools":[{"functionDeclarations":[{"name":"weather","parametersJsonSchema":` + schema + `}]}]}`,
			second: `{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"weather","response":{"r":21}}}]}],
				"tools":[{"functionDeclarations":[{"name":"weather","parametersJsonSchema":` + schema + `}]}]}`,
			name:      []any{"candidates", 0, "content", "parts", 0, "functionCall", "name"},
			arguments: []any{"candidates", 0, "content", "parts", 0, "functionCall", "args"},
			text:      []any{"candidates", 0, "content", "parts", 0, "text"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, base := start(t)
			first := parse(t, ask(t, base, test.path, test.first))
			if got := at(first, test.name...); got != "weather" {
				t.Fatalf("calls %v in %v", got, first)
			}
			got := at(first, test.arguments...)
			if s, ok := got.(string); ok {
				got = any(parse(t, s))
			}
			if diff := cmp.Diff(any(parse(t, arguments)), got); diff != "" {
				t.Errorf("arguments (-want +got)\n%s", diff)
			}
			second := parse(t, ask(t, base, test.path, test.second))
			if got := at(second, test.text...); got != provider.Answer {
				t.Errorf("after the tool: %v in %v", got, second)
			}
		})
	}
}

func TestDemands(t *testing.T) {
	const fits = `{"city":"Paris","degrees":21}`
	const schema = `{"type":"object","properties":{"city":{"type":"string"},"degrees":{"type":"number"}}}`
	tests := map[string]struct {
		path, body, want string
		text             []any
	}{
		"chat schema": {
			chatPath, `{"messages":[],"response_format":{"type":"json_schema","json_schema":{"schema":` + schema + `}}}`,
			fits,
			[]any{"choices", 0, "message", "content"},
		},
		"responses schema": {
			responsePath, `{"input":"hi","text":{"format":{"type":"json_schema","schema":` + schema + `}}}`,
			fits,
			[]any{"output", 0, "content", 0, "text"},
		},
		"messages schema": {
			messagePath, `{"messages":[],"output_config":{"format":{"type":"json_schema","schema":` + schema + `}}}`,
			fits,
			[]any{"content", 0, "text"},
		},
		"content schema": {
			contentPath, `{"contents":[],"generationConfig":{"responseMimeType":"application/json","responseSchema":` + schema + `}}`,
			fits,
			[]any{"candidates", 0, "content", "parts", 0, "text"},
		},
		"exactly": {
			chatPath, `{"messages":[{"role":"user","content":"Well.\nAnswer exactly: a\\nb\nPlease."}]}`,
			"a\nb",
			[]any{"choices", 0, "message", "content"},
		},
		"forced tool": {
			chatPath, `{"messages":[{"role":"tool","content":"x"}],"tool_choice":{"type":"function","function":{"name":"b"}},
				"tools":[{"function":{"name":"a"}},{"function":{"name":"b"}}]}`,
			"b",
			[]any{"choices", 0, "message", "tool_calls", 0, "function", "name"},
		},
		"any tool but not again": {
			chatPath, `{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"a"}}]},{"role":"tool","content":"x"}],"tool_choice":"required",
				"tools":[{"function":{"name":"a"}},{"function":{"name":"b"}}]}`,
			"b",
			[]any{"choices", 0, "message", "tool_calls", 0, "function", "name"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, base := start(t)
			if got := at(parse(t, ask(t, base, test.path, test.body)), test.text...); got != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}

func TestEmbeddings(t *testing.T) {
	tests := map[string]struct {
		input string
		want  int
	}{
		"text":           {`"hi"`, 1},
		"texts":          {`["hi","ho"]`, 2},
		"tokens":         {`[1,2,3]`, 1},
		"lists of those": {`[[1,2],[3]]`, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, base := start(t)
			answer := parse(t, ask(t, base, embeddingPath, `{"model":"text-embedding-3-small","input":`+test.input+`}`))
			if data, _ := answer["data"].([]any); len(data) != test.want {
				t.Errorf("%d embeddings", len(data))
			}
		})
	}
}

func TestUnknown(t *testing.T) {
	s, base := start(t)
	res, err := http.Post(base+"/f/c/openai/v1/images", "application/json", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	missing, err := http.Get(base + "/f/c/missing/v1/chat/completions")
	if err != nil {
		t.Fatal(err)
	}
	missing.Body.Close()
	if missing.StatusCode != http.StatusNotFound {
		t.Errorf("missing: %s", missing.Status)
	}
	answered, unknown := s.Exchanges("f", "c")
	if res.StatusCode != http.StatusNotFound || len(answered) != 0 || !cmp.Equal(unknown, []string{"POST openai/v1/images"}) {
		t.Errorf("%s, %v, %v", res.Status, answered, unknown)
	}
	s.Begin("f", "c")
	if _, unknown := s.Exchanges("f", "c"); unknown != nil {
		t.Errorf("still knows %v", unknown)
	}
}
