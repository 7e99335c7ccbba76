package tools_test

import (
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/tools"
)

func BenchmarkTexts(b *testing.B) {
	plain := `{"role":"assistant","content":"` + strings.Repeat(strings.Repeat(`Oslo is a fine city by the fjord, and not too big.\n`, 6)+`They call it the \"Tiger City\". `, 9) + `"}`
	quotes := `{"role":"assistant","content":"` + strings.Repeat(`Oslo is a \"fine\" city by the fjord, said they. `, 60) + `"}`
	calls := `{"role":"assistant","content":"` + strings.Repeat("Oslo is a fine city. ", 20) + `","tool_calls":[` +
		strings.Repeat(`{"id":"call_1","type":"function","function":{"name":"getWeather","arguments":"{\"city\":\"Oslo\"}"}},`, 3) +
		`{"id":"call_2","type":"function","function":{"name":"getWeather","arguments":"{\"city\":\"Rome\"}"}}]}`
	offers := `{"messages":[{"role":"user","content":"hi"}],"tools":[` + strings.Repeat(`{"type":"function","function":{"name":"getWeather","description":"The weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}},`, 5) + `{"name":"f"}]}`
	list, ok := tools.Accepts(`[{"name":"a"},{"name":"b"}]`, false)
	if !ok {
		b.Fatal("the list is refused")
	}
	for name, run := range map[string]func(){
		"plain output":  func() { tools.Calls(plain) },
		"plain input":   func() { tools.Definitions(plain) },
		"calls":         func() { tools.Calls(calls) },
		"definitions":   func() { tools.Definitions(offers) },
		"merge":         func() { tools.Merge(offers, false, list) },
		"accept":        func() { tools.Accepts(list, false) },
		"quotes":        func() { tools.Calls(quotes) },
		"prose":         func() { tools.Calls(plain[30:]) },
		"megabyte list": func() { tools.Calls(large) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				run()
			}
		})
	}
}

// large is an output of a megabyte in which every element is looked at.
var large = "[" + strings.Repeat(`{"type":"text","text":"x","tool_calls":[{"id":"1"}]},`, 20_000) + `{"type":"tool_use"}]`
