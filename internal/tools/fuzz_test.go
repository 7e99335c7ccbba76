package tools_test

import (
	"encoding/json"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/tools"
)

// FuzzTexts: no text makes any function panic, and what they return is what they say.
func FuzzTexts(f *testing.F) {
	for _, text := range []string{
		``, `null`, `{}`, `[]`, `{"`, `"[{\"name\":\"a\"}]"`,
		`{"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{}}}],"messages":[{"role":"tool","content":{"type":"function","name":"g"}}]}`,
		`{"tools":"[\"{\\\"name\\\":\\\"f\\\"}\"]","config":{"tools":[{"functionDeclarations":[{"name":"a"}]}]}}`,
		`{"choices":[{"message":{"tool_calls":"[{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]"}}]}`,
		`[{"type":"tool_use","id":"1","name":"f","input":{}},{"toolName":"g","args":{}},{"parts":[{"functionCall":{"name":"f","args":{}}}]}]`,
		`{"generations":[[{"message":{"kwargs":{"tool_calls":[{"name":"f","args":{},"id":"1"}]}}}]],"additional_kwargs":{"tool_calls":[]}}`,
		`[{"id":"x","name":"f","arguments":"\ud800","index":-1}]`,
	} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, text, source string) {
		definitions := tools.Definitions(text)
		if definitions != "" {
			var got map[string]struct {
				Description, Parameters *string
			}
			if err := json.Unmarshal([]byte(definitions), &got); err != nil || len(got) == 0 {
				t.Fatalf("%s: %v", definitions, err)
			}
			for name, d := range got {
				if name == "" || d.Description == nil || d.Parameters == nil {
					t.Fatalf("%s: %q", definitions, name)
				}
			}
		}
		if calls := tools.Calls(text); calls != "" {
			var got []struct {
				ID, Name, Arguments, Type *string
				Index                     *int
			}
			if err := json.Unmarshal([]byte(calls), &got); err != nil || len(got) == 0 {
				t.Fatalf("%s: %v", calls, err)
			}
			for _, c := range got {
				if c.ID == nil || c.Name == nil || *c.Name == "" || c.Arguments == nil || c.Type == nil || c.Index == nil {
					t.Fatalf("%s lacks something", calls)
				}
			}
		}
		list, ok := tools.Accepts(source, len(text)%2 == 0)
		if !ok {
			return
		}
		if again, ok := tools.Accepts(list, len(text)%2 == 0); !ok || again != list {
			t.Fatalf("%s becomes %s, %v", list, again, ok)
		}
		merged, ok := tools.Merge(text, text == "", list)
		if !ok {
			return
		}
		if !json.Valid([]byte(merged)) {
			t.Fatalf("%s is no JSON", merged)
		}
		if again, ok := tools.Merge(merged, false, list); !ok || again != merged {
			t.Fatalf("merged twice %s becomes %s, %v", merged, again, ok)
		}
		offered := tools.Definitions(merged)
		if offered == "" && tools.Definitions(`{"tools":`+list+`}`) != "" {
			t.Fatalf("the tools of %s are lost in %s", list, merged)
		}
	})
}
