package score

import (
	"fmt"
	"math"
	"slices"

	"github.com/fusebox-llm/fusebox/internal/trace"
)

// MaxText is how many UTF-16 units the value of a text score may have.
const MaxText = 500

// CorrectionName is the name of every correction.
const CorrectionName = "output"

// Given is a value as a client gave it. Exactly one of Number and Text is set.
type Given struct {
	Name     string
	DataType DataType // "" when it is left to the value
	Number   *float64
	Text     *string
	ConfigID *string
}

// ValueOf checks what a client gave and returns what it means. The error says in
// a sentence what is wrong, for the client to read.
//
// A number without data type is numeric, 0 and 1 included, and a text without one
// categorical. A boolean is 0 or 1.
func ValueOf(g Given) (Value, error) {
	switch {
	case g.DataType != "" && !slices.Contains(DataTypes(), g.DataType):
		return Value{}, fmt.Errorf("dataType: %q is none of %v", g.DataType, DataTypes())
	case (g.Number == nil) == (g.Text == nil):
		return Value{}, fmt.Errorf("value: expected a number or a string")
	case g.Number != nil && (math.IsNaN(*g.Number) || math.IsInf(*g.Number, 0)):
		return Value{}, fmt.Errorf("value: expected a finite number")
	case g.Name == "" && g.DataType != Correction:
		return Value{}, fmt.Errorf("name: expected at least one character")
	}
	v := Value{Name: g.Name, DataType: g.DataType, ConfigID: g.ConfigID}
	if v.DataType == "" {
		v.DataType = Numeric
		if g.Text != nil {
			v.DataType = Categorical
		}
	}
	switch v.DataType {
	case Numeric, Boolean:
		if g.Number == nil {
			return Value{}, fmt.Errorf("value: expected a number for data type %s", v.DataType)
		}
		v.Number = *g.Number
	default:
		if g.Text == nil {
			return Value{}, fmt.Errorf("value: expected a string for data type %s", v.DataType)
		}
		v.Text = g.Text
	}
	return v, v.check()
}

// check holds the value against its data type and completes it.
func (v *Value) check() error {
	switch v.DataType {
	case Boolean:
		word := "False"
		switch v.Number {
		case 0:
		case 1:
			word = "True"
		default:
			return fmt.Errorf("value: expected 0 or 1 for data type %s", Boolean)
		}
		v.Text = &word
	case Text:
		if n := trace.Length(*v.Text); n < 1 || n > MaxText {
			return fmt.Errorf("value: expected 1 to %d characters for data type %s, found %d", MaxText, Text, n)
		}
	case Correction:
		if v.ConfigID != nil {
			return fmt.Errorf("configId: a %s has no score config", Correction)
		}
		v.Name = CorrectionName
	}
	return nil
}

// Target is what a score is about, as a client gave it; "" is absent.
type Target struct {
	TraceID, ObservationID, SessionID, RunID string
}

// TargetRule is what [Target.Check] says of a target that breaks the rule.
const TargetRule = "Provide exactly one of the following: traceId (with optional observationId), sessionId or datasetRunId. ObservationId requires traceId."

// Check returns an error unless the target is a trace, an observation of a trace,
// a session or a dataset run.
func (t Target) Check() error {
	n := 0
	for _, one := range []string{t.TraceID, t.SessionID, t.RunID} {
		if one != "" {
			n++
		}
	}
	if n != 1 || t.ObservationID != "" && t.TraceID == "" {
		return fmt.Errorf("%s", TargetRule)
	}
	return nil
}
