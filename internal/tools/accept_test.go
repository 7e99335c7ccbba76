package tools_test

import (
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/tools"
)

func TestAccepts(t *testing.T) {
	deep := strings.Repeat("[", 600) + strings.Repeat("]", 600)
	for name, tt := range map[string]struct {
		source   string
		nameless bool
		want     string // "" refuses
	}{
		"a name":                     {source: `[{"name":"a"}]`, want: `[{"name":"a"}]`},
		"under function":             {source: `[{"type":"function","function":{"name":"a"}}]`, want: `[{"type":"function","function":{"name":"a"}}]`},
		"as it is written":           {source: " [ {\"name\" : \"a\"},\n{\"name\":\"<b>\"} ] ", want: "[ {\"name\" : \"a\"},\n{\"name\":\"<b>\"} ]"},
		"texts of tools":             {source: `["{\"name\":\"a\"}",{"name":"b"}," {\"function\":{\"name\":\"c\"}}\n"]`, want: `[{"name":"a"},{"name":"b"},{"function":{"name":"c"}}]`},
		"text of a list":             {source: `"[{\"name\":\"a\"}]"`, want: `[{"name":"a"}]`},
		"text of a list of texts":    {source: `"[\"{\\\"name\\\":\\\"a\\\"}\"]"`, want: `[{"name":"a"}]`},
		"gemini":                     {source: `[{"functionDeclarations":[{"name":"a"},{"name":"b"}]}]`, want: `[{"functionDeclarations":[{"name":"a"},{"name":"b"}]}]`},
		"google adk":                 {source: `[{"function_declarations":[{"name":"a"}]}]`, want: `[{"function_declarations":[{"name":"a"}]}]`},
		"a provider's tool":          {source: `[{"type":"web_search"}]`, nameless: true, want: `[{"type":"web_search"}]`},
		"a provider's tool, refused": {source: `[{"type":"web_search"}]`},
		"one bad element":            {source: `[{"name":"a"},{"title":"b"}]`},
		"one bad element, nameless":  {source: `[{"type":"a"},{"title":"b"}]`, nameless: true},
		"a declaration without name": {source: `[{"functionDeclarations":[{"name":"a"},{}]}]`},
		"a name that is no text":     {source: `[{"name":1}]`},
		"an empty name":              {source: `[{"name":""}]`},
		"a type that is no text":     {source: `[{"type":1}]`, nameless: true},
		"a text that is no tool":     {source: `["a"]`},
		"a text of a list in a list": {source: `["[{\"name\":\"a\"}]"]`},
		"a list in a list":           {source: `[[{"name":"a"}]]`},
		"a scalar in a list":         {source: `[1]`},
		"no elements":                {source: `[]`},
		"an object":                  {source: `{"name":"a"}`},
		"a text":                     {source: `"a"`},
		"nothing":                    {source: ``},
		"no JSON":                    {source: `[{"name":"a"}`},
		"a text of no JSON":          {source: `["{\"name\":\"a\""]`},
		"too deep":                   {source: `[{"name":"a","parameters":` + deep + `}]`},
		"text of a tool too deep":    {source: `["{\"name\":\"a\",\"parameters\":` + deep + `}"]`},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := tools.Accepts(tt.source, tt.nameless)
			if ok != (tt.want != "") || got != tt.want {
				t.Errorf("%q, %v, want %q", got, ok, tt.want)
			}
		})
	}
}
