package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/tools"
)

// one is the call which most cases hold, with an id and a type.
func one(id, kind string) string {
	return fmt.Sprintf(`[{"id":%q,"name":"getWeather","arguments":"{\"city\":\"Oslo\"}","type":%q,"index":0}]`, id, kind)
}

func TestCalls(t *testing.T) {
	const text = `"arguments":"{\"city\":\"Oslo\"}"`
	for name, tt := range map[string]struct{ output, want string }{
		"openai chat": {
			`{"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"getWeather",` + text + `}}]},"finish_reason":"tool_calls"}],"usage":{"total_tokens":3}}`,
			one("call_1", "function"),
		},
		"openai message": {
			`{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","index":0,"function":{"name":"getWeather",` + text + `}},{"id":"call_2","index":1,"function":{"name":"f","arguments":""}}],"function_call":null}`,
			`[{"id":"call_1","name":"getWeather","arguments":"{\"city\":\"Oslo\"}","type":"function","index":0},{"id":"call_2","name":"f","arguments":"","type":"function","index":1}]`,
		},
		"openai agents":          {`[{"choices":[{"finish_reason":"tool_calls","index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"getWeather",` + text + `},"id":"call_1","type":"function"}]}}],"object":"chat.completion"}]`, one("call_1", "function")},
		"openai of 2023":         {`{"role":"assistant","content":null,"function_call":{"name":"getWeather",` + text + `}}`, one("", "function")},
		"openai responses":       {`{"id":"resp_1","output":[{"type":"reasoning","id":"rs_1","summary":[]},{"type":"function_call","id":"fc_1","call_id":"call_1","name":"getWeather",` + text + `,"status":"completed"}]}`, one("call_1", "function_call")},
		"openai responses, list": {`[{"type":"function_call","id":"fc_1","call_id":"call_1","name":"getWeather",` + text + `},{"type":"function_call_output","call_id":"call_1","output":"3"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"hi"}]}]`, one("call_1", "function_call")},
		"anthropic":              {`{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"text","text":"let me see"},{"type":"tool_use","id":"toolu_1","name":"getWeather","input":{"city": "Oslo"}}],"stop_reason":"tool_use"}`, one("toolu_1", "tool_use")},
		"anthropic, parts":       {`[{"type":"text","text":"let me see"},{"type":"tool_use","id":"toolu_1","name":"getWeather","input":{"city":"Oslo"}}]`, one("toolu_1", "tool_use")},
		"anthropic, results":     {`[{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"3"}]}]`, ``},
		"ai sdk 4":               {`{"role":"assistant","content":"","tool_calls":[{"toolCallType":"function","toolCallId":"1","toolName":"getWeather","args":"{\"city\":\"Oslo\"}"}]}`, one("1", "")},
		"ai sdk 4, text":         {`{"role":"assistant","content":"","tool_calls":"[{\"toolCallType\":\"function\",\"toolCallId\":\"1\",\"toolName\":\"getWeather\",\"args\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}]"}`, one("1", "")},
		"ai sdk 4, calls only":   {`[{"toolCallType":"function","toolCallId":"1","toolName":"getWeather","args":"{\"city\":\"Oslo\"}"}]`, one("1", "")},
		"ai sdk 5, parts":        {`[{"role":"assistant","content":[{"type":"tool-call","toolCallId":"1","toolName":"getWeather","input":{"city":"Oslo"}}]},{"role":"tool","content":[{"type":"tool-result","toolCallId":"1","toolName":"getWeather","input":{"city":"Oslo"},"output":3}]}]`, one("1", "tool-call")},
		"ai sdk 5, calls":        {`{"text":"","toolCalls":[{"type":"tool-call","toolCallId":"1","toolName":"getWeather","input":{"city":"Oslo"}}],"content":[{"type":"tool-call","toolCallId":"1","toolName":"getWeather","input":{"city":"Oslo"}}]}`, one("1", "tool-call")},
		"ai sdk 5, bare":         {`[{"type":"tool-call","toolCallId":"1","toolName":"getWeather","input":"{\"city\":\"Oslo\"}"}]`, one("1", "tool-call")},
		"ai sdk, no arguments":   {`{"type":"tool-call","toolName":"f"}`, `[{"id":"","name":"f","arguments":"{}","type":"tool-call","index":0}]`},
		"ai sdk, result":         {`{"type":"tool-result","toolCallId":"1","toolName":"getWeather","input":{},"output":3}`, ``},
		"ai sdk, error":          {`{"type":"tool-error","toolCallId":"1","toolName":"getWeather","input":{},"error":"no"}`, ``},
		"ai sdk, no call":        {`{"toolName":"f","output":3}`, ``},
		"langchain": {
			`{"role":"assistant","content":"","additional_kwargs":{"tool_calls":[{"id":"call_1","function":{"name":"getWeather",` + text + `},"type":"function"}]},"tool_calls":[{"name":"getWeather","args":{"city":"Oslo"},"id":"call_1","type":"tool_call"}]}`,
			one("call_1", "tool_call"),
		},
		"langchain, kwargs":        {`{"content":"","additional_kwargs":{"tool_calls":[{"id":"call_1","function":{"name":"getWeather",` + text + `},"type":"function"}]}}`, one("call_1", "function")},
		"langchain, kwargs listed": {`[{"content":"","additional_kwargs":{"tool_calls":[{"id":"call_1","function":{"name":"getWeather",` + text + `},"type":"function"}]}}]`, ``},
		"langchain, bare":          {`[{"name":"getWeather","args":{"city":"Oslo"},"id":"call_1","type":"tool_call"}]`, one("call_1", "tool_call")},
		"langchain, generations": {
			`{"generations":[[{"text":"","type":"ChatGeneration","message":{"lc":1,"type":"constructor","id":["langchain","AIMessage"],"kwargs":{"content":"","additional_kwargs":{},"tool_calls":[{"name":"getWeather","args":{"city":"Oslo"},"id":"call_1","type":"tool_call"}],"type":"ai"}}}]],"llm_output":{}}`,
			one("call_1", "tool_call"),
		},
		"litellm": {`[{"function_call":{"arguments":"{\"city\":\"Oslo\"}","name":"getWeather"},"role":"assistant","finish_reason":"tool_calls"}]`, one("", "function")},
		"langgraph state": {
			`{"messages":[{"role":"user","content":"weather?"},{"role":"assistant","content":"","tool_calls":[{"name":"getWeather","args":{"city":"Oslo"},"id":"call_1","type":"tool_call"}]},{"role":"tool","tool_call_id":"call_1","content":"3","name":"getWeather"}]}`,
			one("call_1", "tool_call"),
		},
		"genai conventions":   {`[{"role":"assistant","parts":[{"type":"text","content":"hm"},{"type":"tool_call","id":"call_1","name":"getWeather","arguments":{"city":"Oslo"}}],"finish_reason":"tool_call"}]`, one("call_1", "tool_call")},
		"genai, answered":     {`[{"role":"tool","parts":[{"type":"tool_call_response","id":"call_1","response":"3"}]}]`, ``},
		"genai event":         {`{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"getWeather",` + text + `}}]}}`, one("call_1", "function")},
		"genai event, text":   {`[{"role":"choice","message":"{\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"getWeather\",\"arguments\":{\"city\":\"Oslo\"}}}]}"}]`, one("call_1", "function")},
		"gemini":              {`{"candidates":[{"content":{"role":"model","parts":[{"text":"hm"},{"functionCall":{"name":"getWeather","args":{"city":"Oslo"}}}]},"finishReason":"STOP"}]}`, one("", "function")},
		"gemini, content":     {`{"role":"model","parts":[{"functionCall":{"id":"1","name":"getWeather","args":{"city":"Oslo"}}},{"functionResponse":{"name":"getWeather","response":{}}}]}`, one("1", "function")},
		"gemini, snake":       {`[{"role":"model","parts":[{"text":null,"function_call":{"id":null,"name":"getWeather","args":{"city":"Oslo"}}}]}]`, one("", "function")},
		"google adk":          {`{"content":{"parts":[{"function_call":{"name":"getWeather","args":{"city":"Oslo"}}}],"role":"model"},"usage_metadata":{}}`, one("", "function")},
		"bedrock":             {`{"output":{"message":{"role":"assistant","content":[{"text":"hm"},{"toolUse":{"toolUseId":"t1","name":"getWeather","input":{"city":"Oslo"}}}]}},"stopReason":"tool_use"}`, one("t1", "function")},
		"strands":             {`{"finish_reason":"tool_use","message":"[{\"text\":\"hm\"},{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"getWeather\",\"input\":{\"city\":\"Oslo\"}}}]"}`, one("t1", "function")},
		"strands, no call":    {`[{"role":"choice","message":"[{\"toolUse\":{}}]"}]`, ``},
		"autogen":             {`{"finish_reason":"function_calls","content":[{"id":"1","arguments":"{\"city\":\"Oslo\"}","name":"getWeather"}],"thought":null}`, one("1", "")},
		"autogen, results":    {`{"content":[{"content":"3","name":"getWeather","call_id":"1","is_error":false}]}`, ``},
		"genkit":              {`{"role":"model","content":[{"toolRequest":{"name":"getWeather","ref":"0","input":{"city":"Oslo"}}}]}`, one("0", "function")},
		"bare, function":      {`{"function":{"name":"getWeather",` + text + `}}`, one("", "function")},
		"bare, id":            {`{"id":"1","name":"getWeather",` + text + `}`, one("1", "")},
		"bare, index":         {`{"index":0,"name":"getWeather",` + text + `}`, one("", "")},
		"bare, type":          {`{"type":"function","name":"getWeather",` + text + `}`, one("", "function")},
		"bare, call_id":       {`{"call_id":"1","name":"getWeather",` + text + `}`, one("1", "")},
		"bare, nothing else":  {`{"name":"getWeather",` + text + `}`, ``},
		"bare, another type":  {`{"type":"person","name":"getWeather",` + text + `}`, ``},
		"bare, no arguments":  {`{"id":"1","type":"function","name":"getWeather"}`, ``},
		"bare, half function": {`{"function":{"name":"getWeather"}}`, ``},
		"a message":           {`{"role":"user","id":"1","name":"getWeather",` + text + `}`, ``},
		"a person":            {`{"id":"1","name":"Ada","role":"function","tools":["pen"]}`, ``},
		"id before others":    {`{"tool_calls":[{"call_id":"","id":7,"toolCallId":"x","name":"f"}]}`, `[{"id":"7","name":"f","arguments":"{}","type":"","index":0}]`},
		"name under function": {`{"tool_calls":[{"name":"x","function":{"name":"f","arguments":null},"args":[1, 2]}]}`, `[{"id":"","name":"f","arguments":"[1,2]","type":"function","index":0}]`},
		"index":               {`{"tool_calls":[{"name":"f","index":3},{"name":"g","index":"1"},{"name":"h","index":1.5},{"name":"i","index":null}]}`, `[{"id":"","name":"f","arguments":"{}","type":"","index":3},{"id":"","name":"g","arguments":"{}","type":"","index":0},{"id":"","name":"h","arguments":"{}","type":"","index":0},{"id":"","name":"i","arguments":"{}","type":"","index":0}]`},
		"once by id":          {`{"tool_calls":[{"id":"1","name":"f"},{"id":"1","name":"g"}],"toolCalls":[{"id":"1","name":"f"},{"id":"2","name":"f"}]}`, `[{"id":"1","name":"f","arguments":"{}","type":"","index":0},{"id":"2","name":"f","arguments":"{}","type":"","index":0}]`},
		"once by arguments":   {`{"tool_calls":[{"name":"f","args":{"a": 1}},{"name":"f","args":{"a":1}},{"name":"f","args":"<2>"}]}`, `[{"id":"","name":"f","arguments":"{\"a\":1}","type":"","index":0},{"id":"","name":"f","arguments":"<2>","type":"","index":0}]`},
		"no name":             {`{"tool_calls":[{"id":"1","args":{}},{"id":"2","name":null},{"id":"3","name":""},1,"x",[]]}`, ``},
		"calls of no list":    {`{"tool_calls":{"name":"f"},"choices":{"message":1},"content":{"parts":1},"generations":[1],"message":"x"}`, ``},
		"empty list":          {`{"role":"assistant","content":"hi","tool_calls":[],"function_call":null}`, ``},
		"a text about tools":  {`{"role":"assistant","content":"call \"tool_calls\" with \"arguments\""}`, ``},
		"a text":              {`call {"tool_calls":[{"name":"f"}]}`, ``},
		"a JSON string":       {`"{\"tool_calls\":[{\"name\":\"f\"}]}"`, ``},
		"no JSON":             {`{"tool_calls":[{"name":"f"}]`, ``},
		"a text of no JSON":   {`{"tool_calls":"[{\"name\":\"f\"}"}`, ``},
		"nothing":             {``, ``},
		"null":                {`null`, ``},
		"a quote at the end":  {`{"`, ``},
		"too deep":            {`{"tool_calls":[{"name":"f"}],"x":` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + `}`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tools.Calls(tt.output); got != tt.want {
				t.Errorf("\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
