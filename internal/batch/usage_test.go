package batch_test

import "testing"

func TestUsage(t *testing.T) {
	tests := map[string]struct {
		body  string
		usage string
		cost  string
		raw   string
	}{
		"counts":                    {`"usage":{"input":5,"output":7,"total":20,"unit":"TOKENS"}`, "{input 5} {output 7} {total 20}", "", ""},
		"tokens":                    {`"usage":{"promptTokens":5,"completionTokens":7,"totalTokens":20}`, "{input 5} {output 7} {total 20}", "", ""},
		"no total":                  {`"usage":{"input":5,"output":7}`, "{input 5} {output 7} {total 12}", "", ""},
		"total 0":                   {`"usage":{"input":5,"output":7,"total":0}`, "{input 5} {output 7} {total 12}", "", ""},
		"input alone":               {`"usage":{"input":5,"output":null}`, "{input 5} {total 5}", "", ""},
		"output alone":              {`"usage":{"output":7}`, "{output 7} {total 7}", "", ""},
		"input 0":                   {`"usage":{"input":0,"output":5}`, "{input 0} {output 5} {total 0}", "", ""},
		"total alone":               {`"usage":{"total":9}`, "{total 9}", "", ""},
		"a whole float":             {`"usage":{"input":5.0,"output":7e0}`, "{input 5} {output 7} {total 12}", "", ""},
		"tokens exclude the others": {`"usage":{"promptTokens":null,"input":5,"inputCost":1}`, "", "", `{"usage":{"promptTokens":null,"input":5,"inputCost":1}}`},
		"tokens are the unit":       {`"usage":{"promptTokens":3,"input":null,"unit":"IMAGES"}`, "{input 3} {total 3}", "", `{"usage":{"promptTokens":3,"input":null,"unit":"IMAGES"}}`},
		"costs":                     {`"usage":{"inputCost":0.1,"outputCost":2,"totalCost":-3e0}`, "", "{input 100000000000} {output 2000000000000} {total -3000000000000}", ""},
		"another unit":              {`"usage":{"input":5,"unit":"SECONDS"}`, "{input 5} {total 5}", "", `{"usage":{"input":5,"unit":"SECONDS"}}`},
		"another key":               {`"usage":{"input":5,"x" : 1}`, "{input 5} {total 5}", "", `{"usage":{"input":5,"x":1}}`},
		"null unit":                 {`"usage":{"input":5,"unit":null}`, "{input 5} {total 5}", "", ""},

		"details":               {`"usageDetails":{"b":1,"a":2}`, "{a 2} {b 1}", "", ""},
		"details over usage":    {`"usage":{"input":5,"output":7},"usageDetails":{"output":9}`, "{input 5} {output 9}", "", ""},
		"details beside total":  {`"usage":{"total":5},"usageDetails":{"x":9}`, "{total 5} {x 9}", "", ""},
		"empty details":         {`"usage":{"input":5,"output":7},"usageDetails":{"x":-1}`, "{input 5} {output 7} {total 12}", "", `{"usageDetails":{"x":-1}}`},
		"details of chat":       {`"usageDetails":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached":4},"completion_tokens_details":{"reasoning":7,"audio":null}}`, "{input 6} {input_cached 4} {output 0} {output_reasoning 7} {total 15}", "", ""},
		"details of responses":  {`"usageDetails":{"input_tokens":10,"output_tokens":5,"total_tokens":15,"input_tokens_details":{"cached_tokens":4}}`, "{input 6} {input_cached_tokens 4} {output 5} {total 15}", "", ""},
		"details of chat, more": {`"usageDetails":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"x":1}`, "{completion_tokens 5} {prompt_tokens 10} {total_tokens 15} {x 1}", "", ""},
		"details of Anthropic":  {`"usageDetails":{"input_tokens":10,"output_tokens":5,"cache_read_input_tokens":2}`, "{cache_read_input_tokens 2} {input_tokens 10} {output_tokens 5}", "", ""},
		"details as text":       {`"usageDetails":{"a":"12","b":1.0}`, "{a 12} {b 1}", "", ""},
		"details that are none": {`"usageDetails":{"a":"12abc","b":1.5,"c":-1,"d":true,"e":null,"f":{}}`, "{a 12}", "", `{"usageDetails":{"a":"12abc","b":1.5,"c":-1,"d":true,"e":null,"f":{}}}`},

		"cost details":            {`"costDetails":{"input":0.1,"x":0.000002}`, "", "{input 100000000000} {x 2000000}", ""},
		"cost details over costs": {`"usage":{"inputCost":1,"outputCost":2},"costDetails":{"output":3}`, "", "{input 1000000000000} {output 3000000000000}", ""},
		"costs that are none":     {`"costDetails":{"a":"1","b":-1,"c":null,"d":1e999,"e":0}`, "", "{e 0}", `{"costDetails":{"a":"1","b":-1,"c":null,"d":1e999,"e":0}}`},
		"costs beyond the bound":  {`"costDetails":{"a":1e9}`, "", "{a 999999999999000000}", `{"costDetails":{"a":1e9}}`},
		"the last cost":           {`"costDetails":{"a":1,"a":"x"}`, "", "", `{"costDetails":{"a":1,"a":"x"}}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := shown(t, record(t, "generation-create", `{"id":"g",`+tt.body+`}`))
			if tt.raw != "" {
				tt.raw = `{"body":` + tt.raw + `}`
			}
			for field, want := range map[string]string{"usage": tt.usage, "cost": tt.cost, "raw": tt.raw} {
				if got[field] != want {
					t.Errorf("%s %q, want %q", field, got[field], want)
				}
			}
		})
	}
}

func TestUsageIsRefused(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"usage":        {`{"usage":5}`, "body.usage: Invalid input: expected object, received number"},
		"a count":      {`{"usage":{"input":"5","output":1.5}}`, "body.usage.input: Invalid input: expected integer, received string; body.usage.output: Invalid input: expected integer, received number"},
		"negative":     {`{"usage":{"totalTokens":-5}}`, "body.usage.totalTokens: Too small: expected number to be >=0"},
		"too large":    {`{"usage":{"input":9007199254740992}}`, "body.usage.input: Invalid input: expected integer, received number"},
		"a cost":       {`{"usage":{"totalCost":"1"}}`, "body.usage.totalCost: Invalid input: expected number, received string"},
		"endless cost": {`{"usage":{"totalCost":1e999}}`, "body.usage.totalCost: Invalid input: expected number, received number"},
		"unit":         {`{"usage":{"unit":"tokens"}}`, `body.usage.unit: Invalid option: expected one of "CHARACTERS"|"TOKENS"|"SECONDS"|"MILLISECONDS"|"IMAGES"|"REQUESTS"`},
		"details":      {`{"usageDetails":[]}`, "body.usageDetails: Invalid input: expected object, received array"},
		"cost details": {`{"costDetails":"x"}`, "body.costDetails: Invalid input: expected object, received string"},
		"nothing":      {`{"usage":{}}`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := refusal(t, "generation-create", tt.body); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
