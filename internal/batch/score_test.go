package batch_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/batch"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/score"
)

func TestScore(t *testing.T) {
	base := map[string]string{"environment": "(default)", "start": "(0)", "source": "(API)", "trace_ref": "t"}
	tests := map[string]struct {
		body string
		want map[string]string
	}{
		"a number":  {`"name":"n","value":0.5`, map[string]string{"score_value": `{"n":"n","t":"NUMERIC","v":0.5}`}},
		"one":       {`"name":"n","value":1`, map[string]string{"score_value": `{"n":"n","t":"NUMERIC","v":1}`}},
		"a text":    {`"name":"n","value":"good"`, map[string]string{"score_value": `{"n":"n","t":"CATEGORICAL","v":0,"s":"good"}`}},
		"a boolean": {`"name":"n","value":1,"dataType":"BOOLEAN"`, map[string]string{"score_value": `{"n":"n","t":"BOOLEAN","v":1,"s":"True"}`}},
		"free text": {`"name":"n","value":"x","dataType":"TEXT"`, map[string]string{"score_value": `{"n":"n","t":"TEXT","v":0,"s":"x"}`}},
		"a correction": {
			`"value":"x","dataType":"CORRECTION","source":"ANNOTATION"`,
			map[string]string{"score_value": `{"n":"output","t":"CORRECTION","v":0,"s":"x"}`, "source": "ANNOTATION"},
		},
		"everything": {
			`"name":"n","value":1,"observationId":"o","sessionId":"","datasetRunId":null,"environment":"Dev","comment":"c","metadata":{"k":1},"source":"EVAL",
			 "executionTraceId":"x","queueId":"q","configId":"","authorUserId":"a"`,
			map[string]string{
				"score_value": `{"n":"n","t":"NUMERIC","v":1}`, "observation_ref": "o", "environment": "dev", "comment": "c", "metadata": `{"k":1}`,
				"source": "EVAL", "execution_trace": "x", "queue": "q", "raw": `{"body":{"authorUserId":"a"}}`,
			},
		},
		"nulls": {
			`"name":"n","value":1,"observationId":null,"sessionId":null,"datasetRunId":null,"environment":null,"comment":null,"metadata":null,
			 "executionTraceId":null,"queueId":null,"configId":null`,
			map[string]string{"score_value": `{"n":"n","t":"NUMERIC","v":1}`, "comment": "null", "queue": "null", "execution_trace": "null"},
		},
		"source API": {`"name":"n","value":1,"source":"API"`, map[string]string{"score_value": `{"n":"n","t":"NUMERIC","v":1}`, "source": "API"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := record(t, "score-create", `{"id":"s","traceId":"t",`+tt.body+`}`)
			if r.ID != "s" || r.TraceID != "" {
				t.Errorf("got %q of %q", r.ID, r.TraceID)
			}
			hasFields(t, r, base, tt.want)
		})
	}
}

func TestScoreTarget(t *testing.T) {
	const rule = "body: " + score.TargetRule
	tests := map[string]struct {
		target string
		refs   string // trace, observation, session, run
		refuse string
	}{
		"a trace":             {`"traceId":"t"`, "t,,,", ""},
		"an observation":      {`"traceId":"t","observationId":"o"`, "t,o,,", ""},
		"a session":           {`"sessionId":"s","traceId":"","observationId":""`, ",,s,", ""},
		"a run":               {`"datasetRunId":"r","traceId":null`, ",,,r", ""},
		"an external trace":   {`"traceId":"mine","traceIdType":"EXTERNAL"`, id.Derive("mine") + ",,,", ""},
		"nothing":             {`"traceId":""`, "", rule},
		"two":                 {`"traceId":"t","sessionId":"s"`, "", rule},
		"no trace":            {`"observationId":"o"`, "", rule},
		"session, but part":   {`"sessionId":"s","observationId":"o"`, "", rule},
		"a number":            {`"traceId":5`, "", "body.traceId: Invalid input: expected string, received number"},
		"a number beside one": {`"traceId":"t","sessionId":5`, "", "body.sessionId: Invalid input: expected string, received number"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			body := `{"id":"s","name":"n","value":1,` + tt.target + `}`
			if tt.refuse != "" {
				if got := refusal(t, "score-create", body); got != tt.refuse {
					t.Errorf("got  %q\nwant %q", got, tt.refuse)
				}
				return
			}
			f := shown(t, record(t, "score-create", body))
			if got := strings.Join([]string{f["trace_ref"], f["observation_ref"], f["session_ref"], f["run_ref"]}, ","); got != tt.refs {
				t.Errorf("got %q, want %q", got, tt.refs)
			}
		})
	}
}

