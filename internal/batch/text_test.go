package batch_test

import "testing"

// TestSpelling holds what is stored of strings inside JSON against what
// JSON.stringify writes of them.
func TestSpelling(t *testing.T) {
	tests := map[string]struct{ sent, stored string }{
		"plain":                  {`"it's"`, `"it's"`},
		"a character":            {`"\u00bd"`, `"½"`},
		"in capitals":            {`"\u00BD \u4F60"`, `"½ 你"`},
		"a letter":               {`"\u0041b"`, `"Ab"`},
		"a pair":                 {`"\ud83d\ude00\uD83D\uDE00"`, `"😀😀"`},
		"the first half":         {`"\uD83D"`, `"\ud83d"`},
		"the second half":        {`"\uDE00!"`, `"\ude00!"`},
		"halves that do not fit": {`"\ude00\ud83d"`, `"\ude00\ud83d"`},
		"a half before a pair":   {`"\ud83d\ud83d\ude00"`, `"\ud83d😀"`},
		"a half before a letter": {`"\ud83d\u0041"`, `"\ud83dA"`},
		"a half, then a text":    {`"\ud83d\\ude00"`, `"\ud83d\\ude00"`},
		"what must be escaped":   {`"\" \\ \u0022 \u005c"`, `"\" \\ \" \\"`},
		"a slash":                {`"\/ \u002f /"`, `"/ / /"`},
		"controls":               {`"\b\t\n\f\r"`, `"\b\t\n\f\r"`},
		"controls as numbers":    {`"\u0008\u0009\u000a\u000C\u000d"`, `"\b\t\n\f\r"`},
		"other controls":         {`"\u0000\u001F\u000b"`, `"\u0000\u001f\u000b"`},
		"no control after all":   {`"\u007f\u0080\u2028\u2029\ufeff\uffff"`, "\"\u007f\u0080\u2028\u2029\ufeff\uffff\""},
		"no escape":              {`"\\u0041\\\u0041\\/"`, `"\\u0041\\A\\/"`},
		"a key":                  {`{"\u00e9\u0022" : "\u00e9", "a":1.50}`, `{"é\"":"é","a":1.50}`},
		"several":                {` [ "a\u00e9" , "b", "\n", "\/" ] `, `["aé","b","\n","/"]`},
		"not HTML":               {`"<\u003c&"`, `"<<&"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := record(t, "generation-create", `{"input":[`+tt.sent+`],"metadata":{"m":`+tt.sent+`},"x":`+tt.sent+`}`)
			hasFields(t, r, map[string]string{
				"environment": "(default)", "start": "(0)", "type": "GENERATION",
				"input": `[` + tt.stored + `]`, "metadata": `{"m":` + tt.stored + `}`, "raw": `{"body":{"x":` + tt.stored + `}}`,
			})
			if e := decode(t, event("sdk-log", `{"log":`+tt.sent+`}`))[0]; e.Log != `{"log":`+tt.stored+`}` {
				t.Errorf("log %s", e.Log)
			}
		})
	}
	t.Run("elsewhere", func(t *testing.T) {
		r := record(t, "generation-create", `{"modelParameters":{"\u00e9":"\u00e9"},"metadata":["\u00e9"],"\u00e9\u2028\u0001":1}`)
		hasFields(t, r, map[string]string{
			"environment": "(default)", "start": "(0)", "type": "GENERATION",
			"model_parameters": `{"é":"é"}`, "metadata": `{"metadata":["é"]}`, "raw": `{"body":{"é` + "\u2028" + `\u0001":1}}`,
		})
	})
}
