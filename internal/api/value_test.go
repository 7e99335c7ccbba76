package api_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/fusebox-llm/fusebox/internal/api"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

func TestValuesAsJSON(t *testing.T) {
	day := trace.MicrosOf(time.Date(2026, 3, 30, 9, 20, 0, 0, time.UTC))
	tests := map[string]struct {
		value any
		want  string
	}{
		"whole second":         {api.Time(day), `"2026-03-30T09:20:00.000Z"`},
		"microseconds are cut": {api.Time(day + 1_999), `"2026-03-30T09:20:00.001Z"`},
		"before 1970":          {api.Time(-1), `"1969-12-31T23:59:59.999Z"`},
		"year 1":               {api.Time(trace.MinMicros), `"0001-01-01T00:00:00.000Z"`},
		"no duration":          {api.Seconds(0), `0`},
		"sentinel":             {api.Seconds(-1000), `-1`},
		"milliseconds":         {api.Seconds(1_250), `1.25`},
		"one millisecond":      {api.Seconds(1), `0.001`},
		"negative":             {api.Seconds(-1), `-0.001`},
		"a long one":           {api.Seconds(9_223_372_036_000), `9223372036`},
		"from year 1 to 9999":  {api.Seconds((trace.MaxMicros - trace.MinMicros) / 1000), `315537897599.999`},
		"the longest":          {api.Seconds(math.MaxInt64), `9223372036854775.807`},
		"the most negative":    {api.Seconds(math.MinInt64), `-9223372036854775.808`},
		"below a second":       {api.Seconds(-1_050), `-1.05`},
		"no cost":              {api.Cost(0), `0`},
		"a small cost":         {api.Cost(1), `0.000000000001`},
		"a negative cost":      {api.Cost(-1_500_000_000_000), `-1.5`},
		"null":                 {api.JSON(""), `null`},
		"empty object":         {api.Object(""), `{}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(tc.value)
			if err != nil || string(got) != tc.want {
				t.Errorf("%s, %v, want %s", got, err, tc.want)
			}
		})
	}
}
