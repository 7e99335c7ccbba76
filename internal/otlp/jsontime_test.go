package otlp_test

import (
	"strings"
	"testing"
)

func TestJSONTimes(t *testing.T) {
	const refused = "start time outside the years 1 to 9999"
	tests := map[string]struct {
		time    string
		want    int64
		missing bool
		refused string
	}{
		"text":                    {time: `"1700000000123456789"`, want: 1700000000123456},
		"text with space":         {time: `" 1700000000123456789\n"`, want: 1700000000123456},
		"number":                  {time: `1700000000123456789`, want: 1700000000123456},
		"number with exponent":    {time: `1.7e18`, want: 1700000000000000},
		"number with fraction":    {time: `1700000000123456789.75`, want: 1700000000123456},
		"text with exponent":      {time: `"1.7000000001234567891E+18"`, want: 1700000000123456},
		"halves":                  {time: `{"high":395812512,"low":1000}`, want: (395812512<<32 + 1000) / 1000},
		"halves, low negative":    {time: `{"low":-1,"high":1,"unsigned":true}`, want: (1<<33 - 1) / 1000},
		"halves, high negative":   {time: `{"low":0,"high":-1}`, want: -(1 << 32) / 1000},
		"halves, unsigned":        {time: `{"low":-1,"high":-1,"unsigned":true}`, want: 18446744073709551},
		"0":                       {time: `0`, want: 0},
		"0 as text":               {time: `"0"`, want: 0},
		"below a microsecond":     {time: `999`, want: 0},
		"negative":                {time: `"-1500"`, want: -1},
		"negative, far":           {time: `"-62135596800000000000"`, want: -62135596800000000},
		"last second of 9999":     {time: `"253402300799999999999"`, want: 253402300799999999},
		"year 10000":              {time: `"253402300800000000000"`, missing: true, refused: refused},
		"year 0":                  {time: `"-62135596800000001000"`, missing: true, refused: refused},
		"huge":                    {time: `"` + strings.Repeat("9", 100_000) + `"`, missing: true, refused: refused},
		"huge exponent":           {time: `1e999999999999999999999`, missing: true, refused: refused},
		"tiny exponent":           {time: `1e-999999999999999999999`, want: 0},
		"zero, huge exponent":     {time: `0e999999999999999999999`, want: 0},
		"small, written at large": {time: `"0.` + strings.Repeat("0", 5000) + `17e5019"`, want: 1700000000000000},
		"absent":                  {missing: true},
		"null":                    {time: `null`, missing: true},
		"blank":                   {time: `""`, missing: true},
		"spaces":                  {time: `"  "`, missing: true},
		"not a number":            {time: `"yesterday"`, missing: true},
		"NaN":                     {time: `"NaN"`, missing: true},
		"infinite":                {time: `"Infinity"`, missing: true},
		"RFC 3339":                {time: `"2024-01-02T03:04:05Z"`, missing: true},
		"bool":                    {time: `true`, missing: true},
		"list":                    {time: `[1]`, missing: true},
		"object":                  {time: `{"seconds":1}`, missing: true},
		"one half":                {time: `{"low":1}`, missing: true},
		"halves, not whole":       {time: `{"low":1.5,"high":0}`, missing: true},
		"halves, too large":       {time: `{"low":4294967296,"high":0}`, missing: true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			members := ""
			if tc.time != "" {
				members = `"startTimeUnixNano":` + tc.time
			}
			got := decodeOne(t, oneSpan(members))
			if got.Start != tc.want || got.HasStart == tc.missing || got.Refused != tc.refused {
				t.Errorf("got %d, %v, %q; want %d, %v, %q", got.Start, got.HasStart, got.Refused, tc.want, !tc.missing, tc.refused)
			}
			if strings.Contains(tc.time, "1700000000123456789") {
				got = decodeOne(t, oneSpan(`"end_time_unix_nano":`+tc.time+`,"events":[{"timeUnixNano":`+tc.time+`}]`))
				if !got.HasEnd || got.End != tc.want || got.Events[0].Time != tc.want {
					t.Errorf("end %d, event %d; want %d", got.End, got.Events[0].Time, tc.want)
				}
			}
		})
	}
}