func TestScoreIsRefused(t *testing.T) {
	const (
		sources = `body.source: Invalid option: expected one of "ANNOTATION"|"API"|"EVAL"`
		types   = `body.dataType: Invalid option: expected one of "NUMERIC"|"BOOLEAN"|"CATEGORICAL"|"CORRECTION"|"TEXT"`
	)
	tests := map[string]struct{ body, want string }{
		"no name":             {`"value":1`, "body.name: Invalid input: expected string, received undefined"},
		"null name":           {`"name":null,"value":1`, "body.name: Invalid input: expected string, received null"},
		"empty name":          {`"name":"","value":1`, "body.name: Too small: expected string to have >=1 characters"},
		"a name of no text":   {`"name":[],"value":1`, "body.name: Invalid input: expected string, received array"},
		"no value":            {`"name":"n"`, "body.value: Invalid input: expected number or string, received undefined"},
		"null value":          {`"name":"n","value":null`, "body.value: Invalid input: expected number or string, received null"},
		"true":                {`"name":"n","value":true`, "body.value: Invalid input: expected number or string, received boolean (a boolean is sent as 0 or 1 with dataType BOOLEAN)"},
		"true as boolean":     {`"name":"n","value":true,"dataType":"BOOLEAN"`, "body.value: Invalid input: expected number or string, received boolean (a boolean is sent as 0 or 1 with dataType BOOLEAN)"},
		"a text as boolean":   {`"name":"n","value":"True","dataType":"BOOLEAN"`, "body.value: expected 0 or 1 for data type BOOLEAN, received string"},
		"an endless number":   {`"name":"n","value":1e999`, "body.value: expected a finite number"},
		"not a boolean":       {`"name":"n","value":2,"dataType":"BOOLEAN"`, "body.value: expected 0 or 1 for data type BOOLEAN"},
		"a text as number":    {`"name":"n","value":"1","dataType":"NUMERIC"`, "body.value: expected a number for data type NUMERIC"},
		"a number as text":    {`"name":"n","value":1,"dataType":"CATEGORICAL"`, "body.value: expected a string for data type CATEGORICAL"},
		"an empty text":       {`"name":"n","value":"","dataType":"TEXT"`, "body.value: expected 1 to 500 characters for data type TEXT, found 0"},
		"data type":           {`"name":"n","value":1,"dataType":"numeric"`, types},
		"null data type":      {`"name":"n","value":1,"dataType":null`, types},
		"source":              {`"name":"n","value":1,"source":"api"`, sources},
		"null source":         {`"name":"n","value":1,"source":null`, sources},
		"annotation":          {`"name":"n","value":1,"source":"ANNOTATION"`, "body.configId: a score with source ANNOTATION needs a score config"},
		"config":              {`"name":"n","value":1,"configId":"c","source":"ANNOTATION"`, "body.configId: there is no score config with this id in the project"},
		"config of no text":   {`"name":"n","value":1,"configId":1`, "body.configId: Invalid input: expected string, received number"},
		"comment":             {`"name":"n","value":1,"comment":1`, "body.comment: Invalid input: expected string, received number"},
		"corrected by number": {`"value":1,"dataType":"CORRECTION"`, "body.value: expected a string for data type CORRECTION"},
		"several": {
			`"value":2,"dataType":"BOOLEAN","source":1,"sessionId":"s"`,
			"body: " + score.TargetRule + "; " + sources + "; body.name: Invalid input: expected string, received undefined; body.value: expected 0 or 1 for data type BOOLEAN",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := refusal(t, "score-create", `{"id":"s","traceId":"t",`+tt.body+`}`); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
	for _, target := range []string{"sessionId", "datasetRunId"} {
		t.Run("correction of "+target, func(t *testing.T) {
			got := refusal(t, "score-create", `{"value":"x","dataType":"CORRECTION","`+target+`":"s"}`)
			if got != "body.dataType: a CORRECTION is about a trace or an observation" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestScoreOfAnEvaluatorComesAsEventOnly(t *testing.T) {
	_, err := batch.CreateScore([]byte(`{"traceId":"t","name":"n","value":1,"source":"EVAL"}`), noon, newID)
	problems, ok := errors.AsType[batch.ProblemsError](err)
	if !ok || len(problems) != 1 || problems[0].Code != "invalid_value" || strings.Join(problems[0].Values, ",") != "ANNOTATION,API" {
		t.Errorf("got %v", err)
	}
}
