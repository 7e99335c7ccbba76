package tools_test

import (
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/tools"
)

func TestDefinitions(t *testing.T) {
	for name, tt := range map[string]struct{ input, want string }{
		"openai chat": {
			`{"messages":[{"role":"user","content":"weather?"}],"tools":[{"type":"function","function":{"name":"getWeather","description":"The weather of a <city>","parameters":{"type":"object","properties": {"city":{"type":"string"}},"required":["city"]},"strict":true}}]}`,
			`{"getWeather":{"description":"The weather of a <city>","parameters":"{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}"}}`,
		},
		"openai responses": {
			`{"input":"hi","tools":[{"type":"function","name":"f","description":"d","parameters":{}},{"type":"web_search"}]}`,
			`{"f":{"description":"d","parameters":"{}"}}`,
		},
		"anthropic":           {`{"messages":[],"tools":[{"name":"f","description":"d","input_schema":{"type":"object"}}]}`, `{"f":{"description":"d","parameters":"{\"type\":\"object\"}"}}`},
		"ai sdk 4":            {`{"messages":[],"tools":[{"type":"function","name":"f","description":"d","parameters":{"a":1}}]}`, `{"f":{"description":"d","parameters":"{\"a\":1}"}}`},
		"ai sdk 5":            {`{"messages":[],"tools":[{"type":"function","name":"f","inputSchema":{"a":1}},{"type":"provider-defined","id":"openai.web_search","name":"web","args":{}}]}`, `{"f":{"description":"","parameters":"{\"a\":1}"},"web":{"description":"","parameters":""}}`},
		"pydantic ai":         {`{"tools":[{"name":"f","description":"d","parameters_json_schema":{"a":1},"outer_typed_dict_key":null}]}`, `{"f":{"description":"d","parameters":"{\"a\":1}"}}`},
		"gemini":              {`{"contents":[],"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT"}},{"name":"g","parametersJsonSchema":{}}]}]}`, `{"f":{"description":"d","parameters":"{\"type\":\"OBJECT\"}"},"g":{"description":"","parameters":"{}"}}`},
		"google adk":          {`{"model":"m","config":{"tools":[{"function_declarations":[{"name":"f","description":"d"}]}]},"contents":[]}`, `{"f":{"description":"d","parameters":""}}`},
		"langchain messages":  {`[{"role":"user","content":"hi"},{"role":"tool","content":{"type":"function","function":{"name":"f","description":"d","parameters":{"a":1}}}}]`, `{"f":{"description":"d","parameters":"{\"a\":1}"}}`},
		"langgraph state":     {`{"messages":[{"role":"tool","content":{"type":"function","function":{"name":"f"}}}]}`, `{"f":{"description":"","parameters":""}}`},
		"a tool's own result": {`[{"role":"tool","tool_call_id":"1","content":"{\"type\":\"function\",\"function\":{\"name\":\"f\"}}"}]`, ``},
		"another content":     {`[{"role":"tool","content":{"type":"text","name":"f"}},{"role":"user","content":{"type":"function","name":"g"}}]`, ``},
		"in messages":         {`{"messages":[{"role":"system","tools":[{"name":"f"}]},1,{"role":"user","tools":[{"name":"g"}]}]}`, `{"f":{"description":"","parameters":""},"g":{"description":"","parameters":""}}`},
		"in a list":           {`[{"role":"system","tools":[{"name":"f"}]}]`, `{"f":{"description":"","parameters":""}}`},
		"first wins":          {`{"tools":[{"name":"f","desc":"one"},{"name":"f","desc":"two"}],"messages":[{"tools":[{"name":"f"}]}]}`, `{"f":{"description":"one","parameters":""}}`},
		"description first":   {`{"tools":[{"name":"f","desc":"two","description":"one"}]}`, `{"f":{"description":"one","parameters":""}}`},
		"own before function": {`{"tools":[{"name":"f","function":{"name":"g","description":"d","parameters":"{\"as\": \"text\"}"}}]}`, `{"f":{"description":"d","parameters":"{\"as\": \"text\"}"}}`},
		"nulls and others":    {`{"tools":[{"name":"f","description":null,"desc":{"a": 1},"parameters":null,"inputSchema":[ ]}]}`, `{"f":{"description":"{\"a\":1}","parameters":"[]"}}`},
		"texts":               {`{"tools":"[\"{\\\"name\\\":\\\"f\\\"}\"]"}`, `{"f":{"description":"","parameters":""}}`},
		"bad ones are passed": {`{"tools":[1,"x",null,[],{"title":"t"},{"name":"f"},{"function":"g"}]}`, `{"f":{"description":"","parameters":""}}`},
		"the last key counts": {`{"tools":[{"name":"f"}],"tools":[{"name":"g"}]}`, `{"g":{"description":"","parameters":""}}`},
		"tools of no list":    {`{"tools":{"f":{"description":"d"}},"messages":"x","config":1}`, ``},
		"no tools":            {`{"messages":[{"role":"user","content":"which \"tools\" have you?"}]}`, ``},
		"a text":              {`give me "tools"`, ``},
		"a JSON string":       {`"[{\"tools\":[]}]"`, ``},
		"no JSON":             {`{"tools":[{"name":"f"}]`, ``},
		"nothing":             {``, ``},
		"a quote at the end":  {`{"`, ``},
		"too deep":            {`{"tools":[{"name":"f"}],"x":` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + `}`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tools.Definitions(tt.input); got != tt.want {
				t.Errorf("\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
