package otelmap_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/otelmap"
)

// TestDetails looks for the parts of a call of 100 and 20 in its output.
func TestDetails(t *testing.T) {
	m := otelmap.New(otelmap.DefaultRules())
	counted := map[string]int64{"input": 100, "output": 20}
	whole := map[string]int64{"input": 60, "input_cached_tokens": 40, "output": 13, "output_reasoning_tokens": 7}
	const chat = `{"completion_tokens":20,"prompt_tokens":100,"total_tokens":120,"completion_tokens_details":{"reasoning_tokens":7,"text_tokens":null},"prompt_tokens_details":{"cached_tokens":40}}`
	python := strings.NewReplacer(`"`, `'`, ":", ": ", ",", ", ", "null", "None").Replace(chat)
	for name, c := range map[string]struct {
		output string
		want   map[string]int64
	}{
		"JSON":                          {`{"text":"hi","usage":` + chat + `}`, whole},
		"the object itself":             {chat, whole},
		"a text of JSON":                {quoted(`{"usage":` + chat + `}`), whole},
		"a text of JSON in another":     {quoted(`{"a":` + quoted(chat) + `}`), whole},
		"with line breaks in the text":  {quoted("{\n\t\"usage\": " + strings.ReplaceAll(chat, ",", ",\r\n  ") + "\n}"), whole},
		"a dict of Python":              {`ChatMessage(text='{', meta={'usage': ` + python + `, 'x': <object>})`, whole},
		"a dict of Python in JSON":      {quoted(`[` + python + `]`), whole},
		"an object of Python":           {`Answer(usage=Usage(prompt_tokens=100, completion_tokens=20, prompt_tokens_details=Details(cached_tokens=40, audio_tokens=None), completion_tokens_details=Details(reasoning_tokens=7)), x=1)`, whole},
		"beside texts, lists and flags": {`{"tier":"a \"b\"","list":[1,[{"cached_tokens":3}],"x"],"ok":true,` + chat[1:], whole},
		"numbers as floats":             {strings.Replace(chat, ":100", ":100.0", 1), whole},
		"after another call's":          {`[{"usage":` + strings.ReplaceAll(chat, "20,", "21,") + `},{"usage":` + chat + `}]`, whole},
		"after one without parts":       {`[{"prompt_tokens":100,"completion_tokens":20},` + chat + `]`, whole},
		"the first that agrees":         {`[` + chat + `,` + strings.ReplaceAll(chat, "40", "41") + `]`, whole},

		"another call's":                {strings.ReplaceAll(chat, "100", "101"), counted},
		"another call's output":         {strings.ReplaceAll(chat, "20,", "21,"), counted},
		"no output":                     {strings.Replace(chat, "completion_tokens", "x", 1), counted},
		"parts of nothing":              {strings.NewReplacer("40", "0", "7", "0").Replace(chat), counted},
		"parts above the whole":         {strings.ReplaceAll(chat, "40", "140"), counted},
		"cut off":                       {strings.TrimRight(chat, "}"), counted},
		"a list":                        {`["prompt_tokens",100,"completion_tokens",20]`, counted},
		"no object":                     {`prompt_tokens: 100, completion_tokens: 20, cached_tokens: 40`, counted},
		"parts in a list":               {`{"prompt_tokens":100,"completion_tokens":20,"prompt_tokens_details":[{"cached_tokens":40}]}`, counted},
		"parts too deep":                {`{"prompt_tokens":100,"completion_tokens":20,"a":{"prompt_tokens_details":{"cached_tokens":40}}}`, counted},
		"something else in it":          {strings.Replace(chat, "null", "<x>", 1), counted},
		"a text that does not end":      {`{"prompt_tokens":100,"completion_tokens":20,"prompt_tokens_details":{"cached_tokens":40},"a":"b}`, counted},
		"a brace in a text before":      {`{"tier":"}",` + chat[1:], counted},
		"members without commas":        {`{"prompt_tokens":100 "completion_tokens":20 "prompt_tokens_details":{"cached_tokens":40}}`, counted},
		"a list without commas":         {strings.Replace(chat, "null", "[1 2]", 1), counted},
		"members without values":        {strings.Replace(chat, "null", "", 1), counted},
		"names without values":          {`{"prompt_tokens","completion_tokens":20,"prompt_tokens_details":{"cached_tokens":40}}`, counted},
		"a longer name":                 {strings.Replace(chat, `"prompt_tokens"`, `"prompt_tokens_"`, 1), counted},
		"very deep":                     {strings.Replace(chat, "null", strings.Repeat(`{"a":`, 9)+"1"+strings.Repeat("}", 9), 1), counted},
		"an object that is long":        {strings.Replace(chat, "null", `"`+strings.Repeat("x", 9000)+`"`, 1), counted},
		"a begin that is far":           {`{"a":"` + strings.Repeat("x", 9000) + `",` + chat[1:], counted},
		"a text that is long":           {strings.Repeat("x", 256<<10) + chat, counted},
		"after very many":               {strings.Repeat(`{"prompt_tokens":1},`, 300) + chat, counted},
		"names of nothing, very many":   {strings.Repeat(`"prompt_tokens"`, 1000) + chat, counted},
		"a name after its object":       {`{"x":"{"} prompt_tokens ` + chat, whole},
		"an empty text":                 {"", counted},
		"only a word of it":             {"_tokens", counted},
		"a name at the end of the text": {`{"prompt_tokens`, counted},
	} {
		t.Run(name, func(t *testing.T) {
			got := usageOf(t, m, obj("gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20, "output.value", c.output))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.output, diff)
			}
		})
	}
	t.Run("a map", func(t *testing.T) {
		got := usageOf(t, m, obj("gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20, "output.value", json.RawMessage(`{"usage":`+chat+`}`)))
		if diff := cmp.Diff(whole, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	for name, attrs := range map[string]string{
		"nothing is counted":   obj("output.value", chat),
		"only input":           obj("gen_ai.usage.input_tokens", 100, "output.value", chat),
		"zeros":                obj("gen_ai.usage.input_tokens", 0, "gen_ai.usage.output_tokens", 0, "output.value", strings.NewReplacer("100", "0", "20,", "0,").Replace(chat)),
		"no text":              obj("gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20, "output.value", 7),
		"all parts otherwise":  obj("gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20, "gen_ai.usage.cache_read.input_tokens", 41, "output.value", chat),
		"nothing that is new":  obj("gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20, "gen_ai.usage.cache_read.input_tokens", 40, "gen_ai.usage.reasoning.output_tokens", 7, "output.value", chat),
		"another's attributes": obj("gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20, "output.values", chat),
	} {
		t.Run(name, func(t *testing.T) {
			if reasons := reasonsOf(t, m, vector{attrs: attrs}); strings.Contains(reasons, "usage_detail/") {
				t.Errorf("details were taken:\n%s", reasons)
			}
		})
	}
}

// TestDetailsOfParts looks for how long the cache lives, in an object without wholes.
func TestDetailsOfParts(t *testing.T) {
	m := otelmap.New(otelmap.DefaultRules())
	for name, c := range map[string]struct {
		output string
		want   map[string]int64
	}{
		"the same parts":     {`{"cache_read_input_tokens":40,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20}}`, map[string]int64{"input": 30, "output": 20, "input_cached_tokens": 40, "input_cache_creation": 0, "input_cache_creation_5m": 10, "input_cache_creation_1h": 20}},
		"some of them":       {`{"cache_read_input_tokens":40,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10}}`, map[string]int64{"input": 30, "output": 20, "input_cached_tokens": 40, "input_cache_creation": 20, "input_cache_creation_5m": 10}},
		"another call's":     {`{"cache_read_input_tokens":40,"cache_creation_input_tokens":31,"cache_creation":{"ephemeral_5m_input_tokens":10}}`, map[string]int64{"input": 30, "output": 20, "input_cached_tokens": 40, "input_cache_creation": 30}},
		"more than there is": {`{"cache_read_input_tokens":40,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":31}}`, map[string]int64{"input": 30, "output": 20, "input_cached_tokens": 40, "input_cache_creation": 30}},
	} {
		t.Run(name, func(t *testing.T) {
			got := usageOf(t, m, obj("gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20, "gen_ai.usage.cache_read.input_tokens", 40,
				"gen_ai.usage.cache_creation.input_tokens", 30, "output.value", c.output))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestEveryDetail: each part of each shape is found, whether the parts of a side are
// in what was counted or beside it.
func TestEveryDetail(t *testing.T) {
	rules := otelmap.DefaultRules()
	m := otelmap.New(rules)
	for _, shape := range rules.DetailShapes {
		if shape.Of[0] != "" {
			continue // parts of parts have a test of their own
		}
		for _, part := range shape.Parts {
			for _, inside := range []bool{true, false} {
				value := "3"
				path := strings.Split(part.Path, ".")
				for i := len(path) - 1; i > 0; i-- {
					value = fmt.Sprintf(`{%q:%s}`, path[i], value)
				}
				wholes := map[string]int64{"input": 100, "output": 20}
				counted := map[string]int64{"input": 100, "output": 20}
				side, beside := "input", shape.InputBeside
				if strings.HasPrefix(part.Entry, "output") {
					side, beside = "output", shape.OutputBeside
				}
				switch {
				case inside && beside:
					counted[side] += 3
				case !inside && !beside:
					counted[side] -= 3
				}
				got := usageOf(t, m, obj("gen_ai.usage.input_tokens", counted["input"], "gen_ai.usage.output_tokens", counted["output"],
					"output.value", fmt.Sprintf(`{%q:%d,%q:%d,%q:%s}`, shape.Input, wholes["input"], shape.Output, wholes["output"], path[0], value)))
				want := map[string]int64{"input": 100, "output": 20, part.Entry: 3}
				if !beside {
					want[side] -= 3
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s, %s, inside %v (-want +got):\n%s", shape.Name, part.Path, inside, diff)
				}
			}
		}
	}
}

// quoted returns a text as JSON.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// FuzzDetails looks for parts in any text: what is found never makes an entry
// negative, and a side adds up to what was counted, or to that and its parts.
func FuzzDetails(f *testing.F) {
	for _, shape := range otelmap.DefaultRules().DetailShapes {
		part := strings.Split(shape.Parts[0].Path, ".")
		f.Add(fmt.Sprintf(`{%q:100,%q:20,%q:{%q:4}}`, shape.Input, shape.Output, part[0], part[len(part)-1]))
		f.Add(fmt.Sprintf(`A(%s=100, %s=20, %s=4)`, shape.Input, shape.Output, part[0]))
		f.Add(quoted(fmt.Sprintf("{\n%q:104,%q:20,'%s':4, \"x\":[1,{}]}", shape.Input, shape.Output, part[0])))
	}
	m := otelmap.New(otelmap.DefaultRules())
	f.Fuzz(func(t *testing.T, text string) {
		usage := usageOf(t, m, obj("gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20, "output.value", text))
		sums, parts := map[string]int64{}, map[string]int64{}
		for name, n := range usage {
			side, part, _ := strings.Cut(name, "_")
			sums[side] += n
			if part != "" {
				parts[side] += n
			}
			if n < 0 {
				t.Fatalf("%v", usage)
			}
		}
		for side, whole := range map[string]int64{"input": 100, "output": 20} {
			if sums[side] != whole && sums[side] != whole+parts[side] {
				t.Fatalf("%s of %v", side, usage)
			}
		}
	})
}
