package conformance_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
)

// trace2023, observation2023 and score2023 are what the first clients made of an
// answer: types that refuse a value of another kind. Keys beside these they ignored.
type trace2023 struct {
	ID, ExternalID, Name, UserID, Release, Version string
	Timestamp                                      time.Time
	Metadata                                       any
}

type observation2023 struct {
	ID, TraceID, Type, Name, Model, Version, StatusMessage, ParentObservationID string

	StartTime, EndTime, CompletionStartTime     time.Time
	PromptTokens, CompletionTokens, TotalTokens int
	Level                                       level2023
	ModelParameters                             map[string]any
	Input, Output, Prompt, Completion, Metadata any
}

type score2023 struct {
	ID, TraceID, Name, ObservationID, Comment string

	Value     float64
	Timestamp time.Time
}

type level2023 string

// UnmarshalText refuses what is none of the levels.
func (l *level2023) UnmarshalText(text []byte) error {
	switch *l = level2023(text); *l {
	case "DEBUG", "DEFAULT", "WARNING", "ERROR":
		return nil
	}
	return fmt.Errorf("no such level: %q", text)
}

// parse2023 parses an answer as strictly as the first clients did: a key that they
// needed must be there, spelled so, and not null.
func parse2023(kind string, answer []byte) error {
	var shape any
	var needed string
	switch kind {
	case "trace":
		shape, needed = &trace2023{}, "id timestamp"
	case "observation":
		shape, needed = &observation2023{}, "id traceId type startTime level promptTokens completionTokens totalTokens"
	case "score":
		shape, needed = &score2023{}, "id traceId name value timestamp"
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(answer, &keys); err != nil {
		return err
	}
	for key := range strings.FieldsSeq(needed) {
		if value := string(keys[key]); value == "" || value == "null" {
			return fmt.Errorf("%s is %q", key, value)
		}
	}
	return json.Unmarshal(answer, shape)
}

// decode2023 returns a JSON object with its numbers as they are written.
func decode2023(raw []byte) (object map[string]any, err error) {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	err = d.Decode(&object)
	return object, err
}

// equal2023 compares numbers by their value, not by how they are written.
func equal2023() cmp.Option {
	return cmp.Comparer(func(a, b json.Number) bool {
		x, okX := new(big.Rat).SetString(a.String())
		y, okY := new(big.Rat).SetString(b.String())
		return okX && okY && x.Cmp(y) == 0
	})
}
