package score_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fusebox-llm/fusebox/internal/score"
)

func number(n float64) *float64 { return &n }

func text(s string) *string { return &s }

func TestValueOf(t *testing.T) {
	long := strings.Repeat("😀", score.MaxText/2)
	tests := map[string]struct {
		given score.Given
		want  score.Value
		fails string // a part of the error; "" when there is none
	}{
		"number":               {given: score.Given{Name: "n", Number: number(0.7)}, want: score.Value{Name: "n", DataType: score.Numeric, Number: 0.7}},
		"a 1 is a number":      {given: score.Given{Name: "n", Number: number(1)}, want: score.Value{Name: "n", DataType: score.Numeric, Number: 1}},
		"text":                 {given: score.Given{Name: "n", Text: text("good")}, want: score.Value{Name: "n", DataType: score.Categorical, Text: text("good")}},
		"empty category":       {given: score.Given{Name: "n", Text: text("")}, want: score.Value{Name: "n", DataType: score.Categorical, Text: text("")}},
		"true":                 {given: score.Given{Name: "n", DataType: score.Boolean, Number: number(1)}, want: score.Value{Name: "n", DataType: score.Boolean, Number: 1, Text: text("True")}},
		"false":                {given: score.Given{Name: "n", DataType: score.Boolean, Number: number(0)}, want: score.Value{Name: "n", DataType: score.Boolean, Text: text("False")}},
		"long text":            {given: score.Given{Name: "n", DataType: score.Text, Text: text(long)}, want: score.Value{Name: "n", DataType: score.Text, Text: text(long)}},
		"correction":           {given: score.Given{Name: "n", DataType: score.Correction, Text: text("so")}, want: score.Value{Name: "output", DataType: score.Correction, Text: text("so")}},
		"nameless correction":  {given: score.Given{DataType: score.Correction, Text: text("")}, want: score.Value{Name: "output", DataType: score.Correction, Text: text("")}},
		"no name":              {given: score.Given{Number: number(1)}, fails: "name"},
		"no value":             {given: score.Given{Name: "n"}, fails: "value: expected a number or a string"},
		"unknown type":         {given: score.Given{Name: "n", DataType: "X", Number: number(1)}, fails: "dataType"},
		"boolean of 2":         {given: score.Given{Name: "n", DataType: score.Boolean, Number: number(2)}, fails: "0 or 1"},
		"boolean in words":     {given: score.Given{Name: "n", DataType: score.Boolean, Text: text("true")}, fails: "expected a number"},
		"number in words":      {given: score.Given{Name: "n", DataType: score.Numeric, Text: text("1")}, fails: "expected a number"},
		"category of a number": {given: score.Given{Name: "n", DataType: score.Categorical, Number: number(1)}, fails: "expected a string"},
		"text too long":        {given: score.Given{Name: "n", DataType: score.Text, Text: text(long + "x")}, fails: "found 501"},
		"text too short":       {given: score.Given{Name: "n", DataType: score.Text, Text: text("")}, fails: "found 0"},
		"no number":            {given: score.Given{Name: "n", Number: number(math.NaN())}, fails: "finite"},
		"correction by config": {given: score.Given{DataType: score.Correction, Text: text("x"), ConfigID: text("c")}, fails: "configId"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := score.ValueOf(tt.given)
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) {
					t.Errorf("error %v, want one that says %s", err, tt.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTarget(t *testing.T) {
	for name, tt := range map[string]struct {
		target score.Target
		ok     bool
	}{
		"nothing":                         {score.Target{}, false},
		"a trace":                         {score.Target{TraceID: "t"}, true},
		"an observation":                  {score.Target{TraceID: "t", ObservationID: "o"}, true},
		"an observation alone":            {score.Target{ObservationID: "o"}, false},
		"an observation beside a session": {score.Target{ObservationID: "o", SessionID: "s"}, false},
		"a session":                       {score.Target{SessionID: "s"}, true},
		"a run":                           {score.Target{RunID: "r"}, true},
		"a trace and a session":           {score.Target{TraceID: "t", SessionID: "s"}, false},
		"a session and a run":             {score.Target{SessionID: "s", RunID: "r"}, false},
		"everything":                      {score.Target{TraceID: "t", ObservationID: "o", SessionID: "s", RunID: "r"}, false},
	} {
		if err := tt.target.Check(); (err == nil) != tt.ok || err != nil && err.Error() != score.TargetRule {
			t.Errorf("%s: %v", name, err)
		}
	}
}
