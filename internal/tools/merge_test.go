package tools_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/tools"
)

func TestMerge(t *testing.T) {
	const list = `[{"name":"a","v":2},{"name":"b"}]`
	for name, tt := range map[string]struct {
		input  string
		isNull bool
		list   string // the one above unless it is named
		want   string // "" changes nothing
	}{
		"no input":                  {isNull: true, want: `{"tools":` + list + `}`},
		"null":                      {input: " null ", want: `{"tools":` + list + `}`},
		"a list":                    {input: ` [{"role":"user"}] `, want: `{"messages":[{"role":"user"}],"tools":` + list + `}`},
		"an empty list":             {input: `[]`, want: `{"messages":[],"tools":` + list + `}`},
		"an object":                 {input: "{\"n\": 1.0 ,\"s\":\"<\"\n}\n", want: `{"n": 1.0 ,"s":"<","tools":` + list + `}`},
		"an empty object":           {input: `{ }`, want: `{"tools":` + list + `}`},
		"an object with null":       {input: `{"tools":null,"x":1e3}`, want: `{"tools":` + list + `,"x":1e3}`},
		"an object with none":       {input: `{"tools":[ ],"x":1}`, want: `{"tools":` + list + `,"x":1}`},
		"an object with others":     {input: `{"x":1,"tools":[{"name":"c"} ]}`, want: `{"x":1,"tools":[{"name":"c"},{"name":"a","v":2},{"name":"b"}]}`},
		"an object with one":        {input: `{"tools":[{"function":{"name":"a"}}],"<x":1}`, want: `{"tools":[{"function":{"name":"a"}},{"name":"b"}],"<x":1}`},
		"an object with all":        {input: `{"tools":[{"name":"b"},{"name":"a"},{"name":"a"}]}`, want: `{"tools":[{"name":"b"},{"name":"a"},{"name":"a"}]}`},
		"an object with texts":      {input: `{"tools":["{\"name\":\"a\"}"]}`, want: `{"tools":["{\"name\":\"a\"}",{"name":"b"}]}`},
		"an object with a text":     {input: `{"tools":"[{\"name\":\"a\"}]"}`, want: `{"tools":[{"name":"a"},{"name":"b"}]}`},
		"an object with nameless":   {input: `{"tools":[{"type":"search"}]}`, list: `[{"type": "search"},{"type":"code"},{"type":"code"}]`, want: `{"tools":[{"type":"search"},{"type":"code"}]}`},
		"the last of two keys":      {input: `{"tools":5,"x":1,"tools":[{"name":"a"}]}`, want: `{"tools":5,"x":1,"tools":[{"name":"a"},{"name":"b"}]}`},
		"one name twice":            {input: `{"tools":[{"name":"c"}]}`, list: `[{"name":"a","v":1},{"name":"a","v":2}]`, want: `{"tools":[{"name":"c"},{"name":"a","v":1}]}`},
		"a text":                    {input: "say \"hi\" <b>\n", want: `{"prompt":"say \"hi\" <b>\n","tools":` + list + `}`},
		"an empty text":             {input: ``, want: `{"prompt":"","tools":` + list + `}`},
		"almost JSON":               {input: `{"a":1`, want: `{"prompt":"{\"a\":1","tools":` + list + `}`},
		"a JSON string":             {input: `"hi"`, want: `{"prompt":"hi","tools":` + list + `}`},
		"a number":                  {input: `42`},
		"true":                      {input: `true`},
		"an object with other ones": {input: `{"tools":{"a":1}}`},
		"an object with half ones":  {input: `{"tools":[{"name":"a"},{"title":"b"}]}`},
		"an object with a number":   {input: `{"tools":1}`},
		"almost too deep":           {input: strings.Repeat("[", 499) + strings.Repeat("]", 499), want: `{"messages":` + strings.Repeat("[", 499) + strings.Repeat("]", 499) + `,"tools":` + list + `}`},
		"one level too deep":        {input: strings.Repeat("[", 500) + strings.Repeat("]", 500)},
		"far too deep":              {input: strings.Repeat("[", 600), want: `{"prompt":"` + strings.Repeat("[", 600) + `","tools":` + list + `}`},
	} {
		t.Run(name, func(t *testing.T) {
			added := tt.list
			if added == "" {
				added = list
			}
			got, ok := tools.Merge(tt.input, tt.isNull, added)
			if ok != (tt.want != "") || got != tt.want {
				t.Errorf("%q, %v, want %q", got, ok, tt.want)
			}
			if ok && !json.Valid([]byte(got)) {
				t.Errorf("%s is no JSON", got)
			}
		})
	}
}
